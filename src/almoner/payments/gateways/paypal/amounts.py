"""PayPal's amounts: decimal strings, of whole units where it takes no decimals although ISO 4217 has some.

Source: developer.paypal.com/api/rest/reference/currency-codes.
"""

import re
from decimal import Decimal
from typing import Any, Final

from almoner.kernel.money import exponent
from almoner.payments.gateways.port import AnswerLost, Refused

# PayPal's list, without those that only accounts of one country may hold (BRL, CNY, MYR).
CURRENCIES: Final = frozenset(
    [
        *("AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "NOK", "NZD"),
        *("PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
    ]
)
# "This currency does not support decimals."
WHOLE: Final = frozenset({"HUF", "JPY", "TWD"})

_VALUE = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


# Currency -> minor units of which an amount is a multiple: the forint and the New Taiwan dollar have decimals at ISO.
STEPS: Final = {code: 10 ** exponent(code) for code in sorted(WHOLE) if exponent(code)}


def money(amount_minor: int, currency: str) -> dict[str, str]:
    """PayPal's money object of ISO minor units; raises `Refused` for what PayPal has no such amount of."""
    if currency not in CURRENCIES:
        raise Refused(f"PayPal takes no {currency}")
    decimals = exponent(currency)
    value = Decimal(amount_minor).scaleb(-decimals)
    if currency in WHOLE:
        if value != value.to_integral_value():
            raise Refused(f"PayPal takes no fraction of {currency}")
        return {"currency_code": currency, "value": f"{value:.0f}"}
    return {"currency_code": currency, "value": f"{value:.{decimals}f}"}


def minor_of(amount: Any) -> tuple[int, str]:
    """(ISO minor units, currency) of a money object; raises `AnswerLost` for one that can't be read."""
    try:
        value, currency = str(amount["value"]), str(amount["currency_code"])
        scaled = Decimal(value).scaleb(exponent(currency)) if _VALUE.fullmatch(value) else None
    except (KeyError, TypeError, ValueError) as fault:
        raise AnswerLost(f"an amount that can't be read: {type(fault).__name__}") from None
    if scaled is None or scaled != scaled.to_integral_value():
        raise AnswerLost("an amount that can't be read")
    return int(scaled), currency
