"""Staff's pages of Salesforce: set up, tested, what is held, and what a person does about it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings as SettingsWrapper

from almoner.backoffice.crm import held
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.crm.models import AppealCampaign, FundUnit, Link, Mirror
from almoner.crm.salesforce import npsp
from almoner.kernel.clock import now
from almoner.receipts.models import Receipt
from tests.crm.conftest import stands, turn
from tests.support.salesforce.schema import RECORD_TYPE
from tests.support.salesforce.server import SalesforceServer

pytestmark = pytest.mark.django_db

HELD = "/admin/salesforce/held/"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def typed(world: World, salesforce: SalesforceServer, **changes: str) -> dict[str, str]:
    return {
        "active": "on", "since": "2026-01-01", "stage_paid": "Closed Won", "stage_lost": "Closed Lost",
        "record_type_id": RECORD_TYPE, "appeals": f"XMAS26 {salesforce.campaign}",
        f"fund_{world.tide.fund.pk}": salesforce.unit,
    } | changes  # fmt: skip


def save(world: World, sent: dict[str, str]) -> Any:
    return world.client("superuser").post(f"/admin/salesforce/{world.tide.charity.pk}/", sent)


def test_switched_on_it_sends_what_was_given_since_the_day(
    world: World, salesforce: SalesforceServer
) -> None:
    early, plan = world.tide.give(), world.tide.promise()
    type(early).objects.filter(pk=early.pk).update(given_at="2025-12-31T00:00:00Z")
    world.tide.give(outcome="do_not_honour")
    assert save(world, typed(world, salesforce)).status_code == 302
    link = Link.objects.get()
    assert (link.active, link.since, link.record_type_id) == (True, date(2026, 1, 1), RECORD_TYPE)
    assert FundUnit.objects.get().unit_id == salesforce.unit
    assert AppealCampaign.objects.get().campaign_id == salesforce.campaign
    turn()
    turn()
    (first,) = plan.gifts.all()
    assert {str(key) for key in Mirror.objects.values_list("object_id", flat=True)} == {
        str(plan.pk),
        str(first.pk),
    }
    (donation,) = salesforce.records_of("Opportunity")
    assert donation["RecordTypeId"] == RECORD_TYPE
    # What happens from now on is followed.
    world.tide.give()
    turn()
    assert len(salesforce.records_of("Opportunity")) == 2
    # The rows are taken away as they were made.
    save(world, typed(world, salesforce, appeals="", **{f"fund_{world.tide.fund.pk}": ""}))
    assert not AppealCampaign.objects.exists()
    assert not FundUnit.objects.exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.charity) == ("set up salesforce", world.tide.charity)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("record_type_id", "donation", "15 or 18 letters and digits"),
        ("appeals", "XMAS26", "Line 1: end it with the campaign’s Id"),
        ("appeals", "A 701000000000001AAA\nA 701000000000001AAA", "Line 2: A stands there twice."),
        ("appeals", "701000000000001AAA", "Line 1: begin it with the appeal’s code"),
        ("since", "yesterday", "Enter a valid date."),
        ("stage_paid", "", "This field is required."),
    ],
)
def test_what_cannot_be_read_is_named_and_changes_nothing(
    world: World, salesforce: SalesforceServer, field: str, value: str, said: str
) -> None:
    before = AuditEntry.objects.count()
    answer = save(world, typed(world, salesforce, **{field: value}))
    assert (answer.status_code, Link.objects.count(), AuditEntry.objects.count()) == (200, 0, before)
    assert said in text_of(answer)
    # What was typed stands there still.
    assert salesforce.unit in answer.content.decode()


def test_the_test_says_that_nothing_is_wrong(world: World, link: Link, salesforce: SalesforceServer) -> None:
    answer = pressed(world)
    assert "Nothing is wrong" in text_of(answer)
    assert AuditEntry.objects.latest("pk").detail == {"found": []}
    # Nothing was written there.
    assert salesforce.count("/composite$") == 0


def pressed(world: World) -> Any:
    answer = world.client("superuser").post(f"/admin/salesforce/{world.tide.charity.pk}/test/")
    assert answer.status_code == 200
    return answer


def _wrong(salesforce: SalesforceServer, settings: SettingsWrapper, what: str) -> None:
    match what:
        case "secret":
            settings.ALMONER_SALESFORCE_CLIENT_SECRET = "another"
        case "away":
            settings.ALMONER_SALESFORCE_DOMAIN = "http://127.0.0.1:9"
        case "no package":
            salesforce.hidden |= {npsp.RECURRING, npsp.ALLOCATION, npsp.UNIT}
        case "hidden object":
            salesforce.hidden.add(npsp.ALLOCATION)
        case "no field":
            salesforce.without.add("Opportunity.Almoner_Id__c")
        case "not unique":
            salesforce.external = False
        case "no right":
            salesforce.without.add("Contact.HomePhone")
        case "stage":
            Link.objects.update(stage_paid="Received")
        case "record type":
            Link.objects.update(record_type_id="012000000000009AAA")
        case "currencies":
            salesforce.several_currencies = True
        case "installments":
            salesforce.settings = {
                "npsp__IsRecurringDonations2Enabled__c": True,
                "npsp__InstallmentOppAutoCreateOption__c": "Always_Create_Next_Installment",
            }
        case "older":
            salesforce.settings = {"npsp__IsRecurringDonations2Enabled__c": False}
        case "settings":
            salesforce.settings = None
        case "unit":
            FundUnit.objects.update(unit_id="a0A000000000999AAA")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("secret", "Salesforce does not let us in."),
        ("away", "Salesforce could not be reached"),
        ("no package", "The Nonprofit Success Pack is not installed there"),
        ("hidden object", "The user may not read, create and edit this object."),
        ("no field", "The field Almoner_Id__c is missing on this object, or the user may not see it."),
        ("not unique", "is not both External ID and Unique."),
        ("no right", "Contact.HomePhone"),
        ("stage", "This stage is none of Opportunity’s."),
        ("record type", "The user may not use this record type"),
        ("currencies", "Salesforce keeps several currencies."),
        ("installments", "Disable All Installments"),
        ("older", "older kind of recurring donations"),
        ("settings", "could not be read"),
        ("unit", "npsp__General_Accounting_Unit__c a0A000000000999AAA"),
    ],
)
def test_the_test_says_what_is_wrong_in_words(
    world: World, link: Link, salesforce: SalesforceServer, settings: SettingsWrapper, what: str, said: str
) -> None:
    _wrong(salesforce, settings, what)
    shown = text_of(pressed(world))
    assert said in shown
    assert "Nothing is wrong" not in shown
    assert len(AuditEntry.objects.latest("pk").detail["found"]) >= 1


def test_without_its_settings_the_page_names_them(world: World) -> None:
    shown = text_of(world.client("superuser").get("/admin/salesforce/"))
    assert "ALMONER_SALESFORCE_CLIENT_SECRET" in shown
    assert "The server does not know where Salesforce is." in text_of(pressed(world))


def test_a_wrong_login_pauses_all_and_the_page_says_why(
    world: World, link: Link, salesforce: SalesforceServer, settings: SettingsWrapper
) -> None:
    settings.ALMONER_SALESFORCE_CLIENT_SECRET = "another"
    gift = world.tide.give()
    turn(pauses=False)
    assert stands(gift.pk) == ("waiting", "bad_login")
    shown = text_of(world.client("superuser").get("/admin/salesforce/"))
    assert "Salesforce does not let us in." in shown
    assert "On the way 1" in shown


def test_a_dead_letter_is_mended(world: World, link: Link, salesforce: SalesforceServer) -> None:
    """A donor without a name: staff read which field, put it right on the gift's page, and send it again."""
    gift = world.tide.give(name=("", ""), email="nobody@example.org")
    turn()
    client = world.client("fundraiser")
    page = client.get(HELD)
    shown = text_of(page)
    assert "Salesforce asks for a field that is empty." in shown
    assert "Contact.LastName" in shown
    assert f"/admin/gifts/{gift.pk}/" in page.content.decode()
    assert "that Salesforce did not take" in text_of(client.get("/admin/"))
    mended = {
        "given_name": "Grace", "family_name": "Hale", "email": "nobody@example.org", "country": "AU",
        "replacing": str(Receipt.objects.get().pk),
    }  # fmt: skip
    assert client.post(f"/admin/gifts/{gift.pk}/donor/", mended).status_code == 302
    mirror = Mirror.objects.get()
    assert client.post(f"{HELD}{mirror.pk}/send/").status_code == 302
    turn()
    assert stands(gift.pk) == ("sent", "")
    assert salesforce.records_of("Contact")[0]["LastName"] == "Hale"
    assert "Salesforce took all that was sent." in text_of(client.get(HELD))


def test_one_is_left_out_with_a_reason_and_the_rest_is_sent_again(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    salesforce.refuse("Opportunity", "STRING_TOO_LONG", times=3)
    gifts = [world.tide.give() for _ in range(3)]
    turn()
    client: Client = world.client("fundraiser")
    mirror = Mirror.objects.get(object_id=gifts[0].pk)
    refused = client.post(f"{HELD}{mirror.pk}/leave-out/", {"reason": ""})
    assert (refused.status_code, Mirror.objects.filter(state="held").count()) == (200, 3)
    client.post(f"{HELD}{mirror.pk}/leave-out/", {"reason": "not a donation"})
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_id) == ("leave out of salesforce", str(gifts[0].pk))
    assert entry.detail == {"code": "STRING_TOO_LONG", "reason": "not a donation"}
    client.post(f"{HELD}send/")
    turn()
    assert [stands(gift.pk)[0] for gift in gifts] == ["left_out", "sent", "sent"]
    assert "Send it after all" in text_of(client.get(HELD))
    # Pressed twice: the second finds nothing, and says so.
    assert "somebody was faster" in text_of(
        client.post(f"{HELD}{mirror.pk}/leave-out/", {"reason": "x"}, follow=True)
    )


def test_the_list_asks_as_often_for_many_as_for_one(world: World, link: Link) -> None:
    def queries() -> int:
        client = world.client("fundraiser")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(HELD).status_code == 200
        return len(caught)

    def held_back(number: int) -> None:
        for _ in range(number):
            Mirror.objects.create(
                charity=world.tide.charity, kind="gift", object_id=world.tide.give().pk, state="held",
                code="DUPLICATES_DETECTED", asked_at=now() - timedelta(hours=1),
            )  # fmt: skip

    held_back(1)
    # Whatever a process reads once is read now.
    queries()
    one = queries()
    held_back(5)
    assert queries() == one


def test_all_that_is_held_is_shown_by_pages(
    world: World, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_A_PAGE", 2)
    gifts = [world.tide.give() for _ in range(6)]
    for number, gift in enumerate(gifts):
        Mirror.objects.create(
            charity=world.tide.charity, kind="gift", object_id=gift.pk, code="STRING_TOO_LONG",
            state="held" if number < 3 else "left_out", asked_at=now() - timedelta(hours=number),
        )  # fmt: skip
    client = world.client("fundraiser")

    def shown(address: str) -> list[int]:
        page = client.get(address).content.decode()
        return [number for number, gift in enumerate(gifts) if f"/admin/gifts/{gift.pk}/" in page]

    assert shown(HELD) == [0, 1, 3, 4]
    page = client.get(HELD).content.decode()
    assert 'href="?p=2"' in page and 'href="?left=2"' in page and "1 to 2 of 3" in page
    # Each list turns by itself, and a number that is none is the last page.
    assert shown(f"{HELD}?p=2") == [2, 3, 4]
    assert 'href="?p=2&amp;left=2"' in client.get(f"{HELD}?p=2").content.decode()
    assert shown(f"{HELD}?p=99&left=2") == [2, 5]
