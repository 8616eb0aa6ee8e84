"""The register's rules of wording in every language that stories have."""

from decimal import Decimal

import pytest
from django.conf import settings

from almoner.impact.quantities import Bound, Quantity
from almoner.impact.saying import Style, say

pytestmark = pytest.mark.once

# 1,042 over; 288 nearly; 1,234,567 as it is; "at least 250"; 21.5 % as it is; 20 % as a share.
SAID = {
    "en": ("over 1,000", "nearly 300", "1,234,567", "at least 250", "21.5%", "one in five"),
    "de": ("über 1.000", "fast 300", "1.234.567", "mindestens 250", "21,5\u00a0%", "1 von 5"),
    "fr": (
        "plus de 1\u202f000", "près de 300", "1\u202f234\u202f567", "au moins 250", "21,5\u202f%", "1 sur 5",
    ),
    "es": ("más de 1.000", "casi 300", "1.234.567", "al menos 250", "21,5\u00a0%", "1 de cada 5"),
    "nl": ("meer dan 1.000", "bijna 300", "1.234.567", "minstens 250", "21,5%", "één op de vijf"),
    "it": ("più di 1.000", "quasi 300", "1.234.567", "almeno 250", "21,5%", "1 su 5"),
    "pt-br": ("mais de 1.000", "quase 300", "1.234.567", "pelo menos 250", "21,5%", "1 em cada 5"),
    "ar": ("أكثر من 1,000", "ما يقارب 300", "1,234,567", "250 على الأقل", "21.5%", "واحد من كل خمسة"),
}  # fmt: skip


def known(value: str, bound: Bound = Bound.EXACT) -> Quantity:
    return Quantity(Decimal(value), bound)


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_a_figure_is_said_as_the_language_says_it(language: str) -> None:
    said = (
        say(known("1042"), Style.OVER, language=language),
        say(known("288"), Style.NEARLY, language=language),
        say(known("1234567"), Style.EXACT, language=language),
        say(known("250", Bound.AT_LEAST), Style.EXACT, language=language),
        say(known("21.5"), Style.EXACT, percent=True, language=language),
        say(known("20"), Style.SHARE, percent=True, language=language),
    )
    assert said == SAID[language]
