"""Regular gifts on staff's screens: what is found, what a page tells, and what an act leaves behind."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, Fund
from almoner.config.wiring import HANDLERS
from almoner.donors.models import PlanMail
from almoner.giving.models import Gift
from almoner.giving.tests.plans import events, next_time, periods, run_on
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference
from almoner.outbox.worker import drain
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans import changing, schedule
from almoner.plans.models import Plan, PlanEvent
from almoner.plans.progress import DONOR
from almoner.supporters.people import Details

# Session, user, permissions (2), Wagtail's frame (4), charities, forms and funds, the capped count, the rows.
LIST_QUERIES = 13


def person(given: str, family: str = "Hale") -> Details:
    return Details(given_name=given, family_name=family, email=f"{given.lower()}@example.org")


def names(client: Client, **query: object) -> list[str]:
    page = client.get(f"/admin/plans/results/?{urlencode(query, doseq=True)}")
    assert page.status_code == 200
    return [plan.contact.given_name for plan in page.context["object_list"]]


def page_of(client: Client, plan: Plan) -> str:
    page = client.get(reverse("backoffice:plan", args=[plan.pk]))
    assert page.status_code == 200
    return str(page.content.decode()).replace("\u00a0", " ")


def post(client: Client, name: str, plan: Plan, **sent: Any) -> Any:
    return client.post(reverse(f"backoffice:{name}", args=[plan.pk]), sent, follow=True)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def client(world: World) -> Client:
    return world.client("fundraiser")


@pytest.fixture
def plan(world: World) -> Plan:
    return world.tide.promise()


@pytest.fixture
def several(world: World, sandbox: Sandbox) -> dict[str, Plan]:
    tide = world.tide
    made = {
        "Ada": tide.promise(details=person("Ada", "O’Connor")),
        "Bo": tide.promise(details=person("Bo"), amount_minor=90_00, every=12),
        "Cy": tide.promise(details=person("Cy"), ends_after=2),
        "Di": tide.promise(details=person("Di")),
        "Ed": tide.promise(details=person("Ed")),
        "Fay": tide.promise_by_phone(world.users["fundraiser"]),
    }
    changing.pause(made["Di"].pk, by=DONOR)
    next_time(sandbox, made["Ed"], Outcome.INSUFFICIENT_FUNDS)
    # Only this one falls due: the others are charged no more today.
    Plan.objects.exclude(pk=made["Ed"].pk).update(next_at=None)
    run_on(sandbox, made["Ed"])
    Plan.objects.filter(pk=made["Bo"].pk).update(next_on=date(2030, 1, 1))
    return made


def test_the_list_shows_what_a_fundraiser_needs(client: Client, several: dict[str, Plan]) -> None:
    assert names(client) == ["Ada", "Ed", "Di", "Cy", "Bo", "Ada"]
    page = client.get("/admin/plans/").content.decode()
    for text in ("$90.00 <small>AUD</small>", "every year", "Ada O’Connor", "6 plans", "Begin one by phone"):
        assert text in page, text
    for label in (
        "Active",
        "Paused",
        "Payment failed, tried again",
        "Waits for its first payment",
        "Sandbox",
    ):
        assert label in page, label
    assert shown_reference(several["Bo"].reference) in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "oconnor"}, ["Ada"]), ({"q": "hale"}, ["Ed", "Di", "Cy", "Bo"]), ({"q": "bo@"}, ["Bo"]),
        ({"q": "%"}, []), ({"state": "retrying"}, ["Ed"]), ({"state": "paused"}, ["Di"]),
        ({"state": "gave_up"}, []), ({"state": "phone"}, ["Ada"]), ({"state": "ending"}, ["Cy"]),
        ({"state": ["retrying", "paused"]}, ["Ed", "Di"]), ({"every": "12"}, ["Bo"]), ({"currency": "nzd"}, []),
        ({"next_from": "2029-12-01", "next_to": "2030-02-01"}, ["Bo"]), ({"method": "sandbox_hosted"}, ["Ada"]),
        ({"gateway": "sandbox", "state": "paused"}, ["Di"]),
    ],
)  # fmt: skip
def test_the_list_is_searched_and_narrowed(
    client: Client, several: dict[str, Plan], query: dict[str, Any], found: list[str]
) -> None:
    assert names(client, **query) == found


def test_it_is_narrowed_by_charity_form_and_fund(
    world: World, client: Client, several: dict[str, Plan]
) -> None:
    fund = Fund.objects.create(charity=world.tide.charity, code="night", name="Night line")
    Plan.objects.filter(pk=several["Bo"].pk).update(fund=fund)
    Plan.objects.filter(pk=several["Cy"].pk).update(form_id=None)
    assert "Night line" in client.get("/admin/plans/").content.decode()
    assert names(client, fund=fund.pk) == ["Bo"]
    assert names(client, form=world.tide.form.pk, every="1", state="active") == ["Ada"]
    rows = client.get(f"/admin/plans/export/?fund={fund.pk}").getvalue().decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2 and "Bo" in rows[1]
    # Another charity's form is no choice.
    assert (
        client.get(f"/admin/plans/export/?form={world.river.form.pk}").getvalue().decode().count("\r\n") == 1
    )  # type: ignore[attr-defined]
    root = world.client("superuser")
    assert len(names(root, charity=world.tide.charity.pk)) == 6
    assert names(root, charity=world.river.charity.pk) == []


def test_it_costs_the_same_queries_for_any_number(
    world: World, client: Client, plan: Plan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/admin/plans/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/admin/plans/")
    for _ in range(10):
        world.tide.promise()
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/admin/plans/")


def test_the_export_holds_what_the_list_shows(client: Client, several: dict[str, Plan]) -> None:
    answer = client.get("/admin/plans/export/?state=retrying")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    header, row = csv.reader(io.StringIO(text))
    told = dict(zip(header, row, strict=True))
    assert told["Reference"] == several["Ed"].reference
    assert (told["Total"], told["Currency"], told["How often"], told["Given"]) == (
        "25.00",
        "AUD",
        "every month",
        "1",
    )
    assert (told["First name"], told["Email"]) == ("Ed", "ed@example.org")
    assert AuditEntry.objects.latest("id").action == "export plans"


def test_a_page_tells_the_whole_history(world: World, client: Client, plan: Plan, sandbox: Sandbox) -> None:
    changing.change_amount(plan.pk, by=DONOR, amount_minor=40_00)
    post(client, "change_plan_every", plan, every="3")
    post(client, "change_plan_day", plan, day="9")
    plan.refresh_from_db()
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    run_on(sandbox, plan)
    text = page_of(client, plan)
    for said in (
        "$25.00 AUD every month promised", "Begun: the first gift is paid",
        "Amount changed from $25.00 AUD to $40.00 AUD", "by the donor",
        "Changed from every month to every three months", "to 9", "by fundraiser",
        "Payment failed: insufficient funds.", "It is tried again.", "Mail: The payment failed, and is tried again",
        "failed, tried again", "$25.00 AUD",
    ):  # fmt: skip
        assert said in text, said
    gift = Gift.objects.filter(plan=plan).earliest("given_at")
    assert reverse("backoffice:gift", args=[gift.pk]) in text
    assert (
        reverse("backoffice:plan", args=[plan.pk])
        in client.get(reverse("backoffice:gift", args=[gift.pk])).content.decode()
    )


def test_it_costs_the_same_queries_however_long_it_lives(
    client: Client, plan: Plan, sandbox: Sandbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("backoffice:plan", args=[plan.pk])
    client.get(url)
    with django_assert_num_queries(20) as first:
        client.get(url)
    for _ in range(3):
        run_on(sandbox, plan)
    assert plan.given_count == 4
    with django_assert_num_queries(len(first)):
        client.get(url)


def test_an_amount_is_changed(client: Client, plan: Plan) -> None:
    answer = post(client, "change_plan_amount", plan, amount="1,040.50")
    assert "The amount is changed." in words(answer)
    plan.refresh_from_db()
    assert plan.amount_minor == 104_050
    told = PlanEvent.objects.get(plan=plan, name="changed")
    entry = AuditEntry.objects.latest("id")
    assert (told.by, told.actor_id, entry.action, entry.object_id) == (
        "staff", entry.actor_id, "changed plan: amount", str(plan.pk),
    )  # fmt: skip
    assert list(PlanMail.objects.filter(plan=plan).values_list("kind", flat=True)) == ["started", "changed"]


@pytest.mark.parametrize("typed", ["", "abc", "-5", "0", "0.001", "1e9", "10000000000000", "\0"])
def test_a_wrong_amount_keeps_what_was_typed(client: Client, plan: Plan, typed: str) -> None:
    before = Plan.objects.values().get(pk=plan.pk)
    answer = post(client, "change_plan_amount", plan, amount=typed)
    assert answer.status_code == 200
    assert "bo-error" in words(answer) or "error" in words(answer)
    assert Plan.objects.values().get(pk=plan.pk) == before
    assert events(plan) == ["started"]


def test_the_cover_keeps_its_part(world: World, client: Client) -> None:
    plan = world.tide.promise(cover_minor=100)
    post(client, "change_plan_amount", plan, amount="50")
    plan.refresh_from_db()
    assert (plan.amount_minor, plan.cover_minor) == (5000, 200)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"ends": "after", "ends_after": "12"}, (None, 12)),
        ({"ends": "on", "ends_on": "2099-01-31", "ends_after": "3"}, (date(2099, 1, 31), None)),
        ({"ends": "", "ends_after": "3"}, (None, None)),
    ],
)
def test_an_end_is_a_day_or_a_number(client: Client, plan: Plan, sent: dict[str, str], kept: Any) -> None:
    post(client, "change_plan_end", plan, **sent)
    assert "the gift of 31 January 2099" not in page_of(client, plan)
    plan.refresh_from_db()
    assert (plan.ends_on, plan.ends_after) == kept


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"ends": "on"}, "Enter the last day."),
        ({"ends": "on", "ends_on": "2020-01-01"}, "The next gift is on"),
        ({"ends": "after"}, "Enter how many gifts in all."),
        ({"ends": "after", "ends_after": "0"}, "Enter at least 1."),
        ({"ends": "after", "ends_after": "1"}, "1 are given already."),
        ({"ends": "on", "ends_on": f"{now():%Y-%m-%d}"}, "The next gift is on"),
        ({"ends": "whenever"}, "Select a valid choice"),
    ],
)
def test_a_wrong_end_changes_nothing(client: Client, plan: Plan, sent: dict[str, str], said: str) -> None:
    assert said in words(post(client, "change_plan_end", plan, **sent))
    assert events(plan) == ["started"]


def test_pause_resume_and_leave_out(client: Client, plan: Plan) -> None:
    assert "This day is over" in words(post(client, "pause_plan", plan, until="2020-01-01"))
    until = plan.next_on + timedelta(days=40) if plan.next_on else None
    assert "Paused." in words(post(client, "pause_plan", plan, until=until))
    post(client, "pause_plan", plan, until=until)
    plan.refresh_from_db()
    assert (plan.state, plan.resume_on, events(plan)) == ("paused", until, ["started", "paused"])
    post(client, "resume_plan", plan)
    plan.refresh_from_db()
    first = plan.next_on
    assert first is not None
    for _ in range(2):
        assert "The gift is left out." in words(post(client, "skip_plan", plan, on=first))
    plan.refresh_from_db()
    assert plan.next_on == schedule.add_months(first, 1)
    assert periods(plan) == ["paid", "skipped"]
    gone = post(client, "skip_plan", plan, on=schedule.add_months(first, 7))
    assert "no longer the next one" in words(gone)


def test_a_cancelled_one_is_over(client: Client, plan: Plan, sandbox: Sandbox) -> None:
    token = plan.saved_method
    for _ in range(2):
        assert "Cancelled." in words(post(client, "cancel_plan", plan, reason="money"))
    plan.refresh_from_db()
    assert (plan.state, plan.cancel_reason, events(plan)) == ("cancelled", "money", ["started", "cancelled"])
    assert not sandbox.retrieve_method(token).usable
    assert "has ended" in words(post(client, "change_plan_amount", plan, amount="9"))
    assert "reason: money is tight" in page_of(client, plan)
    shown = client.get(reverse("backoffice:pause_plan", args=[plan.pk]), follow=True)
    assert "has ended" in words(shown)


def test_details_are_put_right(client: Client, plan: Plan) -> None:
    post(
        client, "change_plan_donor", plan, given_name="Grace", family_name="Hale", email="grace@example.org",
        country="AU", line1="1 George Street", locality="Sydney", region="NSW", postcode="2000",
    )  # fmt: skip
    plan.refresh_from_db()
    assert (plan.contact.name, plan.contact.email) == ("Grace Hale", "grace@example.org")
    assert plan.contact.address is not None
    assert plan.contact.address["locality"] == "Sydney"
    assert Gift.objects.get(plan=plan).contact.given_name == "Ada"
    assert "Grace" not in str(AuditEntry.objects.latest("id").detail)


BEGUN = {
    "amount": "30", "currency": "AUD", "every": "3", "day": "15", "ends": "after", "ends_after": "8",
    "given_name": "Grace", "family_name": "Hale", "email": "grace@example.org", "country": "AU",
}  # fmt: skip


def begin(client: Client, world: World, **changes: str) -> Any:
    sent = BEGUN | {"fund": str(world.tide.fund.pk), "form": str(world.tide.form.pk)} | changes
    return client.post("/admin/plans/begin/", sent, follow=True)


def test_one_begun_by_phone_waits_for_its_donor(client: Client, world: World) -> None:
    key = "0191f0aa-0000-7000-8000-000000000001"
    for _ in range(2):
        assert "grace@example.org gets a link" in words(begin(client, world, key=key))
    plan = Plan.objects.get()
    assert (str(plan.pk), plan.state, plan.every, plan.ends_after, plan.amount_minor) == (
        key,
        "starting",
        3,
        8,
        3000,
    )
    assert AuditEntry.objects.filter(action="begin plan by phone", object_id=key).count() == 1
    drain(HANDLERS)
    (letter,) = mail.outbox
    assert letter.to == ["grace@example.org"]
    text = page_of(client, plan)
    assert "Begun by phone" in text
    assert "Mail: The link to finish it" in text
    # A mistyped address is put right before anything is paid: for the link, and for the first gift's receipt.
    answer = post(
        client, "change_plan_donor", plan, given_name="Grace", email="right@example.org", country="AU"
    )
    assert "put right" in words(answer)
    plan.refresh_from_db()
    assert plan.contact.email == Gift.objects.get(plan=plan).contact.email == "right@example.org"
    # Nothing else of it is changed while its first payment is asked for.
    assert "isn’t made yet" in words(post(client, "change_plan_amount", plan, amount="9"))


def test_its_donor_is_asked_again(client: Client, world: World) -> None:
    plan = world.tide.promise_by_phone(world.users["fundraiser"])
    key = "0191f0aa-0000-7000-8000-000000000002"
    for _ in range(2):
        assert "The mail is on its way." in words(post(client, "ask_plan_again", plan, key=key))
    assert PlanMail.objects.filter(plan=plan, kind="finish").count() == 2
    drain(HANDLERS)
    first, again = mail.outbox
    assert first.body == again.body


def test_of_one_that_is_in_order_nothing_is_asked(client: Client, plan: Plan) -> None:
    assert "Nothing waits for this donor" in words(post(client, "ask_plan_again", plan))
    assert PlanMail.objects.filter(plan=plan).count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": ""}, "Enter the donor’s email"), ({"amount": "abc"}, "Enter the amount as a number"),
        ({"currency": "XXX"}, "is not a currency"), ({"every": "2"}, "Select a valid choice"),
        ({"day": "32"}, "Enter a day from 1 to 31."), ({"ends": "on", "ends_on": "2020-01-01"}, "This day is over."),
        ({"fund": "999999"}, "Select a valid choice"), ({"currency": "JPY", "amount": "10.50"}, "no decimals"),
    ],
)  # fmt: skip
def test_what_is_wrong_begins_nothing(
    client: Client, world: World, changes: dict[str, str], said: str
) -> None:
    answer = begin(client, world, **changes)
    assert said in words(answer)
    assert 'value="Grace"' in words(answer)
    assert not Plan.objects.exists()


def test_without_a_way_to_pay_nothing_begins(client: Client, world: World) -> None:
    world.tide.form.methods = ["bank_transfer"]
    world.tide.form.save()
    assert "No payment service here takes a regular gift" in words(begin(client, world))
    assert not Plan.objects.exists()
