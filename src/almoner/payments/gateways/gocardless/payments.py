"""GoCardless's payments and refunds: what their states mean here, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from threading import Lock
from typing import Final

from almoner.payments.gateways.gocardless.client import Client
from almoner.payments.gateways.http import HttpRefused, Json, own_key
from almoner.payments.gateways.port import Answer, AnswerLost, Decline, RefundAnswer, SavedMethod, Status

_STATUS: Final = {
    "pending_customer_approval": Status.PROCESSING,
    "pending_submission": Status.PROCESSING,
    "submitted": Status.PROCESSING,
    "confirmed": Status.SUCCEEDED,
    "paid_out": Status.SUCCEEDED,
    "cancelled": Status.CANCELLED,
    "customer_approval_denied": Status.CANCELLED,
    "failed": Status.FAILED,
    # An indemnity claim, or a debit that the donor's bank called back.
    "charged_back": Status.RETURNED,
}
_REFUND: Final = {
    "created": Status.PROCESSING,
    "pending_submission": Status.PROCESSING,
    "submitted": Status.PROCESSING,
    "paid": Status.SUCCEEDED,
    "cancelled": Status.FAILED,
    "bounced": Status.FAILED,
    "funds_returned": Status.FAILED,
}
_FEES: Final = frozenset({"gocardless_fee", "app_fee", "surcharge_fee"})
_CAUSES: Final = {
    "insufficient_funds": Decline.INSUFFICIENT_FUNDS,
    "refer_to_payer": Decline.INSUFFICIENT_FUNDS,
}
# No later debit of the mandate can go better.
_FINAL: Final = frozenset(
    [
        *("bank_account_closed", "bank_account_transferred", "mandate_cancelled", "mandate_expired"),
        *("authorisation_disputed", "direct_debit_not_enabled", "invalid_bank_details", "account_blocked"),
        *("customer_deceased", "account_deceased"),
    ]
)
_KEPT_PAYOUTS: Final = 16


@dataclass(frozen=True, slots=True)
class _Past:
    """What happened to a payment, as its events tell."""

    settled: bool
    cause: str
    payouts: tuple[str, ...]


class Ledger:
    """Reads payments with what they cost. Fees stand only in the items of the payouts that took them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = Lock()
        self._fees: dict[str, dict[str, Decimal] | None] = {}

    def answer(self, payment: Json, *, gateway_id: str, saved: SavedMethod | None = None) -> Answer:
        """How a payment stands, told of as `gateway_id`; raises `AnswerLost` for one that can't be read."""
        try:
            payment_id, status = str(payment["id"]), _STATUS[str(payment["status"])]
            amount_minor, currency = int(payment["amount"]), str(payment["currency"])
        except (KeyError, TypeError, ValueError) as fault:
            raise AnswerLost(f"a payment that can't be read: {type(fault).__name__}") from None
        past = self._past(payment_id) if status in (Status.FAILED, Status.RETURNED) else None
        if past is not None and past.settled:
            # It failed after it was collected: the money went back.
            status = Status.RETURNED
        paid_in = (payment.get("links") or {}).get("payout")
        payouts = past.payouts if past is not None else ((str(paid_in),) if paid_in else ())
        fee_minor = self._fee(payment_id, payouts)
        failed = past is not None and status == Status.FAILED
        made_at = payment.get("created_at")
        return Answer(
            gateway_id=gateway_id,
            made_at=datetime.fromisoformat(str(made_at)) if made_at else None,
            status=status,
            amount_minor=amount_minor,
            currency=currency,
            fee_minor=fee_minor or 0,
            fee_known=fee_minor is not None,
            decline=_decline(str(payment["status"]), past.cause if failed and past is not None else None),
            final=failed and past is not None and past.cause in _FINAL,
            refunded_minor=int(payment.get("amount_refunded") or 0),
            saved=saved,
            charge_on=_day_of(payment),
            key=own_key((payment.get("metadata") or {}).get("key")),
        )

    def _past(self, payment_id: str) -> _Past:
        events = list(self._client.pages("events", payment=payment_id))
        failed = [each for each in events if each.get("action") == "failed"]
        payouts = {(each.get("links") or {}).get("payout") for each in events}
        return _Past(
            settled=any(each.get("action") in ("confirmed", "paid_out") for each in events),
            # Newest first.
            cause=str((failed[0].get("details") or {}).get("cause", "")) if failed else "",
            payouts=tuple(sorted(str(each) for each in payouts if each)),
        )

    def _fee(self, payment_id: str, payouts: Sequence[str]) -> int | None:
        """None: not known, for it was not paid out yet, or so long ago that GoCardless no longer tells."""
        found = [self._fees_of(payout_id) for payout_id in payouts]
        known = [fees for fees in found if fees is not None]
        if not known or len(known) < len(found):
            return None
        total = sum((fees.get(payment_id, Decimal(0)) for fees in known), Decimal(0))
        # GoCardless reckons with tenths of a penny and rounds the payout as a whole.
        return int(total.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def _fees_of(self, payout_id: str) -> dict[str, Decimal] | None:
        with self._lock:
            if payout_id in self._fees:
                return self._fees[payout_id]
        fees = self._read_fees(payout_id)
        with self._lock:
            while len(self._fees) >= _KEPT_PAYOUTS:
                self._fees.pop(next(iter(self._fees)))
            self._fees[payout_id] = fees
        return fees

    def _read_fees(self, payout_id: str) -> dict[str, Decimal] | None:
        """By payment, in minor units. A payout's items never change."""
        fees: dict[str, Decimal] = {}
        try:
            for item in self._client.pages("payout_items", payout=payout_id):
                payment_id = (item.get("links") or {}).get("payment")
                if item.get("type") in _FEES and payment_id:
                    fees[payment_id] = fees.get(payment_id, Decimal(0)) - Decimal(str(item["amount"]))
        except HttpRefused as refused:
            # Items of payouts older than six months are gone.
            if refused.status != 410:
                raise
            return None
        except (KeyError, InvalidOperation) as fault:
            raise AnswerLost(f"a payout's item that can't be read: {type(fault).__name__}") from None
        return fees


def _decline(status: str, cause: str | None) -> Decline | None:
    """`cause` None: it did not fail before it was collected."""
    if status == "charged_back":
        return Decline.DISPUTED
    return _CAUSES.get(cause, Decline.GENERIC) if cause is not None else None


def _day_of(payment: Json) -> date | None:
    try:
        return date.fromisoformat(str(payment["charge_date"]))
    except (KeyError, ValueError):
        return None


def refund_of(refund: Json) -> RefundAnswer:
    """Raises `AnswerLost` for one that can't be read."""
    try:
        return RefundAnswer(
            gateway_id=str(refund["id"]),
            status=_REFUND[str(refund["status"])],
            amount_minor=int(refund["amount"]),
            currency=str(refund["currency"]),
            key=str((refund.get("metadata") or {}).get("key", "")),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise AnswerLost(f"a refund that can't be read: {type(fault).__name__}") from None
