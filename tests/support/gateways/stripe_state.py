"""What the scripted Stripe server holds: payments, saved methods, refunds, disputes, payouts, and a balance in step.

Written from Stripe's public documents, and apart from the product: nothing of it is imported here. What a payment does
is chosen by the confirmation token's name: "ctoken_" and one of success, 3ds, redirect, debit, or a decline code; after
a "~" the code of what later charges of the saved method meet, and after a "." anything that makes it unique.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.gateways.stripe_set_ups import StripeSetUps

Json = dict[str, Any]

FEE_PERCENT_HUNDREDTHS, FEE_FIXED = 175, 30
DISPUTE_FEE, FAILURE_FEE = 2_500, 500
DEBITS = ("au_becs_debit", "bacs_debit", "sepa_debit")
CHARGED_OK = ("success", "3ds", "redirect")
# "Minimum and maximum charge amounts" of docs.stripe.com/currencies, in Stripe's units.
LEAST = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30,
    "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200,
    "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip


class StripeError(Exception):
    """Answered as Stripe answers: an HTTP status, and an error of a type and code."""

    def __init__(self, status: int, kind: str, code: str = "", **more: object) -> None:
        super().__init__(code or kind)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": f"scripted: {code or kind}", **more}}


def invalid(code: str, **more: object) -> StripeError:
    return StripeError(404 if code == "resource_missing" else 400, "invalid_request_error", code, **more)


@dataclass
class StripeState(StripeSetUps):
    """Each method is one request or one thing that happens at Stripe; none of them is safe for two threads at once."""

    account: str = "acct_1Scripted"
    live: bool = False
    country: str = "AU"
    capabilities: Json = field(
        default_factory=lambda: dict.fromkeys(
            ("card_payments", "link_payments", "au_becs_debit_payments", "bacs_debit_payments",
             "sepa_debit_payments"), "active",
        )
    )  # fmt: skip
    charges_enabled: bool = True
    api_version: str = "2026-08-26.dahlia"
    # The fee comes later, as of debits; told by charge.updated.
    fees_late: bool = False
    keep_events: bool = True
    offset_seconds: int = 0
    objects: dict[str, Json] = field(default_factory=dict)
    intents: list[Json] = field(default_factory=list)
    refunds: list[Json] = field(default_factory=list)
    disputes: list[Json] = field(default_factory=list)
    # Uploaded documents by their names, as they came.
    files: dict[str, str] = field(default_factory=dict)
    payouts: list[Json] = field(default_factory=list)
    endpoints: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    # What a saved method meets when it is charged again, by its id.
    behaviour: dict[str, str] = field(default_factory=dict)
    used_tokens: set[str] = field(default_factory=set)
    hosted_base: str = ""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    # ---- What the API is asked ------------------------------------------------------------------------------------
    def create_customer(self, form: Json) -> Json:
        return self._new("cus", "customer", name=form.get("name"), email=form.get("email"),
                         metadata=form.get("metadata", {}))  # fmt: skip

    def create_intent(self, form: Json) -> Json:
        amount = int(form.get("amount", 0))
        self._enough(amount, form["currency"], param="amount")
        if form.get("payment_method"):
            self._method(form["payment_method"], form.get("customer", ""))
        intent = self._new(
            "pi", "payment_intent", amount=amount, currency=form["currency"], status="requires_payment_method",
            customer=form.get("customer"), payment_method=form.get("payment_method"), next_action=None,
            setup_future_usage=form.get("setup_future_usage"), latest_charge=None, last_payment_error=None,
            payment_method_types=form.get("payment_method_types", ["card"]), metadata=form.get("metadata", {}),
            description=form.get("description"), amount_received=0,
        )  # fmt: skip
        intent["client_secret"] = f"{intent['id']}_secret_{next(self._numbers)}"
        if intent["payment_method"]:
            intent["status"] = "requires_confirmation"
        self.intents.append(intent)
        return intent

    def confirm_intent(self, intent_id: str, form: Json) -> Json:
        intent = self.find(intent_id)
        if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise invalid("payment_intent_unexpected_state", payment_intent={"id": intent_id})
        if form.get("off_session") == "true":
            method_id = intent["payment_method"]
            return self._charge(intent, self.behaviour.get(method_id, "success"), off_session=True)
        token = form.get("confirmation_token", "")
        if not token.startswith("ctoken_") or token in self.used_tokens:
            raise invalid("resource_missing", param="confirmation_token")
        self.used_tokens.add(token)
        return self.pay(intent, token.removeprefix("ctoken_"))

    def pay(self, intent: Json, outcome: str) -> Json:
        """A donor pays, with a method made for it."""
        outcome, _, later = outcome.partition(".")[0].partition("~")
        kept = intent["customer"] if intent["setup_future_usage"] else None
        kind = intent["payment_method_types"][0]
        details: Json = {"last4": "4242", "brand": "visa", "exp_month": 12, "exp_year": 2034}
        if kind in DEBITS:
            details = {"last4": "3456"}
        method = self._new("pm", "payment_method", type=kind, customer=kept, **{kind: details})
        self.behaviour[method["id"]] = later or "success"
        intent["payment_method"] = method["id"]
        return self._charge(intent, outcome, off_session=False)

    def cancel_intent(self, intent_id: str, form: Json) -> Json:
        intent = self.find(intent_id)
        if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
            raise invalid("payment_intent_unexpected_state", payment_intent={"id": intent_id})
        intent.update(
            status="canceled", next_action=None, cancellation_reason=form.get("cancellation_reason")
        )
        self._tell("payment_intent.canceled", intent)
        return intent

    def create_session(self, form: Json) -> Json:
        if form["mode"] == "setup":
            return self.set_up_session(form)
        price = form["line_items"][0]["price_data"]
        self._enough(int(price["unit_amount"]), price["currency"])
        session = self._new(
            "cs_test", "checkout.session", amount_total=int(price["unit_amount"]), currency=price["currency"],
            status="open", payment_status="unpaid", payment_intent=None, metadata=form.get("metadata", {}),
            success_url=form["success_url"], cancel_url=form.get("cancel_url"), customer=form.get("customer"),
            expires_at=self.now() + 86_400, client_reference_id=form.get("client_reference_id"),
        )  # fmt: skip
        session["url"] = f"{self.hosted_base}/c/pay/{session['id']}"
        session["_form"] = form
        return session

    def expire_session(self, session_id: str) -> Json:
        session = self.find(session_id)
        if session["status"] != "open":
            raise invalid("checkout_session_not_open")
        session.update(status="expired", url=None)
        self._tell("checkout.session.expired", session)
        return session

    def create_refund(self, form: Json) -> Json:
        intent = self.find(form["payment_intent"])
        charge, amount = self._charge_of(intent), int(form.get("amount", intent["amount"]))
        if not charge.get("paid"):
            raise invalid("payment_intent_unexpected_state")
        if charge["disputed"]:
            raise invalid("charge_disputed")
        if amount > charge["amount"] - charge["amount_refunded"]:
            raise invalid("charge_already_refunded")
        refund = self._new(
            "re", "refund", amount=amount, currency=intent["currency"], status="succeeded",
            payment_intent=intent["id"], charge=charge["id"], metadata=form.get("metadata", {}),
        )  # fmt: skip
        self.refunds.append(refund)
        charge["amount_refunded"] += amount
        self._move(intent["currency"], -amount)
        self._tell("charge.refunded", charge)
        return refund

    @staticmethod
    def _enough(amount: int, currency: str, **where: str) -> None:
        if amount < LEAST.get(currency.upper(), 1):
            raise invalid("amount_too_small", **where)

    def detach(self, method_id: str) -> Json:
        method = self.find(method_id)
        if not method["customer"]:
            raise invalid("payment_method_unexpected_state")
        method["customer"] = None
        self._tell("payment_method.detached", method)
        return method

    def find(self, object_id: str) -> Json:
        try:
            return self.objects[object_id]
        except KeyError:
            raise invalid("resource_missing", param="id") from None

    def balance(self) -> Json:
        pending = [{"amount": 0, "currency": currency} for currency in self.held]
        available = [{"amount": amount, "currency": currency} for currency, amount in self.held.items()]
        return {"object": "balance", "available": available, "pending": pending, "livemode": self.live}

    def account_object(self) -> Json:
        return {"id": self.account, "object": "account", "charges_enabled": self.charges_enabled,
                "country": self.country, "capabilities": self.capabilities}  # fmt: skip

    # ---- What happens at Stripe -----------------------------------------------------------------------------------
    def authenticate(self, intent_id: str, *, ok: bool = True) -> Json:
        """The donor answers their bank's question, in our page or on the bank's."""
        intent = self.find(intent_id)
        if intent["status"] != "requires_action":
            raise invalid("payment_intent_unexpected_state")
        intent["next_action"] = None
        outcome = "success" if ok else "payment_intent_authentication_failure"
        return self._charge(intent, outcome, off_session=False, tolerant=True)

    def pay_session(self, session_id: str, outcome: str = "success") -> Json:
        """The donor pays on the hosted page; one that is declined may try again."""
        session = self.find(session_id)
        if session["status"] != "open":
            raise invalid("checkout_session_not_open")
        form = session["_form"]
        data = form.get("payment_intent_data", {})
        fields = {"amount": session["amount_total"], "currency": session["currency"],
                  "customer": session["customer"], "payment_method_types": form["payment_method_types"]}  # fmt: skip
        held = session.get("_intent")
        intent = self.find(held) if held else self.create_intent({**fields, **data})
        session["_intent"] = intent["id"]
        try:
            self.pay(intent, outcome)
        except StripeError as error:
            if error.status != 402:
                raise
            return session
        session.update(status="complete", payment_intent=intent["id"], url=None)
        session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
        self._tell("checkout.session.completed", session)
        return session

    def settle_debit(self, intent_id: str, *, failure_code: str = "") -> Json:
        """A direct debit whose day has come."""
        intent = self.find(intent_id)
        if failure_code:
            self._decline(intent, failure_code)
        else:
            self._succeed(intent)
        return intent

    def return_debit(self, intent_id: str, *, reason: str = "debit_not_authorized") -> Json:
        """The donor's bank takes a debit back: a dispute that is lost as it begins."""
        return self.open_dispute(intent_id, status="lost", reason=reason)

    def fail_debit_late(self, intent_id: str, *, failure_code: str = "insufficient_funds") -> Json:
        """A debit that was credited too early."""
        intent = self.find(intent_id)
        charge = self._charge_of(intent)
        charge["failure_balance_transaction"] = self._booked(
            intent["currency"], -charge["amount"], FAILURE_FEE
        )
        charge.update(status="failed", paid=False, failure_code=failure_code)
        intent.update(status="requires_payment_method", last_payment_error=self._error(failure_code))
        self._tell("charge.failed", charge)
        self._tell("payment_intent.payment_failed", intent)
        return intent

    def settle_fees(self) -> int:
        """Book the fees that are late."""
        late = [self._charge_of(each) for each in self.intents if each["status"] == "succeeded"]
        late = [charge for charge in late if charge["balance_transaction"] is None]
        for charge in late:
            self._book_charge(charge)
            self._tell("charge.updated", charge)
        return len(late)

    def dashboard_refund(self, intent_id: str, amount: int) -> Json:
        return self.create_refund({"payment_intent": intent_id, "amount": str(amount)})

    def fail_refund(self, refund_id: str) -> Json:
        refund = self.find(refund_id)
        refund["status"] = "failed"
        self._charge_of(self.find(refund["payment_intent"]))["amount_refunded"] -= refund["amount"]
        self._move(refund["currency"], refund["amount"])
        self._tell("refund.failed", refund)
        return refund

    def open_dispute(
        self, intent_id: str, *, status: str = "needs_response", reason: str = "fraudulent", amount: int = 0
    ) -> Json:
        intent = self.find(intent_id)
        charge = self._charge_of(intent)
        kind = charge["payment_method_details"]["type"]
        dispute = self._new(
            "dp", "dispute", amount=amount or charge["amount"], currency=intent["currency"], reason=reason,
            status=status, charge=charge["id"], payment_intent=intent_id, balance_transactions=[],
            evidence_details={"due_by": self.now() + 10 * 86_400}, payment_method_details={"type": kind},
        )  # fmt: skip
        self.disputes.append(dispute)
        if not status.startswith("warning_") and status != "prevented":
            charge["disputed"] = True
            self._withdraw(dispute)
        self._tell("charge.dispute.created", dispute)
        return dispute

    def move_dispute(self, dispute_id: str, status: str) -> Json:
        """An inquiry becomes a dispute (needs_response), is answered (under_review), won or lost."""
        dispute, before = self.find(dispute_id), self.find(dispute_id)["status"]
        dispute["status"] = status
        if before.startswith("warning_") and status == "needs_response":
            self._charge_of(self.find(dispute["payment_intent"]))["disputed"] = True
            self._withdraw(dispute)
        if status == "won":
            dispute["balance_transactions"].append(self._booked(dispute["currency"], dispute["amount"], 0))
        closed = status in ("won", "lost", "warning_closed")
        self._tell("charge.dispute.closed" if closed else "charge.dispute.updated", dispute)
        return dispute

    def make_payout(self, currency: str = "aud", amount: int = 0) -> Json:
        amount = amount or self.held.get(currency, 0)
        payout = self._new("po", "payout", amount=amount, currency=currency, status="in_transit",
                           arrival_date=self.now() + 2 * 86_400)  # fmt: skip
        self.payouts.append(payout)
        self._move(currency, -amount)
        self._tell("payout.created", payout)
        return payout

    def move_payout(self, payout_id: str, status: str) -> Json:
        payout = self.find(payout_id)
        payout["status"] = status
        if status in ("failed", "canceled"):
            self._move(payout["currency"], payout["amount"])
        self._tell(f"payout.{status}", payout)
        return payout

    def update_method(self, method_id: str, *, exp_year: int = 2040, last4: str = "9999") -> Json:
        """The card's bank has renewed it."""
        method = self.find(method_id)
        method["card"].update(exp_year=exp_year, last4=last4)
        self._tell("payment_method.automatically_updated", method)
        return method

    def behave(self, method_id: str, outcome: str) -> None:
        """What this saved method meets from now on: success, or a decline code."""
        self.behaviour[method_id] = outcome

    def pass_seconds(self, seconds: int) -> None:
        self.offset_seconds += seconds

    def now(self) -> int:
        return int(time.time()) + self.offset_seconds

    # ---- Views ----------------------------------------------------------------------------------------------------
    def shown(self, found: Json, expand: frozenset[str]) -> Json:
        """As the API gives it: what is ours alone left out, and what was asked for expanded."""
        view = {name: value for name, value in found.items() if not name.startswith("_")}
        if found.get("object") == "payment_intent":
            charge_id, method_id = found["latest_charge"], found["payment_method"]
            if charge_id and "latest_charge" in {name.partition(".")[0] for name in expand}:
                view["latest_charge"] = self._shown_charge(self.objects[charge_id], expand)
            if method_id and "payment_method" in expand:
                view["payment_method"] = self.objects[method_id]
        if found.get("mode") == "setup" and "setup_intent.payment_method" in expand:
            view["setup_intent"] = self.shown_set_up(found)
        return view

    def _shown_charge(self, charge: Json, expand: frozenset[str]) -> Json:
        view = dict(charge)
        for name in ("balance_transaction", "failure_balance_transaction"):
            found = charge[name]
            if found is not None and f"latest_charge.{name}" not in expand:
                view[name] = found["id"]
        return view

    # ---- Inside ---------------------------------------------------------------------------------------------------
    def _charge(self, intent: Json, outcome: str, *, off_session: bool, tolerant: bool = False) -> Json:
        if outcome in ("3ds", "redirect"):
            intent["status"] = "requires_action"
            url = f"{self.hosted_base}/3ds/{intent['id']}"
            action: Json = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
            if outcome == "redirect":
                action = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
            intent["next_action"] = action
            self._tell("payment_intent.requires_action", intent)
        elif outcome == "success" or outcome.startswith("debit"):
            self._make_charge(intent)
            kind = self.objects[intent["payment_method"]]["type"]
            if kind in DEBITS:
                intent["status"] = "processing"
                self._tell("payment_intent.processing", intent)
            else:
                self._succeed(intent)
        else:
            self._decline(intent, outcome)
            if not tolerant:
                error = dict(intent["last_payment_error"])
                kind, code = error.pop("type"), error.pop("code")
                raise StripeError(402, kind, code, **error, payment_intent=self.shown(intent, frozenset()))
        return intent

    def _make_charge(self, intent: Json) -> Json:
        kind = self.objects[intent["payment_method"]]["type"]
        charge = self._new(
            "ch", "charge", amount=intent["amount"], currency=intent["currency"], payment_intent=intent["id"],
            amount_refunded=0, balance_transaction=None, failure_balance_transaction=None, disputed=False,
            failure_code=None, paid=False, status="pending", metadata=intent["metadata"],
            payment_method_details={"type": kind},
        )  # fmt: skip
        intent["latest_charge"] = charge["id"]
        return charge

    def _succeed(self, intent: Json) -> None:
        charge = self._charge_of(intent)
        charge.update(paid=True, status="succeeded")
        if not self.fees_late:
            self._book_charge(charge)
        intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
        self._tell("payment_intent.succeeded", intent)

    def _book_charge(self, charge: Json) -> None:
        fee = -(-charge["amount"] * FEE_PERCENT_HUNDREDTHS // 10_000) + FEE_FIXED
        charge["balance_transaction"] = self._booked(charge["currency"], charge["amount"], fee)

    def _decline(self, intent: Json, code: str) -> None:
        intent.update(status="requires_payment_method", last_payment_error=self._error(code))
        if intent["latest_charge"]:
            self._charge_of(intent).update(status="failed", failure_code=code)
        intent["payment_method"] = None
        self._tell("payment_intent.payment_failed", intent)

    @staticmethod
    def _error(code: str) -> Json:
        own = ("authentication_required", "payment_intent_authentication_failure", "expired_card")
        error: Json = {"type": "card_error", "code": code if code in own else "card_declined",
                       "decline_code": code, "message": "scripted"}  # fmt: skip
        if code in ("lost_card", "invalid_account"):  # Stripe says so of some, and not of all
            error["advice_code"] = "do_not_try_again"
        return error

    def _withdraw(self, dispute: Json) -> None:
        dispute["balance_transactions"].append(
            self._booked(dispute["currency"], -dispute["amount"], DISPUTE_FEE)
        )

    def _booked(self, currency: str, amount: int, fee: int) -> Json:
        self._move(currency, amount - fee)
        return {"id": f"txn_{next(self._numbers):08d}", "object": "balance_transaction", "amount": amount,
                "fee": fee, "net": amount - fee, "currency": currency}  # fmt: skip

    def _move(self, currency: str, amount: int) -> None:
        self.held[currency] = self.held.get(currency, 0) + amount

    def _charge_of(self, intent: Json) -> Json:
        return self.objects[intent["latest_charge"]] if intent["latest_charge"] else {}

    def _method(self, method_id: str, customer: str) -> Json:
        """`pm_any…` is anybody's card that always pays: a benchmark needn't save a hundred thousand first."""
        if method_id.startswith("pm_any") and method_id not in self.objects:
            details = {"last4": "4242", "brand": "visa", "exp_month": 12, "exp_year": 2034}
            self.objects[method_id] = {"id": method_id, "object": "payment_method", "type": "card",
                                       "customer": customer, "created": 0, "card": details}  # fmt: skip
        method = self.find(method_id)
        if not method["customer"] or method["customer"] != customer:
            raise invalid("payment_method_unexpected_state")
        return method

    def _new(self, prefix: str, kind: str, **values: object) -> Json:
        made: Json = {"id": f"{prefix}_{next(self._numbers):012d}", "object": kind, "created": self.now(),
                      "livemode": self.live, **values}  # fmt: skip
        self.objects[made["id"]] = made
        return made

    def _tell(self, kind: str, thing: Json) -> None:
        if not self.keep_events:
            return
        self.events.append(
            {"id": f"evt_{next(self._numbers):012d}", "object": "event", "type": kind, "livemode": self.live,
             "created": self.now(), "api_version": self.api_version, "data": {"object": self.shown(thing, frozenset())}}
        )  # fmt: skip


def page(found: list[Json], query: Json, show: Callable[[Json], Json]) -> Json:
    """A list as Stripe gives it, newest first."""
    since = int(query.get("created", {}).get("gte", 0)) if isinstance(query.get("created"), dict) else 0
    newest: Iterator[Json] = (each for each in reversed(found) if each["created"] >= since)
    if intent := query.get("payment_intent"):
        newest = (each for each in newest if each.get("payment_intent") == intent)
    rows = list(newest)
    if after := query.get("starting_after"):
        rows = rows[[each["id"] for each in rows].index(after) + 1 :]
    limit = int(query.get("limit", 10))
    return {"object": "list", "data": [show(each) for each in rows[:limit]], "has_more": len(rows) > limit}
