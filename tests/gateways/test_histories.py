"""Histories by chance: donors, banks, staff and faults in any order. When all is quiet, the books hold what the gateway
does and no gift was charged twice. A seed decides everything: also the day, every identifier, and how time goes by."""

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from almoner.charities.models import Charity
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.payments.gateways.port import AnswerLost, TryLater
from almoner.payments.models import Attempt, Refund
from almoner.payments.refunds import NotRefundable
from almoner.payments.transitions import OPEN_STATES
from tests.gateways import gocardless_walk, paypal_walk
from tests.gateways.paypal_walk import Staff
from tests.gateways.walk import holds, receive, work
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.paypal_server import PayPalServer
from tests.support.gateways.scripted import Scripted

pytestmark = pytest.mark.django_db
KINDS = (
    "drop_request",
    "drop_answer",
    "error_before",
    "error_after",
    "busy",
    "garbage",
    "unavailable",
    "late",
)
# When it begins, in UTC: by day, or just before a day, a month or a year is over or clocks are set, there or in Sydney.
DAYS = [
    datetime(2026, 11, 27, 0, 20, tzinfo=UTC), datetime(2026, 11, 27, 23, 59, 50, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 59, 50, tzinfo=UTC), datetime(2026, 4, 4, 15, 59, 50, tzinfo=UTC),
    datetime(2026, 12, 31, 12, 59, 50, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 50, tzinfo=UTC),
    datetime(2026, 6, 30, 13, 59, 50, tzinfo=UTC), datetime(2028, 2, 28, 23, 59, 50, tzinfo=UTC),
]  # fmt: skip

Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    """It goes only where a story moves it: how long this machine takes decides nothing."""
    with time_machine.travel(DAYS[0], tick=False) as traveller:
        yield traveller


class Story:
    """One history: what may happen, each a method, drawn by chance; and then quiet."""

    def __init__(
        self, server: Scripted, code: str, give: Callable[[uuid.UUID], Attempt], clock: Clock, seed: int
    ) -> None:
        self.server, self.code, self.to_give, self.chance = server, code, give, random.Random(seed)
        self.clock, self.hours = clock, 0.0
        clock.move_to(self.chance.choice(DAYS), tick=False)

    def run(self, steps: int, more: dict[str, Callable[[], object]]) -> None:
        acts = {"gift": self.give, "look": self.look, "sweep": self.sweep, "tell": self.tell, "fault": self.fault,
                "let_go": self.let_go, "refund": self.refund, "shuffled": self.shuffled,
                "arrive": self.server.arrive, **more}  # fmt: skip
        self.give()
        for _ in range(steps):
            self.clock.shift(1)
            acts[self.chance.choice(sorted(acts))]()
        self.quiet(more)

    def identifier(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def give(self) -> None:
        self.to_give(self.identifier())

    def any_attempt(self) -> Attempt | None:
        return self.chance.choice([*Attempt.objects.order_by("created_at"), None])

    def look(self) -> None:
        if (attempt := self.any_attempt()) is not None:
            with suppress(AnswerLost, TryLater):
                actions.look(attempt.pk)

    def sweep(self) -> None:
        self.hours += self.chance.choice([0.1, 1, 3])
        with time_machine.travel(now() + timedelta(hours=self.hours), tick=False):
            actions.look_at_due()

    def tell(self) -> None:
        told = self.server.untold()
        with suppress(AnswerLost, TryLater):
            receive(self.server, self.code, [each for each in told if self.chance.random() < 0.8])
        work()

    def shuffled(self) -> None:
        """All that ever happened, again and in another order."""
        told = [*self.server.events] * 2
        self.chance.shuffle(told)
        with suppress(AnswerLost, TryLater):
            receive(self.server, self.code, told)
        work()

    def fault(self) -> None:
        match = self.chance.choice(["POST", "GET", "capture", "refund", "payments", "orders"])
        self.server.fault(self.chance.choice(KINDS), match, skip=self.chance.choice([0, 0, 1, 2]))

    def let_go(self) -> None:
        attempt = self.any_attempt()
        if attempt is not None and attempt.state in ("created", "action_required"):
            actions.let_go(Gift.objects.get(pk=attempt.gift_id), attempt)

    def refund(self) -> None:
        gift = self.chance.choice([*Gift.objects.order_by("given_at")])
        with suppress(NotRefundable):
            amount_minor = self.chance.choice([500, 1_000, gift.total_minor])
            actions.refund(
                gift_id=gift.pk,
                amount_minor=amount_minor,
                reason="asked",
                actor=Staff(),
                refund_id=self.identifier(),
            )

    def quiet(self, more: dict[str, Callable[[], object]]) -> None:
        self.server.faults.clear()
        self.server.arrive()
        for _ in range(3):
            self.clock.shift(1)
            more["banks"]()
            for hours in (1, 3):
                with time_machine.travel(now() + timedelta(hours=self.hours + hours), tick=False):
                    actions.look_at_due()
            receive(self.server, self.code, [*self.server.events])
            work()
        with time_machine.travel(now() + timedelta(hours=60), tick=False):
            actions.look_at_due()


def nothing_is_open() -> None:
    assert not Refund.objects.exclude(state__in=["succeeded", "failed"]).exists()
    assert not Attempt.objects.filter(state__in=OPEN_STATES).exists()
    assert not Gift.objects.exclude(flag="").exists()


@pytest.mark.parametrize("seed", range(20))
def test_paypal(charity: Charity, paypal: PayPalServer, clock: Clock, seed: int) -> None:
    story = Story(paypal, "paypal", lambda gift_id: paypal_walk.give(charity, gift_id=gift_id), clock, seed)
    state, chance = paypal.state, story.chance

    def approve() -> None:
        waiting = [key for key, each in state.orders.items() if each["status"] == "PAYER_ACTION_REQUIRED"]
        if waiting:
            paypal.approve(chance.choice(waiting))

    def banks() -> None:
        for key, each in [*state.captures.items()]:
            if each["status"] == "PENDING":
                paypal.settle(key, ok=chance.random() < 0.7)
        for key, each in [*state.refunds.items()]:
            if each["status"] == "PENDING":
                paypal.settle_refund(key)

    def there() -> None:
        """Somebody gives back in PayPal's own pages."""
        for key, each in state.captures.items():
            enough = each["status"] == "COMPLETED" and state.left(each) >= Decimal(5)
            if enough and chance.random() < 0.3:
                paypal.refund(key, "5.00")
                break

    def outcome() -> None:
        paypal.outcomes(chance.choice(["pending", "declined", "INSTRUMENT_DECLINED", "completed"]))
        state.refund_outcomes.append(chance.choice(["PENDING", "COMPLETED"]))

    story.run(25, {"approve": approve, "agree": approve, "banks": banks, "there": there, "outcome": outcome})
    nothing_is_open()
    assert len(state.captures) == sum(
        "payments" in each["purchase_units"][0] for each in state.orders.values()
    )
    holds("paypal")


@pytest.mark.parametrize("seed", range(20))
def test_gocardless(charity: Charity, gocardless: GoCardlessServer, clock: Clock, seed: int) -> None:
    story = Story(
        gocardless, "gocardless", lambda gift_id: gocardless_walk.give(charity, gift_id=gift_id), clock, seed
    )
    state, chance = gocardless.state, story.chance

    def agree() -> None:
        waiting = [key for key, each in state.billing_requests.items() if each["status"] == "pending"]
        if waiting:
            gocardless.agree(chance.choice(waiting))

    def banks() -> None:
        for key, each in [*state.payments.items()]:
            if each["status"] in ("pending_submission", "submitted"):
                gocardless.confirm(key) if chance.random() < 0.8 else gocardless.fail(key)
        for key, each in [*state.refunds.items()]:
            if each["status"] == "created":
                gocardless.move_refund(key, chance.choice(["paid", "paid", "bounced"]))

    def back() -> None:
        """A late failure, or a claim."""
        for key, each in state.payments.items():
            whole = each["status"] in ("confirmed", "paid_out") and not each["amount_refunded"]
            if whole and chance.random() < 0.3:
                gocardless.fail(key) if chance.random() < 0.5 else gocardless.charge_back(key)
                break

    acts = {
        "agree": agree,
        "again": agree,
        "banks": banks,
        "back": back,
        "pay_out": lambda: gocardless.pay_out("GBP"),
    }
    story.run(25, acts)
    nothing_is_open()
    keys = [each["metadata"]["key"] for each in state.payments.values()]
    assert len(keys) == len(set(keys))
    holds("gocardless", "GBP")
