"""What staff type about a consent. A picture or words that were withdrawn are refused here, in plain words."""

import hashlib
import re
from typing import Any, Final

from django import forms
from wagtail.images.permissions import permission_policy
from wagtail.images.widgets import AdminImageChooser

from almoner.charities.models import Charity
from almoner.consents import acts, marks
from almoner.consents.models import CHANNELS, Channel, Consent, ExternalUse, Withdrawal
from almoner.consents.standing import Work
from almoner.stories.desk import writers
from almoner.stories.permits.marking import mark

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
# What is asked of a person's consent, and means nothing where nobody is shown.
_OF_PEOPLE: Final = ("identifiable", "minor", "guardian", "language", "form_hash", "pseudonym", "countries")
_WITHDRAWN: Final = "Consent to it was withdrawn. It can’t be shown again, whichever file it comes in."


class Day(forms.DateInput):
    """The browser's own choice of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WorkForm(forms.Form):
    """A picture or words that a consent covers; `works` afterwards."""

    picture = forms.IntegerField(label="Picture", required=False, widget=AdminImageChooser)
    words = forms.CharField(
        label="Words",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A quote, word for word as it stands in the story.",
    )

    def __init__(self, *args: Any, user: Any, charity: Charity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user, self._charity = user, charity
        self.works: list[tuple[Work, str]] = []

    def clean_picture(self) -> Any:
        number = self.cleaned_data["picture"]
        if number is None:
            return None
        own = permission_policy.instances_user_has_any_permission_for(self._user, ["choose", "change", "add"])
        image = own.filter(pk=number).first()
        if image is None:
            raise forms.ValidationError("There is no such picture.")
        return image

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        image, words = cleaned.get("picture"), (cleaned.get("words") or "").strip()
        if not self.errors and image is None and not words:
            self.add_error("picture", "Choose a picture, or write the words.")
        if image is not None:
            self._take("picture", mark(image), "")
        if words:
            self._take("words", marks.words_of(words), words)
        return cleaned

    def _take(self, field: str, work: Work | None, words: str) -> None:
        charity = self.cleaned_data.get("charity") or self._charity
        if work is None:
            self.add_error(field, "Its file can’t be read. Send the picture again.")
        elif charity is not None and acts.withdrawn(charity, work):
            self.add_error(field, _WITHDRAWN)
        else:
            self.works.append((work, words))


class TermsForm(forms.ModelForm):
    """What was agreed to."""

    channels = forms.MultipleChoiceField(
        label="Where it may be shown",
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    countries = forms.CharField(
        label="Only in these countries",
        required=False,
        max_length=200,
        help_text="Two-letter codes, such as “AU NZ”. Empty: everywhere. What stands on the web is read everywhere, so "
        "with countries here it is not shown on our pages at all.",
    )
    form_file = forms.FileField(
        label="Signed form",
        required=False,
        help_text="It is not kept here: only its hash is, so that the form you keep can be told from another.",
    )

    class Meta:
        model = Consent
        fields = (
            "portrayal", "pseudonym", "named", "identifiable", "minor", "guardian", "taken_by", "taken_on",
            "language", "form_file", "form_hash", "channels", "countries", "fundraising", "expires_on",
            "embargoed", "embargo_until", "embargo_reason", "owner",
        )  # fmt: skip
        widgets = {"taken_on": Day, "expires_on": Day, "embargo_until": Day, "portrayal": forms.RadioSelect}
        labels = {
            "portrayal": "Who is shown, or speaks",
            "pseudonym": "Pseudonym",
            "named": "How they are named",
            "identifiable": "Somebody who knows them could recognise them",
            "minor": "They are under 18",
            "guardian": "A parent or guardian agreed",
            "taken_by": "Who asked them",
            "taken_on": "When",
            "language": "In which language",
            "form_hash": "Hash of the signed form",
            "fundraising": "It may stand beside a form or a call to give",
            "expires_on": "Last day",
            "embargoed": "Hold it back for now",
            "embargo_until": "Until",
            "embargo_reason": "Why it is held back",
            "owner": "Who looks after it",
        }
        help_texts = {
            "pseudonym": "Never their real name, and nobody else’s.",
            "guardian": "That one did, never who.",
            "taken_by": "Of our staff or a partner’s: who explained it, and saw the form signed.",
            "language": "Such as en or tl.",
            "form_hash": "Only if you have it already: SHA-256 of its file.",
            "expires_on": "From the day after, it is shown nowhere. Who looks after it is told 30 days before.",
            "embargo_until": "The first day on which it may be shown. Empty: until somebody takes the tick away.",
            "embargo_reason": "For instance, until a trial is over. Never who.",
            "owner": "Gets the mail before it lapses.",
        }

    def __init__(self, *args: Any, charities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = writers(charities)
        field.required = True
        # Nothing is ticked for a new one, nor is there a choice that says nothing.
        portrayal: Any = self.fields["portrayal"]
        portrayal.choices = Consent.Portrayal.choices
        self.initial["countries"] = " ".join(self.instance.countries)
        self.fields["embargo_reason"].widget = forms.TextInput()

    def clean_countries(self) -> list[str]:
        codes = self.cleaned_data["countries"].upper().replace(",", " ").split()
        for code in codes:
            if not _COUNTRY.fullmatch(code):
                raise forms.ValidationError(
                    f"“{code}” is no country’s code. Write two letters for each, such as AU."
                )
        return codes

    def clean_form_hash(self) -> str:
        return str(self.cleaned_data["form_hash"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("form_file"):
            told = hashlib.sha256()
            for chunk in cleaned["form_file"].chunks():
                told.update(chunk)
            cleaned["form_hash"] = told.hexdigest()
        if cleaned.get("portrayal") in (Consent.Portrayal.REAL, Consent.Portrayal.MODEL):
            self._of_person(cleaned)
        elif cleaned.get("portrayal"):
            self._of_nobody(cleaned)
        if cleaned.get("embargoed") and not cleaned.get("embargo_reason"):
            self.add_error("embargo_reason", "Say why, for whoever wonders later.")
        return cleaned

    def _of_person(self, cleaned: dict[str, Any]) -> None:
        needed = {
            "language": "Say in which language they were asked.",
            "expires_on": "Say on which day it ends: nobody agrees for ever.",
            "channels": "Say where it may be shown.",
        }
        for name, why in needed.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, why)
        if not cleaned.get("form_hash") and "form_hash" not in self.errors:
            self.add_error("form_file", "Send the signed form, to be hashed, or write its hash below.")
        if cleaned.get("minor") and not cleaned.get("guardian"):
            self.add_error("guardian", "Nobody under 18 is shown unless a parent or guardian agreed too.")
        if cleaned.get("minor") and cleaned.get("named") == Consent.Named.OWN:
            self.add_error("named", "Nobody under 18 is shown by their own name.")
        if cleaned.get("named") == Consent.Named.CHANGED and not cleaned.get("pseudonym"):
            self.add_error("pseudonym", "Write the name that stands in its place.")

    def _of_nobody(self, cleaned: dict[str, Any]) -> None:
        """Nobody has to agree: it may be shown everywhere."""
        for name in _OF_PEOPLE:
            kind = self.fields[name]
            cleaned[name] = (
                False if isinstance(kind, forms.BooleanField) else [] if name == "countries" else ""
            )
        cleaned.update(channels=list(CHANNELS), fundraising=True, named=Consent.Named.OWN)


class NewForm(WorkForm, TermsForm):
    """A consent, with the first picture or words that it covers."""

    charity = forms.ModelChoiceField(label="Charity", queryset=Charity.objects.none())
    field_order = ("charity", "picture", "words")

    def __init__(self, *args: Any, charities: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, charities=charities, user=user, **kwargs)
        field: Any = self.fields["charity"]
        field.queryset = charities
        if len(charities) == 1:
            self.initial.setdefault("charity", charities[0].pk)


class WithdrawForm(forms.ModelForm):
    class Meta:
        model = Withdrawal
        fields = ("by", "why")
        labels = {"by": "Who takes it back", "why": "Why, and how we heard of it"}
        help_texts = {"why": "In a few words, for whoever asks later. No names."}
        widgets = {"by": forms.RadioSelect, "why": forms.TextInput}


class UseForm(forms.ModelForm):
    class Meta:
        model = ExternalUse
        fields = ("kind", "where", "used_on")
        labels = {"kind": "How", "where": "Where", "used_on": "When"}
        help_texts = {"where": "Such as “Annual report 2026, page 4” or the address of a post."}
        widgets = {"used_on": Day, "where": forms.TextInput}
