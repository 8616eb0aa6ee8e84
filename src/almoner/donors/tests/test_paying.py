"""A regular gift that was declined is paid on the gateway's page: by the mail's link, or from the plan's own page."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from almoner.donors.models import PlanMail
from almoner.donors.paying import NotPayable, hosted_ways, pay_again
from almoner.donors.tests.conftest import Browser, heading, words
from almoner.giving import actions
from almoner.giving.actions.charging import charge_due
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import begun, gifts, intent, next_time, periods, run_on
from almoner.payments.gateways.sandbox.gateway import DEBIT_DAYS, Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import changing, schedule
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR

Work = Callable[[], int]


def test_a_declined_gift_is_paid_on_the_gateways_page_and_its_method_kept(
    plan: Plan, declined: Gift, sandbox: Sandbox
) -> None:
    guest, old = Browser(), plan.saved_method
    answer = guest.get(f"pay/{declined.public_key}/")
    assert (answer.status_code, heading(answer)) == (200, "Give your gift")
    assert "Ada" not in words(answer) and "ada@" not in words(answer)
    answer = guest.post(f"pay/{declined.public_key}/", {"method": "sandbox_hosted"})
    assert answer.status_code == 303 and "/sandbox/" in answer["Location"]
    attempt = Attempt.objects.filter(gift_id=declined.pk).latest("ordinal")
    assert (attempt.ordinal, attempt.method, attempt.state) == (2, "sandbox_hosted", "action_required")
    assert answer["Location"] in words(guest.get(f"pay/{declined.public_key}/"))
    sandbox.decide(attempt.gateway_id or "", Outcome.SUCCESS)
    guest.get(f"/give/return/{declined.public_key}/")
    plan.refresh_from_db()
    declined.refresh_from_db()
    assert (declined.status, plan.state, plan.method_usable) == ("settled", "active", True)
    assert plan.saved_method != old and periods(plan) == ["paid", "paid"]
    again = guest.get(f"pay/{declined.public_key}/")
    assert (again.status_code, again["Location"]) == (303, f"/give/thanks/{declined.public_key}/")


def test_while_the_donor_is_at_the_gateways_page_the_worker_tries_no_card(
    plan: Plan, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """They may be paying this very moment: the day of the next try waits, and what they pay then counts once."""
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    run_on(sandbox, plan)
    gift = gifts(plan)[1]
    Browser().post(f"pay/{gift.public_key}/", {"method": "sandbox_hosted"})
    attempt = Attempt.objects.latest("created_at")
    next_time(sandbox, plan, Outcome.SUCCESS)
    run_on(sandbox, plan, to="retry_at")
    assert Attempt.objects.filter(gift_id=gift.pk).count() == 2
    assert (plan.state, plan.given_count) == ("retrying", 1)
    assert "could not be charged" not in caplog.text, "nor did only the database keep it from that"
    sandbox.decide(attempt.gateway_id or "", Outcome.SUCCESS)
    Browser().get(f"/give/return/{gift.public_key}/")
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("active", 2, ["paid", "paid"])
    assert sum(charge.state == "succeeded" for charge in sandbox.store.charges()) == 2


def test_pressed_twice_it_is_one_attempt(plan: Plan, declined: Gift) -> None:
    guest = Browser()
    for _ in range(2):
        guest.post(f"pay/{declined.public_key}/", {"method": "sandbox_hosted"})
    assert Attempt.objects.filter(gift_id=declined.pk).count() == 2


@pytest.mark.parametrize("method", ["", "sandbox_card", "bank_transfer", "nonsense"])
def test_no_other_way_is_taken(plan: Plan, declined: Gift, method: str) -> None:
    assert Browser().post(f"pay/{declined.public_key}/", {"method": method}).status_code == 422
    assert Attempt.objects.filter(gift_id=declined.pk).count() == 1


def test_what_isnt_a_declined_regular_gift_has_nothing_to_pay(
    plan: Plan, form: DonationForm, declined: Gift
) -> None:
    once = intent(form, every=0, input={"sandbox_outcome": "insufficient_funds"})
    actions.submit(once)
    assert Browser().get(f"pay/{once.public_key}/").status_code == 404
    assert Browser().get("pay/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 404
    changing.cancel(plan.pk, by=DONOR)
    answer = Browser().post(f"pay/{declined.public_key}/", {"method": "sandbox_hosted"})
    assert answer.status_code == 200 and "There is nothing to pay here now." in words(answer)
    assert Attempt.objects.filter(gift_id=declined.pk).count() == 1


def test_what_was_settled_or_stopped_a_moment_ago_is_not_paid_again(plan: Plan, declined: Gift) -> None:
    """The page was looked at before."""
    way = hosted_ways("AUD", None)[0]
    for change in ({"status": "settled"}, {"status": "processing"}):
        Gift.objects.filter(pk=declined.pk).update(**change)
        with pytest.raises(NotPayable):
            pay_again(declined.pk, way, return_url="/")
    Gift.objects.filter(pk=declined.pk).update(status="failed")
    changing.cancel(plan.pk, by=DONOR)
    with pytest.raises(NotPayable):
        pay_again(declined.pk, way, return_url="/")
    assert Attempt.objects.filter(gift_id=declined.pk).count() == 1


def test_another_site_cant_begin_a_payment(plan: Plan, declined: Gift) -> None:
    answer = Browser().post(
        f"pay/{declined.public_key}/", {"method": "sandbox_hosted"}, HTTP_ORIGIN="https://evil.example"
    )
    assert answer.status_code == 403
    assert Attempt.objects.filter(gift_id=declined.pk).count() == 1


@pytest.fixture
def debited(form: DonationForm, sandbox: Sandbox) -> Plan:
    """25.00 a month by debit, whose first gift is paid."""
    made = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    sandbox.store.move_clock(timedelta(days=DEBIT_DAYS, hours=1))
    sandbox.settle_due()
    actions.look(Attempt.objects.get().pk)
    made.refresh_from_db()
    return made


def test_a_card_that_paid_for_a_debit_is_charged_on_its_day_from_then_on(
    debited: Plan, sandbox: Sandbox, work: Work
) -> None:
    """A debit's next gift is made some days earlier, for it is announced."""
    next_time(sandbox, debited, Outcome.LOST_CARD)
    run_on(sandbox, debited)
    work()
    sandbox.store.move_clock(timedelta(days=7))
    charge_due(in_flight=1)
    gift = gifts(debited)[1]
    assert gift.status == "failed"
    Browser().post(f"pay/{gift.public_key}/", {"method": "sandbox_hosted"})
    sandbox.decide(Attempt.objects.latest("created_at").gateway_id or "", Outcome.SUCCESS)
    Browser().get(f"/give/return/{gift.public_key}/")
    debited.refresh_from_db()
    on = debited.next_on
    assert (debited.state, debited.method) == ("active", "sandbox_hosted") and on is not None
    assert debited.next_at == schedule.charged_at(on, debited.charity.timezone)


def test_a_debit_that_waits_for_its_notice_becomes_a_card_s_charge(
    debited: Plan, form: DonationForm, sandbox: Sandbox, work: Work
) -> None:
    run_on(sandbox, debited)
    period = Period.objects.get(plan=debited, state="due")
    saved = sandbox.retrieve_method(begun(form).saved_method)
    changing.change_method(
        debited.pk, by=DONOR, gateway="sandbox", account="sandbox", method="sandbox_hosted", saved=saved
    )
    work()
    assert PlanMail.objects.get(kind="notice").reason == "overtaken"
    period.refresh_from_db()
    assert period.wake_at == schedule.charged_at(period.on, debited.charity.timezone)
    run_on(sandbox, period, to="wake_at")  # type: ignore[arg-type]
    assert (period.state, gifts(debited)[1].status) == ("paid", "settled")
