"""Another card without paying now: the exact answer, then the exact rows; on refusal, that nothing changed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail

from almoner.donors import setting_up
from almoner.donors.models import MethodSetUp
from almoner.donors.tests.conftest import Browser, words
from almoner.giving.actions.charging import charge_due
from almoner.giving.tests.plans import gifts, periods, run_on
from almoner.payments.gateways.port import AnswerLost, Refused, SetUpAnswer
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.gateways.sandbox.set_ups import SetUpOutcome
from almoner.payments.models import Attempt
from almoner.plans import changing
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from almoner.plans.schedule import charged_at
from almoner.receipts.wording import day

Work = Callable[[], int]


@pytest.fixture
def inside(browser: Browser, plan: Plan) -> Browser:
    browser.sign_in()
    mail.outbox.clear()
    return browser


def at(plan: Plan, name: str) -> str:
    return f"plans/{plan.reference}/{name}/"


def set_out(inside: Browser, plan: Plan) -> MethodSetUp:
    """Press the button; the row that came of it."""
    answer = inside.send(at(plan, "method"), {"save": "sandbox_hosted", "method": "sandbox_hosted"})
    row = MethodSetUp.objects.latest("created_at")
    assert (answer.status_code, row.state) == (303, "open")
    assert answer["Location"].endswith(f"/sandbox/set-up/{row.gateway_id}/")
    return row


def state(row: MethodSetUp) -> str:
    return MethodSetUp.objects.get(pk=row.pk).state


def test_both_ways_are_offered(inside: Browser, plan: Plan) -> None:
    page = words(inside.get(at(plan, "method")))
    assert 'name="save" value="sandbox_hosted"' in page and 'name="method"' in page
    assert "Without paying now" in page and "Or with your next gift" in page


def test_a_card_is_saved_and_nothing_paid(inside: Browser, plan: Plan, sandbox: Sandbox, work: Work) -> None:
    row, before = set_out(inside, plan), len(gifts(plan))
    there = f"/sandbox/set-up/{row.gateway_id}/"
    assert "Nothing is paid." in words(inside.get(there))
    chosen = inside.post(there, {"outcome": "success"})
    assert chosen["Location"].endswith(f"/giving/{at(plan, 'back')}")
    assert Plan.objects.get(pk=plan.pk).saved_method == plan.saved_method, "coming back proves nothing"
    answer = inside.get(at(plan, "back"))
    assert answer["Location"] == f"/giving/plans/{plan.reference}/?done=method"
    told = "Later gifts are taken from your new card or account. We confirm it by email."
    assert told in words(inside.get(answer["Location"]))
    saved = sandbox.retrieve_set_up(row.gateway_id).saved
    after = Plan.objects.get(pk=plan.pk)
    assert saved is not None and (after.saved_method, after.next_on) == (saved.token, plan.next_on)
    assert not sandbox.retrieve_method(plan.saved_method).usable and len(gifts(plan)) == before
    done = MethodSetUp.objects.get(pk=row.pk)
    assert (done.state, done.token) == ("done", saved.token)
    work()
    assert [each.to for each in mail.outbox] == [["ada@example.org"]]
    assert inside.get(at(plan, "back"))["Location"] == f"/giving/plans/{plan.reference}/"
    work()
    assert len(mail.outbox) == 1, "returning twice tells it once"


def test_who_goes_back_without_changes_nothing(inside: Browser, plan: Plan) -> None:
    row = set_out(inside, plan)
    inside.post(f"/sandbox/set-up/{row.gateway_id}/", {"stop": "cancel"})
    assert inside.get(at(plan, "back"))["Location"] == f"/giving/plans/{plan.reference}/"
    assert (state(row), Plan.objects.get(pk=plan.pk).saved_method) == ("left", plan.saved_method)


@pytest.mark.parametrize(
    ("chosen", "answered"),
    [
        ({"outcome": "do_not_honour"}, {}),
        ({"outcome": "authentication_failed"}, {}),
        ({"outcome": "authenticate"}, {"answer": "no"}),
    ],
)
def test_a_card_that_is_refused_is_told_of_and_changes_nothing(
    inside: Browser, plan: Plan, work: Work, chosen: dict[str, str], answered: dict[str, str]
) -> None:
    row = set_out(inside, plan)
    there = inside.post(f"/sandbox/set-up/{row.gateway_id}/", chosen)["Location"]
    if answered:
        assert "is it you?" in words(inside.get(there))
        there = inside.post(there, answered)["Location"]
    assert there.endswith(f"/giving/{at(plan, 'back')}")
    answer = inside.get(at(plan, "back"))
    assert answer["Location"] == f"/giving/plans/{plan.reference}/?done=refused"
    page = words(inside.get(answer["Location"]))
    assert "nothing was saved. Your gift is paid as before." in page and "confirm it by email" not in page
    assert (state(row), Plan.objects.get(pk=plan.pk).saved_method) == ("failed", plan.saved_method)
    work()
    assert not mail.outbox


def test_a_bank_that_asks_first_saves_the_card_when_it_is_told_yes(inside: Browser, plan: Plan) -> None:
    row = set_out(inside, plan)
    there = inside.post(f"/sandbox/set-up/{row.gateway_id}/", {"outcome": "authenticate"})["Location"]
    inside.get(at(plan, "back"))
    assert state(row) == "open"
    inside.post(there, {"answer": "yes"})
    inside.get(at(plan, "back"))
    assert state(row) == "done"


def test_an_outcome_that_there_is_not_changes_nothing(inside: Browser, plan: Plan) -> None:
    row = set_out(inside, plan)
    answer = inside.post(f"/sandbox/set-up/{row.gateway_id}/", {"outcome": "left behind"})
    assert "Choose what should happen." in words(answer)
    inside.get(at(plan, "back"))
    assert state(row) == "open"


def test_an_answer_that_gets_lost_is_waited_for_and_the_webhook_brings_it(
    inside: Browser, plan: Plan, sandbox: Sandbox, work: Work
) -> None:
    row = set_out(inside, plan)
    inside.post(f"/sandbox/set-up/{row.gateway_id}/", {"outcome": "answer_lost"})
    answer = inside.get(at(plan, "back"))
    assert answer["Location"] == f"/giving/plans/{plan.reference}/?done=waiting"
    assert "hasn’t told us yet" in words(inside.get(answer["Location"]))
    assert (state(row), Plan.objects.get(pk=plan.pk).saved_method) == ("open", plan.saved_method)
    for event in list(sandbox.events(row.created_at)) * 2:
        if event.about == "set_up":
            assert setting_up.look_at_told("sandbox", "sandbox", event.object_id)
    assert state(row) == "done"
    work()
    assert len(mail.outbox) == 1


def test_a_page_that_nobody_came_back_from_is_closed_at_the_gateway(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    row = set_out(inside, plan)
    MethodSetUp.objects.update(created_at=row.created_at - timedelta(hours=25), look_at=row.created_at)
    assert (setting_up.look_back(), state(row)) == (1, "left")
    inside.post(f"/sandbox/set-up/{row.gateway_id}/", {"outcome": "success"})
    kept = sandbox.retrieve_set_up(row.gateway_id)
    assert (kept.status, kept.saved) == ("cancelled", None)
    assert Plan.objects.get(pk=plan.pk).saved_method == plan.saved_method


def test_who_never_returns_is_looked_up(inside: Browser, plan: Plan, sandbox: Sandbox) -> None:
    row = set_out(inside, plan)
    sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    assert setting_up.look_back() == 0, "not yet"
    MethodSetUp.objects.update(look_at=row.created_at - timedelta(minutes=1))
    assert (setting_up.look_back(), state(row)) == (1, "done")
    assert Plan.objects.get(pk=plan.pk).saved_method != plan.saved_method


def test_of_two_at_once_the_later_stays_and_the_other_never_comes_back(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    first, second = set_out(inside, plan), set_out(inside, plan)
    for row in (first, second):
        sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
        setting_up.look(row.pk)
    MethodSetUp.objects.filter(pk=first.pk).update(
        state="open", token="", look_at=first.created_at, ended_at=None
    )
    setting_up.look(first.pk)
    kept = sandbox.retrieve_set_up(second.gateway_id).saved
    after = Plan.objects.get(pk=plan.pk)
    assert kept is not None and (after.saved_method, after.method_usable) == (kept.token, True)
    assert (state(first), state(second)) == ("overtaken", "done")


def test_a_plan_that_was_cancelled_meanwhile_leaves_nothing_to_charge(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    row = set_out(inside, plan)
    changing.cancel(plan.pk, by=DONOR)
    sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    inside.get(at(plan, "back"))
    saved = sandbox.retrieve_set_up(row.gateway_id).saved
    assert saved is not None and not saved.usable
    assert (state(row), Plan.objects.get(pk=plan.pk).state) == ("overtaken", "cancelled")


@pytest.mark.parametrize(("error", "left"), [(AnswerLost, "new"), (Refused, "left")])
def test_a_gateway_that_doesnt_answer_changes_nothing(
    inside: Browser, plan: Plan, monkeypatch: pytest.MonkeyPatch, error: type[Exception], left: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(Sandbox, "set_up", fails)
    answer = inside.send(at(plan, "method"), {"save": "sandbox_hosted"})
    assert answer.status_code == 422 and "Nothing was changed" in words(answer)
    assert MethodSetUp.objects.get().state == left
    MethodSetUp.objects.filter(state="new").update(created_at=plan.created_at - timedelta(hours=2))
    setting_up.look_back()
    assert MethodSetUp.objects.get().state == "left"
    assert Plan.objects.get(pk=plan.pk).saved_method == plan.saved_method


def test_a_way_that_cant_be_saved_is_not_taken(inside: Browser, plan: Plan) -> None:
    assert inside.send(at(plan, "method"), {"save": "sandbox_debit"}).status_code == 422
    assert not MethodSetUp.objects.exists()


def test_what_was_overtaken_while_it_was_looked_at_never_comes_back(
    inside: Browser, plan: Plan, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = set_out(inside, plan), set_out(inside, plan)
    for row in (first, second):
        sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    ask = Sandbox.retrieve_set_up

    def slowly(own: Sandbox, gateway_id: str) -> SetUpAnswer:
        """Others look at it, and at the newer one, after the gateway answered and before anything is done with it."""
        answer = ask(own, gateway_id)
        monkeypatch.setattr(Sandbox, "retrieve_set_up", ask)
        for row in (first, second):
            setting_up.look(row.pk)
        return answer

    monkeypatch.setattr(Sandbox, "retrieve_set_up", slowly)
    setting_up.look(first.pk)
    kept = sandbox.retrieve_set_up(second.gateway_id).saved
    after = Plan.objects.get(pk=plan.pk)
    assert kept is not None and (after.saved_method, kept.usable) == (kept.token, True)
    assert (state(first), state(second)) == ("done", "done")


def test_of_two_that_were_saved_before_anybody_looked_the_newer_stays(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    first, second = set_out(inside, plan), set_out(inside, plan)
    for row in (first, second):
        sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    inside.get(at(plan, "back"))
    kept = sandbox.retrieve_set_up(second.gateway_id).saved
    assert kept is not None and Plan.objects.get(pk=plan.pk).saved_method == kept.token


def test_a_gateway_that_is_gone_holds_no_other_back(inside: Browser, plan: Plan, sandbox: Sandbox) -> None:
    gone, row = set_out(inside, plan), set_out(inside, plan)
    sandbox.decide_set_up(row.gateway_id, SetUpOutcome.SAVED)
    MethodSetUp.objects.update(look_at=gone.created_at - timedelta(minutes=1))
    MethodSetUp.objects.filter(pk=gone.pk).update(
        gateway="gone", look_at=gone.created_at - timedelta(minutes=2)
    )
    assert (setting_up.look_back(), state(row), state(gone)) == (1, "done", "open")
    assert inside.get(at(plan, "back")).status_code == 303


def test_cards_are_not_tried_out(inside: Browser, plan: Plan) -> None:
    for _ in range(10):
        set_out(inside, plan)
    answer = inside.send(at(plan, "method"), {"save": "sandbox_hosted"})
    assert answer.status_code == 422 and "please try again tomorrow" in words(answer)
    assert MethodSetUp.objects.count() == 10


def test_one_that_nobody_can_tell_of_is_given_up(inside: Browser, plan: Plan, work: Work) -> None:
    row = set_out(inside, plan)
    MethodSetUp.objects.update(created_at=row.created_at - timedelta(days=8))
    setting_up.look_back()
    assert (state(row), Plan.objects.get(pk=plan.pk).saved_method) == ("left", plan.saved_method)


def left_early(inside: Browser, plan: Plan, sandbox: Sandbox) -> date:
    """The donor sets out to give the next gift early, with a card that is declined; the day of that gift."""
    on = plan.next_on
    assert on is not None
    assert inside.send(at(plan, "method"), {"method": "sandbox_hosted"}).status_code == 303
    attempt = Attempt.objects.latest("created_at")
    sandbox.decide(attempt.gateway_id or "", Outcome.DO_NOT_HONOUR)
    inside.get(at(plan, "back"))
    assert f"is on {day(on)}." in words(inside.get(f"plans/{plan.reference}/"))
    return on


def comes(sandbox: Sandbox, plan: Plan, on: date) -> None:
    sandbox.store.move_clock(
        charged_at(on, plan.charity.timezone) - sandbox.store.now() + timedelta(minutes=1)
    )
    charge_due(in_flight=1)


def test_a_gift_that_was_not_given_early_has_the_amount_of_its_day(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    on = left_early(inside, plan, sandbox)
    inside.send(at(plan, "amount"), {"amount": "15"})
    comes(sandbox, plan, on)
    gift = gifts(plan)[1]
    assert (gift.status, gift.period_on, gift.amount_minor, gift.settled_minor) == ("settled", on, 1500, 1500)
    assert periods(plan) == ["paid", "paid"]


def test_a_gift_that_was_not_given_early_can_be_left_out(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    on = left_early(inside, plan, sandbox)
    assert day(on) in words(inside.get(at(plan, "skip")))
    inside.send(at(plan, "skip"), {"on": on.isoformat()})
    comes(sandbox, plan, on)
    assert (periods(plan), gifts(plan)[1].status) == (["paid", "skipped"], "failed")


def test_a_plan_paused_while_a_gift_is_given_early_waits_for_it_no_longer(
    inside: Browser, plan: Plan, sandbox: Sandbox
) -> None:
    """From the gateway's page the donor comes back with nothing; later the plan goes on, and ends as it was to."""
    Plan.objects.filter(pk=plan.pk).update(ends_after=2)
    inside.send(at(plan, "method"), {"method": "sandbox_hosted"})
    inside.send(at(plan, "pause"), {"months": "1"})
    sandbox.decide(Attempt.objects.latest("created_at").gateway_id or "", Outcome.DO_NOT_HONOUR)
    inside.get(at(plan, "back"))
    assert periods(plan) == ["paid", "skipped"]
    inside.send(at(plan, "resume"))
    plan.refresh_from_db()
    run_on(sandbox, plan)
    assert (periods(plan), plan.state) == (["paid", "skipped", "paid"], "completed")
