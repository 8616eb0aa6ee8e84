"""Amounts as the reader's language writes them."""

from django.utils.translation import get_language

from almoner.kernel.money import format_money


def in_words(amount_minor: int, currency: str, *, home: str | None = None, short: bool = False) -> str:
    """`format_money` in the active language: "$1,000.00", "1.000,00 $", "R$ 1.000,00"."""
    return format_money(amount_minor, currency, home=home, short=short, language=get_language() or "en")
