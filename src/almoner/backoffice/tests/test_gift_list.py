"""The list of gifts: what is found, in which order, in how many queries; and its export."""

import csv
import io
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, Fund
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.references import shown_reference
from almoner.kernel.sheets import safe_cell

# Session, user, permissions (2), Wagtail's frame (4), the reader's charities, the filters' forms and funds, the capped
# count, the rows, their methods. The same for two gifts and two million.
LIST_QUERIES = 14


def names(client: Client, **query: object) -> list[str]:
    """Who stands in the list, in its order."""
    page = client.get(f"/admin/gifts/results/?{urlencode(query, doseq=True)}")
    assert page.status_code == 200
    return [gift.contact.given_name for gift in page.context["object_list"]]


@pytest.fixture
def several(world: World) -> dict[str, Gift]:
    tide = world.tide
    return {
        "Ada": tide.give(name=("Ada", "O’Connor"), email="Ada@Example.org", amount_minor=5000),
        "Élodie": tide.give(name=("Élodie", "Brun"), email="e.brun@example.net", amount_minor=100_00),
        "José": tide.give(name=("José", "Ada-Ruiz"), outcome="insufficient_funds", amount_minor=25_00),
        "美咲": tide.give(name=("美咲", "田中"), method="bank_transfer", amount_minor=75_00),
        "Tom": tide.give(
            name=("Tom", "Hale"),
            email="TOM@tide.example",
            source={"appeal": "WINTER", "utm_source": "news"},
            amount_minor=20_00,
        ),
    }


def test_newest_first_with_what_a_fundraiser_needs(world: World, several: dict[str, Gift]) -> None:
    client = world.client("fundraiser")
    assert names(client) == ["Tom", "美咲", "José", "Élodie", "Ada"]
    page = client.get("/admin/gifts/").content.decode()
    for text in ("$50.00 <small>AUD</small>", "Ada O’Connor", "Ada@Example.org", "Tide fund", "Tide form"):
        assert text in page, text
    for label in ("Paid", "Awaiting transfer", "Not paid", "Bank transfer", "Card (sandbox)"):
        assert label in page, label
    assert shown_reference(several["Ada"].reference) in page
    assert "5 gifts" in page


_ALL = '<a class="button button-secondary" href="/admin/gifts/">Show all gifts</a>'


def test_who_finds_nothing_is_led_back_to_all_of_them(world: World, several: dict[str, Gift]) -> None:
    client = world.client("fundraiser")
    for address in ("/admin/gifts/?q=zzzzz", "/admin/gifts/results/?q=zzzzz"):
        page = client.get(address).content.decode()
        assert "No gifts match your query." in page and _ALL in page
    assert _ALL not in client.get("/admin/gifts/").content.decode()


def test_an_empty_list_leads_nowhere(world: World) -> None:
    assert _ALL not in world.client("fundraiser").get("/admin/gifts/").content.decode()


def test_an_address_stands_once_where_there_is_no_name(world: World) -> None:
    world.tide.give(name=("", ""), email="alone@example.org")
    page = world.client("fundraiser").get("/admin/gifts/results/").content.decode()
    assert page.count("alone@example.org") == 1


def test_it_costs_the_same_queries_for_any_number_of_gifts(
    world: World, several: dict[str, Gift], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = world.client("fundraiser")
    client.get("/admin/gifts/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/admin/gifts/")
    for _ in range(10):
        world.tide.give()
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/admin/gifts/")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("oconnor", ["Ada"]), ("O'Connor", ["Ada"]), ("ada", ["José", "Ada"]), ("ada oconn", ["Ada"]),
        ("connor", []), ("elodie", ["Élodie"]), ("BRUN", ["Élodie"]), ("Tom@tide.example", ["Tom"]), ("tom@", ["Tom"]),
        ("e.brun@", ["Élodie"]), ("brun@example.net", []), ("田中", ["美咲"]), ("nobody", []), ("%", []), ("_", []),
        ("'; DROP TABLE giving_gift; --", []), ("   ", ["Tom", "美咲", "José", "Élodie", "Ada"]),
    ],
)  # fmt: skip
def test_search_by_name_and_email(
    world: World, several: dict[str, Gift], typed: str, found: list[str]
) -> None:
    assert names(world.client("fundraiser"), q=typed) == found


def test_search_by_reference(world: World, several: dict[str, Gift]) -> None:
    client, reference = world.client("fundraiser"), several["Ada"].reference
    for typed in (
        reference,
        reference.lower(),
        shown_reference(reference),
        f" {reference[:5]}-{reference[5:]} ",
    ):
        assert names(client, q=typed) == ["Ada"], typed
    other = world.river.give(name=("River", "Person"))
    assert names(client, q=other.reference) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "settled"}, ["Tom", "Élodie", "Ada"]),
        ({"status": ["failed", "awaiting"]}, ["美咲", "José"]),
        ({"status": "flagged"}, ["Tom"]),
        ({"status": "refunded"}, ["Élodie"]),
        ({"method": "bank_transfer"}, ["美咲"]),
        ({"channel": "cash"}, []),
        ({"source": "WINTER"}, ["Tom"]),
        ({"source": "news"}, ["Tom"]),
        ({"source": "direct"}, ["美咲", "José", "Élodie", "Ada"]),
        ({"smallest": "50"}, ["美咲", "Élodie", "Ada"]),
        ({"smallest": "$50.00", "largest": "75"}, ["美咲", "Ada"]),
        ({"smallest": "abc"}, []),
        ({"status": "settled", "q": "ada"}, ["Ada"]),
        ({"ordering": "total_minor"}, ["Tom", "José", "Ada", "美咲", "Élodie"]),
        ({"ordering": "-total_minor"}, ["Élodie", "美咲", "Ada", "José", "Tom"]),
        ({"ordering": "contact__email"}, ["Tom", "美咲", "José", "Élodie", "Ada"]),
        ({"form": "999999"}, ["Tom", "美咲", "José", "Élodie", "Ada"]),
    ],
)
def test_filters_and_order(
    world: World, several: dict[str, Gift], query: dict[str, object], found: list[str]
) -> None:
    Gift.objects.filter(pk=several["Tom"].pk).update(flag="paid_twice")
    actions.refund(
        gift_id=several["Élodie"].pk, amount_minor=100, reason="r", actor=world.users["fundraiser"]
    )
    assert names(world.client("fundraiser"), **query) == found


def test_by_form_and_fund(world: World, several: dict[str, Gift]) -> None:
    client, tide = world.client("fundraiser"), world.tide
    fund = Fund.objects.create(charity=tide.charity, code="night", name="Night line")
    Gift.objects.filter(pk=several["Ada"].pk).update(fund=fund)
    assert names(client, fund=fund.pk) == ["Ada"]
    assert names(client, fund=tide.fund.pk, form=tide.form.pk) == ["Tom", "美咲", "José", "Élodie"]
    page = client.get("/admin/gifts/").content.decode()
    assert "Night line" in page
    # Another charity's form is no choice, so the mistaken filter is left out.
    assert len(names(client, form=world.river.form.pk)) == 5


def test_dates_are_the_charitys_days(world: World, several: dict[str, Gift]) -> None:
    client = world.client("fundraiser")
    # Half an hour past midnight in Sydney is still the day before in London and in UTC.
    early = datetime(2026, 11, 20, 0, 30, tzinfo=ZoneInfo("Australia/Sydney"))
    Gift.objects.filter(pk=several["Ada"].pk).update(given_at=early)
    Gift.objects.filter(pk=several["Tom"].pk).update(given_at=early - timedelta(hours=1))
    assert names(client, given_from="2026-11-20", given_to="2026-11-20") == ["Ada"]
    assert names(client, given_from="2026-11-19", given_to="2026-11-19") == ["Tom"]
    shown = client.get("/admin/gifts/results/?q=ada+oconnor").content.decode()
    assert "20 Nov 2026" in shown
    assert "00:30" in shown


def test_wagtails_own_export_is_shut(world: World, several: dict[str, Gift]) -> None:
    response = world.client("editor").get("/admin/forms/?export=csv")
    assert "text/html" in response.headers["Content-Type"]
    response = world.client("fundraiser").get("/admin/gifts/?export=xlsx")
    assert "text/html" in response.headers["Content-Type"]
    assert AuditEntry.objects.filter(action="export gifts").count() == 0


def table(client: Client, **query: object) -> list[dict[str, str]]:
    response = client.get(f"/admin/gifts/export/?{urlencode(query, doseq=True)}")
    assert response.status_code == 200
    text = b"".join(response).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_export_has_the_rows_of_the_list_and_is_logged(world: World, several: dict[str, Gift]) -> None:
    client = world.client("fundraiser")
    rows = table(client, status="settled", q="o")
    assert [row["First name"] for row in rows] == ["Ada"]
    assert rows[0] | {"Reference": "", "Given": "", "Paid on": ""} == {
        "Reference": "", "Charity": "The Tide Charity", "Given": "", "Paid on": "", "Status": "Paid", "Gift": "50.00",
        "Cover": "0.00", "Total": "50.00", "Settled": "50.00", "Refunded": "0.00", "Currency": "AUD",
        "Fund": "Tide fund", "Form": "Tide form", "Channel": "Online", "Method": "Card (sandbox)", "First name": "Ada",
        "Family name": "O’Connor", "Organisation": "", "Email": "Ada@Example.org", "Phone": "", "Country": "",
        "Postcode": "", "In memory or honour": "", "Of": "", "Message": "", "Anonymous": "", "Story": "", "Appeal": "",
        "utm_source": "", "utm_medium": "", "utm_campaign": "", "Referrer": "", "Page (as it says)": "",
        "Given in return": "",
        "Worth": "",
    }  # fmt: skip
    entry = AuditEntry.objects.get(action="export gifts")
    assert (entry.actor_name, entry.charity, entry.detail) == (
        "fundraiser", world.tide.charity, {"filters": ["q", "status"]},
    )  # fmt: skip


def test_csv_and_spreadsheets_a_cell_that_a_spreadsheet_would_run_is_made_harmless(world: World) -> None:
    nasty = '=HYPERLINK("http://evil.example","x")'
    world.tide.give(name=(nasty, "@SUM(1)"), message="\tcmd", source={"appeal": "-2+3", "utm_source": "+1"})
    row = table(world.client("fundraiser"))[0]
    assert row["First name"] == "'" + nasty
    assert (row["Family name"], row["Message"], row["Appeal"], row["utm_source"]) == (
        "'@SUM(1)", "'\tcmd", "'-2+3", "'+1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0=", "\ufeff=", "＝", "＋"]
)
def test_every_dangerous_beginning(begin: str) -> None:
    assert str(safe_cell(f"{begin}1")).startswith("'")


def test_numbers_and_plain_words_stay_as_they_are() -> None:
    assert [safe_cell(value) for value in (-5, 0, "plain", "a=b", None)] == [-5, 0, "plain", "a=b", ""]


def test_the_export_reads_in_pages(
    world: World, several: dict[str, Gift], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = world.client("fundraiser")
    # The log's head is locked, and here begun.
    with django_assert_max_num_queries(18):
        assert len(table(client)) == 5
