"""Stripe's amounts against ISO 4217's. Both are whole numbers of a smallest unit, but not of the same one everywhere.

Source: docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases".
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
