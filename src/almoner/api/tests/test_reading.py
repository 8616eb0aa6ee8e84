"""Other systems read what one charity has: all of it, each row once, and nothing of another's."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.api.scopes import Scope
from almoner.api.tests.conftest import Api
from almoner.backoffice.tests.conftest import World
from almoner.giving import speaking
from almoner.giving.models import FormFund, Gift
from almoner.kernel.clock import now
from almoner.receipts.models import Receipt

Make = Callable[..., Api]


def walked(
    api: Api, path: str, *, limit: int, meanwhile: Callable[[], object] = lambda: None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.get(path, limit=limit, cursor=cursor).json()
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found
        meanwhile()


def test_a_gift_reads_as_it_stands(api: Make, world: World) -> None:
    gift = world.tide.give(
        amount_minor=5000, cover_minor=120, source={"appeal": "XMAS26", "utm_source": "mail"}
    )

    answer = api().get(f"/gifts/{gift.reference}")

    gift.refresh_from_db()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() | {"given_at": "", "settled_at": ""} == {
        "id": str(gift.pk), "reference": gift.reference, "status": "settled", "channel": "online", "currency": "AUD",
        "amount_minor": 5000, "cover_minor": 120, "total_minor": 5120, "settled_minor": 5120, "refunded_minor": 0,
        "fund": "general", "form": "give", "frequency": "once", "plan": None, "period_on": None, "given_at": "",
        "settled_at": "", "anonymous": False, "flag": "", "benefit_minor": None, "supporter": gift.contact.supporter_id,
        "source": {
            "story_title": "", "appeal": "XMAS26", "utm_source": "mail", "utm_medium": "", "utm_campaign": "",
            "utm_content": "", "utm_term": "", "referrer_host": "",
        },
        "person": {
            "supporter": gift.contact.supporter_id, "given_name": "Ada", "family_name": "Nguyễn", "organisation": "",
            "email": "ada@example.org", "phone": "", "address": None, "language": "en", "bounced_at": None,
            "erased_at": None,
        },
        "message": "", "tribute": None,
    }  # fmt: skip


def test_a_reference_is_read_as_a_person_types_it(api: Make, world: World) -> None:
    gift = world.tide.give()
    typed = f"{gift.reference[:4]} {gift.reference[4:].lower()}"

    assert api().get(f"/gifts/{typed}").json()["id"] == str(gift.pk)


@pytest.mark.parametrize("path", ["/gifts", "/plans"])
def test_who_gave_takes_a_scope_of_its_own(api: Make, world: World, path: str) -> None:
    world.tide.promise()
    everything = api().get(path).content.decode()
    without = api(Scope.GIFTS_READ, Scope.PLANS_READ).get(path)

    assert "ada@example.org" in everything
    assert without.status_code == 200
    assert without.json()["items"][0]["person"] is None
    assert "ada@example.org" not in without.content.decode()


def test_pages_bring_each_row_once_whatever_comes_meanwhile(api: Make, world: World) -> None:
    given = [world.tide.give(email=f"{number}@example.org").reference for number in range(7)]
    # Two of one moment: the cursor still tells them apart.
    Gift.objects.filter(reference__in=given[2:4]).update(
        given_at=Gift.objects.get(reference=given[2]).given_at
    )

    for path in ("/gifts", "/supporters", "/receipts"):
        before = api().get(path, limit=200).json()["items"]
        assert len(before) >= 7
        found = walked(
            api(), path, limit=3, meanwhile=lambda: world.tide.give(email=f"{uuid.uuid4()}@example.org")
        )
        assert found == before


def test_one_sees_nothing_of_another_charitys(api: Make, world: World) -> None:
    ours, plan = world.river.give(), world.river.promise()
    receipt = Receipt.objects.get(gift=ours)
    tides = api()

    for path in ("/gifts", "/plans", "/supporters", "/receipts"):
        assert tides.get(path).json() == {"items": [], "next": ""}
    for path in (
        f"/gifts/{ours.reference}", f"/gifts/{ours.reference}/refunds", f"/plans/{plan.reference}",
        f"/supporters/{ours.contact.supporter_id}",
    ):  # fmt: skip
        assert tides.get(path).status_code == 404
        assert api(of="river").get(path).status_code == 200
    assert api(of="river").get(f"/receipts/{receipt.number}").json()["gift"] == ours.reference
    assert tides.get(f"/receipts/{receipt.number}").status_code == 404


def test_gifts_are_asked_for_by_their_days(api: Make, world: World) -> None:
    old, new = world.tide.give(), world.tide.give()
    Gift.objects.filter(pk=old.pk).update(
        given_at=now() - timedelta(days=40), settled_at=now() - timedelta(days=40)
    )
    week_ago = (now() - timedelta(days=7)).isoformat()

    def found(**asked: str) -> list[str]:
        return [gift["reference"] for gift in api().get("/gifts", **asked).json()["items"]]

    assert found(given_since=week_ago) == found(settled_since=week_ago) == [new.reference]
    assert found(given_before=week_ago) == [old.reference]
    assert found(status="failed") == []
    assert found(status="settled") == [new.reference, old.reference]


def test_a_person_is_found_by_their_address(api: Make, world: World) -> None:
    gift = world.tide.give()
    world.tide.give(email="bo@example.org")

    found = api().get("/supporters", email=" ADA@example.org").json()["items"]

    assert [person["id"] for person in found] == [gift.contact.supporter_id]
    assert found[0]["newest"]["family_name"] == "Nguyễn"
    assert api().get("/supporters", email="nobody\0@example.org").json()["items"] == []


def test_a_receipt_leads_to_its_document(api: Make, world: World) -> None:
    gift = world.tide.give()
    [told] = api().get("/receipts").json()["items"]

    document = Client().get(told["pdf"].removeprefix("http://127.0.0.1:8000"))

    assert (told["gift"], told["status"], told["amount_minor"]) == (gift.reference, "valid", 5000)
    assert document.status_code == 200
    assert document.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("path", "queries"), [("/forms", 7), ("/gifts", 3), ("/plans", 3), ("/supporters", 6), ("/receipts", 5)]
)
def test_a_page_takes_as_many_queries_however_long_it_is(
    api: Make, world: World, path: str, queries: int
) -> None:
    client = api()
    FormFund.objects.create(form=world.tide.form, fund=world.tide.fund)
    for number in range(3):
        world.tide.promise()
        world.tide.give(email=f"{number}@example.org")
    client.get(path)

    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200

    assert len(seen) == queries, [each["sql"] for each in seen.captured_queries]


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "bm9uZQ", "W10", "é", "WyIyMDI2LTExLTI2IiwgIjEiXQ"])
def test_a_cursor_of_somebody_elses_is_refused_in_words(api: Make, world: World, cursor: str) -> None:
    for path in ("/gifts", "/supporters"):
        answer = api().get(path, cursor=cursor)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor")


def test_a_moment_may_have_any_offset_that_there_is(api: Make, world: World) -> None:
    gift = world.tide.give()

    for moment in ("0681-03-27T13:31:27-20:19", "2026-01-01T00:00:00+23:59"):
        found = api().get("/gifts", given_since=moment).json()["items"]
        assert [each["reference"] for each in found] == [gift.reference]
    assert api().get("/gifts", given_since="0001-01-01T00:00:00+14:00").status_code == 422


def test_a_moment_without_an_offset_is_refused(api: Make, world: World) -> None:
    answer = api().get("/gifts", given_since="2026-11-01T00:00:00")

    assert answer.status_code == 422
    assert answer.json()["faults"] == [
        {"where": "query.given_since", "message": "Input should have timezone info"}
    ]


def test_a_form_tells_what_is_said_of_it_in_other_languages(api: Make, world: World) -> None:
    form, fund = world.tide.form, world.tide.fund
    FormFund.objects.create(form=form, fund=fund)
    editor = world.users["editor"]
    speaking.keep(
        world.tide.charity, "de", {form.title: "Ein Licht", fund.name: "Für die Flut"}, actor=editor
    )
    # Taken back, and of nothing that this form says.
    speaking.keep(world.tide.charity, "fr", {form.title: "Une lampe"}, actor=editor)
    speaking.keep(world.tide.charity, "fr", {form.title: "", "Something else": "Autre chose"}, actor=editor)

    listed = api().get("/forms").json()["items"]

    (told,) = [each for each in listed if each["slug"] == form.slug]
    assert (told["language"], told["title"]) == ("en", form.title)
    assert told["languages"] == {
        "de": {"title": "Ein Licht", "intro": "", "funds": [{"code": fund.code, "name": "Für die Flut"}]}
    }
    assert api().get(f"/forms/{form.slug}").json() == told
    assert "Ein Licht" not in api(of="river").get("/forms").content.decode()
