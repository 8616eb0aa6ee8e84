"""Stripe behind the port: payments in our page and on Stripe's own, debits, refunds, disputes, payouts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from almoner.kernel.clock import now
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Capabilities,
    DisputeAnswer,
    Evidence,
    Method,
    Order,
    PageScript,
    PayoutAnswer,
    Problem,
    RefundAnswer,
    Refused,
    SavedMethod,
    SetUpAnswer,
    SetUpOrder,
    TryLater,
    WebhookEvent,
)
from almoner.payments.gateways.stripe import answers, checking, contesting, orders, webhooks
from almoner.payments.gateways.stripe.answers import EXPAND
from almoner.payments.gateways.stripe.client import Client, Declined, Json, Rejected, Setup
from almoner.payments.gateways.stripe.currencies import EXPONENTS, LEAST, STEPS, from_stripe, to_stripe

_SESSION: Final = "cs_"
# Stripe lists payouts by when they were made; one may fail days later.
_PAYOUTS_CHANGE_FOR: Final = timedelta(days=14)


class Stripe:
    """One account. Nothing is asked before a method is called."""

    code = "stripe"

    def __init__(self, setup: Setup) -> None:
        self.account = setup.account
        self._setup = setup
        self._client = Client(setup)
        offered = [name for name in setup.methods if name in orders.OFFERS]
        former = [name for name in orders.OFFERS if name not in offered]
        self._able = Capabilities(
            methods=_methods(offered), currencies=setup.currencies, former=_methods(former)
        )

    def capabilities(self) -> Capabilities:
        return self._able

    def create(self, order: Order) -> Answer:
        # A plan goes on with what it began with, though no longer anybody else may.
        former = tuple(orders.OFFERS) if order.saved_method else ()
        types = orders.types_of(order.method, offered=(*self._setup.methods, *former))
        customer_id = self._customer(order) if order.save_method else ""
        if order.method == "stripe_checkout" and not order.saved_method:
            params = orders.session(order, types=types, customer_id=customer_id)
            return answers.of_session(
                self._client.post("/v1/checkout/sessions", params, key=f"{order.key}:session")
            )
        params = orders.intent(order, types=types, customer_id=customer_id)
        return answers.of_intent(self._client.post("/v1/payment_intents", params, key=f"{order.key}:intent"))

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        params = orders.confirmation(order)
        try:
            intent = self._client.post(
                f"/v1/payment_intents/{gateway_id}/confirm", params, key=f"{order.key}:confirm"
            )
        except Declined as declined:
            return answers.declined(
                gateway_id,
                declined.error,
                amount_minor=order.amount_minor,
                currency=order.currency,
                key=order.key,
            )
        return self._answer(intent)

    def retrieve(self, gateway_id: str) -> Answer:
        if gateway_id.startswith(_SESSION):
            session = self._client.get(f"/v1/checkout/sessions/{gateway_id}")
            # An open session may hold a payment that was declined: its page lets the donor try again.
            if session["status"] != "complete" or not session["payment_intent"]:
                return answers.of_session(session)
            gateway_id = session["payment_intent"]
        return self._answer(self._closed(self._intent(gateway_id)))

    def cancel(self, gateway_id: str) -> Answer:
        """A refusal means that there is nothing left to cancel, and the answer tells how it ended."""
        hosted = gateway_id.startswith(_SESSION)
        path = f"checkout/sessions/{gateway_id}/expire" if hosted else f"payment_intents/{gateway_id}/cancel"
        with suppress(Rejected):
            self._client.stop(f"/v1/{path}")
        return self.retrieve(gateway_id)

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        params = {
            "payment_intent": self._intent_id(gateway_id),
            "amount": to_stripe(amount_minor, currency),
            "metadata": {answers.REFUND_KEY: key},
        }
        return answers.of_refund(self._client.post("/v1/refunds", params, key=f"{key}:refund"))

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer:
        return answers.of_refund(self._client.get(f"/v1/refunds/{gateway_id}"))

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        return next((refund for refund in self.refunds_of(gateway_id) if refund.key == key), None)

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        intent_id = self._intent_id(gateway_id)
        found = self._client.pages("/v1/refunds", payment_intent=intent_id) if intent_id else ()
        return [answers.of_refund(each) for each in found]

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        return webhooks.read(body, headers.get("Stripe-Signature", ""), setup=self._setup, at=at)

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        newest_first = list(self._client.pages("/v1/events", created={"gte": int(since.timestamp())}))
        return iter(webhooks.read_events(reversed(newest_first), account=self.account))

    def balance(self) -> Mapping[str, int]:
        found = self._client.get("/v1/balance")
        held: dict[str, int] = {}
        for part in (*found["available"], *found["pending"]):
            currency = part["currency"].upper()
            held[currency] = held.get(currency, 0) + from_stripe(part["amount"], currency)
        return held

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        """Those that were made here; a charity's account may hold others' too."""
        expand = [f"data.{name}" for name in EXPAND]
        young = {"created": {"gte": int(since.timestamp())}} if since is not None else {}
        for intent in self._client.pages("/v1/payment_intents", expand=expand, **young):
            answer = self._answer(intent)
            if answer.key:
                yield answer

    def retrieve_method(self, token: str) -> SavedMethod:
        method = self._client.get(f"/v1/payment_methods/{_method_id(token)}")
        return answers.of_method(method, token=token, at=now())

    def forget_method(self, token: str) -> None:
        method_id = _method_id(token)
        try:
            self._client.stop(f"/v1/payment_methods/{method_id}/detach")
        except Rejected as rejected:
            if rejected.code != "resource_missing" and self.retrieve_method(token).usable:
                raise

    def set_up(self, order: SetUpOrder) -> SetUpAnswer:
        types = orders.types_of(order.method, offered=self._setup.methods)
        customer_id = order.old_token.partition(" ")[0]
        if not customer_id:
            made = self._client.post("/v1/customers", orders.owner(order), key=f"{order.key}:customer")
            customer_id = str(made["id"])
        params = orders.set_up_session(order, types=types, customer_id=customer_id)
        session = self._client.post("/v1/checkout/sessions", params, key=f"{order.key}:set-up")
        return answers.of_set_up(session, at=now())

    def retrieve_set_up(self, gateway_id: str) -> SetUpAnswer:
        session = self._client.get(
            f"/v1/checkout/sessions/{gateway_id}", expand=["setup_intent.payment_method"]
        )
        return answers.of_set_up(session, at=now())

    def finish_set_up(self, gateway_id: str, *, key: str) -> SetUpAnswer:
        """Stripe saves the card when the donor does."""
        return self.retrieve_set_up(gateway_id)

    def cancel_set_up(self, gateway_id: str) -> SetUpAnswer:
        with suppress(Rejected):
            self._client.stop(f"/v1/checkout/sessions/{gateway_id}/expire")
        return self.retrieve_set_up(gateway_id)

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer:
        return answers.of_dispute(self._client.get(f"/v1/disputes/{gateway_id}"))

    def submit_evidence(self, gateway_id: str, evidence: Evidence) -> DisputeAnswer:
        kept = {
            place: self._client.upload(file.name, file.content, purpose="dispute_evidence")
            for place, file in contesting.places(evidence)
        }
        params = contesting.evidence(evidence, files=kept)
        return answers.of_dispute(self._client.stop(f"/v1/disputes/{gateway_id}", **params))

    def accept_dispute(self, gateway_id: str, *, key: str) -> DisputeAnswer:
        return answers.of_dispute(
            self._client.post(f"/v1/disputes/{gateway_id}/close", {}, key=f"{key}:close")
        )

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        made_since = int((since - _PAYOUTS_CHANGE_FOR).timestamp())
        newest_first = list(self._client.pages("/v1/payouts", created={"gte": made_since}))
        return (answers.of_payout(payout) for payout in reversed(newest_first))

    def page_script(self) -> PageScript:
        """Settings: `publishable_key`; for each method `types:CODE`, which the page's Elements are made with; and
        `decimals:ISK` for each currency whose amounts there aren't in ISO's units."""
        _, _, release = self._setup.api_version.partition(".")
        in_page = [method for method in self.capabilities().methods if method.in_page]
        types = {
            f"types:{method.code}": " ".join(orders.types_of(method.code, offered=self._setup.methods))
            for method in in_page
        }
        decimals = {f"decimals:{code}": str(count) for code, count in EXPONENTS.items()}
        return PageScript(
            url=f"https://js.stripe.com/{release}/stripe.js",
            settings={"publishable_key": self._setup.publishable_key, **types, **decimals},
            script_sources=("https://js.stripe.com", "https://*.js.stripe.com"),
            frame_sources=("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
            connect_sources=("https://api.stripe.com",),
        )

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        return checking.problems(self._client, self._setup, webhook_url=webhook_url)

    def _customer(self, order: Order) -> str:
        """Whose the saved method will be. The first payment saves it, so that no card is ever set up without one."""
        made = self._client.post("/v1/customers", orders.customer(order), key=f"{order.key}:customer")
        return str(made["id"])

    def _answer(self, intent: Json) -> Answer:
        disputes: Sequence[Json] = ()
        if answers.is_disputed_debit(intent):
            disputes = list(self._client.pages("/v1/disputes", payment_intent=intent["id"]))
        return answers.of_intent(intent, disputes)

    def _intent(self, intent_id: str) -> Json:
        return self._client.get(f"/v1/payment_intents/{intent_id}", expand=list(EXPAND))

    def _closed(self, intent: Json) -> Json:
        """A declined payment could be confirmed again and again with the secret that its page holds, which is how cards
        are tested: one payment is one try. If it was paid meanwhile, it can't be cancelled and says so."""
        if intent["status"] != "requires_payment_method" or not intent.get("last_payment_error"):
            return intent
        try:
            return self._client.stop(f"/v1/payment_intents/{intent['id']}/cancel", expand=list(EXPAND))
        except Rejected:
            return self._intent(intent["id"])
        except (AnswerLost, TryLater):
            # It was declined all the same, and each further try is told by a webhook, which leads here again.
            return intent

    def _intent_id(self, gateway_id: str) -> str:
        """The payment behind a Checkout session; "" when there is none."""
        if not gateway_id.startswith(_SESSION):
            return gateway_id
        session = self._client.get(f"/v1/checkout/sessions/{gateway_id}")
        return session["payment_intent"] or ""


def _methods(names: Iterable[str]) -> tuple[Method, ...]:
    return tuple(replace(orders.OFFERS[name].method, steps=STEPS, least=LEAST) for name in names)


def _method_id(token: str) -> str:
    """Of "cus_… pm_…"."""
    _, _, method_id = token.partition(" ")
    if not method_id.startswith(("pm_", "card_", "src_")):
        raise Refused("this is no saved method of Stripe's")
    return method_id
