"""PayPal, as the port wants it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from almoner.kernel.clock import now
from almoner.payments.gateways.http import HttpRefused, Json
from almoner.payments.gateways.paypal import contesting, orders, reports
from almoner.payments.gateways.paypal.amounts import CURRENCIES, STEPS, money
from almoner.payments.gateways.paypal.checking import problems
from almoner.payments.gateways.paypal.client import Client, Setup, issue_of
from almoner.payments.gateways.paypal.disputes import captures_in, dispute_of
from almoner.payments.gateways.paypal.set_ups import TOKENS, SetUps
from almoner.payments.gateways.paypal.webhooks import Certificates, Reader, verify
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Capabilities,
    Decline,
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
    Status,
    WebhookEvent,
)

_ORDERS: Final = "/v2/checkout/orders"
_CAPTURES: Final = "/v2/payments/captures"
_DISPUTES: Final = "/v1/customer/disputes"
_EVENTS: Final = "/v1/notifications/webhooks-events"
# How far back an order is looked for whose invoice was paid.
_LISTED_WITHIN: Final = timedelta(days=31)
_KEYS_LAST: Final = timedelta(hours=6)
_GONE: Final = frozenset({"RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID"})


class PayPal(SetUps):
    code = "paypal"

    def __init__(self, setup: Setup) -> None:
        self.account = setup.merchant_id
        self._setup = setup
        self._client = Client(setup)
        self._certificates = Certificates(setup.api_base, timeout_seconds=setup.timeout_seconds)
        self._reader = Reader(account=self.account, order_of_capture=self._order_of_capture)

    def capabilities(self) -> Capabilities:
        method = Method(
            "paypal", "wallet", hosted=True, repeats=True, sets_up=True, currencies=CURRENCIES, steps=STEPS
        )
        return Capabilities(methods=(method,), currencies=CURRENCIES, keys_last=_KEYS_LAST)

    def create(self, order: Order) -> Answer:
        """PayPal remembers the key for six hours, and nobody repeats it later."""
        body = orders.order_body(order, merchant_id=self.account)
        return orders.answer_of(self._client.post(_ORDERS, body, key=order.key))

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        """Capture: PayPal takes an order's money once, whatever the key."""
        body, key = orders.capture_body(order), f"{gateway_id}-capture"
        try:
            captured = self._client.post(f"{_ORDERS}/{gateway_id}/capture", body, key=key)
        except HttpRefused as refused:
            return self._not_captured(gateway_id, refused, order=order)
        answer = orders.answer_of(captured)
        return answer if answer.status in (Status.SUCCEEDED, Status.FAILED) else self.retrieve(gateway_id)

    def _not_captured(self, gateway_id: str, refused: HttpRefused, *, order: Order) -> Answer:
        issue = issue_of(refused)
        if refused.status == 409:
            # The same request is still under way.
            raise AnswerLost("409") from refused
        if issue == "DUPLICATE_INVOICE_ID":
            # Another order of this attempt's was paid, as one that a restored backup doesn't know.
            found = self.find_charge(order.key, since=now() - _LISTED_WITHIN)
            if found is None:
                raise AnswerLost("it was paid by an order that PayPal doesn't list yet") from refused
            return found
        if issue in ("ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_COMPLETED", "ORDER_NOT_APPROVED"):
            return self.retrieve(gateway_id)
        decline = orders.DECLINES.get(issue)
        if issue == "PAYER_ACTION_REQUIRED":
            if not order.saved_method:
                return self.retrieve(gateway_id)
            decline = Decline.AUTHENTICATION
        if decline is None:
            raise refused
        return Answer(
            gateway_id=gateway_id,
            status=Status.FAILED,
            amount_minor=order.amount_minor,
            currency=order.currency,
            decline=decline,
            final=issue in orders.FINAL,
        )

    def retrieve(self, gateway_id: str) -> Answer:
        """An order that was never agreed to is forgotten by PayPal after some hours: nobody can pay it any more."""
        try:
            return orders.answer_of(self._order(gateway_id))
        except HttpRefused as refused:
            if refused.status == 404 and issue_of(refused) in _GONE:
                return Answer(gateway_id=gateway_id, status=Status.CANCELLED, amount_minor=0, currency="")
            raise

    def cancel(self, gateway_id: str) -> Answer:
        """Only `confirm` takes an order's money. One that was not taken is as good as cancelled: PayPal, which has no
        call for it, forgets it."""
        answer = self.retrieve(gateway_id)
        if answer.status in (Status.CREATED, Status.ACTION_REQUIRED):
            return replace(answer, status=Status.CANCELLED, next_action=None, agreed=False)
        return answer

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        capture_id = orders.capture_id(self._order(gateway_id))
        if capture_id is None:
            raise Refused("nothing was captured")
        body = {"amount": money(amount_minor, currency), "custom_id": key, "invoice_id": key}
        given = self._client.post(f"{_CAPTURES}/{capture_id}/refund", body, key=key)
        return replace(orders.refund_of(given), key=key)

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer:
        return orders.refund_of(self._client.get(f"/v2/payments/refunds/{gateway_id}"))

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        return next((each for each in self.refunds_of(gateway_id) if each.key == key), None)

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        return orders.refunds_in(self._order(gateway_id))

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        """May ask PayPal, outside any transaction: for its certificate, or for the order that a refund belongs to."""
        webhook_id = self._setup.webhook_id
        verify(body, headers, webhook_id=webhook_id, certificates=self._certificates, at=at)
        event = self._reader.read(body)
        return (event,) if event is not None else ()

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        """PayPal keeps them for thirty days, and lists the newest first."""
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found, path, params = [], _EVENTS, {"page_size": "300", "start_time": start}
        while path:
            body = self._client.get(path, **params)
            found += [event for each in body.get("events") or () if (event := self._reader.event(each))]
            path, params = self._next(body), {}
        return iter(sorted(found, key=lambda event: event.created_at))

    def _next(self, body: Json) -> str:
        """The path of the next page; its host is not asked for a word of PayPal's."""
        for link in body.get("links") or ():
            if link.get("rel") == "next":
                return f"{_EVENTS}{str(link['href']).partition(_EVENTS)[2]}"
        return ""

    def balance(self) -> Mapping[str, int]:
        """All that PayPal holds of the account, from wherever it came: an account that does other business too does
        not compare."""
        return reports.balance(self._client)

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        """Every order whose money moved, in the last three years: of others PayPal keeps no list."""
        return self._paid(since=since or datetime.min.replace(tzinfo=UTC))

    def find_charge(self, key: str, *, since: datetime) -> Answer | None:
        """By the `custom_id` that every order of ours carries. PayPal lists a payment some hours late."""
        return next(self._paid(since=since, key=key), None)

    def _paid(self, *, since: datetime, key: str = "") -> Iterator[Answer]:
        seen: set[str] = set()
        for info in reports.transactions(self._client, since=since, until=now()):
            # T00nn are payments. What carries no identifier of ours came from elsewhere.
            custom = str(info.get("custom_field") or "")
            payment = str(info.get("transaction_event_code", "")).startswith("T00")
            if payment and custom and key in ("", custom):
                order_id = self._order_of_capture(str(info["transaction_id"]))
                if order_id is not None and order_id not in seen:
                    seen.add(order_id)
                    yield self.retrieve(order_id)

    def retrieve_method(self, token: str) -> SavedMethod:
        try:
            self._client.get(f"{TOKENS}/{token}")
        except HttpRefused as refused:
            if refused.status != 404:
                raise
            return SavedMethod(token=token, kind="wallet", label="PayPal", usable=False)
        return SavedMethod(token=token, kind="wallet", label="PayPal")

    def forget_method(self, token: str) -> None:
        try:
            self._client.delete(f"{TOKENS}/{token}")
        except HttpRefused as refused:
            if refused.status != 404:
                raise

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer:
        """Raises `Refused` for one about something that is no order."""
        body = self._client.get(f"{_DISPUTES}/{gateway_id}")
        for capture_id in captures_in(body):
            order_id = self._order_of_capture(capture_id)
            if order_id is not None:
                return dispute_of(body, charge_id=order_id)
        raise Refused("a dispute about no order of ours")

    def submit_evidence(self, gateway_id: str, evidence: Evidence) -> DisputeAnswer:
        """By the call whose link the dispute shows; raises `Refused` where it shows none."""
        call = contesting.call_for(self._client.get(f"{_DISPUTES}/{gateway_id}"))
        self._client.post_form(
            f"{_DISPUTES}/{gateway_id}/{call}",
            contesting.parts(call, evidence),
            key=f"{evidence.key}:evidence",
        )
        return self.retrieve_dispute(gateway_id)

    def accept_dispute(self, gateway_id: str, *, key: str) -> DisputeAnswer:
        if contesting.ACCEPT not in contesting.offers(self._client.get(f"{_DISPUTES}/{gateway_id}")):
            raise Refused("the dispute can't be accepted")
        self._client.post_form(
            f"{_DISPUTES}/{gateway_id}/{contesting.ACCEPT}", contesting.accepting(), key=f"{key}:accept"
        )
        return self.retrieve_dispute(gateway_id)

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        """PayPal pays nothing out unless it is told to, by hand or by a daily sweep: those withdrawals are they."""
        return iter(reports.payouts(self._client, since=since, until=now()))

    def page_script(self) -> PageScript | None:
        return None

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        return problems(self._client, self._setup, webhook_url=webhook_url)

    def _order(self, gateway_id: str) -> Json:
        return self._client.get(f"{_ORDERS}/{gateway_id}")

    def _order_of_capture(self, capture_id: str) -> str | None:
        """None for one that PayPal doesn't know, or that belongs to no order."""
        try:
            capture = self._client.get(f"{_CAPTURES}/{capture_id}")
        except HttpRefused as refused:
            if refused.status != 404:
                raise
            return None
        related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
        return str(related["order_id"]) if related.get("order_id") else None
