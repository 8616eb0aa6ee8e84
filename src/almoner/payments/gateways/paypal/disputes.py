"""PayPal's disputes: cases of its own, and chargebacks of cards."""

from datetime import datetime
from typing import Any, Final

from almoner.payments.gateways.http import Json
from almoner.payments.gateways.paypal.amounts import minor_of
from almoner.payments.gateways.port import AnswerLost, DisputeAnswer, DisputeStatus

_WON: Final = frozenset({"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED"})
# PayPal pays the donor itself: nothing is taken from the charity.
_PREVENTED: Final = frozenset({"RESOLVED_WITH_PAYOUT"})


def captures_in(body: Json) -> list[str]:
    """The captures that a dispute is about."""
    found = body.get("disputed_transactions") or ()
    return [str(each["seller_transaction_id"]) for each in found if each.get("seller_transaction_id")]


def dispute_of(body: Json, *, charge_id: str) -> DisputeAnswer:
    """`charge_id` is the order. Raises `AnswerLost` for one that can't be read. PayPal's fee for a chargeback stands
    only in its reports."""
    try:
        dispute_id = str(body["dispute_id"])
        amount_minor, currency = minor_of(body["dispute_amount"])
    except (KeyError, TypeError) as fault:
        raise AnswerLost(f"a dispute that can't be read: {type(fault).__name__}") from None
    return DisputeAnswer(
        gateway_id=dispute_id,
        charge_id=charge_id,
        status=_status_of(body),
        amount_minor=amount_minor,
        currency=currency,
        reason=str(body.get("reason", "")).lower(),
        respond_by=_time(body.get("seller_response_due_date")),
    )


def _status_of(body: Json) -> DisputeStatus:
    status = str(body.get("status", ""))
    if status == "RESOLVED":
        outcome = str((body.get("dispute_outcome") or {}).get("outcome_code", ""))
        if outcome in _PREVENTED:
            return DisputeStatus.PREVENTED
        return DisputeStatus.WON if outcome in _WON else DisputeStatus.LOST
    if status in ("UNDER_REVIEW", "WAITING_FOR_BUYER_RESPONSE"):
        return DisputeStatus.UNDER_REVIEW
    # In the first stage donor and charity talk, and no money is held yet.
    if body.get("dispute_life_cycle_stage") == "INQUIRY":
        return DisputeStatus.INQUIRY
    return DisputeStatus.NEEDS_RESPONSE


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
