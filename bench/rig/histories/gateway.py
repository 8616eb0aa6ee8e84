"""A gateway in memory at the product's own port, with every fault of a network and of a payment service."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import connection

from almoner.payments.gateways.port import (
    About,
    Answer,
    AnswerLost,
    Capabilities,
    Decline,
    DisputeAnswer,
    DisputeStatus,
    Method,
    NextAction,
    Order,
    PageScript,
    PayoutAnswer,
    Problem,
    RefundAnswer,
    Refused,
    SavedMethod,
    SignatureInvalid,
    Status,
    TryLater,
    WebhookEvent,
)
from rig.histories.chance import Chance, Crash, Unnamed
from rig.histories.truth import Charge, Dispute, Payout, Refund, Told, fee_of

T = TypeVar("T")

METHODS: Final = ("sim_card", "sim_hosted", "sim_debit", "sim_direct")
SECRET: Final = b"a webhook's secret"
# What debits are asked for with is remembered; of cards it is forgotten after a day, as Stripe does.
_KEYS_LAST: Final = timedelta(hours=24)
_STAMP_SECONDS: Final = 300
_FAULTS: Final = (
    "request lost", "answer lost", "500 before", "500 after", "429", "an error that no document names",
    "executed late", "killed before the call", "killed after the call",
)  # fmt: skip
_FINAL: Final = frozenset({"lost_card"})
_DECLINES: Final = {"insufficient": Decline.INSUFFICIENT_FUNDS, "lost_card": Decline.GENERIC}


class Gateway:
    """`held` are its books: `charges`, `payouts`, and the list of all events in their order."""

    code = "sim"
    account = "acct_sim"

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.held: dict[str, Charge] = {}
        self.paid_out: dict[str, Payout] = {}
        self.log: list[Told] = []
        self.later: list[tuple[datetime, Callable[[], object]]] = []
        self.revoked: set[str] = set()
        self.calls = 0
        self._numbers = 0

    # What the product may ask.

    def capabilities(self) -> Capabilities:
        return Capabilities(
            methods=(
                Method("sim_card", "card", repeats=True),
                Method("sim_hosted", "card", hosted=True, repeats=True),
                Method("sim_debit", "debit", repeats=True),
                Method("sim_direct", "debit", repeats=True),
            )
        )

    def create(self, order: Order) -> Answer:
        return self._call("create", lambda: self._answer(self._create(order)))

    def confirm(self, gateway_id: str, *, order: Order) -> Answer:
        outcome = order.input.get("outcome", "")
        return self._call(
            "confirm", lambda: self._answer(self._confirm(self._charge(gateway_id), outcome)), slow=True
        )

    def retrieve(self, gateway_id: str) -> Answer:
        return self._call("retrieve", lambda: self._answer(self._charge(gateway_id)))

    def cancel(self, gateway_id: str) -> Answer:
        return self._call("cancel", lambda: self._answer(self._cancel(self._charge(gateway_id))))

    def refund(self, gateway_id: str, *, key: str, amount_minor: int, currency: str) -> RefundAnswer:
        return self._call(
            "refund",
            lambda: _told(self.give_back(self._charge(gateway_id), amount_minor, key=key)),
            slow=True,
        )

    def retrieve_refund(self, gateway_id: str) -> RefundAnswer:
        return self._call("retrieve_refund", lambda: _told(self._refund(gateway_id)))

    def find_refund(self, gateway_id: str, *, key: str) -> RefundAnswer | None:
        return self._call(
            "find_refund",
            lambda: next((_told(each) for each in self._charge(gateway_id).refunds if each.key == key), None),
        )

    def refunds_of(self, gateway_id: str) -> Sequence[RefundAnswer]:
        return self._call("refunds_of", lambda: [_told(each) for each in self._charge(gateway_id).refunds])

    def retrieve_dispute(self, gateway_id: str) -> DisputeAnswer:
        return self._call("retrieve_dispute", lambda: self._dispute_answer(gateway_id))

    def find_charge(self, key: str, *, since: datetime) -> Answer | None:
        moved = ("processing", "succeeded", "returned")
        return self._call(
            "find_charge",
            lambda: next(
                (
                    self._answer(each)
                    for each in self.held.values()
                    if each.key == key and each.state in moved
                ),
                None,
            ),
        )

    def events(self, since: datetime) -> Iterator[WebhookEvent]:
        found = self._call("events", lambda: [self._event(each) for each in self.log if each.at >= since])
        return iter(found)

    def balance(self) -> Mapping[str, int]:
        return self._call("balance", self.balance_minor)

    def charges(self, since: datetime | None = None) -> Iterator[Answer]:
        return iter(self._call("charges", lambda: [self._answer(each) for each in self.held.values()]))

    def payouts(self, since: datetime) -> Iterator[PayoutAnswer]:
        return iter(self._call("payouts", lambda: [_payout_told(each) for each in self.paid_out.values()]))

    def retrieve_method(self, token: str) -> SavedMethod:
        return self._call("retrieve_method", lambda: _saved(token, usable=token not in self.revoked))

    def forget_method(self, token: str) -> None:
        self._call("forget_method", lambda: self.revoked.add(token))

    def page_script(self) -> PageScript | None:
        return None

    def check(self, *, webhook_url: str) -> Sequence[Problem]:
        return []

    def read_webhook(
        self, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> Sequence[WebhookEvent]:
        if not hmac.compare_digest(signature(body), headers.get("Sim-Signature", "")):
            raise SignatureInvalid("not signed")
        told = json.loads(body)
        if abs(at.timestamp() - told["stamp"]) > _STAMP_SECONDS:
            raise SignatureInvalid("too old, or too new")
        return [self._event(each) for each in self.log if each.id in told["events"]]

    # What happens at the gateway, whoever asked for it.

    def balance_minor(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for charge in self.held.values():
            totals[charge.currency] = totals.get(charge.currency, 0) + charge.held_minor
        for payout in self.paid_out.values():
            if payout.state in ("processing", "succeeded"):
                totals[payout.currency] = totals.get(payout.currency, 0) - payout.amount_minor
        return {currency: minor for currency, minor in totals.items() if minor}

    def move(self, charge: Charge, state: str) -> None:
        """What its banks or its donor do to a charge."""
        if state == "succeeded" and charge.state != "succeeded":
            charge.captured_at = charge.captured_at or self.chance.true_at
            charge.fee_minor = charge.fee_minor or fee_of(charge.amount_minor)
        charge.said_failed |= state == "failed"
        charge.state = state
        self.tell(f"charge.{state}", "charge", charge.id)

    def give_back(self, charge: Charge, amount_minor: int, *, key: str = "") -> Refund:
        """A refund, of ours by its key or made there. The same key again gives nothing more while it is known."""
        known = [each for each in charge.refunds if key and each.key == key]
        if known and self.chance.true_at - known[0].made_at < _KEYS_LAST:
            return known[0]
        if not 0 < amount_minor <= charge.left_minor:
            raise Refused("nothing is left")
        refund = Refund(self._name("re"), charge.id, key, amount_minor, charge.currency, self.chance.true_at)
        charge.refunds.append(refund)
        self.move_refund(refund, self.chance.dice.choice(["succeeded", "succeeded", "processing"]))
        return refund

    def move_refund(self, refund: Refund, state: str) -> None:
        refund.state = state
        self.tell(f"refund.{state}", "charge", refund.charge_id)

    def move_dispute(self, dispute: Dispute, state: str, *, fee_minor: int) -> None:
        dispute.state, dispute.fee_minor = state, fee_minor
        self.tell(f"dispute.{state}", "dispute", dispute.id)

    def open_dispute(self, charge: Charge, state: str, *, fee_minor: int) -> Dispute:
        dispute = Dispute(self._name("dp"), charge.id, charge.left_minor, charge.currency, "")
        charge.disputes.append(dispute)
        self.move_dispute(dispute, state, fee_minor=fee_minor)
        return dispute

    def pay_out(self, amount_minor: int, currency: str) -> Payout:
        at = self.chance.true_at
        payout = Payout(self._name("po"), amount_minor, currency, at, at.date() + timedelta(days=2))
        self.paid_out[payout.id] = payout
        self.tell("payout.made", "payout", payout.id)
        return payout

    def move_payout(self, payout: Payout, state: str) -> None:
        payout.state = state
        self.tell(f"payout.{state}", "payout", payout.id)

    def agree(self, charge: Charge) -> None:
        """The donor did on the gateway's page what was asked of them."""
        charge.agreed = True
        self.tell("charge.agreed", "charge", charge.id)

    def tell(self, kind: str, about: str, object_id: str) -> None:
        self.log.append(Told(self._name("evt"), kind, about, object_id, self.chance.true_at))

    def come_due(self) -> None:
        """What was taken in, and is executed only now."""
        due = [act for at, act in self.later if at <= self.chance.true_at]
        self.later = [(at, act) for at, act in self.later if at > self.chance.true_at]
        for act in due:
            try:
                act()
            except Refused:
                continue

    def signed(self, events: Sequence[Told]) -> tuple[bytes, dict[str, str]]:
        """A webhook that tells of these, signed now."""
        told = {"stamp": self.chance.true_at.timestamp(), "events": [each.id for each in events]}
        body = json.dumps(told).encode()
        return body, {"Sim-Signature": signature(body)}

    # How it does it.

    def _call(self, name: str, act: Callable[[], T], *, slow: bool = False) -> T:
        """One request of the product's: it may be lost, refused, or answered to nobody."""
        chance = self.chance
        self.calls += 1
        if connection.in_atomic_block:
            chance.wrongs.append(f"{name} was called inside a transaction")
        if chance.true_at < chance.outage_until and not chance.quiet:
            chance.injected["outage"] += 1
            raise AnswerLost("the gateway is away")
        chance.pause(0.04)
        kind = chance.dice.choice(_FAULTS)
        if (kind == "executed late" and not slow) or not chance.draw(0.2, f"{kind} ({name})"):
            kind = ""
        if kind in ("request lost", "500 before"):
            raise AnswerLost(kind)
        if kind == "429":
            raise TryLater(kind, after_seconds=chance.dice.choice([None, 2.0, 30.0]))
        if kind == "killed before the call":
            raise Crash(name)
        if kind == "executed late":
            self.later.append((chance.true_at + timedelta(minutes=chance.dice.choice([1, 7, 90])), act))
            raise AnswerLost(kind)
        answer = act()
        chance.pause(0.04)
        if kind == "killed after the call":
            raise Crash(name)
        if kind == "an error that no document names":
            raise Unnamed(name)
        if kind:
            raise AnswerLost(kind)
        return answer

    def _create(self, order: Order) -> Charge:
        direct = order.method == "sim_direct"
        for known in self.held.values():
            if known.key == order.key and (direct or self.chance.true_at - known.made_at < _KEYS_LAST):
                if (known.amount_minor, known.currency) != (order.amount_minor, order.currency):
                    raise Refused("this key was used for another charge")
                return known
        if order.saved_method in self.revoked:
            raise Refused("the method is revoked")
        charge = Charge(
            self._name("ch"), order.key, order.method, order.amount_minor, order.currency, self.chance.true_at,
            saves=order.save_method, token=order.saved_method,
        )  # fmt: skip
        self.held[charge.id] = charge
        if direct:
            self.move(charge, "processing")
        elif order.method == "sim_hosted" and not order.saved_method:
            self.move(charge, "action_required")
        return charge

    def _confirm(self, charge: Charge, outcome: str) -> Charge:
        if charge.state not in ("created", "action_required") or (
            charge.state == "action_required" and not charge.agreed
        ):
            return charge
        if charge.method == "sim_debit":
            self.move(charge, "processing")
            return charge
        # Away from their donor, cards are mostly taken.
        charge.outcome = outcome or self.chance.dice.choice(["success"] * 4 + ["insufficient", "lost_card"])
        if charge.outcome == "authenticate" and not charge.agreed:
            self.move(charge, "action_required")
        else:
            self.move(charge, "failed" if charge.outcome in _DECLINES else "succeeded")
        return charge

    def _cancel(self, charge: Charge) -> Charge:
        if charge.state in ("created", "action_required"):
            self.move(charge, "cancelled")
        return charge

    def _charge(self, gateway_id: str) -> Charge:
        if gateway_id not in self.held:
            raise Refused("no such charge")
        return self.held[gateway_id]

    def _refund(self, gateway_id: str) -> Refund:
        for charge in self.held.values():
            for refund in charge.refunds:
                if refund.id == gateway_id:
                    return refund
        raise Refused("no such refund")

    def _dispute_answer(self, gateway_id: str) -> DisputeAnswer:
        for charge in self.held.values():
            for each in charge.disputes:
                if each.id == gateway_id:
                    return DisputeAnswer(
                        each.id, charge.id, DisputeStatus(each.state), each.amount_minor, each.currency,
                        "fraudulent", each.fee_minor,
                    )  # fmt: skip
        raise Refused("no such dispute")

    def _answer(self, charge: Charge) -> Answer:
        saves = charge.saves and charge.state in ("processing", "succeeded")
        declined = charge.state == "failed"
        return Answer(
            gateway_id=charge.id,
            status=Status(charge.state),
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            fee_minor=charge.fee_minor,
            fee_known=charge.state in ("succeeded", "returned"),
            next_action=NextAction("redirect", "https://sim.example/")
            if charge.state == "action_required"
            else None,
            decline=_DECLINES.get(charge.outcome, Decline.GENERIC) if declined else None,
            final=declined and charge.outcome in _FINAL,
            refunded_minor=charge.given_back_minor,
            saved=_saved(charge.token or f"saved {charge.id}", usable=True) if saves else None,
            agreed=charge.agreed and charge.state == "action_required",
            key=charge.key,
        )

    def _event(self, told: Told) -> WebhookEvent:
        return WebhookEvent(self.account, told.id, told.type, told.object_id, told.at, About(told.about))

    def _name(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}_{self._numbers}"


def signature(body: bytes) -> str:
    return hmac.new(SECRET, body, hashlib.sha256).hexdigest()


def _saved(token: str, *, usable: bool) -> SavedMethod:
    return SavedMethod(token=token, kind="card", label="Sim ···· 1", usable=usable)


def _told(refund: Refund) -> RefundAnswer:
    return RefundAnswer(refund.id, Status(refund.state), refund.amount_minor, refund.currency, refund.key)


def _payout_told(payout: Payout) -> PayoutAnswer:
    return PayoutAnswer(
        payout.id,
        Status(payout.state),
        payout.amount_minor,
        payout.currency,
        payout.arrives_on,
        payout.made_at,
    )
