"""The books as treasurers have them: they balance, explain themselves, close, and leave the house whole."""

import csv
import io
import re
import subprocess
import sys
import uuid
from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import plain
from almoner.config import cli, prove
from almoner.config.commands import importing
from almoner.giving import desk
from almoner.giving.models import Gift
from almoner.giving.tests.plans import ADA
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference
from almoner.ledger.books import BooksClosed, Entry, post
from almoner.ledger.models import Account, Closing, Posting

BOOKS = "/admin/giving-reports/books/"
QUERIES, QUERIES_OF_ONE = 15, 16


@pytest.fixture
def client(world: World) -> Client:
    return world.client("treasurer")


@pytest.fixture
def gifts(world: World, client: Client) -> list[Gift]:
    """A card gift of which some went back, one by hand, a credit in suspense, one in yen, and one of river's."""
    card = world.tide.give(amount_minor=5000)
    client.post(f"/admin/gifts/{card.pk}/refund/", {"amount": "10", "reason": "meant less"})
    by_hand = desk.enter_gift(
        charity=world.tide.charity, fund=world.tide.fund, details=ADA, amount_minor=1234, currency="AUD",
        channel="cash", given_on=date(2026, 11, 20), actor=world.users["fundraiser"],
    )  # fmt: skip
    desk.record_credit(
        charity=world.tide.charity, received_on=date(2026, 11, 20), amount_minor=700, currency="AUD",
        text="A SMITH", actor=world.users["fundraiser"],
    )  # fmt: skip
    yen = world.tide.give(amount_minor=900, currency="JPY")
    world.river.give(amount_minor=8800)
    return [card, by_hand, yen]


def exported(client: Client, kind: str, **query: str) -> str:
    response = client.get(BOOKS, {"format": kind, **query})
    assert response.status_code == 200
    return b"".join(response).decode("utf-8-sig")


def beans(text: str, folder: Path) -> str:
    """What `bean-check` says of it: nothing, if it holds."""
    file = folder / "books.beancount"
    file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_page_balances_and_leads_to_each_gift(client: Client, gifts: list[Gift]) -> None:
    page = plain(client.get(BOOKS).content.decode())
    assert page.count("Balances</span>") == 2
    assert "Does not balance" not in page
    shown = (
        "Income (general)",
        "$62.34 AUD",
        "Refunds (general)",
        "Suspense",
        "$7.00 AUD",
        "Money not yet banked",
    )
    assert [text for text in shown if text not in page] == []
    assert "River" not in page
    account = Account.objects.get(code="income:general", currency="AUD", charity=gifts[0].charity)
    page = plain(client.get(f"{BOOKS}{account.pk}/").content.decode())
    for gift in gifts[:2]:
        assert f'<a href="/admin/gifts/{gift.pk}/">Paid: gift {shown_reference(gift.reference)}</a>' in page
    assert "Ada Nguyễn" in page
    assert "$62.34 AUD" in page


def minor(text: str, currency: str) -> int:
    return int(Decimal(text) * (1 if currency == "JPY" else 100))


def test_every_account_says_the_same_as_its_postings(client: Client, gifts: list[Gift]) -> None:
    """Added up again from the rows that were exported, by a sum that shares nothing with the page's."""
    stands: Counter[tuple[str, str]] = Counter()
    rows = list(csv.DictReader(io.StringIO(exported(client, "postings"))))
    assert len(rows) == Posting.objects.filter(charity=gifts[0].charity).count()
    for row in rows:
        amount = minor(row["Amount"], row["Currency"])
        stands[row["Debit"], row["Currency"]] += amount
        stands[row["Credit"], row["Currency"]] -= amount
    shown = {
        (row["Account"], row["Currency"]): minor(row["After"], row["Currency"])
        for row in csv.DictReader(io.StringIO(exported(client, "csv")))
    }
    assert shown == dict(stands)
    assert sum(stands.values()) == 0


def test_beancount_takes_the_books_and_their_balances(
    client: Client, gifts: list[Gift], tmp_path: Path
) -> None:
    text = exported(client, "beancount")
    assert beans(text, tmp_path) == ""
    assert text.count(" * ") == Posting.objects.filter(charity=gifts[0].charity).count()
    assert shown_reference(gifts[0].reference) in text
    assert "Ada" not in text
    # It would say so if a cent were missing.
    stands = "balance Assets:Undeposited:AUD  12.34"
    assert stands in text
    assert "Balance failed" in beans(text.replace(stands, stands.replace("34", "35")), tmp_path)


def test_beancount_takes_whatever_a_charity_and_its_funds_are_called(
    world: World, client: Client, tmp_path: Path
) -> None:
    charity = world.tide.charity
    charity.name = 'Tide "of" hope \\ and\nmore;'
    charity.save()
    # Two pairs of these would be one name in beancount's letters, and two have none of its letters.
    codes = ("a-b", "a_b", "a--b", "ä", "!!", "1x", "income", "Ω:Ω")
    for at, code in enumerate(codes):
        entry = [Entry("bank", f"income:{code}", 100 + at, "charge")]
        post(entry, charity_id=charity.pk, currency="AUD", source="attempt", source_id=uuid.uuid4(), at=now())
    text = exported(client, "beancount")
    assert beans(text, tmp_path) == ""
    assert text.startswith('option "title" "Tide \\"of\\" hope \\\\ and more;"\n')
    opened = re.findall(r"^\S+ open (\S+) AUD$", text, re.MULTILINE)
    assert len(opened) == len(set(opened)) == len(codes) + 1


def test_days_in_the_middle_begin_with_what_stood_there(
    world: World, client: Client, gifts: list[Gift], tmp_path: Path
) -> None:
    later = now() + timedelta(days=40)
    with time_machine.travel(later, tick=False):
        world.tide.give(amount_minor=2000)
        day = later.astimezone(client_zone(world)).date().isoformat()
        text = exported(world.client("treasurer"), "beancount", first=day, last=day)
        figures = exported(world.client("treasurer"), "csv", first=day, last=day)
    assert beans(text, tmp_path) == ""
    assert "Equity:Opening-Balances" in text
    assert text.count('"Paid: gift') == 1
    # On either side, each begins with what it stood at the day before.
    before = {row["Account"]: row["After"] for row in csv.DictReader(io.StringIO(exported(client, "csv")))}
    begins = {row["Account"]: row["Before"] for row in csv.DictReader(io.StringIO(figures))}
    assert (begins, begins["suspense"]) == (before, "-7.00")


def client_zone(world: World) -> ZoneInfo:
    return ZoneInfo(world.tide.charity.timezone)


def test_an_account_goes_on_from_page_to_page(
    client: Client, gifts: list[Gift], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("almoner.backoffice.reports.books._A_PAGE", 1)
    account = Account.objects.get(code="clearing:sandbox", currency="AUD", charity=gifts[0].charity)
    page = plain(client.get(f"{BOOKS}{account.pk}/", {"p": "3"}).content.decode())
    # 50.00 came, 1.18 was kept, and after 10.00 went back this is what stands there.
    assert "$48.82 AUD" in page
    assert "$38.82 AUD" in page


def test_more_postings_than_are_counted_are_said_to_be_more(
    client: Client, gifts: list[Gift], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account.objects.get(code="clearing:sandbox", currency="AUD", charity=gifts[0].charity)
    page = plain(client.get(f"{BOOKS}{account.pk}/").content.decode())
    assert "1 to 3 of 3 postings</span>" in page
    monkeypatch.setattr("almoner.backoffice.tables.MOST_COUNTED", 2)
    page = plain(client.get(f"{BOOKS}{account.pk}/").content.decode())
    assert "1 to 2 of more than 2 postings: choose fewer days to see the others" in page


@pytest.mark.parametrize(
    ("until", "says"), [("2100-01-01", "over for an hour"), ("soon", "Enter a valid date")]
)
def test_days_that_can_not_be_closed_are_refused(client: Client, until: str, says: str) -> None:
    assert says in client.post(f"{BOOKS}close/", {"until": until}).content.decode()
    assert Closing.objects.count() == 0


def closed_today(world: World) -> None:
    """Three days from now."""
    until = now().astimezone(client_zone(world)).date() - timedelta(days=3)
    response = world.client("treasurer").post(f"{BOOKS}close/", {"until": until.isoformat()})
    assert response.status_code == 302, response.content.decode()


def test_closed_days_take_nothing_more(world: World, gifts: list[Gift]) -> None:
    then = now()
    with time_machine.travel(then + timedelta(days=3), tick=False):
        closed_today(world)
        closed = Closing.objects.get()
        assert (closed.balances["income:general AUD"], closed.balances["suspense AUD"]) == (-6234, -700)
        client = world.client("treasurer")
        again = client.post(f"{BOOKS}close/", {"until": closed.until.isoformat()}).content.decode()
        assert "are closed until" in again
        before = Posting.objects.count()
        entry = [Entry("bank", "suspense", 5, "credit")]
        with pytest.raises(BooksClosed):
            post(
                entry, charity_id=world.tide.charity.pk, currency="AUD", source="credit", source_id=1, at=then
            )
        assert Posting.objects.count() == before
        # Nor in the first hours after a day that was closed, when its evening is no day ago.
        evening = datetime.combine(
            closed.until + timedelta(days=1), time.min, client_zone(world)
        ) - timedelta(minutes=1)
        with time_machine.travel(evening + timedelta(hours=2), tick=False), pytest.raises(BooksClosed):
            post(
                entry,
                charity_id=world.tide.charity.pk,
                currency="AUD",
                source="credit",
                source_id=1,
                at=evening,
            )
        # Today's gifts and river's days go on.
        world.tide.give()
        post(entry, charity_id=world.river.charity.pk, currency="AUD", source="credit", source_id=2, at=then)
        assert "Until" in client.get(BOOKS).content.decode()


def test_who_posts_into_closed_days_behind_our_back_is_found(world: World, gifts: list[Gift]) -> None:
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        closed_today(world)
        posting = Posting.objects.filter(charity=world.tide.charity, currency="AUD").earliest("id")
        lines: list[Any] = []
        prove.report(lines.append)
        assert any(re.match(r"holds +closed books", line) for line in lines), lines
        Posting.objects.create(
            charity=posting.charity, debit=posting.debit, credit=posting.credit, amount_minor=1, currency="AUD",
            source="attempt", source_id="x", kind="charge", at=posting.at,
        )  # fmt: skip
        lines.clear()
        assert prove.report(lines.append) == 1
        assert any(re.match(r"broken +closed books", line) for line in lines), lines


def test_an_import_into_closed_days_leaves_its_line_out(
    world: World, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post(f"{BOOKS}close/", {"until": "2025-06-30"})
    file = tmp_path / "gifts.csv"
    person = "Ada,N,ada@example.org,AUD"
    file.write_text(
        "number,given_on,given_name,family_name,email,currency,amount\n"
        f"1,2025-06-30,{person},5.00\n2,2025-07-01,{person},6.00\n"
    )
    with CaptureQueriesContext(connection) as asked:
        importing.run(cli.parser().parse_args(["import", "csv", str(file), "--charity", "tide"]))
    said = capsys.readouterr()
    assert "the books of its day are closed" in said.out + said.err
    assert sum("ledger_closing" in each["sql"] for each in asked.captured_queries) == 2, "once for each line"
    assert list(Gift.objects.values_list("amount_minor", flat=True)) == [600]


def test_the_books_cost_the_same_however_much_was_posted(
    world: World, client: Client, gifts: list[Gift], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account = Account.objects.get(code="income:general", currency="AUD", charity=world.tide.charity)
    client.get(BOOKS)
    for _ in range(2):
        with django_assert_num_queries(QUERIES):
            client.get(BOOKS)
        with django_assert_num_queries(QUERIES_OF_ONE):
            client.get(f"{BOOKS}{account.pk}/")
        for _ in range(3):
            world.tide.give()
