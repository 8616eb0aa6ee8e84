"""What is asked of Stripe: orders as parameters of its requests. Pure functions, so that a repeat sends the same."""

from dataclasses import dataclass
from typing import Any, Final

from almoner.payments.gateways.port import Method, Order, Refused, SetUpOrder
from almoner.payments.gateways.stripe.answers import ATTEMPT_KEY, EXPAND, REFERENCE, SET_UP_KEY
from almoner.payments.gateways.stripe.currencies import to_stripe

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to pay: its method, Stripe's types behind it, and the capabilities that the account needs for them."""

    method: Method
    types: tuple[str, ...]
    capabilities: tuple[str, ...]


OFFERS: Final = {
    "card": Offer(
        Method("stripe_element", "card", in_page=True, wallets=True, repeats=True),
        ("card",),
        ("card_payments",),
    ),
    "checkout": Offer(
        Method("stripe_checkout", "card", hosted=True, repeats=True, sets_up=True),
        ("card",),
        ("card_payments",),
    ),
    "becs": Offer(
        Method("stripe_becs", "debit", in_page=True, repeats=True, currencies=frozenset({"AUD"})),
        ("au_becs_debit",),
        ("au_becs_debit_payments",),
    ),
    "bacs": Offer(
        Method(
            "stripe_bacs", "debit", in_page=True, repeats=True, currencies=frozenset({"GBP"}),
            notice_days=2, notice_in_working_days=True, bank_calendar="bacs",
        ),
        ("bacs_debit",),
        ("bacs_debit_payments",),
    ),
    "sepa": Offer(
        Method(
            "stripe_sepa", "debit", in_page=True, repeats=True, currencies=frozenset({"EUR"}), notice_days=14,
        ),
        ("sepa_debit",),
        ("sepa_debit_payments",),
    ),
}  # fmt: skip

LINK: Final = "link"


def types_of(method: str, *, offered: tuple[str, ...]) -> tuple[str, ...]:
    """Stripe's payment method types for one of our methods. Link comes beside cards, where it is offered."""
    for name in offered:
        if name in OFFERS and OFFERS[name].method.code == method:
            types = OFFERS[name].types
            return (*types, LINK) if types == ("card",) and LINK in offered else types
    raise Refused(f"{method} is not offered here")


def customer(order: Order) -> Params:
    """Who owns a saved method. A debit's mandate names its payer, who is written to about it; a card's owner stays
    unnamed."""
    params: Params = {"metadata": {ATTEMPT_KEY: order.key, REFERENCE: order.reference}}
    if order.payer is not None and order.method in ("stripe_becs", "stripe_bacs", "stripe_sepa"):
        name = f"{order.payer.given_name} {order.payer.family_name}".strip()
        params |= {"name": name, "email": order.payer.email}
    return params


def intent(order: Order, *, types: tuple[str, ...], customer_id: str = "") -> Params:
    """An unconfirmed PaymentIntent. Captured at once, not in the background, so that the answer tells its fee."""
    params: Params = {
        "amount": to_stripe(order.amount_minor, order.currency),
        "currency": order.currency.lower(),
        "payment_method_types": list(types),
        "capture_method": "automatic",
        "description": order.description,
        "metadata": {ATTEMPT_KEY: order.key, REFERENCE: order.reference},
        "expand": list(EXPAND),
    }
    if order.saved_method:
        customer_id, _, method_id = order.saved_method.partition(" ")
        return params | {"customer": customer_id, "payment_method": method_id}
    if order.save_method:
        params |= {"customer": customer_id, "setup_future_usage": "off_session"}
    return params


def confirmation(order: Order) -> Params:
    """The page's token, and the way back from the donor's bank; with a saved method, that nobody is there."""
    if order.saved_method:
        return {"off_session": True, "expand": list(EXPAND)}
    token = order.input.get("confirmation_token", "")
    if not token.startswith("ctoken_"):
        raise Refused("the page sent no confirmation token")
    return {"confirmation_token": token, "return_url": order.return_url, "expand": list(EXPAND)}


def session(order: Order, *, types: tuple[str, ...], customer_id: str = "") -> Params:
    """A hosted Checkout session. Its payment is made by Stripe when the donor pays, with the same metadata.

    Prices are never converted: what is paid has to be what was asked.
    """
    metadata = {ATTEMPT_KEY: order.key, REFERENCE: order.reference}
    payment: Params = {
        "metadata": metadata,
        "description": order.description,
        "capture_method": "automatic",
    }
    item = {
        "quantity": 1,
        "price_data": {
            "currency": order.currency.lower(),
            "unit_amount": to_stripe(order.amount_minor, order.currency),
            "product_data": {"name": order.description or order.reference},
        },
    }
    params: Params = {
        "mode": "payment",
        "line_items": [item],
        "payment_method_types": list(types),
        "payment_intent_data": payment,
        "metadata": metadata,
        "client_reference_id": order.reference,
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "submit_type": "donate",
        "adaptive_pricing": {"enabled": False},
    }
    if order.save_method:
        payment["setup_future_usage"] = "off_session"
        params["customer"] = customer_id
    elif order.payer is not None and order.payer.email:
        # Stripe's page asks for it, and needn't ask what the donor has typed already.
        params["customer_email"] = order.payer.email
    return params


def owner(order: SetUpOrder) -> Params:
    """Whose the saved method will be, where nothing of this account is charged today. A card's owner stays unnamed."""
    return {"metadata": {SET_UP_KEY: order.key, REFERENCE: order.reference}}


def set_up_session(order: SetUpOrder, *, types: tuple[str, ...], customer_id: str) -> Params:
    """A hosted Checkout session that takes no money."""
    metadata = {SET_UP_KEY: order.key, REFERENCE: order.reference}
    return {
        "mode": "setup",
        "currency": order.currency.lower(),
        "customer": customer_id,
        "payment_method_types": list(types),
        "setup_intent_data": {"metadata": metadata},
        "metadata": metadata,
        "client_reference_id": order.reference,
        "success_url": order.return_url,
        "cancel_url": order.return_url,
    }
