"""Stripe's paid invoices: the gifts that its subscriptions brought."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from almoner.giving.importing import reading
from almoner.giving.importing.records import GiftLine, LineWrong, Reading
from almoner.kernel.money import CurrencyUnknown, exponent
from almoner.payments.gateways.stripe.currencies import UNSURE, from_stripe
from almoner.plans import schedule
from almoner.supporters.people import Details

Json = Mapping[str, Any]


def amount_of(found: Json) -> tuple[int, str]:
    """What was paid of it, in ISO minor units. Raises `LineWrong`."""
    currency, amount = str(found.get("currency", "")).upper(), found.get("amount_paid")
    try:
        exponent(currency)
    except CurrencyUnknown as unknown:
        raise LineWrong(f"{unknown} is no currency's code") from None
    if currency in UNSURE:
        raise LineWrong(f"what Stripe's amounts in {currency} mean is not sure")
    if not isinstance(amount, int) or amount <= 0:
        raise LineWrong("nothing was paid of it")
    return from_stripe(amount, currency), currency


def gift(found: Json, given: Reading, amount_minor: int, currency: str) -> GiftLine:
    """Raises `LineWrong` for one that is not paid, or of no subscription: that may be anything."""
    if found.get("status") != "paid":
        raise LineWrong(f"it is not paid at the source ({found.get('status')})")
    subscription = _subscription(found)
    if not subscription:
        raise LineWrong("it is of no subscription")
    paid_at = moment((found.get("status_transitions") or {}).get("paid_at") or found.get("created"))
    if paid_at is None:
        raise LineWrong("no day stands with it")
    refunded, refunded_at = _given_back(found)
    return GiftLine(
        origin=f"stripe {found['id']}",
        details=_person(found),
        amount_minor=amount_minor,
        currency=currency,
        given_on=schedule.local_date(paid_at, given.timezone),
        refunded_minor=min(from_stripe(refunded, currency), amount_minor) if refunded else 0,
        refunded_on=schedule.local_date(refunded_at, given.timezone) if refunded_at else None,
        plan_origin=f"stripe {subscription}",
    )


def moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def person(*, name: str, email: str, phone: str, address: Json) -> Details:
    """As Stripe keeps a customer: one name, and an address of its own."""
    given_name, _, family_name = name.rpartition(" ")
    return reading.person(
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        address=reading.postal(
            address.get("country") or "",
            line1=address.get("line1") or "",
            line2=address.get("line2") or "",
            locality=address.get("city") or "",
            region=address.get("state") or "",
            postcode=address.get("postal_code") or "",
        ),
    )


def _subscription(found: Json) -> str:
    """Newer versions of Stripe's API say it in the invoice's parent."""
    parent = (found.get("parent") or {}).get("subscription_details") or {}
    named = found.get("subscription") or parent.get("subscription") or ""
    return str(named["id"] if isinstance(named, dict) else named)


def _given_back(found: Json) -> tuple[int, datetime | None]:
    """What went back, in Stripe's units, and when the last of it did. Older versions tell it with an expanded charge,
    newer ones only what credit notes say."""
    charge = found.get("charge")
    if not isinstance(charge, dict):
        return int(found.get("post_payment_credit_notes_amount") or 0), None
    refunds = (charge.get("refunds") or {}).get("data") or []
    days = [each.get("created") for each in refunds if each.get("created")]
    return int(charge.get("amount_refunded") or 0), moment(max(days, default=None))


def _person(found: Json) -> Details:
    """As the invoice was sent; where it has no name, as the customer stands now."""
    customer = found.get("customer")
    whose = customer if isinstance(customer, dict) else {}
    return person(
        name=str(found.get("customer_name") or whose.get("name") or ""),
        email=found.get("customer_email") or whose.get("email") or "",
        phone=found.get("customer_phone") or whose.get("phone") or "",
        address=found.get("customer_address") or whose.get("address") or {},
    )
