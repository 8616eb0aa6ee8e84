"""A number as people type it: 1234, 1,234 or 12.5."""

import re
from decimal import Decimal
from typing import Any, Final

from django import forms

_PLAIN: Final = re.compile(r"\d{1,15}(\.\d{1,4})?")
# One to some, a thousand to others: 1.000.
_EITHER: Final = re.compile(r"\d{1,3}\.\d{3}")
_GROUPED: Final = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,4})?")


class NumberField(forms.CharField):
    """Cleans to a Decimal of 0 or more, or to None."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "bo-figure"})
        super().__init__(max_length=24, widget=widget, **options)

    def clean(self, value: Any) -> Decimal | None:
        text = "".join(str(super().clean(value)).split())
        if not text:
            return None
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if not _PLAIN.fullmatch(text):
            raise forms.ValidationError("Write it as a number: 1234, 1,234 or 12.5.")
        if _EITHER.fullmatch(text):
            whole = text.replace(".", "")
            raise forms.ValidationError(f"If it is {whole}, leave the point out; if not, write {text}0.")
        return Decimal(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)
