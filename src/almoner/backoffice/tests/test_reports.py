"""The home panel, the reports, what needs a person, mail and the audit log."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from wagtail.models import GroupPagePermission, Page

from almoner.backoffice import roles
from almoner.backoffice.reports import charts
from almoner.backoffice.reports.income import Income, by_day, by_source
from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_gift import plain
from almoner.charities import audit
from almoner.charities.models import AuditEntry, Charity
from almoner.consents import acts
from almoner.consents.tests.making import make_consent
from almoner.giving import actions, desk, funnel
from almoner.giving.models import FunnelCount, Gift
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, decide, enter
from almoner.impact.tests.making import make_indicator, make_source
from almoner.kernel.clock import now
from almoner.outbox.models import Job, State
from almoner.payments import refunds
from almoner.payments.models import Attempt, BalanceCheck
from almoner.receipts.models import ReceiptDelivery

# In Sydney the 24th of November, ten in the morning.
NOON = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


@pytest.fixture
def busy(world: World) -> World:
    """Gifts of today, of earlier this month, and of last month, in Sydney's days."""
    tide = world.tide
    for at, amount_minor, source in (
        (NOON - timedelta(minutes=5), 5000, {"appeal": "WINTER"}),
        (NOON - timedelta(hours=9), 2500, {"appeal": "WINTER"}),  # one in the morning of the 24th, in Sydney
        (NOON - timedelta(hours=11), 1000, {"utm_source": "news"}),  # late on the 23rd
        (datetime(2026, 11, 2, 1, tzinfo=UTC), 3000, {"referrer_host": "www.example.com"}),
        (datetime(2026, 10, 20, 1, tzinfo=UTC), 7000, {}),
        (datetime(2026, 10, 30, 1, tzinfo=UTC), 9000, {}),
        (datetime(2026, 9, 30, 1, tzinfo=UTC), 100, {}),
    ):
        with time_machine.travel(at):
            tide.give(amount_minor=amount_minor, source=source)
    with time_machine.travel(NOON):
        tide.give(amount_minor=99_900, outcome="expired_card")
        world.river.give(amount_minor=77_700)
    return world


def home(client: Client, *, at: datetime = NOON, **query: object) -> str:
    with time_machine.travel(at):
        response = client.get("/admin/", query)
    assert response.status_code == 200
    return plain(response.content.decode())


def needed(client: Client, *, at: datetime = NOON) -> str:
    """The start page as it is read aloud."""
    return " ".join(strip_tags(home(client, at=at)).split())


def test_today_and_this_month_against_last(busy: World) -> None:
    page = home(busy.client("fundraiser"))
    today = page[page.index('id="bo-today"') : page.index('id="bo-month"')]
    assert "$75.00 AUD" in today
    assert "2 gifts, 24 November" in today
    month = page[page.index('id="bo-month"') : page.index('id="bo-from"')]
    for label, gifts, amount in (
        ("November so far", "4", "$115.00 AUD"),
        ("October, to the same day", "1", "$70.00 AUD"),
        ("October, all of it", "2", "$160.00 AUD"),
    ):
        at = month.index(label)
        assert gifts in month[at : at + 200], label
        assert amount in month[at : at + 200], label
    assert "<svg" in month
    assert "777" not in page
    sources = page[page.index('id="bo-from"') :]
    assert sources.index("WINTER") < sources.index("www.example.com") < sources.index("news")


def test_refunds_are_taken_off(busy: World) -> None:
    gift = Gift.objects.get(amount_minor=5000)
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="r", actor=busy.users["fundraiser"])
    assert "$55.00 AUD" in home(busy.client("fundraiser"))


def test_the_panel_costs_the_same_queries_however_much_came_in(busy: World) -> None:
    client = busy.client("fundraiser")
    home(client)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            home(client)
        counts.append(len(captured))
        for _ in range(5):
            with time_machine.travel(NOON):
                busy.tide.give(source={"appeal": "MORE"})
    assert counts[0] == counts[1]
    # Five of them are of regular giving: how it stands, and whom it needs. Wagtail asks one for each charity's reviews.
    assert counts[0] <= 35


def test_several_charities_have_a_tab_each(busy: World) -> None:
    client = busy.client("superuser")
    assert "$75.00 AUD" in home(client)
    page = home(client, charity=busy.river.charity.pk)
    assert "$777.00 NZD" in page
    assert 'aria-current="true">The River Charity' in page


def test_nothing_needs_a_person(busy: World) -> None:
    assert "Nothing needs a person right now" in home(busy.client("fundraiser"))


@pytest.fixture
def writers(busy: World) -> None:
    """Editors write pages here; whose they see goes by their charities all the same."""
    GroupPagePermission.objects.create(
        group=Group.objects.get(name=roles.EDITORS),
        page=Page.get_first_root_node(),
        permission=Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page"),
    )


@pytest.mark.usefixtures("writers")
def test_whoever_sees_no_money_finds_the_way_to_their_own_work(busy: World) -> None:
    """And no word of gifts: what is lost, late or came back is told to those who may look at it."""
    with time_machine.travel(NOON):
        busy.tide.give(outcome="answer_lost")
    ways = {
        "editor": ["Enter figures", "Verify figures", "Forms", "Pages and stories", "Claims"],
        "field worker": ["Enter figures"],
        "fundraiser": [],
    }
    for who, expected in ways.items():
        page = home(busy.client(who))
        panel = page[page.index('class="bo-home"') :]
        found = re.findall(r'<a class="button button-secondary" href="[^"]+">([^<]+)</a>', panel)
        assert found == expected, who
        money = "gift whose outcome is not known" in page, "bo-today" in page
        assert money == (not expected, not expected), who


def test_what_of_the_register_needs_whom(busy: World) -> None:
    """Who entered it isn't asked to verify it; whoever can do nothing about it is told nothing."""
    rescued = make_indicator(busy.tide.charity, since=date(2011, 1, 1))
    with time_machine.travel(NOON):
        told = {who: needed(busy.client(who)) for who in busy.users if who != "outsider"}
        assert {who for who, page in told.items() if "1 figure due" in page} == {
            "editor",
            "field worker",
            "superuser",
        }
        figure = Figure(
            indicator=rescued, first=date(2011, 1, 1), last=date(2026, 10, 31), as_of=date(2026, 10, 31),
            value=Decimal(1200), bound=Bound.EXACT, source=make_source(busy.tide.charity),
        )  # fmt: skip
        entered = enter(figure, actor=busy.users["editor"])
        told = {who: needed(busy.client(who)) for who in busy.users if who != "outsider"}
        assert not [who for who, page in told.items() if "figure due" in page]
        assert {who for who, page in told.items() if "1 figure to verify" in page} == {
            "treasurer",
            "superuser",
        }
        assert "Nothing needs a person" in told["editor"]
        decide(entered, accepted=True, role="Lead", actor=busy.users["treasurer"])
        assert "figure to verify" not in needed(busy.client("treasurer"))
    # December has begun in Sydney, and nowhere else.
    december = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)
    for who, at, due in (
        ("field worker", december, True),
        ("field worker", december - timedelta(seconds=1), False),
        ("river editor", december, False),
    ):
        with time_machine.travel(at):
            assert ("1 figure due" in needed(busy.client(who), at=at)) == due, (who, at)


@pytest.mark.usefixtures("writers")
def test_what_of_people_s_consents_needs_an_editor(busy: World) -> None:
    charity, editor = busy.tide.charity, busy.users["editor"]
    with time_machine.travel(NOON):
        lapsing = make_consent(charity, expires_on=date(2026, 12, 20))
        later = make_consent(charity, expires_on=date(2027, 12, 20))
        acts.use_elsewhere(later, kind="print", where="Report", used_on=date(2026, 1, 1), actor=editor)
        page = needed(busy.client("editor"))
        assert "1 consent that lapses soon" in page and "taken back" not in page
        acts.withdraw(later, by="person", why="Rang.", actor=editor)
        acts.withdraw(lapsing, by="person", why="Rang.", actor=editor)
        page = needed(busy.client("editor"))
        assert "1 use elsewhere to be taken back" in page and "lapses soon" not in page
        for who in ("river editor", "field worker", "fundraiser"):
            assert "taken back" not in needed(busy.client(who)), who
        acts.end_use(later.external_uses.get(), actor=editor)
        assert "taken back" not in needed(busy.client("editor"))


def test_what_needs_a_person_with_a_link_to_it(busy: World) -> None:
    tide = busy.tide
    with time_machine.travel(NOON - timedelta(days=20)):
        late = tide.give(method="bank_transfer")
    with time_machine.travel(NOON - timedelta(days=2)):
        tide.give(method="bank_transfer")
    with time_machine.travel(NOON):
        lost = tide.give(outcome="answer_lost")
        twice = tide.give()
        Gift.objects.filter(pk=twice.pk).update(flag="paid_twice")
        desk.record_credit(
            charity=tide.charity, received_on=date(2026, 11, 20), amount_minor=1, currency="AUD", text="",
            actor=busy.users["fundraiser"],
        )  # fmt: skip
        ReceiptDelivery.objects.create(
            key="x", kind="receipt", gift=twice, state="bounced", message_id="<x>", created_at=now()
        )
        Job.objects.create(
            kind="receipts.deliver", dedupe_key="x", payload={"gift": str(twice.pk)}, state=State.DEAD, run_at=now(),
            created_at=now(), finished_at=now(), last_error="the mail server is gone",
        )  # fmt: skip
    client = busy.client("fundraiser")
    page = home(client)
    for what, count in (
        ("gift whose outcome is not known", "1"), ("gift paid twice or not as asked", "1"),
        ("transfer promised over 14 days ago", "1"), ("bank credit in suspense", "1"),
        ("mail that came back or failed", "1"), ("task that was given up", "1"),
    ):  # fmt: skip
        at = page.index(what)
        assert f">{count}</span>" in page[at - 60 : at], what
    with time_machine.travel(NOON):
        found = client.get("/admin/gifts/results/?status=unknown").context["object_list"]
        assert list(found) == [lost]
        until = (NOON - timedelta(days=14)).date()
        found = client.get(f"/admin/gifts/results/?status=awaiting&given_to={until}").context["object_list"]
        assert list(found) == [late]
    assert "Nothing needs a person" in home(busy.client("river fundraiser"))


def test_a_refund_that_is_not_known_and_a_balance_that_differs_need_a_person(world: World) -> None:
    gift = world.tide.give()
    attempt = Attempt.objects.get(gift_id=gift.pk)
    asked = refunds.request(attempt.pk, amount_minor=100, reason="x", by_id=None, at=now())
    refunds.move(asked, "unknown", at=now())
    BalanceCheck.objects.create(
        gateway="sandbox",
        account="sandbox",
        currency="AUD",
        difference_minor=-250,
        sources="attempt 7",
        at=now(),
    )
    page = plain(home(world.client("fundraiser")))
    assert "refund whose outcome is not known" in page
    assert f"/admin/gifts/{gift.pk}/" in page
    assert "$2.50 AUD" in page and "less in the books than at sandbox" in page and "attempt 7" in page
    others = home(world.client("river fundraiser"))
    assert "refund whose outcome is not known" not in others
    # The gateway's account is everybody's.
    assert "less in the books than at sandbox" in others
    BalanceCheck.objects.update(difference_minor=0)
    refunds.move(asked, "succeeded", at=now())
    assert "Nothing needs a person" in home(world.client("fundraiser"))


def test_days_and_sources_by_the_charitys_own_clock(busy: World) -> None:
    charity = busy.tide.charity
    days = by_day(charity, date(2026, 11, 23), date(2026, 11, 24))
    assert days == {
        ("AUD", date(2026, 11, 23)): Income(1, 1000), ("AUD", date(2026, 11, 24)): Income(2, 7500),
    }  # fmt: skip
    sources = by_source(charity, date(2026, 11, 1), date(2026, 11, 30))
    assert [(s.name, s.kind, s.income) for s in sources] == [
        ("WINTER", "Appeal", Income(2, 7500)), ("www.example.com", "Site", Income(1, 3000)),
        ("news", "Campaign source", Income(1, 1000)),
    ]  # fmt: skip
    assert [s.name for s in by_source(charity, date(2026, 11, 1), date(2026, 11, 30), "form")] == [
        "Tide form"
    ]


def income(client: Client, **query: str) -> str:
    with time_machine.travel(NOON):
        response = client.get("/admin/giving-reports/income/", query)
    assert response.status_code == 200
    return plain(b"".join(response).decode() if response.streaming else response.content.decode())


def test_income_by_source_is_drawn_and_tabled(busy: World) -> None:
    page = income(busy.client("fundraiser"))
    assert "1 November 2026 to 24 November 2026" in page
    assert "<svg" in page
    assert "WINTER" in page
    assert "source=WINTER" in page
    older = income(busy.client("fundraiser"), first="2026-10-01", last="2026-10-31")
    assert "$160.00 AUD" in older
    assert "Direct" in older


@pytest.mark.parametrize(
    "query",
    [{"first": "2026-11-24", "last": "2026-11-01"}, {"first": "abc"}, {"last": "1000-01-01"}, {"by": "password"},
     {"charity": "abc"}, {"first": "0001-01-01", "last": "9999-12-31"}],
)  # fmt: skip
def test_an_address_with_nonsense_shows_this_month(busy: World, query: dict[str, str]) -> None:
    assert "WINTER" in income(busy.client("fundraiser"), **query)


def test_income_as_csv_is_logged(busy: World) -> None:
    text = income(busy.client("fundraiser"), format="csv", by="appeal")
    assert text.splitlines() == [
        "\ufeffKind,Source,Gifts,Income after refunds,Currency",
        "Appeal,WINTER,2,75.00,AUD",
        "Appeal,No appeal,2,40.00,AUD",
    ]
    assert AuditEntry.objects.get().action == "export income"


def test_steps_and_devices(busy: World) -> None:
    for step, phone, desktop in (("details", 60, 40), ("payment", 30, 20), ("submit", 20, 20)):
        for device, number in (("phone", phone), ("desktop", desktop)):
            FunnelCount.objects.create(
                form=busy.tide.form, day=date(2026, 11, 20), step=step, device=device, count=number
            )
    FunnelCount.objects.create(
        form=busy.river.form, day=date(2026, 11, 20), step="details", device="phone", count=999
    )
    with time_machine.travel(NOON):
        page = busy.client("fundraiser").get("/admin/giving-reports/steps/").content.decode()
    assert "100 (100 %)" in page
    assert "40 (40 %)" in page
    assert "999" not in page
    # Seven gifts were paid, four of them submitted in November until noon of the 24th.
    assert re.search(r"<th scope=\"row\">Gave</th><td[^>]*>4</td>(<td[^>]*>–</td>){3}", page)
    assert "4 (4 %)" in page


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Australia/Sydney", datetime(2026, 10, 31, 13, 30, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2026, 12, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_steps_are_counted_on_the_charity_s_days(
    world: World, monkeypatch: pytest.MonkeyPatch, zone: str, at: datetime
) -> None:
    """There it is November, and UTC's day is one of another month."""
    # What other tests gathered isn't written here.
    monkeypatch.setattr(funnel._Gathered, "counts", Counter())
    Charity.objects.update(timezone=zone)
    with time_machine.travel(at, tick=False):
        world.tide.give()
        funnel.count(world.tide.form.pk, "details", "", timezone=zone)
        funnel.flush()
        page = world.client("fundraiser").get("/admin/giving-reports/steps/").content.decode()
    assert re.search(r"<th scope=\"row\">Gave</th><td[^>]*>1</td>", page)
    assert page.count("1 (100 %)") == 2


def test_a_gift_that_was_not_paid_or_came_otherwise_is_no_step(busy: World) -> None:
    FunnelCount.objects.create(
        form=busy.tide.form, day=date(2026, 11, 20), step="details", device="phone", count=10
    )
    with time_machine.travel(NOON):
        busy.tide.give(outcome="lost_card")
        busy.tide.give(method="bank_transfer")
        Gift.objects.filter(source__appeal="WINTER").update(channel="phone")
        page = busy.client("fundraiser").get("/admin/giving-reports/steps/").content.decode()
    assert "2 (20 %)" in page


def test_charts_survive_nothing_and_zero() -> None:
    assert "<svg" in charts.lines([], [], label="x", top="$0")
    assert "<svg" in charts.lines([0], [0, 0], label="x", top="$0")
    assert "<svg" in charts.bars([], label="x")
    drawn = charts.bars([charts.Bar('<script>"', 0, "$0"), charts.Bar("b", -5, "-$5")], label='"><script>')
    assert "<script>" not in drawn
    assert 'width="-' not in drawn


def test_a_task_that_was_given_up_runs_again(world: World) -> None:
    gift = world.tide.give()
    job = Job.objects.create(
        kind="receipts.deliver", dedupe_key="x", payload={"gift": str(gift.pk)}, state=State.DEAD, run_at=now(),
        created_at=now(), finished_at=now(), attempts=20, last_error="gone",
    )  # fmt: skip
    client = world.client("fundraiser")
    assert "gone" in client.get("/admin/mail/").content.decode()
    client.post(f"/admin/mail/jobs/{job.pk}/retry/")
    job.refresh_from_db()
    assert (job.state, job.attempts, job.finished_at, job.last_error) == ("ready", 0, None, "")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.charity) == ("retry task", world.tide.charity)


def test_a_task_of_no_gift_is_a_superusers_affair(world: World) -> None:
    Job.objects.create(
        kind="outbox.prune",
        dedupe_key="x",
        state=State.DEAD,
        run_at=now(),
        created_at=now(),
        finished_at=now(),
    )
    assert "outbox.prune" in world.client("superuser").get("/admin/mail/").content.decode()
    assert "outbox.prune" not in world.client("fundraiser").get("/admin/mail/").content.decode()


def test_mail_that_was_sent_again_is_no_trouble_any_more(world: World) -> None:
    gift = world.tide.give()
    for key, state in (("a", "bounced"), ("b", "sent")):
        sent_at = now() if state == "sent" else None
        ReceiptDelivery.objects.create(
            key=key,
            kind="receipt",
            gift=gift,
            state=state,
            message_id="<x>",
            created_at=now(),
            sent_at=sent_at,
        )
        page = world.client("fundraiser").get("/admin/mail/").content.decode()
        assert ("Came back" in page) is (key == "a")


def test_the_audit_log_is_read_filtered_and_checked(world: World) -> None:
    for name, detail in (
        ("refund gift", {"amount_minor": 1000, "currency": "AUD"}),
        ("change form", {"fields": ["a"]}),
    ):
        audit.record(
            actor=world.users["fundraiser"], charity=world.tide.charity, action=name, object_type="form",
            object_id="7", detail=detail,
        )  # fmt: skip
    client = world.client("treasurer")
    page = plain(client.get("/admin/audit/").content.decode())
    assert "amount: $10.00 AUD" in page
    assert "Site history" in page
    assert [e.action for e in client.get("/admin/audit/results/?action=form").context["object_list"]] == [
        "change form"
    ]
    checked = client.post("/admin/audit/check/", follow=True).content.decode()
    assert "The chain holds: 2 entries checked." in checked


def test_audit_log_a_broken_chain_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = audit.record(
        actor=None, charity=world.tide.charity, action="x", object_type="form", object_id="7", detail={}
    )
    monkeypatch.setattr(audit, "_hash", lambda entry: "0" * 64)
    checked = world.client("treasurer").post("/admin/audit/check/", follow=True).content.decode()
    assert f"The chain is broken at audit entry {entry.pk}" in checked
