"""The rows of a form: suggested amounts, numbers, funds, consent questions. Each is one line of an inline panel."""

from typing import Any

from django import forms
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel

from almoner.backoffice.money import MoneyField, MoneyForm, codes
from almoner.charities.models import Fund
from almoner.charities.scope import charities_of


class Rows(BaseChildFormSet):
    """Says in a sentence that two rows are the same."""

    def get_unique_error_message(self, unique_check: tuple[str, ...]) -> str:
        return "Two of these rows are the same. Change or remove one."

    def get_form_error(self) -> str:
        return "This row stands twice."


class RowsPanel(InlinePanel):
    """An inline panel whose rows have a form class of their own; `ordered` gives them buttons to move."""

    def __init__(
        self, relation_name: str, *, row_form: type[forms.ModelForm], ordered: bool = False, **options: Any
    ) -> None:
        super().__init__(relation_name, **options)
        self.row_form = row_form
        self.ordered = ordered

    def clone_kwargs(self) -> dict[str, Any]:
        return super().clone_kwargs() | {"row_form": self.row_form, "ordered": self.ordered}

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        options["formsets"][self.relation_name] |= {
            "form": self.row_form,
            "formset": Rows,
            "inherit_kwargs": ["for_user"],
            "can_order": self.ordered,
        }
        return options


class AmountRow(MoneyForm, WagtailAdminModelForm):
    """A suggested amount. Without a currency it is in the form's first."""

    amount_minor = MoneyField(label="Amount")
    currency = forms.CharField(
        label="Currency",
        max_length=3,
        required=False,
        widget=forms.TextInput({"class": "bo-code", "autocomplete": "off"}),
        help_text="Empty: the form’s first.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.pop("amount_minor", None)
            self.initial["currency"] = ""
        self.show_amounts()

    def currency_for(self, name: str) -> str:
        return self.cleaned_data["currency"] if hasattr(self, "cleaned_data") else self.instance.currency

    def clean_currency(self) -> str:
        # The whole form is posted at once, so the rows can read the field above them.
        typed = self.cleaned_data["currency"] or next(iter(self.data.get("currencies", "").split()), "")
        return one_code(typed)

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if "currency" in self.cleaned_data:
            self.read_amounts()
        return entered


class CurrencyRow(MoneyForm, WagtailAdminModelForm):
    """The limits and the fee's fixed part of a further currency."""

    currency = forms.CharField(
        label="Currency", max_length=3, widget=forms.TextInput({"class": "bo-code", "autocomplete": "off"})
    )
    minimum_minor = MoneyField(label="Smallest amount")
    maximum_minor = MoneyField(label="Largest amount")
    cover_fixed_minor = MoneyField(label="Fixed part of the fee", required=False, zero_ok=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.pop("cover_fixed_minor", None)
        else:
            self.show_amounts()

    def currency_for(self, name: str) -> str:
        return self.cleaned_data["currency"] if hasattr(self, "cleaned_data") else self.instance.currency

    def clean_currency(self) -> str:
        return one_code(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if "currency" not in self.cleaned_data:
            return entered
        self.read_amounts()
        if entered.get("cover_fixed_minor") is None and "cover_fixed_minor" not in self.errors:
            entered["cover_fixed_minor"] = 0
        return entered


def one_code(text: str) -> str:
    found = codes(text)
    if " " in found:
        raise forms.ValidationError("Enter one currency.")
    return found


class FundRow(WagtailAdminModelForm):
    """A fund that donors may choose on this form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = charities_of(self.for_user) if self.for_user is not None else None
        funds = Fund.objects.filter(active=True).select_related("charity").order_by("charity__name", "name")
        field = self.fields["fund"]
        field.queryset = funds.filter(charity__in=own) if own is not None else funds.none()
        field.label_from_instance = lambda fund: f"{fund.name} ({fund.charity.name})"


class ConsentRow(WagtailAdminModelForm):
    """A question. Its words are kept by version, so that each answer knows what was asked."""

    class Meta:
        labels = {"text": "The question, as donors read it", "basis": "On what ground"}


AMOUNTS = RowsPanel(
    "suggested_amounts",
    row_form=AmountRow,
    panels=[FieldPanel("amount_minor"), FieldPanel("line"), FieldPanel("currency"), FieldPanel("frequency")],
    heading="Suggested amounts",
    label="amount",
    help_text="Three to five for each frequency, with a few words on what each does. Donors see those of a frequency "
    "when they choose it.",
)
CURRENCIES = RowsPanel(
    "further_currencies",
    row_form=CurrencyRow,
    panels=[
        FieldPanel("currency"),
        FieldPanel("minimum_minor"),
        FieldPanel("maximum_minor"),
        FieldPanel("cover_fixed_minor"),
    ],
    heading="Limits in further currencies",
    label="currency",
    help_text="For a currency without a row of its own, the form takes amounts worth about as much as in the first "
    "one, in round figures: from $2 becomes from ¥200.",
)
NUMBERS = RowsPanel(
    "numbers",
    row_form=WagtailAdminModelForm,
    panels=[FieldPanel("number")],
    heading="Numbers it answers to",
    label="number",
    help_text="Such as that of an old shortcode: 4840 answers at /give/4840/. A number is one form’s alone.",
)
FUNDS = RowsPanel(
    "form_funds",
    row_form=FundRow,
    ordered=True,
    panels=[FieldPanel("fund")],
    heading="Funds donors may choose",
    label="fund",
    help_text="None: the charity’s default fund, and donors aren’t asked.",
)
CONSENTS = RowsPanel(
    "consent_questions",
    row_form=ConsentRow,
    panels=[FieldPanel("channel"), FieldPanel("text"), FieldPanel("basis")],
    heading="Consent questions",
    label="question",
    help_text="One for each channel. Boxes stand empty until the donor ticks them. A receipt needs no consent.",
)
