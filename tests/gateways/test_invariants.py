"""The invariants of money over histories that Hypothesis draws: what the sandbox's own file holds, against our rows, by
sums of this file's own. A history that fails is made as short as it can be.

Here are those that need the whole way of a gift. That no order of news changes the ledger is held nearer to it
(payments/tests/test_any_order.py, test_progress.py), that no more is given back than was captured in test_refunds.py,
and a plan's dates in plans/tests/test_schedule.py.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from almoner.config import donors
from almoner.giving import actions
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.conftest import charity, form, sandbox  # noqa: F401  (fixtures)
from almoner.giving.tests.plans import begun, intent
from almoner.kernel.clock import now
from almoner.outbox.queue import Retry
from almoner.payments import gateways, inbox
from almoner.payments.gateways.port import Answer, AnswerLost, GatewayError, Order, Status
from almoner.payments.gateways.sandbox.gateway import NEXT_OUTCOMES, Outcome, Sandbox
from almoner.payments.models import Attempt, InboxMessage
from almoner.payments.refunds import NotRefundable
from almoner.payments.tests.conftest import undone
from almoner.payments.transitions import OPEN_STATES
from almoner.plans.hooks import hooks
from almoner.plans.models import Plan
from almoner.receipts.models import Receipt

pytestmark = pytest.mark.django_db
OUTCOMES = (
    Outcome.SUCCESS, Outcome.ANSWER_LOST, Outcome.TIMEOUT_AFTER, Outcome.TIMEOUT_BEFORE, Outcome.LOST_CARD,
    Outcome.BUSY, Outcome.AUTHENTICATE, Outcome.DEBIT_SETTLES, Outcome.DEBIT_FAILS,
)  # fmt: skip
# (what happens, which of those that are there, how much)
ACTS = st.tuples(
    st.sampled_from(("give", "give", "unanswered", "again", "sweep", "hear", "hear", "refund", "days")),
    st.integers(0, 7),
    st.integers(1, 4_000),
)
within_a_test = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=12,
)


@contextmanager
def own_sandbox(folder: Path) -> Iterator[Sandbox]:
    """A gateway of this example's own, and a database that is as it was afterwards."""
    fresh = Sandbox(folder / f"{uuid.uuid4().hex}.sqlite3", site_url="", secret="s", stall_seconds=0)
    with pytest.MonkeyPatch.context() as patch, undone():
        patch.setattr(gateways, "sandbox", lambda: fresh)
        patch.setattr(hooks, "clock", lambda _: fresh.store.now())
        gateways.gateways.cache_clear()
        yield fresh
    gateways.gateways.cache_clear()
    fresh.store.close()


class History:
    """What may happen to gifts, each step by what was drawn."""

    def __init__(self, page: DonationForm, bank: Sandbox, staff: User) -> None:
        self.form, self.sandbox, self.staff = page, bank, staff
        self.asked: list[actions.Intent] = []
        self.hours = 0.0

    def act(self, name: str, which: int, how_much: int) -> None:
        with suppress(actions.StandsAlready, NotRefundable, GatewayError):
            getattr(self, name)(which, how_much)

    def give(self, which: int, how_much: int) -> None:
        outcome = OUTCOMES[how_much % len(OUTCOMES)]
        debit = outcome.startswith("debit")
        asked = intent(
            self.form, every=0, amount_minor=500 + how_much, input={"sandbox_outcome": str(outcome)},
            method="sandbox_debit" if debit else "sandbox_card",
        )  # fmt: skip
        self.asked.append(asked)
        actions.submit(asked)

    def unanswered(self, which: int, how_much: int) -> None:
        """The gateway makes the object, and its answer is lost."""
        create = self.sandbox.create

        def lost(order: Order) -> Answer:
            create(order)
            raise AnswerLost("reset")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.sandbox, "create", lost)
            self.give(which, how_much)

    def again(self, which: int, how_much: int) -> None:
        """The same submit once more: a double click, a second tab, a browser that asks again."""
        if self.asked:
            actions.submit(self.asked[which % len(self.asked)])

    def sweep(self, which: int, how_much: int) -> None:
        self.hours += (0.1, 1, 3, 24)[how_much % 4]
        with time_machine.travel(now() + timedelta(hours=self.hours), tick=True):
            actions.look_at_due()

    def hear(self, which: int, how_much: int) -> None:
        """What the gateway tells, in any order, and some of it again."""
        inbox.fetch(self.sandbox, at=now())
        messages = list(InboxMessage.objects.order_by("id"))
        for message in messages[which:][::-1] + messages[: how_much % 3]:
            with suppress(Retry):
                donors.look_into_message({"message": message.pk})

    def refund(self, which: int, how_much: int) -> None:
        paid = list(Attempt.objects.filter(state="succeeded").order_by("created_at"))
        if paid:
            gift_id = paid[which % len(paid)].gift_id
            actions.refund(gift_id=gift_id, amount_minor=how_much, reason="asked", actor=self.staff)

    def days(self, which: int, how_much: int) -> None:
        """Debits settle."""
        self.sandbox.store.move_clock(self.sandbox.store.now() - now() + timedelta(days=which))
        self.sandbox.settle_due()

    def quiet(self) -> None:
        self.days(14, 0)
        for _ in range(3):
            self.sweep(0, 3)
        self.hear(0, 2)
        # Nobody came back from the bank's page: after its time it is closed there.
        for attempt in Attempt.objects.filter(state__in=("created", "action_required")):
            actions.let_go(Gift.objects.get(pk=attempt.gift_id), attempt)


def ledger() -> tuple[Counter[tuple[str, str]], set[tuple[Any, ...]]]:
    """(debits less credits by account and currency, every posting), straight from the rows."""
    totals: Counter[tuple[str, str]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.code, c.code, p.currency, p.amount_minor, p.source, p.source_id, p.kind FROM ledger_posting p "
            "JOIN ledger_account d ON d.id = p.debit_id JOIN ledger_account c ON c.id = p.credit_id"
        )
        rows = cursor.fetchall()
    for debit, credit, code, minor, *_ in rows:
        totals[debit, code] += minor
        totals[credit, code] -= minor
    assert len(rows) == len(set(rows))
    return totals, set(rows)


def held(bank: Sandbox) -> dict[str, dict[str, int]]:
    """What the gateway's file says, by kind of account and currency: taken less given back; kept; and held, which is
    what is left of that."""
    totals: dict[str, Counter[str]] = {kind: Counter() for kind in ("income", "fees", "clearing")}
    for charge in bank.store.charges():
        net = (charge.amount_minor if charge.state == "succeeded" else 0) - charge.refunded_minor
        totals["income"][charge.currency] -= net
        totals["fees"][charge.currency] += charge.fee_minor
        totals["clearing"][charge.currency] += net - charge.fee_minor
    return {kind: {code: minor for code, minor in each.items() if minor} for kind, each in totals.items()}


def hold(bank: Sandbox) -> None:
    """Invariants 1, 3, 4, 5, 6, 7 and 9 of money."""
    totals, _ = ledger()
    made = Counter(charge.key for charge in bank.store.charges())
    charges = {charge.id: charge for charge in bank.store.charges()}
    attempts = {attempt.gateway_id: attempt for attempt in Attempt.objects.exclude(gateway_id=None)}
    # 1: what went in came out, in every currency: each posting has two sides, and both are the right ones.
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in ("income", "fees", "clearing")}
    for (account, code), minor in totals.items():
        kind = account.partition(":")[0]
        by_kind["income" if kind == "refunds" else kind][code] += minor
    booked = {kind: {code: minor for code, minor in each.items() if minor} for kind, each in by_kind.items()}
    assert sum(totals.values()) == 0 and booked["income"] == held(bank)["income"]
    assert booked["fees"] == held(bank)["fees"]
    # 5: all is known here, and as it is there.
    assert not Attempt.objects.filter(state__in=OPEN_STATES).exists()
    # What nobody was told of in time is given up, and was never confirmed.
    assert {each.state for key, each in charges.items() if key not in attempts} <= {"created"}
    charges = {key: each for key, each in charges.items() if key in attempts}
    assert {key: each.state for key, each in charges.items()} == {
        key: each.state for key, each in attempts.items()
    }
    # 3: nobody was charged twice for one gift, however often it was sent.
    paid = [charge for charge in charges.values() if charge.state == "succeeded"]
    assert [key for key, times in made.items() if times > 1] == []
    gifts = Counter(attempts[charge.id].gift_id for charge in paid)
    assert [gift for gift, times in gifts.items() if times > 1] == []
    for charge in charges.values():
        # 7: what is written down is what was taken. 4: and no more went back.
        attempt = attempts[charge.id]
        assert (attempt.amount_minor, attempt.currency) == (charge.amount_minor, charge.currency)
        assert charge.refunded_minor <= charge.amount_minor
    # 6: one receipt for each success of which anything is left, over that; none for another.
    left = {
        attempts[charge.id].gift_id: charge.amount_minor - charge.refunded_minor
        for charge in paid if charge.amount_minor > charge.refunded_minor
    }  # fmt: skip
    assert sorted(Receipt.objects.valid().values_list("gift", "amount_minor")) == sorted(left.items())
    # 9: the books hold what the gateway does.
    clearing = {code: minor for code, minor in bank.balance().items() if minor}
    assert booked["clearing"] == held(bank)["clearing"] == clearing


@given(acts=st.lists(ACTS, min_size=1, max_size=9))
# Among a dozen that are drawn few give anything back, or hear of a lost answer.
@example(acts=[("give", 0, 9), ("refund", 0, 100), ("refund", 0, 409), ("hear", 0, 2)])
@example(acts=[("give", 0, 3), ("give", 0, 1), ("again", 1, 1), ("sweep", 0, 0)])
@example(acts=[("unanswered", 0, 9), ("again", 0, 1), ("sweep", 0, 3), ("hear", 0, 2), ("again", 0, 1)])
@within_a_test
def test_after_any_history_all_invariants_of_money_hold(
    form: DonationForm,  # noqa: F811
    tmp_path: Path,
    acts: list[tuple[str, int, int]],
) -> None:
    with own_sandbox(tmp_path) as gateway:
        history = History(form, gateway, User.objects.create_superuser(uuid.uuid4().hex))
        for name, which, how_much in acts:
            history.act(name, which, how_much)
        history.quiet()
        hold(gateway)
        # 3: whatever was pressed again, nothing was given that nobody meant.
        assert set(Gift.objects.values_list("pk", flat=True)) <= {asked.gift_id for asked in history.asked}
        # 2: told again, backwards, nothing is booked anew.
        before = ledger()
        history.hear(0, 3)
        history.sweep(0, 1)
        assert ledger() == before


@given(
    nights=st.lists(
        st.tuples(st.integers(-3, 40), st.sampled_from(NEXT_OUTCOMES), st.integers(1, 2)),
        min_size=1,
        max_size=6,
    )
)
@within_a_test
def test_no_period_of_a_plan_is_charged_twice(
    form: DonationForm,  # noqa: F811
    tmp_path: Path,
    nights: list[tuple[int, Outcome, int]],
) -> None:
    """8: whatever the bank says, however the clock jumps, and with as many workers as there are."""
    with own_sandbox(tmp_path) as gateway:
        plan = begun(form)
        for days, outcome, workers in nights:
            plan.refresh_from_db()
            if plan.saved_method is not None:
                gateway.decide_next(plan.saved_method, outcome)
            ahead = gateway.store.now() - now() + timedelta(days=days)
            gateway.store.move_clock(max(ahead, timedelta(0)))
            for _ in range(workers):
                actions.charge_due(in_flight=1, seconds=0.2)
            with time_machine.travel(now() + timedelta(hours=2), tick=True):
                actions.look_at_due()
        charged = Counter(
            Gift.objects.get(pk=Attempt.objects.get(gateway_id=charge.gateway_id).gift_id).period_on
            for charge in gateway.charges()
            if charge.status == Status.SUCCEEDED
        )
        assert [on for on, times in charged.items() if times > 1] == []
        assert sum(charged.values()) >= 1
        assert len(charged) <= 2 + sum(max(days, 0) for days, _, _ in nights) // 28
        assert Plan.objects.get().given_count == sum(charged.values())
