"""A backup from before a night's charges: each is found at the gateway again, and none is made a second time."""

from datetime import timedelta

import pytest
from django.db import transaction

from almoner.config import donors
from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.actions.looking import order_of
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import begun, gifts, intent, next_time, periods, run_on
from almoner.kernel.clock import now
from almoner.payments.gateways.port import Answer, AnswerLost, Order
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import restoring
from almoner.plans.models import FoundCharge, Plan


def charged_and_forgotten(sandbox: Sandbox, plan: Plan) -> None:
    """The plan is charged; then the database is what it was before."""
    before = transaction.savepoint()
    run_on(sandbox, plan)
    transaction.savepoint_rollback(before)
    plan.refresh_from_db()


@pytest.fixture
def forgetful(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A gateway that has forgotten its keys: whatever is made now is a second charge. Which these were."""
    made: list[str] = []
    create = sandbox.create

    def second(order: Order) -> Answer:
        made.append(order.key)
        return create(order)

    monkeypatch.setattr(sandbox, "create", second)
    return made


def test_what_was_charged_is_found_and_not_charged_again(
    form: DonationForm, sandbox: Sandbox, forgetful: list[str]
) -> None:
    plan = begun(form)
    charged_and_forgotten(sandbox, plan)
    assert (plan.given_count, restoring.hold()) == (1, 1)
    forgetful.clear()
    assert charge_due(in_flight=1) == 0, "nothing is charged before the gateway was asked"
    donors.look_back()
    assert FoundCharge.objects.count() == 1
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert (plan.given_count, periods(plan), forgetful) == (2, ["paid", "paid"], [])
    assert gifts(plan)[1].status == "settled"


def test_a_decline_is_found_too_and_its_next_try_is_a_new_one(
    form: DonationForm, sandbox: Sandbox, forgetful: list[str]
) -> None:
    plan = begun(form)
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    charged_and_forgotten(sandbox, plan)
    restoring.hold()
    donors.look_back()
    forgetful.clear()
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert (plan.state, forgetful) == ("retrying", [])
    next_time(sandbox, plan, Outcome.SUCCESS)
    run_on(sandbox, plan, to="retry_at")
    assert (plan.state, plan.given_count, len(forgetful)) == ("active", 2, 1)


def test_a_worker_that_died_after_the_restore_finds_it_too(
    form: DonationForm, sandbox: Sandbox, forgetful: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = begun(form)
    charged_and_forgotten(sandbox, plan)
    restoring.hold()
    donors.look_back()
    forgetful.clear()
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "retrieve", _lost)
        charge_due(in_flight=1)
    assert Attempt.objects.get(gift_id=gifts(plan)[1].pk).state == "new"
    ago = now() - timedelta(minutes=2)
    Attempt.objects.filter(state="new").update(look_at=ago, updated_at=ago)
    actions.look_at_due()
    plan.refresh_from_db()
    assert (plan.given_count, forgetful) == (2, [])


def _lost(_: object) -> Answer:
    raise AnswerLost("no answer in time")


def test_a_gateway_that_cannot_say_holds_its_plans(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = begun(form)
    sandbox.store.move_clock(timedelta(days=32))
    restoring.hold()
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "charges", lambda: _lost(""))
        with pytest.raises(AnswerLost):
            donors.look_back()
    assert charge_due(in_flight=1) == 0
    donors.look_back()
    assert charge_due(in_flight=1) == 1
    plan.refresh_from_db()
    assert plan.given_count == 2


def sweep(**ago: float) -> None:
    """Time passes for the attempt whose create call nobody heard the answer of."""
    then = now() - timedelta(**ago)
    Attempt.objects.filter(state="new").update(look_at=then, updated_at=then, created_at=then)
    actions.look_at_due()


def test_a_charge_that_the_backup_saw_half_sent_is_found_too(
    form: DonationForm, sandbox: Sandbox, forgetful: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = begun(form)
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "create", _lost)
        run_on(sandbox, plan)
    backup = transaction.savepoint()
    sweep(minutes=2)
    assert gifts(plan)[1].status == "settled"
    transaction.savepoint_rollback(backup)
    forgetful.clear()
    restoring.hold()
    sweep(hours=24)
    assert (forgetful, Attempt.objects.filter(state="new").count()) == ([], 1), "not before it is known"
    donors.look_back()
    sweep(hours=24)
    charge_due(in_flight=1)
    plan.refresh_from_db()
    assert (plan.given_count, periods(plan), forgetful) == (2, ["paid", "paid"], [])
    assert Attempt.objects.filter(state="succeeded").count() == 2 == len(list(sandbox.charges()))


def test_a_gateway_that_charges_as_it_creates_is_asked_under_the_same_key_after_a_day(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = begun(form)
    create = sandbox.create

    def charge(order: Order) -> Answer:
        return sandbox.confirm(create(order).gateway_id, order=order)

    def unheard(order: Order) -> Answer:
        charge(order)
        raise AnswerLost("no answer in time")

    monkeypatch.setattr(sandbox, "create", unheard)
    run_on(sandbox, plan)
    monkeypatch.setattr(sandbox, "create", charge)
    sweep(hours=24)
    plan.refresh_from_db()
    assert (plan.given_count, periods(plan)) == (2, ["paid", "paid"])
    assert Attempt.objects.filter(state="succeeded").count() == 2 == len(list(sandbox.charges()))


@pytest.mark.parametrize("given_up_first", [True, False])
def test_what_was_paid_under_a_name_that_nobody_heard_is_booked_when_it_is_told(
    form: DonationForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, given_up_first: bool
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "create", _lost)
        actions.submit(intent(form, every=0))
    attempt, gift = Attempt.objects.get(), Gift.objects.get()
    # As it went on after the backup was made.
    order = order_of(gift, attempt, given={"sandbox_outcome": "success"})
    charge_id = sandbox.create(order).gateway_id
    sandbox.confirm(charge_id, order=order)
    if given_up_first:
        sweep(hours=24)
        attempt.refresh_from_db()
        assert (attempt.state, attempt.gateway_id) == ("cancelled", None)
    else:
        then = now() - timedelta(hours=24)
        Attempt.objects.update(updated_at=then, created_at=then)
    assert actions.look_by_gateway_id("sandbox", "", charge_id)
    attempt.refresh_from_db()
    gift.refresh_from_db()
    assert (attempt.state, attempt.gateway_id, gift.status) == ("succeeded", charge_id, "settled")
    assert list(attempt.events.values_list("name", flat=True)) == ["given_up", "corrected"]
    assert actions.look_by_gateway_id("sandbox", "", charge_id)
    assert attempt.events.count() == 2
