"""Stripe's amounts against ISO 4217's. Both are whole numbers of a smallest unit, but not of the same one everywhere.

Source: docs.stripe.com/currencies, "Zero-decimal currencies", "Special cases" and "Minimum and maximum charge amounts".
"""

from typing import Final

from almoner.kernel.money import CURRENCIES, exponent
from almoner.payments.gateways.port import Refused

# Decimals of Stripe's amounts where they aren't ISO's. The króna lost its decimals and kept them at Stripe; the
# ariary's smallest unit there is a whole one.
EXPONENTS: Final = {"ISK": 2, "MGA": 0}
# Listed there both as without decimals and as with two: wrong by a hundred, if the wrong one is believed.
UNSURE: Final = frozenset({"UGX"})
# Three decimals, of which the last one must be 0.
_THREE: Final = 3
# Currency -> minor units of which an amount is a multiple, where Stripe has fewer decimals than ISO.
STEPS: Final = {
    code: 10 if exponent(code) == _THREE else 10 ** (exponent(code) - EXPONENTS[code])
    for code in sorted(CURRENCIES)
    if exponent(code) == _THREE or EXPONENTS.get(code, exponent(code)) < exponent(code)
}

# The least that Stripe charges, in ISO minor units, where the account is paid out in the same currency: what is offered
# in others is converted, and isn't offered here. Of currencies that aren't listed Stripe names none.
LEAST: Final = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 15_00, "DKK": 250, "EUR": 50, "GBP": 30,
    "HKD": 400, "HUF": 175_00, "INR": 50, "JPY": 50, "MXN": 10_00, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200,
    "RON": 200, "SEK": 300, "SGD": 50, "THB": 10_00, "USD": 50,
}  # fmt: skip


def to_stripe(amount_minor: int, currency: str) -> int:
    """Stripe's amount of ISO minor units; raises `Refused` where Stripe has no such amount."""
    if currency in UNSURE:
        raise Refused(f"what Stripe's amounts in {currency} mean is not sure")
    up, down = _factors(currency)
    amount, rest = divmod(amount_minor * up, down)
    if rest or (exponent(currency) == _THREE and amount % 10):
        raise Refused(f"Stripe takes no such fraction of {currency}")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """ISO minor units of Stripe's amount. The nearest, where a fee has a fraction of a króna."""
    up, down = _factors(currency.upper())
    return (amount * down + up // 2) // up


def _factors(currency: str) -> tuple[int, int]:
    more = EXPONENTS.get(currency, exponent(currency)) - exponent(currency)
    return (10 ** max(more, 0), 10 ** max(-more, 0))
