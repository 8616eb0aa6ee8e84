"""GoCardless, as the port wants it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from almoner.payments.gateways.gocardless.checking import problems
from almoner.payments.gateways.gocardless.client import Client, Setup, fields_of, link_in, reasons_of
from almoner.payments.gateways.gocardless.payments import Ledger, refund_of
from almoner.payments.gateways.gocardless.schemes import BY_METHOD, CURRENCIES, SCHEMES, name_of, schemes_of
from almoner.payments.gateways.gocardless.set_ups import SetUps, flow, mandate_of
from almoner.payments.gateways.gocardless.webhooks import Reader, verify
from almoner.payments.gateways.http import HttpRefused, Json, own_key
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Capabilities,
    Decline,
    DisputeAnswer,
    NextAction,
    Order,
    PageScript,
    PayoutAnswer,
    Problem,
    RefundAnswer,
    Refused,
    SavedMethod,
    Status,
    TooLate,
    TryLater,
    WebhookEvent,
)

# Of a mandate: those that may be charged.
_USABLE: Final = frozenset({"pending_customer_approval", "pending_submission", "submitted", "active"})
_PAYOUT: Final = {"pending": Status.PROCESSING, "paid": Status.SUCCEEDED, "bounced": Status.FAILED}
# Payouts are listed by when they were made; one may still change for so long.
_PAYOUT_CHANGES: Final = timedelta(days=21)
_HELD: Final = frozenset({"confirmed_funds", "pending_payouts"})
_SHORT: Final = 100
# Of a payment: not yet at the banks.
_STOPPABLE: Final = frozenset({"pending_customer_approval", "pending_submission"})


class GoCardless(SetUps):
    code = "gocardless"

    def __init__(self, setup: Setup) -> None:
        self.account = setup.creditor
        self._setup = setup
        self._client = Client(setup)
        self._ledger = Ledger(self._client)
        self._reader = Reader(
            account=self.account,
            charge_of_refund=self._charge_of_refund,
        )

    def capabilities(self) -> Capabilities:
        offered = schemes_of(self._setup.methods)
        former = tuple(scheme.method for scheme in SCHEMES if scheme not in offered)
        return Capabilities(
            methods=tuple(scheme.method for scheme in offered), currencies=CURRENCIES, former=former
        )

    def create(self, order: Order) -> Answer:
        """A billing request with a page to agree to it; of a saved mandate, the payment itself."""
        scheme = BY_METHOD.get(order.method)
        if scheme is None or order.currency not in (scheme.method.currencies or ()):
            raise Refused(f"{order.method} takes no {order.currency}")
        if order.saved_method:
            return self._pay(order, mandate=order.saved_method)
        mandate_request = {"currency": order.currency, "scheme": scheme.code}
        metadata = {"key": order.key, "amount": f"{order.amount_minor} {order.currency}"}
        if order.save_method:
            metadata["keep"] = "yes"
        made = self._client.make(
            "billing_requests",
            {
                "mandate_request": mandate_request | _description(order),
                "links": {"creditor": self.account},
                "metadata": metadata,
            },
            key=order.key,
        )
        page = flow(str(made["id"]), return_url=order.return_url, language=order.language, payer=order.payer)
        shown = self._client.make("billing_request_flows", page, key=f"{order.key}-flow")
        return Answer(
            gateway_id=str(made["id"]),
            status=Status.ACTION_REQUIRED,
            amount_minor=order.amount_minor,
            currency=order.currency,
            next_action=NextAction("redirect", url=str(shown["authorisation_url"])),
        )

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        """The donor has agreed: debit the mandate. A payment that stands already is answered with."""
        request = self._client.get("billing_requests", gateway_id)
        mandate = mandate_of(request)
        if not mandate:
            return self.retrieve(gateway_id)
        # By now only GoCardless knows what the donor was told that it is for.
        told = str((request.get("mandate_request") or {}).get("description") or "")
        order = replace(order, description=order.description or told)
        made = self._pay(order, mandate=mandate, request=gateway_id)
        return self.retrieve(gateway_id) if made.status == Status.PROCESSING else made

    def _pay(self, order: Order, *, mandate: str, request: str = "") -> Answer:
        """On the day that was told; where none was, on the first that the mandate's notice allows. GoCardless moves one
        on which banks rest, and its answer says to when. Raises `TooLate`."""
        content: dict[str, Any] = {
            "amount": order.amount_minor,
            "currency": order.currency,
            "metadata": {"key": order.key} | ({"billing_request": request} if request else {}),
            "links": {"mandate": mandate},
            # Tries are ours to make, and the donor's to know of.
            "retry_if_possible": False,
        }
        if order.charge_on is not None:
            content["charge_date"] = order.charge_on.isoformat()
        try:
            payment = self._client.make("payments", content | _description(order), key=order.key)
        except HttpRefused as refused:
            reasons = reasons_of(refused)
            other = link_in(refused, "new_mandate")
            if "mandate_replaced" in reasons and other and other != mandate:
                return self._pay(order, mandate=other, request=request)
            if order.charge_on is not None and "charge_date" in fields_of(refused):
                return self._paid_before(order, mandate, refused)
            if "mandate_is_inactive" not in reasons or not request:
                raise
            return Answer(
                gateway_id=request,
                status=Status.FAILED,
                amount_minor=order.amount_minor,
                currency=order.currency,
                decline=Decline.GENERIC,
                final=True,
            )
        return self._ledger.answer(payment, gateway_id=request or str(payment["id"]))

    def _paid_before(self, order: Order, mandate: str, refused: HttpRefused) -> Answer:
        """A repeat may come too late for its day, though the first call was in time: a payment with its key is that
        one. Raises `TooLate` when there is none."""
        for payment in self._client.pages("payments", mandate=mandate):
            if (payment.get("metadata") or {}).get("key") == order.key:
                return self._ledger.answer(payment, gateway_id=str(payment["id"]))
        raise TooLate(str(refused)) from refused

    def retrieve(self, gateway_id: str) -> Answer:
        if not gateway_id.startswith("BRQ"):
            payment = self._client.get("payments", gateway_id)
            return self._ledger.answer(payment, gateway_id=gateway_id)
        request = self._client.get("billing_requests", gateway_id)
        if request.get("status") == "cancelled":
            return _open(request, Status.CANCELLED)
        mandate_id = mandate_of(request)
        if not mandate_id:
            return _open(request, Status.ACTION_REQUIRED)
        return self._fulfilled(request, mandate_id)

    def _fulfilled(self, request: Json, mandate_id: str) -> Answer:
        payment = self._payment_of(str(request["id"]), mandate_id)
        if payment is not None:
            keeps = bool((request.get("metadata") or {}).get("keep"))
            saved = self.retrieve_method(mandate_id) if keeps else None
            answer = self._ledger.answer(payment, gateway_id=str(request["id"]), saved=saved)
            return replace(answer, left_over="" if keeps else mandate_id)
        if str(self._client.get("mandates", mandate_id).get("status")) in _USABLE:
            return replace(_open(request, Status.ACTION_REQUIRED), agreed=True)
        return _open(request, Status.CANCELLED)

    def _payment_of(self, request_id: str, mandate_id: str) -> Json | None:
        for payment in self._client.pages("payments", mandate=mandate_id):
            if (payment.get("metadata") or {}).get("billing_request") == request_id:
                return payment
        return None

    def cancel(self, gateway_id: str) -> Answer:
        """A page that nobody agreed to is closed; a mandate that no payment was made on is withdrawn; a payment that
        is not yet at the bank is stopped. What can no longer be stopped is answered with as it stands."""
        answer = self.retrieve(gateway_id)
        if answer.agreed:
            request = self._client.get("billing_requests", gateway_id)
            self.forget_method(str(request["links"]["mandate_request_mandate"]))
        elif answer.status == Status.ACTION_REQUIRED:
            self._stop("billing_requests", gateway_id)
        elif answer.status == Status.PROCESSING:
            payment = self._payment(gateway_id)
            if payment is not None:
                self._stop("payments", str(payment["id"]))
                payment = self._client.get("payments", str(payment["id"]))
                if payment.get("status") in _STOPPABLE:
                    raise TryLater("GoCardless didn't stop a payment that is not at the banks yet")
        else:
            return answer
        return self.retrieve(gateway_id)

    def _stop(self, resource: str, identity: str) -> None:
        try:
            self._client.act(resource, identity, "cancel")
        except HttpRefused as refused:
            # Too late, or done already: how it stands is asked next.
            if refused.status not in (409, 422):
                raise

    def _payment(self, gateway_id: str) -> Json | None:
        """None for a billing request without one."""
        if not gateway_id.startswith("BRQ"):
            return self._client.get("payments", gateway_id)
        request = self._client.get("billing_requests", gateway_id)
        mandate_id = (request.get("links") or {}).get("mandate_request_mandate")
        return self._payment_of(gateway_id, str(mandate_id)) if mandate_id else None

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        """GoCardless wants the total that will have been refunded, so that two who refund know of each other."""
        payment = self._payment(gateway_id)
        if payment is None or payment["currency"] != currency:
            raise Refused("no payment of this currency")
        total_minor = int(payment.get("amount_refunded") or 0) + amount_minor
        content = {
            "amount": amount_minor,
            "total_amount_confirmation": total_minor,
            "links": {"payment": str(payment["id"])},
            "metadata": {"key": key},
        }
        try:
            return refund_of(self._client.make("refunds", content, key=key))
        except HttpRefused as refused:
            if "total_amount_confirmation_invalid" in reasons_of(refused):
                raise TryLater("another refund was made meanwhile") from refused
            raise

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer:
        return refund_of(self._client.get("refunds", gateway_id))

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        return next((each for each in self.refunds_of(gateway_id) if each.key == key), None)

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        payment = self._payment(gateway_id)
        if payment is None:
            return ()
        found = self._client.pages("refunds", payment=str(payment["id"]))
        return [refund_of(each) for each in found]

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        """May ask GoCardless, outside any transaction, which charge a refund belongs to."""
        verify(body, headers, secrets=self._setup.webhook_secrets)
        return self._reader.read(body)

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        events = self._client.pages("events", **{"created_at[gte]": _stamp(since)})
        found = [event for each in events if (event := self._reader.event(each)) is not None]
        return iter(sorted(found, key=lambda event: event.created_at))

    def balance(self) -> Mapping[str, int]:
        """Collected and not yet at the bank. GoCardless takes its fees off at once and names them when it pays out, so
        between the two it holds less than the books do: gift by gift, nothing differs."""
        totals: dict[str, int] = {}
        for each in self._client.pages("balances", creditor=self.account):
            if each.get("balance_type") in _HELD:
                currency = str(each["currency"])
                totals[currency] = totals.get(currency, 0) + int(each["amount"])
        return totals

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        """Every payment of ours; a billing request without one holds no money."""
        young = {"created_at[gte]": _stamp(since)} if since is not None else {}
        for payment in self._client.pages("payments", creditor=self.account, **young):
            gateway_id = _charge_id(payment)
            if gateway_id is not None:
                yield self._ledger.answer(payment, gateway_id=gateway_id)

    def retrieve_method(self, token: str) -> SavedMethod:
        """A mandate; where another took its place, that one."""
        mandate = self._client.get("mandates", token)
        links = mandate.get("links") or {}
        if links.get("new_mandate") and links["new_mandate"] != token:
            return self.retrieve_method(str(links["new_mandate"]))
        scheme, account = name_of(str(mandate.get("scheme", ""))), self._bank_account(links)
        next_on = mandate.get("next_possible_charge_date")
        return SavedMethod(
            token=token,
            kind="debit",
            label=f"{scheme} ···· {account}" if account else scheme,
            usable=str(mandate.get("status")) in _USABLE,
            next_charge_on=date.fromisoformat(str(next_on)) if next_on else None,
        )

    def _bank_account(self, links: Mapping[str, Any]) -> str:
        """Its last digits."""
        account_id = links.get("customer_bank_account")
        if not account_id:
            return ""
        return str(
            self._client.get("customer_bank_accounts", str(account_id)).get("account_number_ending", "")
        )

    def forget_method(self, token: str) -> None:
        try:
            self._client.act("mandates", token, "cancel")
        except HttpRefused as refused:
            if refused.status == 404:
                return
            if str(self._client.get("mandates", token).get("status")) in _USABLE:
                raise

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer:
        """Raises `Refused`: a bank that calls a debit back asks nobody, and the payment tells of it."""
        raise Refused("GoCardless has no disputes")

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        wanted = {"creditor": self.account, "created_at[gte]": _stamp(since - _PAYOUT_CHANGES)}
        found = [_payout(each) for each in self._client.pages("payouts", **wanted)]
        return iter(sorted(found, key=lambda payout: payout.created_at))

    def page_script(self) -> PageScript | None:
        return None

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        return problems(self._client, self._setup, webhook_url=webhook_url)

    def _charge_of_payment(self, payment_id: str) -> str | None:
        try:
            return _charge_id(self._client.get("payments", payment_id)) if payment_id else None
        except HttpRefused as refused:
            if refused.status != 404:
                raise
            return None

    def _charge_of_refund(self, refund_id: str) -> str | None:
        try:
            refund = self._client.get("refunds", refund_id) if refund_id else {}
        except HttpRefused as refused:
            if refused.status != 404:
                raise
            return None
        return self._charge_of_payment(str((refund.get("links") or {}).get("payment", "")))


def _description(order: Order) -> dict[str, str]:
    return {"description": order.description[:_SHORT]} if order.description else {}


def _open(request: Json, status: Status) -> Answer:
    """A billing request without a payment. What it is for stands in the metadata that we gave it."""
    metadata = request.get("metadata") or {}
    amount, _, currency = str(metadata.get("amount", "")).partition(" ")
    return Answer(
        gateway_id=str(request["id"]),
        status=status,
        amount_minor=int(amount) if amount.isdecimal() else 0,
        currency=currency,
        key=own_key(metadata.get("key")),
    )


def _charge_id(payment: Json) -> str | None:
    """What the attempt calls it: its billing request, or itself; None for one that isn't ours."""
    metadata = payment.get("metadata") or {}
    return str(metadata.get("billing_request") or payment["id"]) if metadata.get("key") else None


def _payout(payout: Json) -> PayoutAnswer:
    try:
        created_at = datetime.fromisoformat(str(payout["created_at"]))
        arrives = payout.get("arrival_date")
        return PayoutAnswer(
            gateway_id=str(payout["id"]),
            status=_PAYOUT[str(payout["status"])],
            amount_minor=int(payout["amount"]),
            currency=str(payout["currency"]),
            arrives_on=date.fromisoformat(str(arrives)) if arrives else created_at.astimezone(UTC).date(),
            created_at=created_at,
            reference=str(payout.get("reference") or ""),
        )
    except (KeyError, ValueError) as fault:
        raise AnswerLost(f"a payout that can't be read: {type(fault).__name__}") from None


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
