"""The fields that name a source: one that is known, or a new one, with a file that is hashed and not kept."""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, cast

from django import forms
from django.core import signing
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.models import ModelChoiceIterator

from almoner.impact.entering import Cited, check_source, keep_source, nowhere
from almoner.impact.models import Observation, Programme, Source
from almoner.impact.register import NotEntered

_MOST_BYTES: Final = 100_000_000
_SALT: Final = "backoffice.impact.file"
SOURCE: Final = (
    "source", "source_title", "source_publisher", "source_dated", "source_url", "source_file", "source_kept_at",
    "source_access",
)  # fmt: skip


def date_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


class _Grouped(ModelChoiceIterator):
    """Those of the programme come first, then the others by the year that they bear; the newest first in each."""

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        for heading, rows in groupby(self.queryset, key=_heading):
            yield heading, [self.choice(each) for each in rows]


def _heading(source: Any) -> str:
    return "Of this programme" if source.ours else f"Others of {source.dated.year}"


def _to_pick(programme: Programme) -> QuerySet[Source]:
    """The charity's sources in the menu's order. `ours`: the programme cites it."""
    cites = Observation.objects.filter(source=OuterRef("pk"), indicator__result__programme=programme)
    return (
        Source.objects.filter(charity=programme.charity_id)
        .annotate(ours=Exists(cites))
        .order_by("-ours", "-dated", "-created_at", "-pk")
    )


class _SourceChoice(forms.ModelChoiceField):
    iterator = _Grouped

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {obj.dated:%-d %B %Y}"


class SourceForm(forms.Form):
    """Needs the programme whose charity's sources may be picked."""

    # Either one that is known, or these of a new one: `clean` says which.
    asked_at_times: tuple[str, ...] = ("source", "source_title", "source_dated", "source_access")

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._charity = programme.charity
        new = {
            "source": _SourceChoice(
                label="Where the figures stand",
                queryset=_to_pick(programme),
                required=False,
                empty_label="A new source, named below",
                # `backoffice.js` puts a field of this name above it, once the menu is long.
                widget=forms.Select({"data-bo-search": "Find a known source"}),
            ),
            "source_title": forms.CharField(label="Title", max_length=200, required=False),
            "source_publisher": forms.CharField(label="Publisher", max_length=160, required=False),
            "source_dated": date_field("Its date", required=False),
            "source_url": forms.URLField(
                label="Address", max_length=500, required=False, assume_scheme="https",
                help_text="Where it can be read, if it can. A new source has an address, a file or a place.",
            ),
            "source_file": forms.FileField(
                label="File", required=False, max_length=200,
                help_text="Only its name and its fingerprint are kept, never the file: keep that where it is safe.",
            ),
            "source_kept_at": forms.CharField(
                label="On paper, kept at", max_length=200, required=False,
                help_text="Such as: the archive of the office in Manila, folder 12. No person and no case in it.",
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
            if not any(name in self.errors for name in SOURCE):
                self._check_place()
        elif entered.get("source_title"):
            self.add_error("source", "One of the two: pick a known source, or name a new one.")
        return entered

    def _check_place(self) -> None:
        try:
            check_source(self._cited(), old=nowhere(self._charity))
        except NotEntered as refused:
            self.add_error("source_url", str(refused))

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
        return keep_source(self._charity, self._cited())

    def _cited(self) -> Cited:
        entered = self.cleaned_data
        name, digest = self._kept()
        return Cited(
            title=entered["source_title"],
            publisher=entered["source_publisher"],
            dated=entered["source_dated"],
            url=entered["source_url"],
            file_name=name,
            file_sha256=digest,
            kept_at=entered["source_kept_at"],
            access=entered["source_access"] or Source.Access.INTERNAL,
        )
