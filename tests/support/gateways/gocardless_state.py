"""What the scripted GoCardless holds, and what banks and donors do there that no request of ours asks for."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Json = dict[str, Any]
CREDITOR = "CR0000LAMP"
# Around Christmas and Easter, as each scheme's own site lists them.
BANK_HOLIDAYS = {
    "bacs": frozenset(
        [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)]
    ),
    "becs": frozenset(
        [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 26), date(2027, 3, 26),
         date(2027, 3, 29)]
    ),
    "sepa_core": frozenset([date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)]),
}  # fmt: skip
# Bank days from a request to the first debit, and how many before the debit the banks get it: GoCardless's own.
LEAD = {"bacs": 3, "becs": 1, "sepa_core": 3}
SUBMITTED = {"bacs": 2, "becs": 1, "sepa_core": 2}
CHARGEABLE = ("pending_customer_approval", "pending_submission", "submitted", "active")


def fee_on(amount: int) -> Decimal:
    """1 % and 20: with tenths of a penny, as GoCardless reckons."""
    return (Decimal(amount) / 100 + 20).quantize(Decimal("0.1"))


def first_debit(scheme: str) -> str:
    """The first day on which a bank can be debited that is asked for today."""
    day, left = date.today(), LEAD[scheme]  # noqa: DTZ011
    while left:
        day += timedelta(days=1)
        left -= is_bank_day(day, scheme)
    return str(day)


def is_bank_day(day: date, scheme: str) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS[scheme] and day not in PROCLAIMED


# Days on which banks rest by a single proclamation, such as a coronation.
PROCLAIMED: set[date] = set()


def bank_day(on: str, scheme: str) -> str:
    """Rolled forwards where banks rest."""
    day = date.fromisoformat(on)
    while not is_bank_day(day, scheme):
        day += timedelta(days=1)
    return str(day)


@dataclass
class GoCardlessState:
    """`resource_metadata`: whether events bring what we gave their objects, as newer accounts' do."""

    billing_requests: dict[str, Json] = field(default_factory=dict)
    billing_request_flows: dict[str, Json] = field(default_factory=dict)
    mandates: dict[str, Json] = field(default_factory=dict)
    customer_bank_accounts: dict[str, Json] = field(default_factory=dict)
    payments: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    payouts: dict[str, Json] = field(default_factory=dict)
    payout_items: dict[str, list[Json]] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    webhooks: list[Json] = field(default_factory=list)
    resource_metadata: bool = True
    creditor: Json = field(
        default_factory=lambda: {
            "id": CREDITOR,
            "verification_status": "successful",
            "can_create_refunds": True,
            "scheme_identifiers": [{"scheme": name, "status": "active"} for name in ("bacs", "becs", "sepa")],
        }
    )
    # What is taken off or added between payouts, by payout's currency: items that wait for the next one.
    _waiting: list[tuple[str, Json]] = field(default_factory=list)
    _held: dict[str, Decimal] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):04d}{secrets.token_hex(4).upper()}"

    def stamp(self) -> str:
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def tell(self, resource: str, action: str, about: Json, *, cause: str = "", **links: str) -> None:
        event = {
            "id": self.new("EV"),
            "created_at": self.stamp(),
            "resource_type": resource,
            "action": action,
            "links": {resource.removesuffix("s"): about["id"], **links},
            "details": {"origin": "bank", "cause": cause or f"{resource.removesuffix('s')}_{action}"},
            "metadata": {},
        }
        if self.resource_metadata:
            event["resource_metadata"] = about.get("metadata", {})
        self.events.append(event)

    # ---- What the donor does --------------------------------------------------------------------------------------
    def agree(self, request_id: str) -> None:
        """The donor gives their bank account on GoCardless's page, and a mandate is made."""
        request = self.billing_requests[request_id]
        assert request["status"] == "pending", request["status"]
        account_id, mandate_id = self.new("BA"), self.new("MD")
        self.customer_bank_accounts[account_id] = {"id": account_id, "account_number_ending": "11"}
        scheme = request["mandate_request"]["scheme"]
        self.mandates[mandate_id] = {
            "id": mandate_id,
            "status": "pending_submission",
            "scheme": scheme,
            "metadata": {},
            "next_possible_charge_date": first_debit(scheme),
            "links": {"customer_bank_account": account_id, "creditor": CREDITOR},
        }
        request["status"] = "fulfilled"
        request["links"]["mandate_request_mandate"] = mandate_id
        self.tell("mandates", "created", self.mandates[mandate_id])
        self.tell("billing_requests", "fulfilled", request)

    def move_mandate(self, mandate_id: str, status: str) -> None:
        mandate = self.mandates[mandate_id]
        mandate["status"] = status
        self.tell("mandates", status, mandate)
        if status not in CHARGEABLE:
            for payment in self.payments.values():
                if payment["links"]["mandate"] == mandate_id and payment["status"] == "pending_submission":
                    self.move(payment["id"], "cancelled", cause="mandate_cancelled")

    def replace_mandate(self, mandate_id: str) -> str:
        old = self.mandates[mandate_id]
        new_id = self.new("MD")
        self.mandates[new_id] = old | {"id": new_id, "links": dict(old["links"])}
        old["status"] = "cancelled"
        old["links"] = old["links"] | {"new_mandate": new_id}
        self.tell("mandates", "replaced", old, new_mandate=new_id)
        return new_id

    # ---- What the banks do ----------------------------------------------------------------------------------------
    def move(self, payment_id: str, status: str, *, action: str = "", cause: str = "", **links: str) -> None:
        payment = self.payments[payment_id]
        payment["status"] = status
        self.tell("payments", action or status, payment, cause=cause, **links)

    def submit(self, payment_id: str) -> None:
        """The banks get it: from now on it can't be cancelled."""
        self.move(payment_id, "submitted")

    def confirm(self, payment_id: str) -> None:
        self.move(payment_id, "confirmed")
        payment = self.payments[payment_id]
        self._hold(payment["currency"], Decimal(payment["amount"]))

    def fail(self, payment_id: str, cause: str = "insufficient_funds") -> None:
        """Before it was collected; or late, after it was: what was paid out is taken from the next payout."""
        payment = self.payments[payment_id]
        collected = payment["status"] in ("confirmed", "paid_out")
        self._take_back(payment, "payment_failed") if collected else None
        self.move(payment_id, "failed", cause=cause)

    def charge_back(self, payment_id: str) -> None:
        """The donor claims the money back at their bank."""
        self._take_back(self.payments[payment_id], "payment_charged_back")
        self.move(payment_id, "charged_back", cause="authorisation_disputed")

    def cancel_charge_back(self, payment_id: str) -> None:
        """The claim was a mistake: the money comes again."""
        payment = self.payments[payment_id]
        self._add("payment_paid_out", payment, Decimal(payment["amount"]))
        paid = "paid_out" if payment["links"].get("payout") else "confirmed"
        self.move(payment_id, paid, action="chargeback_cancelled")

    def _take_back(self, payment: Json, kind: str) -> None:
        if not payment["links"].get("payout"):
            self._hold(payment["currency"], -Decimal(payment["amount"]))
            return
        self._add(kind, payment, -Decimal(payment["amount"]))

    def _add(self, kind: str, payment: Json, amount: Decimal, **links: str) -> None:
        self._hold(payment["currency"], amount)
        item = {"type": kind, "amount": str(amount), "links": {"payment": payment["id"], **links}}
        self._waiting.append((payment["currency"], item))

    def _hold(self, currency: str, amount: Decimal) -> None:
        self._held[currency] = self._held.get(currency, Decimal(0)) + amount

    def charge_fee(self, payment_id: str, amount: str) -> None:
        """GoCardless takes something for a return, or gives a fee back (less than 0)."""
        self._add("surcharge_fee", self.payments[payment_id], -Decimal(amount))

    # ---- Payouts --------------------------------------------------------------------------------------------------
    def pay_out(self, currency: str, *, status: str = "paid") -> str:
        """All that is confirmed goes to the bank, less its fees and what was taken back."""
        payout_id = self.new("PO")
        waiting = [item for of, item in self._waiting if of == currency]
        self._waiting = [each for each in self._waiting if each[0] != currency]
        items = [*waiting]
        for payment in self.payments.values():
            if payment["status"] == "confirmed" and payment["currency"] == currency:
                fee = fee_on(payment["amount"])
                links = {"payment": payment["id"]}
                items.append({"type": "payment_paid_out", "amount": str(payment["amount"]), "links": links})
                items.append({"type": "gocardless_fee", "amount": str(-fee), "links": links})
                self._hold(currency, -fee)
                payment["links"]["payout"] = payout_id
                self.move(payment["id"], "paid_out", payout=payout_id)
        for item in waiting:
            action = {"payment_charged_back": "chargeback_settled", "payment_failed": "late_failure_settled"}
            payment = self.payments[item["links"]["payment"]]
            if item["type"] in (*action, "surcharge_fee"):
                name = action.get(item["type"], "surcharge_fee_debited")
                self.tell("payments", name, payment, payout=payout_id)
        amount = sum((Decimal(item["amount"]) for item in items), Decimal(0))
        rounded = int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        self.payouts[payout_id] = {
            "id": payout_id,
            "amount": rounded,
            "currency": currency,
            "status": status,
            "created_at": self.stamp(),
            "arrival_date": str(date.today() + timedelta(days=2)),  # noqa: DTZ011
            "links": {"creditor": CREDITOR},
        }
        self.payout_items[payout_id] = items
        self._hold(currency, -amount)
        self.tell("payouts", status, self.payouts[payout_id])
        return payout_id

    def bounce_payout(self, payout_id: str) -> None:
        payout = self.payouts[payout_id]
        payout["status"] = "bounced"
        self.tell("payouts", "bounced", payout)

    def balances(self) -> list[Json]:
        """What is collected and not in a payout, and what is in one that isn't at the bank."""
        found = [
            {"amount": int(held.quantize(Decimal(1), rounding=ROUND_HALF_UP)), "currency": currency,
             "balance_type": "confirmed_funds"}
            for currency, held in self._held.items()
        ]  # fmt: skip
        waiting = [
            {"amount": payout["amount"], "currency": payout["currency"], "balance_type": "pending_payouts"}
            for payout in self.payouts.values()
            if payout["status"] == "pending"
        ]
        submitted = [
            {"amount": payment["amount"], "currency": payment["currency"],
             "balance_type": "pending_payments_submitted"}
            for payment in self.payments.values()
            if payment["status"] == "submitted"
        ]  # fmt: skip
        return [*found, *waiting, *submitted]

    # ---- Refunds --------------------------------------------------------------------------------------------------
    def refund(self, payment_id: str, amount: int, *, metadata: Json | None = None) -> Json:
        """As asked for by a request, or (without metadata) by somebody in GoCardless's own pages."""
        payment = self.payments[payment_id]
        refund: Json = {
            "id": self.new("RF"),
            "amount": amount,
            "currency": payment["currency"],
            "status": "created",
            "metadata": metadata or {},
            "created_at": self.stamp(),
            "links": {"payment": payment_id},
        }
        self.refunds[refund["id"]] = refund
        payment["amount_refunded"] += amount
        self._add("refund", payment, -Decimal(amount), refund=refund["id"])
        self.tell("refunds", "created", refund)
        return refund

    def move_refund(self, refund_id: str, status: str) -> None:
        refund = self.refunds[refund_id]
        payment = self.payments[refund["links"]["payment"]]
        undone = ("bounced", "cancelled", "funds_returned")
        if status in undone and refund["status"] not in undone:
            payment["amount_refunded"] -= refund["amount"]
            self._add("refund_funds_returned", payment, Decimal(refund["amount"]), refund=refund_id)
        refund["status"] = status
        self.tell("refunds", status, refund)
