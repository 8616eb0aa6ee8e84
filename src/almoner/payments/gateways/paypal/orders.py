"""PayPal's orders, captures and refunds: what is sent, and what their states mean here."""

import re
from collections.abc import Mapping
from typing import Any, Final

from almoner.payments.gateways.http import Json, own_key
from almoner.payments.gateways.paypal.amounts import minor_of, money
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Decline,
    NextAction,
    Order,
    RefundAnswer,
    SavedMethod,
    Status,
)

LOCALE = re.compile(r"[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")

# What a capture is refused with when the donor's side, not our request, is at fault.
DECLINES: Final = {
    "INSTRUMENT_DECLINED": Decline.GENERIC,
    "TRANSACTION_REFUSED": Decline.GENERIC,
    "PAYER_CANNOT_PAY": Decline.GENERIC,
    "PAYER_ACCOUNT_RESTRICTED": Decline.GENERIC,
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": Decline.GENERIC,
    "COMPLIANCE_VIOLATION": Decline.GENERIC,
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": Decline.GENERIC,
    "TOKEN_ID_NOT_FOUND": Decline.GENERIC,
    "TOKEN_EXPIRED": Decline.GENERIC,
    "AGREEMENT_ALREADY_CANCELLED": Decline.GENERIC,
    "BILLING_AGREEMENT_NOT_FOUND": Decline.GENERIC,
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING": Decline.GENERIC,
}
# Those that no later try with the same token can mend.
FINAL: Final = frozenset(
    [
        *("PAYER_ACCOUNT_RESTRICTED", "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "COMPLIANCE_VIOLATION"),
        *(
            "TOKEN_ID_NOT_FOUND",
            "TOKEN_EXPIRED",
            "AGREEMENT_ALREADY_CANCELLED",
            "BILLING_AGREEMENT_NOT_FOUND",
        ),
    ]
)
# A capture's money was taken back by a dispute: the dispute tells of it, and is booked as one.
_OF_DISPUTES: Final = frozenset({"CHARGEBACK", "BUYER_COMPLAINT"})

_REFUNDS: Final = {
    "COMPLETED": Status.SUCCEEDED,
    "PENDING": Status.PROCESSING,
    "FAILED": Status.FAILED,
    "CANCELLED": Status.FAILED,
}


def order_body(order: Order, *, merchant_id: str) -> dict[str, Any]:
    """An order to be agreed to by the donor; or, of a saved method, one that the capture names the method for: so that
    PayPal takes nothing before its identifier stands in our books. The same order gives the same body."""
    unit = {
        "reference_id": "default",
        "custom_id": order.key,
        # Whoever looks at PayPal finds the gift by it. An account may refuse an invoice that was paid before.
        "invoice_id": f"{order.reference}-{order.key[:8]}",
        "description": order.description[:127],
        "payee": {"merchant_id": merchant_id},
        "amount": money(order.amount_minor, order.currency),
    }
    body: dict[str, Any] = {"intent": "CAPTURE", "purchase_units": [unit]}
    if not order.saved_method:
        body["payment_source"] = {"paypal": _wallet(order)}
    return body


def _wallet(order: Order) -> dict[str, Any]:
    context = {
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
        "return_url": order.return_url,
        "cancel_url": order.return_url,
    }
    if LOCALE.fullmatch(order.language):
        context["locale"] = order.language
    wallet: dict[str, Any] = {"experience_context": context}
    if order.save_method:
        wallet["attributes"] = {
            "vault": {
                "store_in_vault": "ON_SUCCESS",
                "usage_type": "MERCHANT",
                "usage_pattern": "RECURRING_PREPAID",
                "customer_type": "CONSUMER",
                # A token for each plan, so that ending one leaves a donor's other plan alone.
                "permit_multiple_payment_tokens": True,
            }
        }
    return wallet


def capture_body(order: Order) -> dict[str, Any]:
    if not order.saved_method:
        return {}
    credential = {
        "payment_initiator": "MERCHANT",
        "usage": "SUBSEQUENT",
        "usage_pattern": "RECURRING_PREPAID",
    }
    source = {"vault_id": order.saved_method, "stored_credential": credential}
    return {"payment_source": {"paypal": source}}


def answer_of(body: Json) -> Answer:
    """What an order's state means; raises `AnswerLost` for one that can't be read."""
    try:
        unit, order_id, status = body["purchase_units"][0], str(body["id"]), str(body["status"])
    except (KeyError, IndexError, TypeError) as fault:
        raise AnswerLost(f"an order that can't be read: {type(fault).__name__}") from None
    capture = _capture(unit)
    if capture is not None:
        return _captured(order_id, unit, capture, saved=saved_in(body))
    amount_minor, currency = minor_of(unit.get("amount"))
    link = _approval(body)
    # An order without a payment source is one of ours for a saved method: it waits for no donor.
    status_here = {"CREATED": Status.ACTION_REQUIRED if link and _has_source(body) else Status.CREATED}.get(
        status, Status.CANCELLED if status == "VOIDED" else Status.ACTION_REQUIRED
    )
    waits = status_here == Status.ACTION_REQUIRED and status != "APPROVED"
    return Answer(
        gateway_id=order_id,
        status=status_here,
        amount_minor=amount_minor,
        currency=currency,
        next_action=NextAction("redirect", url=link) if waits and link else None,
        agreed=status == "APPROVED",
        key=own_key(unit.get("custom_id")),
    )


def _has_source(body: Json) -> bool:
    return bool(body.get("payment_source"))


def _approval(body: Json) -> str:
    for link in body.get("links", ()):
        if link.get("rel") in ("payer-action", "approve"):
            return str(link.get("href", ""))
    return ""


def _capture(unit: Mapping[str, Any]) -> Json | None:
    """The capture that counts: one that went through before one that was declined."""
    captures = (unit.get("payments") or {}).get("captures") or []
    through = [each for each in captures if each.get("status") not in ("DECLINED", "FAILED")]
    return next(iter(through or captures), None)


def _captured(order_id: str, unit: Json, capture: Json, *, saved: SavedMethod | None) -> Answer:
    amount_minor, currency = minor_of(capture.get("amount"))
    refunds = (unit.get("payments") or {}).get("refunds") or []
    done = [refund for refund in refunds if refund.get("status") == "COMPLETED"]
    refunded_minor = sum(minor_of(refund.get("amount"))[0] for refund in done)
    breakdown = capture.get("seller_receivable_breakdown") or {}
    status = _status_of(capture, refunded_minor=refunded_minor, amount_minor=amount_minor)
    fee = breakdown.get("paypal_fee")
    declined = status == Status.FAILED
    return Answer(
        gateway_id=order_id,
        status=status,
        amount_minor=amount_minor,
        currency=currency,
        fee_minor=(minor_of(fee)[0] if fee else 0) - sum(map(_fee_back, done)),
        fee_known=fee is not None and status in (Status.SUCCEEDED, Status.RETURNED),
        decline=Decline.GENERIC if declined else None,
        refunded_minor=refunded_minor,
        saved=saved if not declined else None,
        key=own_key(unit.get("custom_id")),
    )


def _status_of(capture: Json, *, refunded_minor: int, amount_minor: int) -> Status:
    status = capture.get("status")
    reason = (capture.get("status_details") or {}).get("reason", "")
    if status in ("DECLINED", "FAILED"):
        return Status.FAILED
    if status == "PENDING" and reason not in _OF_DISPUTES:
        return Status.PROCESSING
    # All of it went back and no refund says so: the bank or PayPal reversed it.
    if status == "REFUNDED" and refunded_minor < amount_minor and reason not in _OF_DISPUTES:
        return Status.RETURNED
    return Status.SUCCEEDED


def _fee_back(refund: Json) -> int:
    fee = (refund.get("seller_payable_breakdown") or {}).get("paypal_fee")
    return minor_of(fee)[0] if fee else 0


def saved_in(body: Json) -> SavedMethod | None:
    """The token that an order's payment put into the vault, once it is there."""
    wallet = (body.get("payment_source") or {}).get("paypal") or {}
    vault = (wallet.get("attributes") or {}).get("vault") or {}
    if vault.get("status") != "VAULTED" or not vault.get("id"):
        return None
    return SavedMethod(token=str(vault["id"]), kind="wallet", label="PayPal")


def capture_id(body: Json) -> str | None:
    """The capture of an order whose money came, or is coming."""
    capture = _capture(body["purchase_units"][0])
    return str(capture["id"]) if capture is not None else None


def refunds_in(body: Json) -> list[RefundAnswer]:
    payments = body["purchase_units"][0].get("payments") or {}
    return [refund_of(refund) for refund in payments.get("refunds") or ()]


def refund_of(refund: Json) -> RefundAnswer:
    """Raises `AnswerLost` for one that can't be read."""
    status = _REFUNDS.get(str(refund.get("status")))
    if status is None or not refund.get("id"):
        raise AnswerLost("a refund that can't be read")
    amount_minor, currency = minor_of(refund.get("amount"))
    return RefundAnswer(
        gateway_id=str(refund["id"]),
        status=status,
        amount_minor=amount_minor,
        currency=currency,
        key=str(refund.get("custom_id") or ""),
    )
