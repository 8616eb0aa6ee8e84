"""Stripe's objects as the port's answers. Pure functions of the JSON that Stripe sent."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from almoner.payments.gateways.port import (
    Answer,
    DisputeAnswer,
    DisputeStatus,
    NextAction,
    PayoutAnswer,
    RefundAnswer,
    SavedMethod,
    SetUpAnswer,
    Status,
)
from almoner.payments.gateways.stripe import declines
from almoner.payments.gateways.stripe.currencies import from_stripe

Json = Mapping[str, Any]

ATTEMPT_KEY: Final = "almoner_attempt"
REFUND_KEY: Final = "almoner_refund"
SET_UP_KEY: Final = "almoner_set_up"
REFERENCE: Final = "almoner_reference"

# What `of_intent` reads besides the payment itself.
EXPAND: Final = (
    "latest_charge.balance_transaction",
    "latest_charge.failure_balance_transaction",
    "payment_method",
)
DEBITS: Final = ("au_becs_debit", "bacs_debit", "sepa_debit")
# Disputes in which nothing was taken: questions asked, or one that a refund forestalled.
_NOTHING_TAKEN: Final = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")

_INTENTS: Final = {
    "requires_payment_method": Status.CREATED,
    "requires_confirmation": Status.CREATED,
    "requires_action": Status.ACTION_REQUIRED,
    "processing": Status.PROCESSING,
    "requires_capture": Status.PROCESSING,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CANCELLED,
}
_REFUNDS: Final = {"succeeded": Status.SUCCEEDED, "failed": Status.FAILED, "canceled": Status.FAILED}
_DISPUTES: Final = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    # An inquiry that never became a dispute.
    "warning_closed": DisputeStatus.PREVENTED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "prevented": DisputeStatus.PREVENTED,
}
_PAYOUTS: Final = {"paid": Status.SUCCEEDED, "failed": Status.FAILED, "canceled": Status.CANCELLED}


def of_intent(intent: Json, disputes: Sequence[Json] = ()) -> Answer:
    """A PaymentIntent with `EXPAND`. `disputes` are those of a direct debit, which its bank simply took back."""
    currency, charge = intent["currency"].upper(), _object(intent.get("latest_charge"))
    status, error = _status(intent, charge, disputes), intent.get("last_payment_error") or {}
    failed = status == Status.FAILED
    failure_code = str(charge.get("failure_code") or "")
    return Answer(
        gateway_id=intent["id"],
        made_at=datetime.fromtimestamp(intent["created"], UTC) if intent.get("created") else None,
        status=status,
        amount_minor=from_stripe(intent["amount"], currency),
        currency=currency,
        fee_minor=_fee_minor(charge, disputes, currency),
        next_action=_next_action(intent) if status == Status.ACTION_REQUIRED else None,
        decline=declines.told(error, failure_code) if failed else None,
        final=failed and declines.final(error, failure_code),
        refunded_minor=from_stripe(charge.get("amount_refunded", 0), currency),
        saved=_saved(intent) if status in (Status.SUCCEEDED, Status.PROCESSING) else None,
        fee_known=_object(charge.get("balance_transaction")).get("currency") == currency.lower(),
        key=_key(intent),
    )


def of_session(session: Json) -> Answer:
    """A Checkout session that has no payment (yet): open until it is paid, or expired."""
    currency = session["currency"].upper()
    is_open = session["status"] == "open"
    return Answer(
        gateway_id=session["id"],
        status=Status.ACTION_REQUIRED if is_open else Status.CANCELLED,
        amount_minor=from_stripe(session["amount_total"], currency),
        currency=currency,
        next_action=NextAction("redirect", url=session["url"]) if is_open else None,
        key=_key(session),
    )


def of_set_up(session: Json, *, at: datetime) -> SetUpAnswer:
    """A Checkout session in setup mode, its `setup_intent.payment_method` expanded once it is complete."""
    key, is_open = str((session.get("metadata") or {}).get(SET_UP_KEY, "")), session["status"] == "open"
    intent = _object(session.get("setup_intent"))
    if session["status"] == "complete" and intent.get("status") == "succeeded":
        customer, method = session["customer"], _object(intent.get("payment_method"))
        # Its own customer, for once it is detached it has none, and can't be charged.
        saved = of_method(method, token=f"{customer} {method['id']}", at=at)
        return SetUpAnswer(session["id"], Status.SUCCEEDED, saved=saved, key=key)
    if session["status"] == "complete" and intent.get("status") == "processing":
        return SetUpAnswer(session["id"], Status.PROCESSING, key=key)
    action = NextAction("redirect", url=session["url"]) if is_open else None
    status = Status.ACTION_REQUIRED if is_open else Status.CANCELLED
    return SetUpAnswer(session["id"], status, next_action=action, key=key)


def declined(intent_id: str, error: Json, *, amount_minor: int, currency: str, key: str) -> Answer:
    """A decline that came instead of an answer."""
    found = dict(error)
    return Answer(
        gateway_id=intent_id,
        status=Status.FAILED,
        amount_minor=amount_minor,
        currency=currency,
        decline=declines.told(found),
        final=declines.final(found),
        key=key,
    )


def of_refund(refund: Json) -> RefundAnswer:
    currency = refund["currency"].upper()
    return RefundAnswer(
        gateway_id=refund["id"],
        status=_REFUNDS.get(refund["status"], Status.PROCESSING),
        amount_minor=from_stripe(refund["amount"], currency),
        currency=currency,
        key=(refund.get("metadata") or {}).get(REFUND_KEY, ""),
    )


def of_dispute(dispute: Json) -> DisputeAnswer:
    currency = dispute["currency"].upper()
    due_by = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeAnswer(
        gateway_id=dispute["id"],
        charge_id=str(dispute.get("payment_intent") or dispute["charge"]),
        status=_DISPUTES[dispute["status"]],
        amount_minor=from_stripe(dispute["amount"], currency),
        currency=currency,
        reason=dispute["reason"],
        fee_minor=_dispute_fee_minor(dispute, currency),
        respond_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )


def of_payout(payout: Json) -> PayoutAnswer:
    currency = payout["currency"].upper()
    return PayoutAnswer(
        gateway_id=payout["id"],
        status=_PAYOUTS.get(payout["status"], Status.PROCESSING),
        amount_minor=from_stripe(payout["amount"], currency),
        currency=currency,
        arrives_on=datetime.fromtimestamp(payout["arrival_date"], UTC).date(),
        created_at=datetime.fromtimestamp(payout["created"], UTC),
        reference=_on_the_statement(payout),
    )


def _on_the_statement(payout: Json) -> str:
    """The trace that the bank was given, and the charity's own descriptor. Both are optional, and neither sure to come
    through."""
    trace = (payout.get("trace_id") or {}).get("value")
    return str(trace or payout.get("statement_descriptor") or "")


def of_method(method: Json, *, token: str, at: datetime) -> SavedMethod:
    """A PaymentMethod. It can be charged while it belongs to its customer, and until its card's month is over."""
    kind = method["type"]
    details = method.get(kind) or {}
    expires = f"{details['exp_year']:04d}-{details['exp_month']:02d}" if details.get("exp_year") else ""
    return SavedMethod(
        token=token,
        kind="debit" if kind in DEBITS else "card" if kind == "card" else "wallet",
        label=_label(kind, details),
        expires=expires,
        usable=bool(method.get("customer")) and (not expires or expires >= f"{at:%Y-%m}"),
    )


def took_back(disputes: Sequence[Json]) -> bool:
    """Whether a direct debit's bank has it back."""
    return any(each["status"] not in (*_NOTHING_TAKEN, "won") for each in disputes)


def is_disputed_debit(intent: Json) -> bool:
    charge = _object(intent.get("latest_charge"))
    kind = (charge.get("payment_method_details") or {}).get("type")
    return bool(charge.get("disputed")) and kind in DEBITS


def _status(intent: Json, charge: Json, disputes: Sequence[Json]) -> Status:
    if charge.get("failure_balance_transaction") or took_back(disputes):
        return Status.RETURNED  # it was credited, and taken back
    status = _INTENTS[intent["status"]]
    if status in (Status.CREATED, Status.CANCELLED) and intent.get("last_payment_error"):
        return Status.FAILED
    return status


def _fee_minor(charge: Json, disputes: Sequence[Json], currency: str) -> int:
    """What was kept of this payment, as far as it is booked; 0 while it isn't, or where Stripe converted the money."""
    moves = [_object(charge.get(name)) for name in ("balance_transaction", "failure_balance_transaction")]
    own = sum(move["fee"] for move in moves if move.get("currency") == currency.lower())
    return from_stripe(own, currency) + sum(_dispute_fee_minor(each, currency) for each in disputes)


def _dispute_fee_minor(dispute: Json, currency: str) -> int:
    moves = dispute.get("balance_transactions") or ()
    return from_stripe(sum(move["fee"] for move in moves if move["currency"] == currency.lower()), currency)


def _next_action(intent: Json) -> NextAction:
    action = intent.get("next_action") or {}
    if action.get("type") == "redirect_to_url":
        return NextAction("redirect", url=action["redirect_to_url"]["url"])
    return NextAction("in_page", client_secret=intent["client_secret"])


def _saved(intent: Json) -> SavedMethod | None:
    method, customer = _object(intent.get("payment_method")), intent.get("customer")
    if intent.get("setup_future_usage") != "off_session" or not customer or not method.get("type"):
        return None
    at = datetime.fromtimestamp(intent["created"], UTC)
    return of_method({**method, "customer": customer}, token=f"{customer} {method['id']}", at=at)


def _label(kind: str, details: Json) -> str:
    """For people, and without a name or an address: "Visa ···· 4242"."""
    names = {"au_becs_debit": "BECS", "bacs_debit": "Bacs", "sepa_debit": "SEPA", "link": "Link"}
    brand = str(details.get("display_brand") or details.get("brand") or "Card").replace("_", " ")
    name = names.get(kind) or brand.title()
    return f"{name} ···· {details['last4']}" if details.get("last4") else name


def _key(found: Json) -> str:
    return str((found.get("metadata") or {}).get(ATTEMPT_KEY, ""))


def _object(found: Any) -> Json:
    """An expanded object; nothing where Stripe has none, or gave only its id."""
    return found if isinstance(found, dict) else {}
