"""A regular gift that staff begin on the phone and its donor finishes by a link."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail

from almoner.donors import phone
from almoner.donors.models import PlanMail
from almoner.donors.tests.conftest import Browser, words
from almoner.giving import actions
from almoner.giving.models import DonationForm, Gift
from almoner.giving.tests.plans import ADA, events, periods
from almoner.kernel.clock import now
from almoner.payments.gateways.port import SavedMethod
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt
from almoner.plans import changing, schedule, timing
from almoner.plans.models import Plan
from almoner.plans.progress import Actor
from almoner.supporters.models import Contact

Work = Callable[[], int]
SAM = User(pk=7, username="sam")


def started(form: DonationForm, currency: str = "AUD", day: int | None = None) -> Plan:
    fund = form.charity.funds.get(is_default=True)
    told = phone.Told(amount_minor=3000, currency=currency, every=3, day=day)
    return phone.start(told, ADA, charity=form.charity, fund=fund, form=form, plan_id=uuid.uuid4(), actor=SAM)


def test_the_donor_is_mailed_a_link_and_nothing_is_due(form: DonationForm, work: Work) -> None:
    plan = started(form)
    assert (plan.state, plan.next_at, plan.every) == ("starting", None, 3)
    gift = Gift.objects.get(plan=plan)
    assert (gift.entered_by_id, gift.status, gift.frequency) == (7, "pending", "quarterly")
    work()
    (message,) = mail.outbox
    assert message.subject == "One step is left for your regular gift to Tidelight Foundation"
    assert f"/giving/pay/{gift.public_key}/" in str(message.body)


def test_the_link_pays_the_first_gift_and_the_plan_begins(
    form: DonationForm, sandbox: Sandbox, work: Work
) -> None:
    plan = started(form)
    work()
    found = re.search(r"http://[^/\s]+(/giving/pay/\S+)", str(mail.outbox[0].body))
    assert found
    guest = Browser()
    page = words(guest.get(found[1]))
    assert "every three months" in page and "It is the first of your regular gift" in page
    assert guest.post(found[1], {"method": "sandbox_hosted"}).status_code == 303
    attempt = Attempt.objects.get(gift_id=plan.first_gift_id)
    sandbox.decide(attempt.gateway_id or "", Outcome.SUCCESS)
    guest.get(found[1].replace("/giving/pay/", "/give/return/"))
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan), events(plan)) == ("active", 1, ["paid"], ["started"])
    assert plan.saved_method and plan.next_on is not None
    assert guest.get(found[1]).status_code == 303


def pays(plan: Plan, sandbox: Sandbox, before: Callable[[], object] = lambda: None) -> SavedMethod:
    """The donor pays by the link; `before` happens while they are on the gateway's page. What the payment saved."""
    gift, guest = Gift.objects.get(plan=plan), Browser()
    assert guest.post(f"pay/{gift.public_key}/", {"method": "sandbox_hosted"}).status_code == 303
    before()
    gateway_id = Attempt.objects.get(gift_id=gift.pk).gateway_id or ""
    sandbox.decide(gateway_id, Outcome.SUCCESS)
    saved = sandbox.retrieve(gateway_id).saved
    guest.get(f"/give/return/{gift.public_key}/")
    plan.refresh_from_db()
    assert saved is not None and Gift.objects.get(plan=plan).status == "settled"
    return saved


@pytest.mark.parametrize("chooses", [False, True])
def test_one_that_is_finished_weeks_later_goes_on_from_that_day(
    form: DonationForm, sandbox: Sandbox, chooses: bool
) -> None:
    soon = schedule.local_date(sandbox.store.now(), form.charity.timezone) + timedelta(days=93)
    plan = started(form, day=soon.day if chooses else None)
    sandbox.store.move_clock(timedelta(days=89))
    pays(plan, sandbox)
    today = timing.today_of(plan, plan.charity.timezone)
    assert plan.next_on is not None and plan.state == "active"
    if chooses:
        assert plan.next_on.day == soon.day and plan.next_on >= today + timedelta(days=schedule.NEAREST_DAYS)
    else:
        assert plan.next_on == schedule.add_months(today, 3)


def test_a_card_that_is_declined_days_after_the_call_may_be_followed_by_another(
    form: DonationForm, sandbox: Sandbox
) -> None:
    plan = started(form)
    Plan.objects.update(created_at=now() - timedelta(days=9))
    gift, guest = Gift.objects.get(plan=plan), Browser()
    for outcome in (Outcome.DO_NOT_HONOUR, Outcome.SUCCESS):
        assert guest.post(f"pay/{gift.public_key}/", {"method": "sandbox_hosted"}).status_code == 303
        sandbox.decide(Attempt.objects.latest("ordinal").gateway_id or "", outcome)
        guest.get(f"/give/return/{gift.public_key}/")
        assert actions.abandon_unpaid() == 0
    plan.refresh_from_db()
    assert (plan.state, plan.given_count, periods(plan)) == ("active", 1, ["paid"])


def test_one_that_staff_cancel_while_it_is_paid_keeps_no_card(
    form: DonationForm, sandbox: Sandbox, work: Work
) -> None:
    plan = started(form)
    saved = pays(plan, sandbox, lambda: changing.cancel(plan.pk, by=Actor.of_staff(SAM)))
    work()
    assert (plan.state, plan.saved_method, periods(plan)) == ("cancelled", "", ["paid"])
    assert not sandbox.retrieve_method(saved.token).usable
    assert set(PlanMail.objects.values_list("kind", flat=True)) == {"finish", "cancelled"}


def test_a_plan_that_was_finished_before_its_mail_left_is_not_mailed(form: DonationForm, work: Work) -> None:
    plan = started(form)
    Gift.objects.filter(plan=plan).update(status="settled")
    work()
    assert PlanMail.objects.get().reason == "overtaken" and mail.outbox == []


def test_without_a_gateways_page_nothing_is_begun(form: DonationForm) -> None:
    form.methods = ["sandbox_card", "bank_transfer"]
    with pytest.raises(phone.NoWay):
        started(form)
    assert not Plan.objects.exists() and not Contact.objects.exists()
