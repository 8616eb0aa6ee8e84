"""The daily proof of the books: kept a row a day for each charity, shown as a calendar, mailed when it is red."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import plain
from almoner.config import measures, proving
from almoner.config.wiring import HANDLERS
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger.models import DayProved
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.payments.gateways.port import Answer, AnswerLost
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt

QUERIES = 10


@pytest.fixture
def gift(world: World) -> Gift:
    """One of each charity, so that each has books; and readers with an address."""
    for who in ("treasurer", "river treasurer", "superuser", "editor"):
        world.users[who].email = f"{who.replace(' ', '-')}@example.org"
        world.users[who].save()
    world.river.give()
    return world.tide.give()


def prove(days: float) -> dict[str, str]:
    """The worker's task so many days later; each charity's verdict of that day."""
    with time_machine.travel(now() + timedelta(days=days), tick=True):
        proving.run_daily()
        drain(HANDLERS)
        day = now().date() + timedelta(days=1)
    rows = DayProved.objects.filter(day__gte=day - timedelta(days=2)).order_by("day")
    return {row.charity.slug: row.verdict for row in rows}


def told() -> list[tuple[str, str]]:
    """(to whom, what) of the mails about red days."""
    return sorted(
        (each.to[0], str(each.body)) for each in mail.outbox if each.subject.startswith("The books of")
    )


def altered(gift: Gift, sandbox: Sandbox) -> Attempt:
    """The gateway says a cent more than was booked."""
    attempt = Attempt.objects.get(gift_id=gift.pk)
    with sandbox.store.write() as rows:
        rows.execute("UPDATE charge SET amount_minor = amount_minor + 1 WHERE id = ?", (attempt.gateway_id,))
    return attempt


def test_a_day_is_kept_once_and_a_red_one_is_mailed_once_to_who_may_see_the_books(
    gift: Gift, world: World, sandbox: Sandbox
) -> None:
    assert prove(0) == {}, "nothing of an earlier day"
    assert prove(1) == {"tide": "green", "river": "green"}
    assert told() == []
    attempt = altered(gift, sandbox)
    for _ in range(2):
        assert prove(2) == {"tide": "red", "river": "green"}
    tide = DayProved.objects.get(verdict="red")
    with time_machine.travel(tide.at + timedelta(hours=1), tick=False):
        measured = {(each.name, *each.labels.values()): each.value for each in measures.read()}
    assert measured["almoner_proof_age_seconds", "tide"] == 3600
    for charity, verdict, broken in (("tide", "red", 3), ("river", "green", 0)):
        assert measured["almoner_proof", charity, verdict] == 1
        assert sum(measured["almoner_proof", charity, each] for each in DayProved.Verdict.values) == 1
        for name in ("almoner_proof_broken", "almoner_proof_differences"):
            assert measured[name, charity] == broken
        assert measured["almoner_proof_not_asked", charity] == 0
    found = {(each["check"], each["of"], each["gift"]) for each in tide.findings}
    checks = ("gateway agrees", "clearing", "receipts at the gateway")
    assert found == {(name, "sandbox", str(gift.pk)) for name in checks}
    assert (tide.broken, tide.not_asked) == (3, 0)
    assert [to for to, _ in told()] == ["superuser@example.org", "treasurer@example.org"]
    text = told()[0][1]
    assert f"attempt {attempt.pk}" in text
    assert f"/admin/giving-reports/proof/{tide.pk}/" in text
    assert "the books hold $48.82 AUD, sandbox $48.83 AUD" in text
    assert prove(3) == {"tide": "red", "river": "green"}
    assert len(told()) == 4, "while it lasts, once a day"
    assert not Job.objects.exclude(state="done").filter(kind="staff.red_day").exists()


def test_a_gateway_that_is_away_leaves_the_day_unasked_until_it_answers(gift: Gift, sandbox: Sandbox) -> None:
    def away(since: datetime | None = None) -> Iterator[Answer]:
        raise AnswerLost("down")

    assert prove(0) == {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "charges", away)
        assert prove(1) == {"tide": "not asked", "river": "not asked"}
    (said,) = {each["says"] for each in DayProved.objects.filter(charity=gift.charity).get().findings}
    assert said == "sandbox gave no answer"
    assert told() == []
    assert prove(1) == {"tide": "green", "river": "green"}


def test_each_day_asks_about_what_moved_and_once_a_week_about_everything(
    gift: Gift, world: World, sandbox: Sandbox
) -> None:
    """A difference that no balance shows, in a charge that nothing told of again: the weekly pass names it."""
    assert prove(0) == {}
    for day in range(1, 5):
        assert prove(day) == {"tide": "green", "river": "green"}
    asked = [row.since for row in DayProved.objects.filter(charity=gift.charity).order_by("day")]
    assert asked[0] is None
    assert [each and (now() + timedelta(days=day) - each).days for day, each in enumerate(asked, 1)] == [
        None,
        3,
        3,
        3,
    ]
    page = world.client("treasurer").get(
        f"/admin/giving-reports/proof/{DayProved.objects.filter(since__isnull=False).latest('day').pk}/"
    )
    assert "each gift that was made or moved since" in page.content.decode()
    attempt = Attempt.objects.get(gift_id=gift.pk)
    with sandbox.store.write() as rows:
        rows.execute("UPDATE charge SET amount_minor = amount_minor + 1, fee_minor = fee_minor + 1 WHERE id = ?",
                     (attempt.gateway_id,))  # fmt: skip
    assert prove(5) == {"tide": "green", "river": "green"}
    assert prove(8) == {"tide": "red", "river": "green"}
    tide = DayProved.objects.get(verdict="red")
    assert tide.since is None
    assert {each["check"] for each in tide.findings} == {"gateway agrees", "receipts at the gateway"}
    # What moved here is asked about, however old; and a balance that differs has everything asked about.
    with sandbox.store.write() as rows:
        rows.execute("UPDATE charge SET fee_minor = fee_minor - 1 WHERE id = ?", (attempt.gateway_id,))
    assert prove(9) == {"tide": "red", "river": "green"}
    newest = DayProved.objects.filter(charity=gift.charity).latest("day")
    assert newest.since is not None
    assert {each["check"] for each in newest.findings} == {"clearing"}


def test_staff_see_a_calendar_and_what_was_found(
    gift: Gift, world: World, sandbox: Sandbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = world.client("treasurer")
    assert "No day was proved yet" in client.get("/admin/giving-reports/proof/").content.decode()
    altered(gift, sandbox)
    proving.keep(gift.charity, proving.prove.results(), at=now())
    for days in range(1, 8):
        green = [result for result in proving.prove.results() if not result.rows]
        proving.keep(gift.charity, green, at=now() - timedelta(days=days))
    with django_assert_num_queries(QUERIES):
        page = client.get("/admin/giving-reports/proof/").content.decode()
    red = DayProved.objects.get(verdict="red")
    assert page.count("bo-day--good") == 7 + 1
    assert f'href="/admin/giving-reports/proof/{red.pk}/"' in page
    assert ": Something differs" in page
    shown = plain(client.get(f"/admin/giving-reports/proof/{red.pk}/").content.decode())
    assert f'href="/admin/gifts/{gift.pk}/"' in shown
    assert "3 did not" in shown
    assert world.client("river treasurer").get(f"/admin/giving-reports/proof/{red.pk}/").status_code == 404
    assert "bo-day--bad" not in world.client("river treasurer").get(
        "/admin/giving-reports/proof/"
    ).content.decode().replace('bo-day bo-day--bad" aria-hidden', "")


@pytest.mark.parametrize(
    "says",
    [
        "attempt 00000000-0000-0000-0000-000000000000",
        "gift x",
        "bank",
        "closing of 2020-01-31: bank AUD",
        "posting 0-",
    ],
)
def test_what_names_no_row_is_everybodys(says: str, world: World) -> None:
    assert proving.whose(says) == (None, "")
