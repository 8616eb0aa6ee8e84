"""Form fields of the editor: what the rows hold as JSON, minor units and codes, edited as people think of it."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator

from almoner.backoffice import words
from almoner.charities.svg import MAX_BYTES, SvgInvalid, sanitise
from almoner.giving.framing import SiteInvalid, read_sites
from almoner.giving.looks import ColourInvalid, colour_problem, normalise_colour
from almoner.payments.gateways import gateways

_HUNDREDTHS: Final = Decimal(100)
FREQUENCIES: Final = (
    ("once", "Once"),
    ("monthly", "Every month"),
    ("quarterly", "Every three months"),
    ("yearly", "Every year"),
)


class PercentField(forms.DecimalField):
    """Typed as "1.75"; cleaned to hundredths of a percent (175)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=Decimal(0), max_value=Decimal("99.99"), max_digits=4, decimal_places=2,
            widget=forms.TextInput({"inputmode": "decimal", "class": "bo-amount", "autocomplete": "off"}), **options,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / _HUNDREDTHS:.2f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        typed = super().clean(value.replace(",", ".").rstrip("% ") if isinstance(value, str) else value)
        return int((typed or Decimal(0)) * _HUNDREDTHS)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class MethodsField(forms.MultipleChoiceField):
    """The ways to pay that this installation's gateways offer to donors, kept in the order in which they stand."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=donor_methods, **options)

    def prepare_value(self, value: Any) -> Any:
        return list(value or [])


class FrequenciesField(forms.MultipleChoiceField):
    """How often donors may give, kept as words with a space between, in the order in which they are offered."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=FREQUENCIES, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        ticked = super().clean(value)
        return " ".join(code for code, _ in FREQUENCIES if code in ticked)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def donor_methods() -> list[tuple[str, str]]:
    """(code, name) of what donors may be offered: staff's own cheques and cash are not."""
    return [
        (method.code, words.method(method.code))
        for gateway in gateways().values()
        for method in gateway.capabilities().methods
        if method.kind != "offline"
    ]


def has_wallets() -> bool:
    """Whether any gateway that is set up shows wallets' buttons in our page."""
    return any(method.wallets for gateway in gateways().values() for method in gateway.capabilities().methods)


class ColourField(forms.CharField):
    """A colour as # and six digits. Any colour may be used: the theme moves it until it can be read, and says so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=9, widget=forms.TextInput({"class": "bo-colour", "autocomplete": "off", "spellcheck": "false"}),
            **options,
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalise_colour(text)
        except ColourInvalid as invalid:
            raise forms.ValidationError(colour_problem(text) or "This is not a colour.") from invalid


class SitesField(forms.CharField):
    """Sites, one a line; cleaned to origins as browsers write them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocapitalize": "none"}), **options
        )

    def clean(self, value: Any) -> str:
        try:
            return "\n".join(read_sites(super().clean(value)))
        except SiteInvalid as invalid:
            raise forms.ValidationError(str(invalid)) from invalid


class SvgField(forms.CharField):
    """A logo as SVG, pasted. Written anew from what is harmless."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("validators", [MaxLengthValidator(MAX_BYTES)])
        super().__init__(
            widget=forms.Textarea({"rows": 5, "spellcheck": "false", "class": "bo-svg"}), **options
        )

    def clean(self, value: Any) -> str:
        return cleaned_svg(super().clean(value))


class SvgFile(forms.FileField):
    """The same from a file; cleaned to the drawing's text, or "" when none was chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.FileInput({"accept": ".svg,image/svg+xml"}), **options)

    def clean(self, data: Any, initial: Any = None) -> str:
        file = super().clean(data, initial)
        if not file:
            return ""
        if file.size > MAX_BYTES:
            raise forms.ValidationError("The logo is larger than 64 KB. Export it as a simpler SVG.")
        try:
            return cleaned_svg(file.read().decode("utf-8"))
        except UnicodeDecodeError as fault:
            raise forms.ValidationError("This is not an SVG drawing.") from fault


def cleaned_svg(text: str) -> str:
    """Raises `ValidationError` with a sentence."""
    try:
        return sanitise(text)
    except SvgInvalid as invalid:
        raise forms.ValidationError(str(invalid)) from invalid


def colour_notes(primary: str) -> list[str]:
    """What an editor should know about a colour that was saved."""
    problem = colour_problem(primary) if primary else None
    return [problem] if problem else []


class LabelledRows(forms.Widget):
    """Pairs of a label and a value, a row each, and a few empty rows below: what a JSON list would hold."""

    template_name = "backoffice/widgets/labelled_rows.html"
    _EMPTY = 3

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or [])
        context["widget"]["rows"] = [*rows, *({"label": "", "value": ""} for _ in range(self._EMPTY))]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        pairs = zip(data.getlist(f"{name}-label"), data.getlist(f"{name}-value"), strict=False)
        return [{"label": label.strip(), "value": value.strip()} for label, value in pairs]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-label" not in data

    def id_for_label(self, id_: str | None) -> str:
        """The group is named, not one of its fields."""
        return ""


class LabelledRowsField(forms.Field):
    """Cleans to [{"label": "BSB", "value": "063 000"}], without the rows that were left empty."""

    widget = LabelledRows

    def clean(self, value: Any) -> list[dict[str, str]]:
        rows = [row for row in value or [] if row["label"] or row["value"]]
        if any(not row["label"] or not row["value"] for row in rows):
            raise forms.ValidationError(
                "Each row needs both: what it is, and its value. Empty a row to remove it."
            )
        if any(len(row["label"]) > 60 or len(row["value"]) > 120 for row in rows):
            raise forms.ValidationError("Keep what it is under 60 characters, and its value under 120.")
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != [row for row in data or [] if row["label"] or row["value"]]


def abn_problem(text: str) -> str | None:
    """What is wrong with an Australian Business Number; None when its check digits agree."""
    digits = [int(char) for char in text if char.isascii() and char.isdigit()]
    if len(digits) != 11 or text.replace(" ", "") != "".join(map(str, digits)):
        return "An ABN has 11 digits, such as 51 824 753 556."
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    total = sum((digit - (at == 0)) * weights[at] for at, digit in enumerate(digits))
    return (
        None
        if total % 89 == 0
        else "The digits of this ABN don’t agree with each other. Check it for a slip."
    )
