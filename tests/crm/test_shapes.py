"""Files for other systems, by staff, by the command and by the API: read back by column, and summed to the cent."""

import csv
import io
import json
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from almoner.api import limits
from almoner.api.scopes import Scope
from almoner.api.tests.conftest import Api, api
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.config import cli
from almoner.config.commands import export
from almoner.crm.models import FundUnit
from almoner.crm.shapes import GIFT_SHAPES, PLAN_SHAPES, SHAPES
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.references import new_uuid
from almoner.plans import changing
from almoner.plans.models import Plan
from almoner.plans.progress import Actor
from almoner.plans.schedule import local_date
from almoner.supporters import people

__all__ = ["api"]

pytestmark = pytest.mark.django_db

# What each file calls its amount; of donors there is none.
AMOUNTS = {
    "npsp": "Donation Amount",
    "raisers-edge-people": "",
    "raisers-edge-gifts": "GFTAmt",
    "civicrm-people": "",
    "civicrm-gifts": "Total Amount",
}
KEYS = {
    "raisers-edge-people": "ConsID",
    "raisers-edge-gifts": "ConsID",
    "civicrm-people": "External Identifier",
    "civicrm-gifts": "External Identifier",
}
Row = dict[str, str]


@pytest.fixture
def given(world: World) -> dict[str, Gift]:
    """100.10 paid, 20.00 of 75.05 given back, all of 10.00 given back, one unpaid, an organisation's 5.00, a formula's
    3.00, and another charity's."""
    tide, user = world.tide, world.users["superuser"]
    FundUnit.objects.create(fund=tide.fund, unit_id="a0A000000000001AAA")
    address = {
        "country": "AU", "line1": "1 Wharf St", "line2": "Unit 2", "dependent_locality": "", "locality": "Hobart",
        "region": "TAS", "postcode": "7000", "sorting_code": "", "origin": "typed", "source": "", "release": "",
    }  # fmt: skip
    gifts = {
        "whole": tide.give(amount_minor=10_010, address=address, source={"appeal": "XMAS26"}),
        "part": tide.give(amount_minor=7_505, method="sandbox_card"),
        "back": tide.give(amount_minor=1_000),
        "unpaid": tide.give(outcome="do_not_honour"),
        "firm": tide.give(amount_minor=500, name=("", ""), email="office@firm.example"),
        "formula": tide.give(amount_minor=300, name=("=cmd()", "Eve"), email="eve@example.org"),
    }
    world.river.give(currency="NZD")
    for name, minor in (("part", 2_000), ("back", 1_000)):
        actions.refund(gift_id=gifts[name].pk, amount_minor=minor, reason="r", actor=user)
    firm = people.Details("", "", "office@firm.example", phone="+61 3 1234", organisation="Firm Ltd")
    people.correct(gifts["firm"].contact, firm, at=now())
    return gifts


def read(content: bytes) -> list[Row]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def by_staff(world: World, shape: str) -> list[Row]:
    of = "plans" if shape in PLAN_SHAPES else "gifts"
    answer = world.client("fundraiser").get(f"/admin/{of}/export/", {"as": shape})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return read(b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def total(rows: list[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


@pytest.mark.parametrize("shape", GIFT_SHAPES)
def test_a_file_has_its_headings_its_rows_and_its_sum(
    world: World, given: dict[str, Gift], shape: str
) -> None:
    rows = by_staff(world, shape)
    assert tuple(rows[0]) == SHAPES[shape].header
    if AMOUNTS[shape]:
        # 100.10 + 75.05 - 20.00 + 5.00 + 3.00, to the cent.
        assert (len(rows), total(rows, AMOUNTS[shape])) == (4, Decimal("163.15"))
    else:
        assert len(rows) == 3
    if shape in KEYS:
        assert {row[KEYS[shape]] for row in rows} == {
            f"tide-s{given[name].contact.supporter_id}" for name in ("whole", "firm", "formula")
        }
    # The formula is no formula, and the phone's sign is not kept as one.
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id) == ("export gifts", shape)


def test_npsps_lines(world: World, given: dict[str, Gift]) -> None:
    rows = {row["Payment Check/Reference Number"]: row for row in by_staff(world, "npsp")}
    gift = given["whole"]
    on = local_date(gift.settled_at or now(), "Australia/Sydney").isoformat()
    assert rows[gift.reference] == {
        "Contact1 First Name": "Ada", "Contact1 Last Name": "Nguyễn", "Contact1 Personal Email": "ada@example.org",
        "Contact1 Preferred Email": "Personal", "Contact1 Home Phone": "", "Contact1 Preferred Phone": "",
        "Account1 Name": "", "Home Street": "1 Wharf St\nUnit 2", "Home City": "Hobart",
        "Home State/Province": "TAS", "Home Zip/Postal Code": "7000", "Home Country": "Australia",
        "Donation Donor": "Contact1", "Donation Amount": "100.10", "Donation Date": on,
        "Donation Name": f"{gift.reference} {on}", "Donation Stage": "Closed Won",
        "Donation Description": "Tide fund", "Campaign Name": "XMAS26",
        "Payment Check/Reference Number": gift.reference, "Payment Method": "Credit Card",
        "GAU Allocation 1: GAU": "a0A000000000001AAA", "GAU Allocation 1: Percent": "100",
    }  # fmt: skip
    firm = rows[given["firm"].reference]
    assert (firm["Account1 Name"], firm["Donation Donor"], firm["Contact1 Last Name"]) == (
        "Firm Ltd",
        "Account1",
        "",
    )
    assert rows[given["formula"].reference]["Contact1 First Name"] == "'=cmd()"


def test_raisers_edges_and_civicrms_lines(world: World, given: dict[str, Gift]) -> None:
    gift, key = given["whole"], f"tide-s{given['whole'].contact.supporter_id}"
    on = local_date(gift.settled_at or now(), "Australia/Sydney")
    ours = {row["GFImpID"]: row for row in by_staff(world, "raisers-edge-gifts")}[str(gift.pk)]
    assert ours == {
        "ConsID": key, "GFImpID": str(gift.pk), "GFDate": f"{on:%d/%m/%Y}", "GFTAmt": "100.10", "GFType": "Cash",
        "GFPayMeth": "Credit Card", "FundID": "general", "GFAppeal": "XMAS26", "GFAnon": "", "GFRef": gift.reference,
    }  # fmt: skip
    world.tide.charity.country = "US"
    world.tide.charity.save()
    assert {row["GFDate"] for row in by_staff(world, "raisers-edge-gifts")} == {f"{on:%m/%d/%Y}"}
    firm = next(row for row in by_staff(world, "raisers-edge-people") if row["KeyInd"] == "O")
    assert (firm["OrgName"], firm["PhoneNum"], firm["EmailNum"]) == (
        "Firm Ltd",
        "(+61) 3 1234",
        "office@firm.example",
    )
    ours = {row["Transaction ID"]: row for row in by_staff(world, "civicrm-gifts")}[str(gift.pk)]
    assert ours == {
        "External Identifier": key, "Total Amount": "100.10", "Currency": "AUD",
        "Contribution Date": f"{on.isoformat()} 00:00:00", "Financial Type": "Donation",
        "Payment Method": "Credit Card", "Contribution Status": "Completed", "Transaction ID": str(gift.pk),
        "Invoice Reference": gift.reference, "Contribution Source": "Tide fund: XMAS26",
    }  # fmt: skip
    person = {row["External Identifier"]: row for row in by_staff(world, "civicrm-people")}[key]
    assert (person["Contact Type"], person["Last Name"]) == ("Individual", "Nguyễn")


@pytest.fixture
def promised(world: World, time_machine: Any) -> dict[str, Plan]:
    """Of 15 March 2026 in Sydney: monthly on the 31st without end, every three months for eight gifts and paused, and
    yearly until a day; one that is cancelled, and another charity's."""
    time_machine.move_to("2026-03-14T20:00:00Z")
    tide, staff = world.tide, Actor.of_staff(world.users["superuser"])
    columns: dict[str, dict[str, Any]] = {
        "open": {"anchor": date(2024, 1, 31), "amount_minor": 2_050, "cover_minor": 50},
        "counted": {"every": 3, "anchor": date(2026, 3, 20), "ends_after": 8},
        "yearly": {"every": 12, "anchor": date(2026, 6, 1), "ends_on": date(2030, 6, 1)},
        "over": {},
    }
    for changes in columns.values():
        made = tide.promise()
        Plan.objects.filter(pk=made.pk).update(**{"amount_minor": 2_000, "cover_minor": 0} | changes)
    plans = dict(
        zip(columns, Plan.objects.filter(charity=tide.charity).order_by("created_at", "pk"), strict=True)
    )
    changing.pause(plans["counted"].pk, by=staff)
    changing.cancel(plans["over"].pk, by=staff)
    world.river.promise()
    return plans


def test_regular_gifts_go_along_in_each_systems_words(world: World, promised: dict[str, Plan]) -> None:
    key = f"tide-s{promised['open'].contact.supporter_id}"
    names = {plan.reference: name for name, plan in promised.items()}

    npsp = {names[row["Recurring Donation Name"]]: row for row in by_staff(world, "npsp-plans")}
    assert npsp.keys() == {"open", "counted", "yearly"}
    start = "Recurring Donation "
    assert {name.removeprefix(start): text for name, text in npsp["open"].items() if start in name} == {
        "Name": promised["open"].reference, "Amount": "21.00", "Date Established": "2026-03-15",
        "Effective Date": "2026-03-31", "Day of Month": "31", "Installment Period": "Monthly",
        "Installment Frequency": "1", "Recurring Type": "Open", "Planned Installments": "", "End Date": "",
        "Status": "Active", "Payment Method": "Credit Card",
    }  # fmt: skip
    assert (npsp["open"]["Donation Donor"], npsp["open"]["Contact1 Last Name"]) == ("Contact1", "Nguyễn")
    told = ("Installment Period", "Installment Frequency", "Planned Installments", "Recurring Type", "Status")
    assert [npsp["counted"][f"Recurring Donation {each}"] for each in told] == [
        "Monthly",
        "3",
        "8",
        "Fixed",
        "Paused",
    ]
    assert [npsp["yearly"][f"Recurring Donation {each}"] for each in told] == [
        "Yearly",
        "1",
        "",
        "Open",
        "Active",
    ]
    assert npsp["yearly"]["Recurring Donation Day of Month"] == ""

    edge = {names[row["GFRef"]]: row for row in by_staff(world, "raisers-edge-plans")}
    assert edge["yearly"] == {
        "ConsID": key, "GFImpID": str(promised["yearly"].pk), "GFDate": "15/03/2026", "GFTAmt": "20.00",
        "GFType": "Recurring Gift", "GFPayMeth": "Credit Card", "FundID": "general", "GFInsFreq": "Annually",
        "GFInsFreqOption": "", "GFInsMonthName": "June", "GFInsNumDay": "1", "GFInsStartDate": "01/06/2026",
        "GFInsEndDate": "01/06/2030", "GFInsNumPay": "", "GFRef": promised["yearly"].reference,
    }  # fmt: skip
    assert (edge["counted"]["GFInsFreq"], edge["counted"]["GFInsNumPay"]) == ("Quarterly", "8")

    civicrm = {names[row["Invoice ID"]]: row for row in by_staff(world, "civicrm-plans")}
    assert civicrm["counted"] == {
        "External Identifier": key, "Amount": "20.00", "Currency": "AUD", "Frequency Unit": "month",
        "Interval (number of units)": "3", "Cycle Day": "20", "Create Date": "2026-03-15 00:00:00",
        "Start Date": "2026-03-20 00:00:00", "End Date": "", "Number of Installments": "8",
        "Financial Type": "Donation", "Payment Method": "Credit Card", "Status": "Pending",
        "Transaction ID": str(promised["counted"].pk), "Invoice ID": promised["counted"].reference,
    }  # fmt: skip
    assert civicrm["yearly"]["End Date"] == "2030-06-01 00:00:00"


@pytest.mark.parametrize("shape", PLAN_SHAPES)
def test_regular_gifts_by_the_command_and_by_the_api_are_those_of_the_list(
    world: World, promised: dict[str, Plan], api: Callable[..., Api], tmp_path: Path, shape: str
) -> None:
    caller, rows = api(Scope.EXPORTS_READ), by_staff(world, shape)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id, tuple(rows[0])) == ("export plans", shape, SHAPES[shape].header)
    answer = caller.get(f"/exports/{shape}")
    assert read(b"".join(answer.streaming_content)) == rows
    assert AuditEntry.objects.latest("pk").action == "export plans"
    since = caller.get(f"/exports/{shape}", given_since="2026-03-15T00:00:00Z")
    assert read(b"".join(since.streaming_content)) == []

    system = shape.removesuffix("-plans")
    options = cli.parser().parse_args(["export", str(tmp_path / "out"), "--charity", "tide", "--for", system])
    assert export.run(options) == 0
    about = json.loads((tmp_path / "out" / "manifest.json").read_text())["files"][f"{shape}.csv"]
    # 20.50 and 0.50, 20.00, 20.00.
    assert (about["rows"], about["totals_minor"]) == (3, {"AUD": 6_100})
    assert world.client("fundraiser").get("/admin/plans/export/", {"as": "npsp"}).status_code == 404
    assert f"as={shape}" in world.client("fundraiser").get("/admin/plans/").content.decode()


def test_staff_ask_for_what_the_list_shows_and_for_nothing_unknown(
    world: World, given: dict[str, Gift]
) -> None:
    client = world.client("fundraiser")
    answer = client.get("/admin/gifts/export/", {"as": "npsp", "q": "eve"})
    assert [row["Donation Amount"] for row in read(b"".join(answer.streaming_content))] == ["3.00"]  # type: ignore[attr-defined]
    before = AuditEntry.objects.count()
    assert client.get("/admin/gifts/export/", {"as": "salsa"}).status_code == 404
    assert AuditEntry.objects.count() == before
    page = client.get("/admin/gifts/", {"status": "settled"}).content.decode()
    assert "/admin/gifts/export/?status=settled&amp;as=civicrm-people" in page


@pytest.mark.parametrize(("system", "files"), [("npsp", 2), ("raisers-edge", 3), ("civicrm", 3)])
def test_the_command_writes_a_systems_files_and_their_sums(
    given: dict[str, Gift], tmp_path: Path, capsys: pytest.CaptureFixture[str], system: str, files: int
) -> None:
    folder = tmp_path / "out"
    options = cli.parser().parse_args(["export", str(folder), "--charity", "tide", "--for", system])
    assert export.run(options) == 0
    told = json.loads((folder / "manifest.json").read_text())["files"]
    assert sorted(told) == sorted(path.name for path in folder.glob("*.csv"))
    assert len(told) == files
    for name, about in told.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if name.endswith("-plans.csv"):
            assert (rows, about["totals_minor"]) == ([], {})
            continue
        amount = AMOUNTS[name.removesuffix(".csv")]
        assert len(rows) == about["rows"]
        assert about["totals_minor"] == ({"AUD": 16_315} if amount else {})
        assert not amount or total(rows, amount) == Decimal("163.15")
    assert "tokens" not in capsys.readouterr().out


@pytest.mark.parametrize("shape", GIFT_SHAPES)
def test_the_api_streams_the_same_lines(
    world: World, given: dict[str, Gift], api: Callable[..., Api], shape: str
) -> None:
    caller = api(Scope.EXPORTS_READ)
    answer = caller.get(f"/exports/{shape}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert read(b"".join(answer.streaming_content)) == by_staff(world, shape)
    answer = caller.get(f"/exports/{shape}", format="ndjson")
    assert answer.headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    objects = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    amount = AMOUNTS[shape]
    assert not amount or total(objects, amount) == Decimal("163.15")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id, entry.actor_name) == ("export gifts", shape, "root by token CRM")


def test_the_api_narrows_by_day_and_refuses_what_it_does_not_know(
    world: World, given: dict[str, Gift], api: Callable[..., Api]
) -> None:
    caller = api(Scope.EXPORTS_READ)
    Gift.objects.filter(pk=given["whole"].pk).update(given_at="2026-01-02T00:00:00Z")
    answer = caller.get("/exports/npsp", given_before="2026-02-01T00:00:00Z")
    assert [row["Donation Amount"] for row in read(b"".join(answer.streaming_content))] == ["100.10"]
    before = AuditEntry.objects.count()
    for shape, query in (
        ("salsa", {}),
        ("npsp", {"format": "xml"}),
        ("npsp", {"given_since": "x"}),
    ):
        assert caller.get(f"/exports/{shape}", **query).status_code == 422
    assert AuditEntry.objects.count() == before


def test_a_token_that_calls_too_often_waits_and_others_do_not(
    world: World, api: Callable[..., Api], settings: SettingsWrapper, time_machine: Any
) -> None:
    settings.API_CALLS_A_MINUTE = 2
    time_machine.move_to("2026-11-26T10:00:15Z", tick=False)
    wild, calm = api(Scope.GIFTS_READ), api(Scope.GIFTS_READ)
    answers = [wild.get("/gifts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in answers] == [
        '"token";r=1;t=45',
        '"token";r=0;t=45',
        '"token";r=0;t=45',
    ]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"token";q=2;w=60'}
    assert (answers[2].json()["code"], answers[2].headers["Retry-After"]) == ("too_many", "45")
    assert calm.get("/gifts").status_code == 200
    # A call that may change something is not begun.
    wild_writer = api(Scope.GIFTS_WRITE)
    for _ in range(2):
        wild_writer.post("/gifts", {})
    assert wild_writer.post("/gifts", {}, key=str(new_uuid())).status_code == 429
    # An answer that is no success says how the token stands too; a stranger is told nothing.
    assert calm.get(f"/gifts/{uuid.uuid4()}").headers["RateLimit"] == '"token";r=0;t=45'
    assert "RateLimit" not in Client().get("/api/v1/gifts").headers
    time_machine.move_to("2026-11-26T10:01:00Z", tick=False)
    assert wild.get("/gifts").status_code == 200


def test_counters_that_are_gone_stop_no_call(
    world: World, api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = api(Scope.GIFTS_READ)

    def gone(token_id: int, window: int) -> int:
        raise OperationalError("no such table")

    monkeypatch.setattr(limits, "_counted", gone)
    answer = caller.get("/gifts")
    assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)
