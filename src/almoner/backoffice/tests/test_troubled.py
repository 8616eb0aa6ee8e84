"""Regular giving on the home panel, and the regular gifts that need a person."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_gift import plain
from almoner.donors import phone
from almoner.giving.actions.charging import charge_due
from almoner.giving.tests.plans import begun, next_time
from almoner.kernel.references import new_uuid
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans import changing
from almoner.plans.hooks import hooks
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR
from almoner.supporters.models import Contact
from almoner.supporters.people import Details

# In Sydney the 24th of November, ten in the morning.
NOON = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
PARTS = ("untold", "unannounced", "stuck", "unfinished")


def read(user: User, path: str, at: datetime) -> str:
    """The page as this member of staff reads it at that moment, having just signed in."""
    with time_machine.travel(at):
        client = Client()
        client.force_login(user)
        return plain(client.get(path).content.decode())


def home(user: User, at: datetime = NOON) -> str:
    return read(user, "/admin/", at)


def parts(user: User, at: datetime = NOON) -> dict[str, str]:
    """The page's lists, by their keys."""
    page = read(user, "/admin/giving-reports/troubled/", at)
    starts = [page.index(f'<h2 id="{key}"') for key in PARTS] + [len(page)]
    return {key: page[starts[at] : starts[at + 1]] for at, key in enumerate(PARTS)}


def due(sandbox: Sandbox, plan: Plan) -> None:
    """Turn to the plan's next date, and charge."""
    assert plan.next_at is not None
    sandbox.store.move_clock(plan.next_at - hooks.clock("sandbox") + timedelta(minutes=1))
    while charge_due(in_flight=1):
        pass


def test_regular_giving_at_a_glance(world: World, sandbox: Sandbox) -> None:
    form = world.tide.form
    assert "bo-regular" not in home(world.users["fundraiser"])
    with time_machine.travel(NOON - timedelta(days=40)):
        begun(form, amount_minor=2500)
        old = begun(form, amount_minor=8000)
        failing = begun(form, amount_minor=500)
        changing.pause(begun(form, amount_minor=4444).pk, by=DONOR)
    with time_machine.travel(NOON):
        # A third and a twelfth, rounded once: 33.33 1/3 and 83.33 1/3.
        begun(form, amount_minor=10_000, every=3)
        begun(form, amount_minor=100_000, every=12)
        begun(form, amount_minor=700, currency="NZD")
        changing.cancel(old.pk, by=DONOR)
        begun(world.river.form, amount_minor=99_900, currency="NZD")
    Plan.objects.filter(pk=failing.pk).update(state="retrying", decline_code="generic")
    page = home(world.users["fundraiser"])
    card = page[page.index('id="bo-regular"') : page.index('id="bo-from"')]
    assert '<p class="bo-big">5</p>' in card
    assert "active, worth $146.67 AUD and $7.00 NZD a month" in card
    for label, number in (("New this month", 3), ("Cancelled this month", 1), ("Failing", 1)):
        at = card.index(label)
        assert f">{number}<" in "".join(card[at : at + 120].split()), label
    assert "999.00" not in card
    assert "999.00" in home(world.users["river fundraiser"])


@pytest.mark.parametrize("contact", [{"email": ""}, {"bounced_at": NOON}])
def test_a_donor_who_must_act_and_cant_be_mailed(
    world: World, sandbox: Sandbox, contact: dict[str, object]
) -> None:
    user = world.users["fundraiser"]
    with time_machine.travel(NOON, tick=False):
        hard, soft, reached = [begun(world.tide.form, amount_minor=100 * n) for n in (1, 2, 3)]
        next_time(sandbox, hard, Outcome.LOST_CARD)
        next_time(sandbox, soft, Outcome.INSUFFICIENT_FUNDS)
        next_time(sandbox, reached, Outcome.LOST_CARD)
        due(sandbox, hard)
    assert "can’t be told" not in home(user) and "None." in parts(user)["untold"]
    Contact.objects.filter(plans__in=[hard, soft]).update(**contact)
    shown = parts(user)["untold"]
    assert hard.reference in shown and soft.reference not in shown and reached.reference not in shown
    assert "Its method can’t be charged any more" in shown and "Ada Nguyễn" in shown
    assert ("No email address" if "email" in contact else "Mail to ada@example.org came back") in shown
    assert f"/admin/plans/{hard.pk}/" in shown
    page = home(user)
    at = page.index("regular gift whose donor can’t be told")
    assert (
        ">1</span>" in page[at - 60 : at] and "/admin/giving-reports/troubled/#untold" in page[at - 200 : at]
    )
    assert hard.reference not in parts(world.users["river fundraiser"])["untold"]
    # After the last try it still needs its donor; once it is stopped nobody does.
    Plan.objects.filter(pk=hard.pk).update(state="paused")
    assert "Paused after the last try" in parts(user)["untold"]
    changing.cancel(hard.pk, by=DONOR)
    assert "None." in parts(user)["untold"]


def test_a_debit_that_cant_be_announced(world: World, sandbox: Sandbox) -> None:
    plan = begun(world.tide.form)
    period = Period.objects.create(
        plan=plan, on=date(2026, 12, 24), number=9, state="due", created_at=NOON, updated_at=NOON
    )
    user = world.users["fundraiser"]
    assert "None." in parts(user)["unannounced"]
    # A day later it is stuck, for a mail would reach its donor; without an address it is the donor's list.
    later = NOON + timedelta(days=1, minutes=1)
    assert plan.reference in parts(user, later)["stuck"]
    Contact.objects.filter(plans=plan).update(email="")
    shown = parts(user, later)
    assert plan.reference in shown["unannounced"] and "None." in shown["stuck"]
    assert "debit that can’t be announced" in home(user, later)
    Period.objects.filter(pk=period.pk).update(notice_sent_at=NOON)
    assert "None." in parts(user)["unannounced"]


def test_a_payment_that_nobody_charges(world: World, sandbox: Sandbox) -> None:
    with time_machine.travel(NOON):
        plan, paused = begun(world.tide.form), begun(world.tide.form)
        changing.pause(paused.pk, by=DONOR)
    assert plan.next_at is not None
    user = world.users["fundraiser"]
    day = timedelta(days=1)
    assert "None." in parts(user, plan.next_at + day - timedelta(minutes=1))["stuck"]
    late = plan.next_at + day + timedelta(minutes=1)
    shown = parts(user, late)["stuck"]
    assert plan.reference in shown and paused.reference not in shown
    assert "Its gift of 24 December 2026 has not been charged." in shown
    assert "regular gift due and not charged" in home(user, late)
    with time_machine.travel(late):
        while charge_due(in_flight=1):
            pass
    assert "None." in parts(user, late)["stuck"]


def test_a_plan_begun_on_the_phone_that_nobody_finishes(world: World, sandbox: Sandbox) -> None:
    house = world.tide
    told = phone.Told(amount_minor=2500, currency="AUD", every=1)
    with time_machine.travel(NOON):
        plan = phone.start(
            told, Details(given_name="Bo", family_name="Li", email="bo@example.org"), charity=house.charity,
            fund=house.fund, form=None, plan_id=new_uuid(), actor=world.users["fundraiser"],
        )  # fmt: skip
    user = world.users["fundraiser"]
    week = NOON + timedelta(days=7)
    assert "None." in parts(user, week - timedelta(minutes=1))["unfinished"]
    shown = parts(user, week + timedelta(minutes=1))["unfinished"]
    assert plan.reference in shown and "bo@example.org" in shown and "Begun on 24 November 2026." in shown
    assert "regular gift not finished" in home(user, week + timedelta(minutes=1))
    changing.cancel(plan.pk, by=DONOR)
    assert "None." in parts(user, week + timedelta(minutes=1))["unfinished"]


def test_the_lists_cost_the_same_queries_however_long_they_are(world: World, sandbox: Sandbox) -> None:
    user = world.users["fundraiser"]
    parts(user)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            parts(user)
        counts.append(len([query for query in captured if "plans_plan" in query["sql"]]))
        made = [begun(world.tide.form) for _ in range(3)]
        Contact.objects.filter(plans__in=made).update(email="")
        Plan.objects.filter(pk__in=[plan.pk for plan in made]).update(state="paused", decline_code="generic")
    assert counts == [4, 4]
