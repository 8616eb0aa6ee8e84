"""At what pace plans are charged, what is shown of it, and charges that end in unusual ways."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from almoner.giving import actions
from almoner.giving.actions import charging, renewing
from almoner.giving.actions.charging import charge_due
from almoner.giving.actions.renewing import MOST_TRIES
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.giving.tests.plans import begun, events, gifts, next_time, periods, run_on
from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.gateways.port import (
    Answer,
    NextAction,
    Order,
    Refused,
    Status,
    TryLater,
)
from almoner.payments.gateways.sandbox.gateway import DEBIT_DAYS, Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import pacing, schedule
from almoner.plans.hooks import PlanNews, hooks
from almoner.plans.models import ChargeRun, GatewayPause, Period, Plan
from almoner.plans.notices import note_sent
from almoner.plans.outcomes import DUNNING_DAYS


@pytest.fixture(autouse=True)
def told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[PlanNews]:
    news: list[PlanNews] = []
    monkeypatch.setattr(hooks, "on_plan", news.append)
    monkeypatch.setattr(hooks, "clock", lambda gateway: sandbox.store.now())
    charging._Told.at.clear()
    return news


@pytest.fixture(autouse=True)
def _afternoon() -> Iterator[None]:
    """In Sydney, where the hour at which gifts are charged is over: before it a day has one more of them."""
    with time_machine.travel(datetime.combine(now().date(), time(3), UTC)):
        yield


def due(form: DonationForm, sandbox: Sandbox, count: int) -> list[Plan]:
    plans = [begun(form) for _ in range(count)]
    sandbox.store.move_clock(timedelta(days=32))
    return plans


def refusing(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> list[str]:
    """A gateway that answers every create so; what it was asked for."""
    asked: list[str] = []

    def create(order: Order) -> Answer:
        asked.append(order.key)
        raise fault

    monkeypatch.setattr(sandbox, "create", create)
    return asked


def test_a_429_stops_every_worker_for_the_time_that_it_names(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(form, sandbox, 6)
    with monkeypatch.context() as patched:
        asked = refusing(sandbox, patched, TryLater("busy", after_seconds=90))
        begun = now()
        charge_due(in_flight=2, seconds=0.5)
        ended = now()
        assert len(asked) == 2, "the two that were in flight, and no more"
        assert charge_due(in_flight=2) == 0
    until = GatewayPause.objects.get().until
    assert begun <= until - timedelta(seconds=90) <= ended
    # A minute and a half later both go on under their own keys, and the others too.
    GatewayPause.objects.update(until=now())
    ago = now() - timedelta(minutes=2)
    Attempt.objects.filter(state="new").update(look_at=ago, updated_at=ago)
    actions.look_at_due()
    assert charge_due(in_flight=2) == 4
    assert set(Plan.objects.values_list("given_count", "state")) == {(2, "active")}
    assert Attempt.objects.filter(state="succeeded").count() == 12 == len(list(sandbox.charges()))


def test_a_short_pause_is_waited_for(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(form, sandbox, 3)
    create, refused = sandbox.create, []

    def once(order: Order) -> Answer:
        if not refused:
            refused.append(order.key)
            raise TryLater("busy", after_seconds=0.05)
        return create(order)

    monkeypatch.setattr(sandbox, "create", once)
    assert charge_due(in_flight=1) == 3


def test_another_gateway_goes_on(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = due(form, sandbox, 2)
    busy = _Busy(sandbox)
    Plan.objects.filter(pk=plans[0].pk).update(gateway="busy", account="")
    with monkeypatch.context() as patched:
        patched.setattr(gateways, "gateways", lambda: {"busy": busy, "sandbox": sandbox})
        assert charge_due(in_flight=2, seconds=0.3) == 1
    assert [plan.given_count for plan in Plan.objects.order_by("created_at")] == [1, 2]
    assert GatewayPause.objects.get().gateway == "busy"


class _Busy:
    """A second gateway, which is always busy."""

    code, account = "busy", "busy"

    def __init__(self, sandbox: Sandbox) -> None:
        self.capabilities = sandbox.capabilities

    def create(self, order: Order) -> Answer:
        raise TryLater("busy", after_seconds=60)


def test_keys_that_are_refused_decline_nobody(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revoked key refuses every charge. No donor is told that their card was declined."""
    due(form, sandbox, 12)
    told.clear()
    asked = refusing(sandbox, monkeypatch, Refused("no such key"))
    charge_due(in_flight=2)
    assert len(asked) < 12
    assert charge_due(in_flight=2) == 0, "it is left alone until a person has looked"
    assert told == []
    assert set(Plan.objects.values_list("state", "declines")) == {("active", 0)}
    monkeypatch.undo()


@pytest.mark.parametrize("refused_days", [6, 16])
def test_keys_that_are_refused_cost_a_donor_no_try(
    form: DonationForm,
    sandbox: Sandbox,
    told: list[PlanNews],
    monkeypatch: pytest.MonkeyPatch,
    refused_days: int,
) -> None:
    """Asked again once a day, and nobody is written to: no bank has declined anything. After two weeks it is given up
    all the same."""
    (plan,) = due(form, sandbox, 1)
    with monkeypatch.context() as patched:
        asked = refusing(sandbox, patched, Refused("the keys"))
        for _ in range(refused_days):
            charge_due(in_flight=1)
            so_far = len(asked)
            sandbox.store.move_clock(timedelta(hours=23))
            charge_due(in_flight=1)
            assert len(asked) == so_far, "not before a day has passed"
            sandbox.store.move_clock(timedelta(hours=1, minutes=1))
    plan.refresh_from_db()
    if refused_days > DUNNING_DAYS[-1]:
        assert (plan.state, plan.decline_code, len(asked)) == ("paused", "refused", DUNNING_DAYS[-1] + 1)
        assert [news.name for news in told] == ["started", "gave_up"]
        return
    assert (plan.state, plan.declines, len(asked)) == ("active", 0, refused_days)
    assert [news.name for news in told] == ["started"]
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    charge_due(in_flight=1)
    plan.refresh_from_db()
    first_at = Period.objects.latest("on").charged_at
    assert plan.state == "retrying" and plan.retry_at is not None and first_at is not None
    # The third day is over: the next is the seventh, and there are two tries left.
    zone = plan.charity.timezone
    assert (schedule.local_date(plan.retry_at, zone) - schedule.local_date(first_at, zone)).days == 7


def test_what_is_shown_of_a_night(
    form: DonationForm, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    due(form, sandbox, 4)
    begun = now()
    assert pacing.keep_run("sandbox", due_count=100_000, at=begun) is None
    told = pacing.keep_run("sandbox", due_count=88_000, at=begun + timedelta(seconds=141))
    assert str(told) == "charged 12,000 of 100,000, 85/s, 17 min left"
    with caplog.at_level(logging.INFO, logger="almoner.giving.actions.charging"):
        charge_due(in_flight=2)
    assert "of 100,000" in caplog.text
    charging._Told.at.clear()
    charge_due(in_flight=2)
    run = ChargeRun.objects.get()
    assert (run.left_count, run.ended_at is not None) == (0, True)


def test_a_debit_that_comes_back_is_not_asked_for_again(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews]
) -> None:
    plan = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    sandbox.store.move_clock(timedelta(days=DEBIT_DAYS, hours=1))
    sandbox.settle_due()
    attempt = Attempt.objects.get()
    actions.look(attempt.pk)
    sandbox.return_debit(attempt.gateway_id or "")
    actions.look(attempt.pk)
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("active", 0, ["failed"])
    assert events(plan) == ["started", "returned"]
    assert gifts(plan)[0].status == GiftStatus.RETURNED
    assert Attempt.objects.count() == 1


def test_a_debit_that_came_back_for_good_stops_the_one_that_was_announced(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is closed: the plan waits for its donor, and its next debit, told already, goes to no bank."""
    plan = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    sandbox.store.move_clock(timedelta(days=DEBIT_DAYS, hours=1))
    sandbox.settle_due()
    attempt = Attempt.objects.get()
    actions.look(attempt.pk)
    plan.refresh_from_db()
    run_on(sandbox, plan)
    announced = Period.objects.get(plan=plan, state="due")
    assert note_sent(announced.pk, at=now())
    sandbox.return_debit(attempt.gateway_id or "")
    retrieve = sandbox.retrieve
    monkeypatch.setattr(sandbox, "retrieve", lambda gateway_id: replace(retrieve(gateway_id), final=True))
    actions.look(attempt.pk)
    plan.refresh_from_db()
    assert (plan.state, plan.method_usable, plan.next_at) == ("paused", False, None)
    sandbox.store.move_clock(timedelta(days=40))
    assert charge_due(in_flight=1) == 0
    assert (periods(plan), Attempt.objects.count()) == (["failed", "skipped"], 1)


def test_a_charge_that_needs_the_donor_stays_open_for_them(
    form: DonationForm, sandbox: Sandbox, told: list[PlanNews], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some gateways don't decline: they keep the charge, and wait for the donor's bank."""
    plan = begun(form)
    confirm = sandbox.confirm

    def asking(gateway_id: str, *, order: Order) -> Answer:
        with sandbox.store.write() as rows:
            rows.execute("UPDATE charge SET state = 'action_required' WHERE id = ?", (gateway_id,))
        answer = sandbox.retrieve(gateway_id)
        assert answer.status == Status.ACTION_REQUIRED
        return replace(answer, next_action=NextAction("redirect", url="/bank/"))

    monkeypatch.setattr(sandbox, "confirm", asking)
    run_on(sandbox, plan)
    attempt = Attempt.objects.latest("created_at")
    assert (attempt.state, attempt.next_action["url"]) == ("action_required", "/bank/")  # type: ignore[index]
    assert str(told[-1].name) == "authenticate"
    monkeypatch.setattr(sandbox, "confirm", confirm)
    sandbox.decide(attempt.gateway_id or "", Outcome.SUCCESS, authenticated=True)
    actions.look(attempt.pk)
    plan.refresh_from_db()
    assert (plan.given_count, plan.state) == (2, "active")


def test_no_card_is_tried_more_often_than_the_networks_allow(form: DonationForm, sandbox: Sandbox) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    run_on(sandbox, plan)
    Period.objects.filter(plan=plan, state="charging").update(tries=MOST_TRIES)
    tried = Attempt.objects.count()
    run_on(sandbox, plan, to="retry_at")
    assert (plan.state, Attempt.objects.count()) == ("paused", tried)


def test_a_plan_that_cannot_be_read_stands_in_no_others_way(
    form: DonationForm, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    plans = due(form, sandbox, 3)
    Plan.objects.filter(pk=plans[0].pk).update(anchor="0001-01-31", next_number=24_000_000)
    assert charge_due(in_flight=4) == 2
    assert "put off" in caplog.text
    assert sorted(Plan.objects.values_list("given_count", flat=True)) == [1, 2, 2]


def test_a_plan_that_moved_on_meanwhile_is_not_made_due_before_its_date(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several workers one failed with a row, and another charged it: putting it off must not bring it forward."""
    plan = due(form, sandbox, 1)[0]
    next_month = sandbox.store.now() + timedelta(days=30)

    def commit(*_: object) -> None:
        raise RuntimeError("this row can't be read")

    def another_worker(text: str, *_: object) -> None:
        if "put off" in text:
            Plan.objects.filter(pk=plan.pk).update(next_at=next_month)

    monkeypatch.setattr(renewing, "_commit", commit)
    monkeypatch.setattr(renewing._log, "error", another_worker)
    assert charge_due(in_flight=1) == 0
    plan.refresh_from_db()
    assert (plan.next_at, periods(plan)) == (next_month, ["paid"])


def test_many_in_flight_are_each_charged_once(form: DonationForm, sandbox: Sandbox) -> None:
    due(form, sandbox, 23)
    assert charge_due(in_flight=8) == 23
    assert Gift.objects.filter(status="settled").count() == 46 == len(list(sandbox.charges()))
