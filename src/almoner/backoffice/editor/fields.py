"""Form fields of the editor: what the rows hold as JSON, minor units and codes, edited as people think of it."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator

from almoner.backoffice import words
from almoner.charities.svg import MAX_BYTES, SvgInvalid, sanitise
from almoner.giving.looks import ColourInvalid, colour_problem, normalise_colour
from almoner.payments.gateways import gateways

_HUNDREDTHS: Final = Decimal(100)


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


def donor_methods() -> list[tuple[str, str]]:
    """(code, name) of what donors may be offered: staff's own cheques and cash are not."""
    return [
        (method.code, words.method(method.code))
        for gateway in gateways().values()
        for method in gateway.capabilities().methods
        if method.kind != "offline"
    ]


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
