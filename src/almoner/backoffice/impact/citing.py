"""The fields that name a source: one that is known, or a new one, with a file that is hashed and not kept."""

import hashlib
from typing import Any, Final, cast

from django import forms
from django.core import signing

from almoner.charities.models import Charity
from almoner.impact.entering import Cited, keep_source
from almoner.impact.models import Source

_MOST_BYTES: Final = 100_000_000
_SALT: Final = "backoffice.impact.file"
SOURCE: Final = (
    "source", "source_title", "source_publisher", "source_dated", "source_url", "source_file", "source_access",
)  # fmt: skip


def date_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


class _SourceChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {obj.dated:%-d %B %Y}"


class SourceForm(forms.Form):
    """Needs the charity whose sources may be picked."""

    # Either one that is known, or these of a new one: `clean` says which.
    asked_at_times: tuple[str, ...] = ("source", "source_title", "source_dated", "source_access")

    def __init__(self, *args: Any, charity: Charity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._charity = charity
        recent = Source.objects.filter(charity=charity).order_by("-created_at", "-pk")
        new = {
            "source": _SourceChoice(
                label="Where the figures stand",
                queryset=recent,
                required=False,
                empty_label="A new source, named below",
            ),
            "source_title": forms.CharField(label="Title", max_length=200, required=False),
            "source_publisher": forms.CharField(label="Publisher", max_length=160, required=False),
            "source_dated": date_field("Its date", required=False),
            "source_url": forms.URLField(
                label="Address", max_length=500, required=False, assume_scheme="https",
                help_text="Where it can be read, if it can.",
            ),
            "source_file": forms.FileField(
                label="File", required=False, max_length=200,
                help_text="Only its name and its fingerprint are kept, never the file: keep that where it is safe.",
            ),
            "source_access": forms.ChoiceField(
                label="Who can read it", choices=Source.Access.choices, required=False,
                initial=Source.Access.INTERNAL,
            ),
            "source_kept": forms.CharField(widget=forms.HiddenInput, required=False),
        }  # fmt: skip
        self.fields.update(new)

    @property
    def source_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SOURCE]

    @property
    def kept_file(self) -> str:
        """The name of a file that was handed in before the form was shown again."""
        return self._kept()[0]

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        self._read_file()
        if entered.get("source") is None:
            for name, words in (
                ("source_title", "Name the source, or pick one that is known."),
                ("source_dated", "Say which day the source bears."),
            ):
                if not entered.get(name) and name not in self.errors:
                    self.add_error(name, words)
        elif entered.get("source_title"):
            self.add_error("source", "One of the two: pick a known source, or name a new one.")
        return entered

    def _read_file(self) -> None:
        file = self.cleaned_data.get("source_file")
        if not file:
            return
        if file.size > _MOST_BYTES:
            self.add_error("source_file", "That is more than 100 MB. Hand in the part that has the figures.")
            return
        digest = hashlib.sha256()
        for piece in file.chunks():
            digest.update(piece)
        # A browser doesn't send a file twice: what was read of it goes along, signed, if the form is shown again.
        kept = signing.dumps([file.name, digest.hexdigest()], salt=_SALT)
        self.data = {**dict(self.data.items()), self.add_prefix("source_kept"): kept}

    def _kept(self) -> tuple[str, str]:
        try:
            name, digest = signing.loads(self.data.get(self.add_prefix("source_kept")) or "", salt=_SALT)
        except signing.BadSignature:
            return "", ""
        return name, digest

    def keep(self) -> Source:
        """The source, kept if it is new. Call inside the transaction of what cites it."""
        entered = self.cleaned_data
        if entered["source"] is not None:
            return cast("Source", entered["source"])
        name, digest = self._kept()
        return keep_source(
            self._charity,
            Cited(
                title=entered["source_title"],
                publisher=entered["source_publisher"],
                dated=entered["source_dated"],
                url=entered["source_url"],
                file_name=name,
                file_sha256=digest,
                access=entered["source_access"] or Source.Access.INTERNAL,
            ),
        )
