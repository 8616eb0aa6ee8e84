"""The schemes of direct debit that are offered, each with its money, its countries, and the notice it needs."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from almoner.payments.gateways.port import Method


@dataclass(frozen=True, slots=True)
class Scheme:
    """`code` as GoCardless calls it, and the name that people know it by."""

    code: str
    name: str
    method: Method


SCHEMES: Final = (
    # `lead_days` are GoCardless's own for a mandate in force, and one more: it takes requests until the afternoon. BECS
    # asks for no notice beyond the agreement, which GoCardless keeps; a day is what GoCardless recommends. `least` are
    # the minimums of its "Transactions and fees FAQs".
    Scheme(
        "becs",
        "BECS",
        Method(
            "gocardless_becs",
            "debit",
            hosted=True,
            repeats=True,
            sets_up=True,
            currencies=frozenset({"AUD"}),
            countries=frozenset({"AU"}),
            notice_days=1,
            notice_in_working_days=True,
            lead_days=2,
            bank_calendar="becs",
            least={"AUD": 2_00},
        ),
    ),
    Scheme(
        "bacs",
        "Bacs",
        Method(
            "gocardless_bacs",
            "debit",
            hosted=True,
            repeats=True,
            sets_up=True,
            currencies=frozenset({"GBP"}),
            countries=frozenset({"GB", "GG", "IM", "JE"}),
            notice_days=2,
            notice_in_working_days=True,
            lead_days=4,
            bank_calendar="bacs",
            least={"GBP": 1_00},
        ),
    ),
    Scheme(
        "sepa_core",
        "SEPA",
        Method(
            "gocardless_sepa",
            "debit",
            hosted=True,
            repeats=True,
            sets_up=True,
            currencies=frozenset({"EUR"}),
            countries=frozenset(
                [
                    *(
                        "AT",
                        "BE",
                        "CY",
                        "DE",
                        "EE",
                        "ES",
                        "FI",
                        "FR",
                        "GR",
                        "HR",
                        "IE",
                        "IT",
                        "LT",
                        "LU",
                        "LV",
                    ),
                    *("MC", "MT", "NL", "PT", "SI", "SK", "SM"),
                ]
            ),
            notice_days=14,
            lead_days=4,
            bank_calendar="target",
            least={"EUR": 1_00},
        ),
    ),
)


def schemes_of(methods: Collection[str]) -> tuple[Scheme, ...]:
    """Those of the setting `ALMONER_GOCARDLESS_METHODS`, where SEPA's core scheme is called sepa."""
    return tuple(scheme for scheme in SCHEMES if scheme.code.removesuffix("_core") in methods)


BY_METHOD: Final = {scheme.method.code: scheme for scheme in SCHEMES}
CURRENCIES: Final = frozenset(code for scheme in SCHEMES for code in scheme.method.currencies or ())


def name_of(code: str) -> str:
    return next((scheme.name for scheme in SCHEMES if scheme.code == code), code)
