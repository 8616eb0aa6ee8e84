"""Amounts as CLDR writes them in the languages of the forms."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency

from almoner.kernel.money import format_money

pytestmark = pytest.mark.once

# As the site names a language, and as CLDR does. Arabic keeps the marks of English: see kernel/money.py.
LANGUAGES = {"en": "en", "de": "de", "fr": "fr", "es": "es", "nl": "nl", "it": "it", "pt-br": "pt_BR"}
AMOUNTS = (1, 99, 1_000, 99_999, 100_000, 123_456, 1_000_000, 123_456_789)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_is_written_as_cldr_has_it(language: str) -> None:
    for minor in AMOUNTS:
        wanted = format_currency(Decimal(minor) / 100, "EUR", locale=LANGUAGES[language])
        assert format_money(minor, "EUR", language=language) == wanted


def test_a_code_stands_where_the_sign_would_and_a_foreign_dollar_says_whose_it_is() -> None:
    assert format_money(1_500_000, "KWD", language="de") == "1.500,000\u00a0KWD"
    assert format_money(1_500_000, "KWD", language="pt-br") == "KWD\u00a01.500,000"
    assert format_money(-500_000, "USD", home="EUR", language="fr") == "−5\u202f000,00\u00a0$\u00a0USD"
    assert format_money(500_000, "EUR", short=True, language="it") == "5.000\u00a0€"
    assert format_money(5_000, "JPY", language="es") == "5.000\u00a0¥"
