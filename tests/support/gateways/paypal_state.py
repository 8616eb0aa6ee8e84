"""What the scripted PayPal holds, and what happens there that no request of ours asks for."""

import itertools
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.support.gateways.described import fault_in
from tests.support.gateways.paypal_fields import DISPUTE
from tests.support.gateways.paypal_set_ups import PayPalSetUps

Json = dict[str, Any]
WHOLE = frozenset({"HUF", "JPY", "TWD"})


def fee_on(value: Decimal, currency: str) -> Decimal:
    """2.6 % and 0.30, as a charity might pay."""
    unit = Decimal(1) if currency in WHOLE else Decimal("0.01")
    return (value * Decimal("0.026") + Decimal("0.30")).quantize(unit, rounding=ROUND_HALF_UP)


def money(value: Decimal, currency: str) -> Json:
    return {"currency_code": currency, "value": f"{value:f}"}


def value_of(amount: Json) -> Decimal:
    return Decimal(amount["value"])


@dataclass
class PayPalState(PayPalSetUps):
    """`outcomes` is what happens to the captures to come, in turn: completed, pending, declined, or an issue such as
    INSTRUMENT_DECLINED; when there are none left, they are completed."""

    base: str = ""
    merchant_id: str = "LAMPMERCHANT2"
    orders: dict[str, Json] = field(default_factory=dict)
    captures: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    tokens: dict[str, Json] = field(default_factory=dict)
    setup_tokens: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, list[Json]] = field(default_factory=dict)
    movements: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    # The states that refunds to come begin in, in turn.
    refund_outcomes: list[str] = field(default_factory=list)
    vault_late: bool = False
    ahead: timedelta = timedelta(0)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def stamp(self) -> str:
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(self) -> str:
        return f"{next(self._numbers):05d}{secrets.token_hex(6).upper()}"

    def tell(self, kind: str, resource: Json) -> None:
        self.events.append(
            {
                "id": f"WH-{self.number()}",
                "create_time": self.stamp(),
                "event_type": kind,
                "resource_type": kind.split(".")[0].lower(),
                "resource": resource,
            }
        )

    # ---- What the donor does --------------------------------------------------------------------------------------
    def approve(self, order_id: str) -> None:
        order = self.orders[order_id]
        assert order["status"] in ("CREATED", "PAYER_ACTION_REQUIRED"), order["status"]
        order["status"] = "APPROVED"
        self.tell("CHECKOUT.ORDER.APPROVED", {"id": order_id, "status": "APPROVED"})

    def forget_order(self, order_id: str) -> None:
        """Nobody agreed to it for some hours."""
        del self.orders[order_id]

    # ---- Money ----------------------------------------------------------------------------------------------------
    def capture(self, order: Json, *, outcome: str) -> Json:
        unit = order["purchase_units"][0]
        value, currency = value_of(unit["amount"]), unit["amount"]["currency_code"]
        capture: Json = {
            "id": f"CAP{self.number()}",
            "status": {"pending": "PENDING", "declined": "DECLINED"}.get(outcome, "COMPLETED"),
            "amount": dict(unit["amount"]),
            "custom_id": unit.get("custom_id", ""),
            "invoice_id": unit.get("invoice_id", ""),
            "final_capture": True,
            "create_time": self.stamp(),
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        }
        self.captures[capture["id"]] = capture
        unit["payments"] = {"captures": [capture], "refunds": []}
        order["status"] = "COMPLETED"
        if outcome == "pending":
            capture["status_details"] = {"reason": "ECHECK"}
            self.tell("PAYMENT.CAPTURE.PENDING", capture)
        elif outcome == "declined":
            self.tell("PAYMENT.CAPTURE.DENIED", capture)
        else:
            self._book(capture, value, currency)
        return capture

    def _book(self, capture: Json, value: Decimal, currency: str) -> None:
        fee = fee_on(value, currency)
        capture["status"] = "COMPLETED"
        capture.pop("status_details", None)
        capture["seller_receivable_breakdown"] = {
            "gross_amount": money(value, currency),
            "paypal_fee": money(fee, currency),
            "net_amount": money(value - fee, currency),
        }
        self.move("T0006", capture["id"], value, currency, fee=-fee, custom=capture["custom_id"])
        self.tell("PAYMENT.CAPTURE.COMPLETED", capture)

    def move(
        self,
        code: str,
        number: str,
        value: Decimal,
        currency: str,
        *,
        fee: Decimal = Decimal(0),
        custom: str = "",
    ) -> Json:
        info = {
            "transaction_id": number,
            "transaction_event_code": code,
            "transaction_status": "S",
            "transaction_initiation_date": self.now().strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "transaction_updated_date": self.now().strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "transaction_amount": money(value, currency),
            "fee_amount": money(fee, currency),
            "custom_field": custom,
        }
        self.movements.append(info)
        return info

    def settle(self, capture_id: str, *, ok: bool = True) -> None:
        """A pending capture comes through, or doesn't."""
        capture = self.captures[capture_id]
        assert capture["status"] == "PENDING"
        if ok:
            self._book(capture, value_of(capture["amount"]), capture["amount"]["currency_code"])
            return
        capture["status"] = "DECLINED"
        self.tell("PAYMENT.CAPTURE.DENIED", capture)

    def reverse(self, capture_id: str, *, reason: str = "") -> None:
        """The bank takes the money back; with a reason of CHARGEBACK, over a dispute."""
        capture = self.captures[capture_id]
        capture["status"] = "REFUNDED"
        if reason:
            capture["status_details"] = {"reason": reason}
        value, currency = value_of(capture["amount"]), capture["amount"]["currency_code"]
        self.move("T1106", f"REV{self.number()}", -value, currency)
        self.tell("PAYMENT.CAPTURE.REVERSED", capture)

    def left(self, capture: Json) -> Decimal:
        """What of it may still be given back: what is on its way is spoken for."""
        order = self.orders[capture["supplementary_data"]["related_ids"]["order_id"]]
        refunds = order["purchase_units"][0]["payments"]["refunds"]
        spoken_for = [
            value_of(each["amount"]) for each in refunds if each["status"] in ("COMPLETED", "PENDING")
        ]
        return value_of(capture["amount"]) - sum(spoken_for, Decimal(0))

    def refund(
        self, capture_id: str, value: str, *, key: str = "", status: str = "COMPLETED", fee_back: str = "0.00"
    ) -> Json:
        """As asked for by a request, or (without a key) by somebody in PayPal's own pages."""
        capture = self.captures[capture_id]
        currency = capture["amount"]["currency_code"]
        refund: Json = {
            "id": f"REF{self.number()}",
            "status": status,
            "amount": {"currency_code": currency, "value": value},
            "seller_payable_breakdown": {"paypal_fee": {"currency_code": currency, "value": fee_back}},
            "links": [
                {"rel": "self", "href": f"{self.base}/v2/payments/refunds/x"},
                {"rel": "up", "href": f"{self.base}/v2/payments/captures/{capture_id}"},
            ],
            "create_time": self.stamp(),
        }
        if key:
            refund["custom_id"] = key
        self.refunds[refund["id"]] = refund
        order = self.orders[capture["supplementary_data"]["related_ids"]["order_id"]]
        order["purchase_units"][0]["payments"]["refunds"].append(refund)
        if status == "COMPLETED":
            self._give_back(capture, refund, order)
        return refund

    def _give_back(self, capture: Json, refund: Json, order: Json) -> None:
        back = value_of(refund["amount"])
        currency = refund["amount"]["currency_code"]
        fee = value_of(refund["seller_payable_breakdown"]["paypal_fee"])
        given = order["purchase_units"][0]["payments"]["refunds"]
        done = sum((value_of(each["amount"]) for each in given if each["status"] == "COMPLETED"), Decimal(0))
        capture["status"] = "REFUNDED" if done >= value_of(capture["amount"]) else "PARTIALLY_REFUNDED"
        self.move("T1107", refund["id"], -back, currency, fee=fee)
        self.tell("PAYMENT.CAPTURE.REFUNDED", refund)

    def settle_refund(self, refund_id: str, *, ok: bool = True) -> None:
        refund = self.refunds[refund_id]
        capture_id = refund["links"][1]["href"].rpartition("/")[2]
        capture = self.captures[capture_id]
        refund["status"] = "COMPLETED" if ok else "FAILED"
        if ok:
            self._give_back(
                capture, refund, self.orders[capture["supplementary_data"]["related_ids"]["order_id"]]
            )
        else:
            self.tell("PAYMENT.REFUND.FAILED", refund)

    def withdraw(self, value: str, currency: str, *, code: str = "T0403") -> Json:
        """The charity sends money to its bank."""
        return self.move(code, f"WD{self.number()}", -Decimal(value), currency)

    def balances(self) -> Json:
        totals: dict[str, Decimal] = {}
        for info in self.movements:
            currency = info["transaction_amount"]["currency_code"]
            moved = value_of(info["transaction_amount"]) + value_of(info["fee_amount"])
            totals[currency] = totals.get(currency, Decimal(0)) + moved
        return {
            "balances": [
                {"currency": currency, "total_balance": money(total, currency)}
                for currency, total in totals.items()
            ]
        }

    # ---- Tokens and disputes --------------------------------------------------------------------------------------
    def vault(self, order: Json) -> None:
        token = f"tok{self.number().lower()}"
        self.tokens[token] = {
            "id": token,
            "payment_source": {"paypal": {}},
            "customer": {"id": f"cus{token[-6:]}"},
        }
        shown = {"id": token, "status": "VAULTED"} if not self.vault_late else {"status": "APPROVED"}
        order["payment_source"] = {"paypal": {"attributes": {"vault": shown}}}
        self.tell(
            "VAULT.PAYMENT-TOKEN.CREATED", {**self.tokens[token], "metadata": {"order_id": order["id"]}}
        )

    def arrive_late(self, order_id: str) -> None:
        """A token that PayPal made after it had answered."""
        token = [*self.tokens][-1]
        self.orders[order_id]["payment_source"]["paypal"]["attributes"]["vault"] = {
            "id": token,
            "status": "VAULTED",
        }

    def revoke(self, token: str) -> None:
        """The donor takes the agreement away in their PayPal account."""
        found = self.tokens.pop(token)
        self.tell("VAULT.PAYMENT-TOKEN.DELETED", found)

    def open_dispute(
        self,
        capture_id: str,
        *,
        stage: str = "CHARGEBACK",
        due: str = "2026-12-24T00:00:00.000Z",
        takes: Sequence[str] = ("provide-evidence", "accept-claim"),
    ) -> Json:
        capture = self.captures[capture_id]
        dispute: Json = {
            "dispute_id": f"PP-D-{self.number()}",
            "reason": "UNAUTHORISED",
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_life_cycle_stage": stage,
            "dispute_amount": dict(capture["amount"]),
            "disputed_transactions": [{"seller_transaction_id": capture_id}],
            "seller_response_due_date": due,
        }
        place = f"https://api-m.paypal.com/v1/customer/disputes/{dispute['dispute_id']}"
        # In the first stage the two talk, and PayPal asks for nothing.
        if takes and stage != "INQUIRY":
            dispute["links"] = [{"href": f"{place}/{call}", "rel": call, "method": "POST"} for call in takes]
        assert not fault_in(dispute, DISPUTE)
        self.disputes[dispute["dispute_id"]] = dispute
        self.tell("CUSTOMER.DISPUTE.CREATED", dispute)
        return dispute

    def answered(self, dispute_id: str, call: str, said: Json) -> None:
        """What was said to a dispute is PayPal's to weigh now; accepted, it is over."""
        dispute = self.disputes[dispute_id]
        self.answers.setdefault(dispute_id, []).append(said)
        del dispute["links"]
        if call == "accept-claim":
            self.resolve_dispute(dispute_id, "RESOLVED_BUYER_FAVOUR")
            return
        dispute["status"] = "UNDER_REVIEW"
        self.tell("CUSTOMER.DISPUTE.UPDATED", dispute)

    def resolve_dispute(self, dispute_id: str, outcome: str) -> None:
        dispute = self.disputes[dispute_id]
        dispute |= {"status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}}
        assert not fault_in(dispute, DISPUTE)
        self.tell("CUSTOMER.DISPUTE.RESOLVED", dispute)
