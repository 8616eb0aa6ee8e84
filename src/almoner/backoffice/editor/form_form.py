"""The editor's form over a donation form: plain words in, the row's codes and minor units out."""

from typing import Any, Final

from django import forms
from django.utils.text import slugify
from wagtail.admin.forms.models import WagtailAdminModelForm

from almoner.backoffice.editor.fields import (
    ColourField,
    FrequenciesField,
    MethodsField,
    PercentField,
    SitesField,
    SvgField,
    SvgFile,
    colour_notes,
    donor_methods,
    has_wallets,
)
from almoner.backoffice.money import MoneyField, MoneyForm, codes
from almoner.charities.models import Charity
from almoner.charities.scope import charities_of
from almoner.giving.catalogue import RESERVED_SLUGS
from almoner.giving.models import DonationForm, FormNumber
from almoner.giving.speaking import keep_questions
from almoner.giving.ways import least_minor, ways_by_code
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.supporters.people import wording

_BEGINS_WITH: Final = (
    "frequencies",
    "minimum_minor",
    "maximum_minor",
    "cover_percent_hundredths",
    "cover_fixed_minor",
)


def slug_problem(slug: str) -> str:
    """What is wrong with the word behind /give/ at any charity, in a sentence; "" when it can be used."""
    if slug in RESERVED_SLUGS:
        return "Something else stands at this address already. Choose another word."
    if slug.isdigit():
        return "An address of digits alone would be taken for a number. Add a letter."
    return ""


class FormForm(MoneyForm, WagtailAdminModelForm):
    """Reads what an editor typed. `finish` completes what only a real save may write."""

    charity = forms.ModelChoiceField(queryset=Charity.objects.none(), empty_label=None, label="Charity")
    currencies = forms.CharField(
        label="Currencies",
        help_text="Codes with a space between, such as AUD NZD. The first one is chosen at first.",
    )
    frequencies = FrequenciesField(
        label="How often",
        help_text="Once is chosen at first; a regular gift is always the donor’s own choice. It is offered where a way "
        "to pay can be charged again.",
    )
    minimum_minor = MoneyField(label="Smallest amount", help_text="In the first currency.")
    maximum_minor = MoneyField(label="Largest amount", help_text="In the first currency.")
    goal_minor = MoneyField(
        label="Goal", required=False, help_text="With a goal the form shows a progress bar fed by the ledger."
    )
    cover_percent_hundredths = PercentField(label="Fee in percent", help_text="Such as 1.75.")
    cover_fixed_minor = MoneyField(
        label="Fixed part of the fee", required=False, zero_ok=True, help_text="In the first currency."
    )
    methods = MethodsField(label="Ways to pay", required=False)
    offer_wallets = forms.BooleanField(
        label="A button for wallets on the first step",
        required=False,
        help_text="It leads to Apple Pay, Google Pay and Link, which tell who gives, where cards are paid in the page. "
        "The payment service’s script is loaded when it is pressed, and not before.",
    )
    colour_primary = ColourField(
        label="Colour of buttons and links",
        required=False,
        help_text="Such as #0f5c6e. Empty: the charity’s own.",
    )
    colour_accent = ColourField(
        label="Colour that decorates", required=False, help_text="Empty: the charity’s own."
    )
    logo_svg = SvgField(
        label="Logo, pasted as SVG",
        required=False,
        help_text="Empty: the charity’s own. Scripts, links and outside pictures are taken out when you save.",
    )
    logo_file = SvgFile(label="Logo from a file (SVG)", required=False)
    frame_sites = SitesField(
        label="Sites that may show this form",
        required=False,
        help_text="One a line, such as https://www.example.org, with https:// and without a page. Their pages show the "
        "form in a frame; on any other site, or if this is empty, there is a link to it instead.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows_checked = False
        field: Any = self.fields["charity"]
        field.queryset = charities_of(self.for_user) if self.for_user is not None else Charity.objects.all()
        if self.instance.pk is not None:
            # Its gifts and numbers are that charity's.
            field.disabled = True
        else:
            self._start_with(field.queryset.order_by("-is_default", "name").first())
        colour = self.fields["colour_primary"]
        colour.help_text = " ".join([str(colour.help_text), *colour_notes(self.instance.colour_primary)])
        self._keep_switched_off_methods()
        if not has_wallets():
            del self.fields["offer_wallets"]
        self.show_amounts()

    def _start_with(self, charity: Charity | None) -> None:
        """What a new form has: its charity's currency, every way to pay that is set up, and what a row begins with: of
        a field that is declared here Django doesn't say that by itself."""
        if charity is not None:
            self.initial.setdefault("charity", charity.pk)
            self.initial["currencies"] = self.instance.currencies = charity.currency
        for name in _BEGINS_WITH:
            self.initial.setdefault(name, getattr(self.instance, name))
        self.initial["methods"] = [code for code, _ in donor_methods()]
        self.fields["slug"].required = False

    def _keep_switched_off_methods(self) -> None:
        field: Any = self.fields["methods"]
        known = {code for code, _ in donor_methods()}
        off = [(code, f"{code} (not set up here)") for code in self.instance.methods if code not in known]
        field.choices = [*donor_methods(), *off]

    def currency_for(self, name: str) -> str:
        typed = (
            self.cleaned_data.get("currencies") if hasattr(self, "cleaned_data") else self.instance.currencies
        )
        return (typed or self.instance.currencies).split()[0]

    def clean_currencies(self) -> str:
        found = codes(self.cleaned_data["currencies"])
        if len(found) > 60:
            raise forms.ValidationError("Choose at most fifteen currencies.")
        return found

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"]) or self.cleaned_data["slug"]

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if "currencies" in entered:
            self.read_amounts()
        if entered.get("cover_fixed_minor") is None and "cover_fixed_minor" not in self.errors:
            entered["cover_fixed_minor"] = 0
        if entered.get("logo_file"):
            entered["logo_svg"] = entered["logo_file"]
        self._check_range(entered)
        if not entered.get("slug") and "slug" not in self.errors:
            entered["slug"] = slugify(entered.get("title", ""))[:50].strip("-")
        self._check_slug(entered)
        return entered

    def _check_range(self, entered: dict[str, Any]) -> None:
        smallest, largest = entered.get("minimum_minor"), entered.get("maximum_minor")
        if isinstance(smallest, int) and isinstance(largest, int) and smallest > largest:
            self.add_error("minimum_minor", "The smallest amount is larger than the largest.")

    def _check_slug(self, entered: dict[str, Any]) -> None:
        charity, slug = self._charity(), entered.get("slug")
        if not slug:
            if "slug" not in self.errors:
                self.add_error("slug", "Write a word of letters without accents: the form answers there.")
            return
        if charity is None:
            return
        others = DonationForm.objects.filter(charity=charity, slug=slug).exclude(pk=self.instance.pk)
        if other := others.first():
            self.add_error("slug", f"The form “{other.title}” has this address already.")
        elif problem := slug_problem(slug):
            self.add_error("slug", problem)

    def _charity(self) -> Charity | None:
        return self.instance.charity if self.instance.pk is not None else self.cleaned_data.get("charity")

    def is_valid(self) -> bool:
        """The form and its rows, and then what they owe each other."""
        valid = super().is_valid()
        charity = self._charity() if valid else None
        if charity is not None and not self._rows_checked:
            self._rows_checked = True
            self._check_rows(charity)
        return (
            valid and not self.errors and all(not any(formset.errors) for formset in self.formsets.values())
        )

    def _check_rows(self, charity: Charity) -> None:
        for row in self._standing("form_funds"):
            if row.cleaned_data["fund"].charity_id != charity.pk:
                row.add_error("fund", f"This fund is not one of {charity.name}’s.")
        allowed = self.cleaned_data["currencies"].split()
        for row in self._standing("further_currencies"):
            if row.cleaned_data["currency"] not in allowed[1:]:
                row.add_error(
                    "currency", "Name a currency that this form takes after its first: that one has its own."
                )
        for row in self._standing("suggested_amounts"):
            if row.cleaned_data["currency"] not in allowed:
                row.add_error(
                    "currency", "The form doesn’t take this currency. Add it to the form’s currencies."
                )
        self._check_least(allowed)
        taken = dict(
            FormNumber.objects.filter(charity=charity)
            .exclude(form_id=self.instance.pk)
            .values_list("number", "form__title")
        )
        for row in self._standing("numbers"):
            if other := taken.get(row.cleaned_data["number"]):
                row.add_error("number", f"The form “{other}” answers to this number already.")

    def _check_least(self, currencies: list[str]) -> None:
        """No donor should learn at the last step that a gateway takes no such small amount."""
        ways = ways_by_code(self.cleaned_data["methods"])
        rows = [(self, currencies[0], "minimum_minor")]
        for relation, name in (
            ("further_currencies", "minimum_minor"),
            ("suggested_amounts", "amount_minor"),
        ):
            rows += [(row, row.cleaned_data.get("currency"), name) for row in self._standing(relation)]
        for row, code, name in rows:
            # Without a currency there is an error on it already.
            if code and row.cleaned_data[name] < (least := least_minor(ways, code)):
                shown = f"{format_plain(least, code)} {code}"
                row.add_error(
                    name, f"The ways to pay that are ticked take no less than {shown}: enter at least that."
                )

    def _standing(self, relation: str) -> list[Any]:
        """The rows that are not being removed."""
        formset = self.formsets.get(relation)
        if formset is None:
            return []
        return [row for row in formset.forms if row not in formset.deleted_forms and row.cleaned_data]

    def save(self, commit: bool = True) -> DonationForm:
        form: DonationForm = super().save(commit=False)
        for number in form.numbers.all():
            number.charity = form.charity
        for position, row in enumerate(self._ordered_funds()):
            row.instance.position = position
        if commit:
            self._keep_wordings(form)
            form.save()
        return form

    def _ordered_funds(self) -> list[Any]:
        formset = self.formsets.get("form_funds")
        return list(formset.ordered_forms) if formset is not None and formset.is_bound else []

    def _keep_wordings(self, form: DonationForm) -> None:
        """A question's words become a version that answers can point to."""
        for question in form.consent_questions.all():
            kept = question.wording
            if kept is not None and (kept.channel, kept.basis, kept.text) == (
                question.channel, question.basis, question.text
            ):  # fmt: skip
                continue
            question.wording = wording(
                form.charity_id, channel=question.channel, basis=question.basis, text=question.text, at=now()
            )
        keep_questions(form.charity, form.consent_questions.all())

    def changed(self) -> list[str]:
        """The names of what was changed, for the audit log: never the contents."""
        rows = [name for name, formset in self.formsets.items() if formset.has_changed()]
        return sorted([*self.changed_data, *rows])
