"""One history: what donors, banks, staff, workers and time do, step by step, and then quiet."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import httpx

from almoner.config import donors
from almoner.config.wiring import HANDLERS
from almoner.donors import telling
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain, reap
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import GatewayError, SignatureInvalid
from almoner.payments.models import Attempt, Refund
from almoner.payments.refunds import NotRefundable
from almoner.plans import changing
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from almoner.receipts import issuing
from almoner.supporters.people import Details
from rig.histories.chance import Chance, Crash, Unnamed
from rig.histories.gateway import METHODS, Gateway
from rig.histories.truth import DISPUTE_FEE_MINOR, RETURN_FEE_MINOR, Charge, Told

STEPS: Final = 120
_ADA: Final = Details("Ada", "Nguyễn", "ada@example.org")
# What donors and workers meet and bear. Anything else is a fault of the product's.
_BORNE: Final = (
    GatewayError,
    Unnamed,
    NotRefundable,
    actions.StandsAlready,
    actions.NotStuck,
    changing.NotChangeable,
)
_ROUNDS: Final = 60


def _unmailed(payload: dict[str, Any]) -> None:
    """Documents and mails are others' tests: here it counts that they were asked for, once."""


_KINDS: Final = {**HANDLERS, issuing.JOB: _unmailed, telling.JOB: _unmailed}


@dataclass(frozen=True)
class Staff:
    """The auditor's view of who refunds."""

    pk: int = 7

    def get_username(self) -> str:
        return "staff"


@dataclass
class Donor:
    """`told` is what each answer said of the gift, oldest first: (attempt's number, gift's status)."""

    intent: actions.Intent
    told: list[tuple[int, str]] = field(default_factory=list)


class World:
    def __init__(self, chance: Chance, charity_id: int, fund_id: int) -> None:
        self.chance, self.gateway = chance, Gateway(chance)
        self.charity_id, self.fund_id = charity_id, fund_id
        self.donors: list[Donor] = []
        self.asked_refunds: list[tuple[uuid.UUID, uuid.UUID, int]] = []
        self.steps = 0
        self._undelivered: list[Told] = []
        self._seen = 0
        chance.meanwhile = self.meanwhile

    @property
    def dice(self) -> random.Random:
        return self.chance.dice

    def run(self) -> None:
        acts = [getattr(self, name) for name in _ACTS for _ in range(_ACTS[name])]
        for _ in range(STEPS):
            self.act(self.dice.choice(acts))
        self.become_quiet()

    def act(self, what: Callable[[], None]) -> None:
        """One process's doing: it may be killed, and what it raises is borne or is a fault of the product's."""
        self.steps += 1
        self.chance.pass_time(seconds=self.dice.choice([0, 0, 1, 5, 40, 90, 600]))
        self.gateway.come_due()
        off = self.dice.choice([-2, 2])
        skew = timedelta(hours=off) if self.chance.draw(0.06, f"clock {off:+} h") else timedelta(0)
        with self.chance.clock_off_by(skew):
            self._guarded(what)

    def _guarded(self, what: Callable[[], None]) -> None:
        try:
            what()
        except (Crash, *_BORNE):
            return
        except Exception as fault:  # noqa: BLE001 (the oracle is told of it)
            self.chance.wrongs.append(f"{what.__name__} raised {type(fault).__name__}: {fault}"[:200])

    def meanwhile(self) -> None:
        """What another process does while one waits: its own death is not the other's."""
        self.steps += 1
        names = ["worker", "deliver", "sweep", "come_back", "double_click", "banks", "charge", "daily"]
        with self.chance.clock_off_by(timedelta(0)):
            self._guarded(getattr(self, self.dice.choice(names)))

    # Donors.

    def give(self) -> None:
        regular = self.dice.random() < 0.25
        methods = METHODS if not regular else ("sim_card", "sim_debit", "sim_direct")
        gift_id = self._uuid()
        intent = actions.Intent(
            gift_id=gift_id, public_key=gift_id.hex[:22], ordinal=1, charity_id=self.charity_id, form_id=None,
            fund_id=self.fund_id, fund_code="children", details=_ADA,
            amount_minor=self.dice.choice([500, 2_500, 5_000, 12_345]), cover_minor=self.dice.choice([0, 0, 137]),
            currency=self.dice.choice(["AUD", "AUD", "EUR"]), gateway="sim", method=self.dice.choice(methods),
            digest="d", language="en", description="A gift", return_url="https://lamp.example/back/",
            input={"outcome": self.dice.choice(_OUTCOMES)}, every=1 if regular else 0,
        )  # fmt: skip
        donor = Donor(intent)
        self.donors.append(donor)
        self._submit(donor)

    def _submit(self, donor: Donor) -> None:
        try:
            gift, attempt = actions.submit(donor.intent)
        except actions.StandsAlready:
            gift, attempt = actions.standing(donor.intent.gift_id)
        donor.told.append((attempt.ordinal, gift.status))

    def double_click(self) -> None:
        """The last donor presses again, perhaps before the first press was answered."""
        if self.donors and self.chance.draw(1, "pressed twice"):
            self._submit(self.donors[-1])

    def try_again(self) -> None:
        """Who was told that it failed pays again; who left a page open pays in another way."""
        donor = self._donor()
        stands = Gift.objects.filter(pk=donor.intent.gift_id).exists() if donor else False
        if donor is None or not stands:
            return
        gift, attempt = actions.standing(donor.intent.gift_id)
        if attempt.state in ("created", "action_required"):
            self.chance.draw(1, "another way while a page is open")
            gift, attempt = actions.let_go(gift, attempt)
        if gift.status == "failed":
            outcome = {"outcome": self.dice.choice(_OUTCOMES)}
            donor.intent = replace(donor.intent, ordinal=attempt.ordinal + 1, input=outcome)
            self._submit(donor)

    def come_back(self) -> None:
        """The browser's return: a reason to ask, and what the page then says."""
        donor = self._donor()
        attempt = donor and Attempt.objects.filter(gift_id=donor.intent.gift_id).order_by("-ordinal").first()
        if donor is None or not attempt:
            return
        actions.look(attempt.pk)
        gift, attempt = actions.standing(donor.intent.gift_id)
        donor.told.append((attempt.ordinal, gift.status))

    def agree(self) -> None:
        waiting = [each for each in self._charges("action_required") if not each.agreed]
        if waiting and not self.chance.draw(0.2, "browser closed in 3-D Secure"):
            self.gateway.agree(self.dice.choice(waiting))

    def cancel_plan(self) -> None:
        plan = self._any(list(Plan.objects.order_by("created_at")))
        if plan is not None:
            changing.cancel(plan.pk, by=DONOR)

    # The gateway's own side.

    def banks(self) -> None:
        """Debits are settled, or fail late; refunds and payouts arrive, or come back."""
        for charge in self._charges("processing"):
            if self.dice.random() < 0.5:
                late = self.chance.draw(0.25, "late failure")
                self.gateway.move(charge, "failed" if late else "succeeded")
        for refund in [each for charge in self.gateway.held.values() for each in charge.refunds]:
            if refund.state == "processing" and self.dice.random() < 0.5:
                self.gateway.move_refund(refund, "succeeded")
            elif refund.state != "failed" and self.chance.draw(0.06, "refund bounced"):
                self.gateway.move_refund(refund, "failed")
        for payout in self.gateway.paid_out.values():
            if payout.state == "processing":
                failed = self.chance.draw(0.2, "payout failed")
                self.gateway.move_payout(payout, "failed" if failed else "succeeded")

    def take_back(self) -> None:
        """A bank takes a paid debit back, or a debit that came back or failed is collected after all."""
        charge = self._any([each for each in self.gateway.held.values() if each.debit])
        if charge is None or self.chance.quiet:
            return
        if charge.state == "succeeded" and charge.left_minor == charge.amount_minor:
            self.chance.draw(1, "debit returned")
            charge.fee_minor += RETURN_FEE_MINOR
            self.gateway.move(charge, "returned")
        elif charge.state in ("returned", "failed") and self.dice.random() < 0.4:
            self.chance.draw(1, "collected after all")
            self.gateway.move(charge, "succeeded")

    def dashboard_refund(self) -> None:
        charge = self._any([each for each in self._charges("succeeded") if each.left_minor > 0])
        if charge is not None and self.chance.draw(1, "refund in the dashboard"):
            self.gateway.give_back(charge, self.dice.choice([charge.left_minor, min(500, charge.left_minor)]))

    def dispute(self) -> None:
        open_ones = [each for each in self.gateway.held.values() if not each.debit and each.disputes]
        charge = self._any([each for each in self._charges("succeeded") if not each.debit])
        if open_ones and self.dice.random() < 0.6:
            dispute = self.dice.choice(self.dice.choice(open_ones).disputes)
            after = self.dice.choice(_DISPUTED.get(dispute.state, [""]))
            if after and self.chance.draw(1, f"dispute {after}"):
                inquired = dispute.state == "inquiry" and after == "prevented"
                self.gateway.move_dispute(dispute, after, fee_minor=0 if inquired else DISPUTE_FEE_MINOR)
        elif charge is not None and charge.left_minor > 0 and not charge.disputes:
            first = self.dice.choice(["inquiry", "needs_response", "needs_response", "prevented"])
            if self.chance.draw(1, f"dispute {first}"):
                fee_minor = DISPUTE_FEE_MINOR if first == "needs_response" else 0
                self.gateway.open_dispute(charge, first, fee_minor=fee_minor)

    def pay_out(self) -> None:
        for currency, held_minor in self.gateway.balance_minor().items():
            if held_minor > 1_000:
                self.gateway.pay_out(held_minor * self.dice.choice([1, 2, 4]) // 4, currency)

    def outage(self) -> None:
        """The gateway is away: for minutes, hours, or longer than its keys last."""
        hours = self.dice.choice([0.1, 3, 26])
        self.chance.outage_until = self.chance.true_at + timedelta(hours=hours)

    def deliver(self) -> None:
        """Webhooks: in order or not, twice, late, forged, or never."""
        fresh = self.gateway.log[self._seen :]
        self._seen = len(self.gateway.log)
        self._undelivered += [each for each in fresh if not self.chance.draw(0.15, "webhook lost")]
        if len(self._undelivered) > 1 and self.chance.draw(0.3, "webhooks reordered"):
            self.dice.shuffle(self._undelivered)
        late = [each for each in self._undelivered if self.chance.draw(0.2, "webhook late")]
        now_told = [each for each in self._undelivered if each not in late]
        self._undelivered = late
        for told in now_told:
            self._post([told])
            if self.chance.draw(0.15, "webhook twice"):
                self._post([told])
            if self.gateway.log and self.chance.draw(0.05, "webhook replayed"):
                self._post([self.dice.choice(self.gateway.log)])

    def _post(self, told: list[Told]) -> None:
        body, headers = self.gateway.signed(told)
        if self.chance.draw(0.05, "webhook forged"):
            headers = {"Sim-Signature": "0" * 64}
        try:
            inbox.receive(gateways.gateway("sim"), body=body, headers=httpx.Headers(headers), at=now())
        except SignatureInvalid:
            return
        except Crash:
            # It was not answered: the gateway sends it again.
            self._undelivered += told
            raise

    # Staff, workers and time.

    def refund(self) -> None:
        gift = self._any(list(Gift.objects.filter(status="settled").order_by("given_at", "pk")))
        if gift is None:
            return
        left_minor = gift.total_minor - gift.refunded_minor
        asked = self._uuid(), gift.pk, self.dice.choice([gift.total_minor, max(left_minor, 1), 500])
        self.asked_refunds.append(asked)
        self._ask_refund(*asked)

    def refund_twice(self) -> None:
        if self.asked_refunds and self.chance.draw(1, "refund pressed twice"):
            self._ask_refund(*self.asked_refunds[-1])

    def _ask_refund(self, refund_id: uuid.UUID, gift_id: uuid.UUID, amount_minor: int) -> None:
        actions.refund(
            gift_id=gift_id, amount_minor=amount_minor, reason="asked", actor=Staff(), refund_id=refund_id
        )

    def worker(self) -> None:
        reap()
        drain(_KINDS, 12, owner=f"worker {self.chance.depth}")

    def sweep(self) -> None:
        actions.look_at_due()

    def charge(self) -> None:
        actions.charge_due(in_flight=1)
        donors.tend_plans()

    def daily(self) -> None:
        donors.fetch_events()
        donors.compare_balances()

    def hours_pass(self) -> None:
        self.chance.pass_time(hours=self.dice.choice([0.1, 1, 5, 25]))

    def days_pass(self) -> None:
        """On to the next month, with a worker at work."""
        for _ in range(4):
            self.chance.pass_time(days=8)
            for each in (self.daily, self.sweep, self.charge, self.deliver, self.worker):
                self._guarded(each)

    # The end.

    def become_quiet(self) -> None:
        """No more faults: what is still open has a few days to come to its end."""
        self.chance.quiet = True
        for plan in Plan.objects.order_by("created_at"):
            self._guarded(lambda pk=plan.pk: changing.cancel(pk, by=DONOR))  # type: ignore[misc]
        for turn in range(_ROUNDS):
            self.chance.pass_time(hours=2 if turn < 20 else 8)
            self.gateway.come_due()
            self.banks()
            for dispute in [each for charge in self.gateway.held.values() for each in charge.disputes]:
                if dispute.state in _DISPUTED and dispute.state not in ("won", "lost"):
                    after = "prevented" if dispute.state == "inquiry" else self.dice.choice(["won", "lost"])
                    self.gateway.move_dispute(dispute, after, fee_minor=dispute.fee_minor)
            for each in (self.deliver, self.daily, self.sweep, self.charge, self.worker, self._settle_stuck):
                self._guarded(each)
            if turn > 14 and not self._under_way():
                return

    def _settle_stuck(self) -> None:
        """What nobody but a person can say of a refund, a person says, having looked at the gateway."""
        for asked in Refund.objects.filter(state="unknown").select_related("attempt"):
            if actions.is_stuck(asked):
                actions.refund_not_made(refund_id=asked.pk, checked="looked", actor=Staff())

    def _under_way(self) -> bool:
        return (
            Attempt.objects.filter(look_at__isnull=False).exists()
            or Refund.objects.filter(look_at__isnull=False).exists()
            or Job.objects.filter(finished_at__isnull=True).exists()
        )

    def _charges(self, state: str) -> list[Charge]:
        return [each for each in self.gateway.held.values() if each.state == state]

    def _donor(self) -> Donor | None:
        return self._any(self.donors)

    def _any(self, rows: list[Any]) -> Any:
        return self.dice.choice(rows) if rows else None

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)


_OUTCOMES: Final = ("success", "success", "success", "insufficient", "lost_card", "authenticate")
_DISPUTED: Final = {
    "inquiry": ["needs_response", "prevented"],
    "needs_response": ["under_review", "won", "lost"],
    "under_review": ["needs_response", "won", "lost"],
    "won": ["lost"],
    "lost": ["won"],
}
# What may happen next, and how often beside the others.
_ACTS: Final = {
    "give": 9, "double_click": 2, "try_again": 4, "come_back": 4, "agree": 3, "cancel_plan": 1, "banks": 4,
    "take_back": 2, "dashboard_refund": 2, "dispute": 3, "pay_out": 1, "outage": 1, "deliver": 8, "refund": 4,
    "refund_twice": 1, "worker": 8, "sweep": 7, "charge": 3, "daily": 2, "hours_pass": 4, "days_pass": 1,
}  # fmt: skip
