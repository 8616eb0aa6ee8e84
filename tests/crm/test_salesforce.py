"""Gifts and plans in Salesforce, over a socket: what is there after each thing that happens, and after each refusal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User

from almoner.backoffice.tests.conftest import World
from almoner.charities import audit
from almoner.crm import proof
from almoner.crm.models import AppealCampaign, Link, Mirror, Person
from almoner.crm.salesforce import mending
from almoner.crm.salesforce.client import Client
from almoner.crm.salesforce.following import queue
from almoner.giving import actions
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job, State
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.plans import changing
from almoner.plans.progress import Actor
from almoner.plans.schedule import local_date
from almoner.receipts.models import Receipt
from almoner.supporters import people
from tests.crm.conftest import stands, turn
from tests.support.salesforce.server import SalesforceServer

pytestmark = pytest.mark.django_db

_GIFT = "Opportunity"
_PLAN = "npe03__Recurring_Donation__c"
_ADDRESS = {
    "country": "AU", "line1": "1 Wharf St", "line2": "", "dependent_locality": "", "locality": "Hobart",
    "region": "TAS", "postcode": "7000", "sorting_code": "", "origin": "typed", "source": "", "release": "",
}  # fmt: skip


def one(salesforce: SalesforceServer, about: str) -> dict[str, Any]:
    (found,) = salesforce.records_of(about)
    return found


def refund(gift: Gift, amount_minor: int, user: User) -> None:
    actions.refund(gift_id=gift.pk, amount_minor=amount_minor, reason="asked", actor=user)


def test_a_gift_is_a_contact_in_a_household_a_donation_and_an_allocation(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    AppealCampaign.objects.create(
        charity=world.tide.charity, appeal="XMAS26", campaign_id=salesforce.campaign
    )
    gift = world.tide.give(amount_minor=5010, cover_minor=95, address=_ADDRESS, source={"appeal": "XMAS26"})
    # In Sydney the 27th.
    Gift.objects.filter(pk=gift.pk).update(given_at=datetime(2026, 11, 26, 20, tzinfo=UTC))
    turn()
    contact = one(salesforce, "Contact")
    key = f"tide-s{gift.contact.supporter_id}"
    assert contact == {
        "Id": contact["Id"], "Almoner_Id__c": key, "FirstName": "Ada", "LastName": "Nguyễn",
        "npe01__HomeEmail__c": "ada@example.org", "npe01__Preferred_Email__c": "Personal",
        "AccountId": contact["AccountId"],
        "MailingStreet": "1 Wharf St", "MailingCity": "Hobart", "MailingState": "TAS", "MailingPostalCode": "7000",
        "MailingCountry": "Australia",
    }  # fmt: skip
    donation = one(salesforce, _GIFT)
    assert donation == {
        "Id": donation["Id"], "Almoner_Id__c": str(gift.pk),
        "Name": f"Ada Nguyễn 2026-11-27 {gift.reference}", "StageName": "Closed Won",
        "CloseDate": local_date(gift.settled_at or now(), "Australia/Sydney").isoformat(), "Amount": 51.05,
        "AccountId": contact["AccountId"], "npsp__Primary_Contact__c": contact["Id"],
        "CampaignId": salesforce.campaign,
    }  # fmt: skip
    allocation = one(salesforce, "npsp__Allocation__c")
    assert (allocation["npsp__Opportunity__c"], allocation["npsp__General_Accounting_Unit__c"]) == (
        donation["Id"],
        salesforce.unit,
    )
    assert allocation["npsp__Percent__c"] == 100
    mirror = Mirror.objects.get()
    assert (mirror.state, mirror.salesforce_id, mirror.tries) == ("sent", donation["Id"], 0)
    # One call of the day's allowance, one login; and nothing of it is sent twice.
    assert (salesforce.count("/composite$"), salesforce.logins) == (1, 1)
    turn()
    assert salesforce.count("/composite$") == 1


def test_a_second_gift_leaves_the_contact_to_those_who_work_there(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    world.tide.give()
    turn()
    contact = one(salesforce, "Contact")
    salesforce.records["Contact"][contact["Id"]]["LastName"] = "Nguyen-Hale"
    # Whoever gives with another's address of email renames nobody.
    world.tide.give(name=("Mallory", "Other"))
    turn()
    assert one(salesforce, "Contact")["LastName"] == "Nguyen-Hale"
    gifts = salesforce.records_of(_GIFT)
    assert [gift["npsp__Primary_Contact__c"] for gift in gifts] == [contact["Id"]] * 2


def test_an_unpaid_gift_is_not_sent_and_a_late_one_is(
    world: World, link: Link, salesforce: SalesforceServer, sandbox: Sandbox
) -> None:
    world.tide.give(outcome="do_not_honour")
    world.tide.give(method="bank_transfer")
    turn()
    assert not Mirror.objects.exists()
    assert salesforce.requests == []
    world.river.give(currency="NZD")
    turn()
    assert not Mirror.objects.exists(), "another charity's"


def test_refunds_in_part_and_in_whole(world: World, link: Link, salesforce: SalesforceServer) -> None:
    gift, user = world.tide.give(amount_minor=5000), world.users["superuser"]
    turn()
    refund(gift, 1250, user)
    turn()
    assert (one(salesforce, _GIFT)["Amount"], one(salesforce, _GIFT)["StageName"]) == (37.5, "Closed Won")
    refund(gift, 3750, user)
    turn()
    assert (one(salesforce, _GIFT)["Amount"], one(salesforce, _GIFT)["StageName"]) == (50.0, "Closed Lost")
    assert stands(gift.pk) == ("sent", "")


def test_a_plan_its_gifts_and_its_changes(world: World, link: Link, salesforce: SalesforceServer) -> None:
    plan = world.tide.promise()
    turn()
    gift, recurring = one(salesforce, _GIFT), one(salesforce, _PLAN)
    begun = local_date(plan.created_at, "Australia/Sydney").isoformat()
    assert gift["npe03__Recurring_Donation__c"] == recurring["Id"]
    assert recurring == {
        "Id": recurring["Id"], "Almoner_Id__c": str(plan.pk), "npe03__Contact__c": one(salesforce, "Contact")["Id"],
        "npe03__Amount__c": 25.0, "npe03__Installment_Period__c": "Monthly", "npsp__InstallmentFrequency__c": 1,
        "npsp__RecurringType__c": "Open", "npsp__StartDate__c": begun, "npe03__Date_Established__c": begun,
        "npsp__Day_of_Month__c": str(plan.anchor.day), "npsp__Status__c": "Active",
        "npsp__DisableFirstInstallment__c": True,
    }  # fmt: skip
    by = Actor.of_staff(world.users["superuser"])
    changing.change_amount(plan.pk, amount_minor=4000, cover_minor=0, by=by)
    changing.change_every(plan.pk, every=3, by=by)
    changing.pause(plan.pk, by=by)
    turn()
    changed = one(salesforce, _PLAN)
    assert (changed["npe03__Amount__c"], changed["npsp__InstallmentFrequency__c"]) == (40.0, 3)
    assert changed["npsp__Status__c"] == "Paused"
    changing.cancel(plan.pk, by=by)
    turn()
    assert one(salesforce, _PLAN)["npsp__Status__c"] == "Closed"
    assert {mirror.state for mirror in Mirror.objects.all()} == {"sent"}


def test_details_that_staff_put_right_are_sent_once_more(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    gift = world.tide.give()
    turn()
    answer = world.client("superuser").post(
        f"/admin/gifts/{gift.pk}/donor/",
        {
            "given_name": "Ada",
            "family_name": "Hale",
            "email": "ada@example.org",
            "country": "AU",
            "replacing": str(Receipt.objects.get().pk),
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    turn()
    assert one(salesforce, "Contact")["LastName"] == "Hale"
    assert Person.objects.get().is_there


def test_an_organisation_is_an_account_and_nobody_is_nobody(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    gift = world.tide.give(name=("", ""), email="office@firm.example")
    people.correct(
        gift.contact, people.Details("", "", "office@firm.example", organisation="Firm Ltd"), at=now()
    )
    turn()
    account = one(salesforce, "Account")
    assert (account["Name"], one(salesforce, _GIFT)["AccountId"]) == ("Firm Ltd", account["Id"])
    assert salesforce.records_of("Contact") == []
    world.tide.give(name=("", ""), email="")
    turn()
    assert [gift.get("AccountId") for gift in salesforce.records_of(_GIFT)] == [account["Id"], None]


@pytest.mark.parametrize(
    ("kind", "done"),
    [("drop_request", 0), ("drop_answer", 1), ("error_after", 1), ("error_before", 0), ("garbage", 1)],
)
def test_an_answer_that_never_came_is_asked_for_again_and_nothing_is_doubled(
    world: World, link: Link, salesforce: SalesforceServer, kind: str, done: int
) -> None:
    salesforce.fault(kind, "/composite$")
    gift = world.tide.give()
    turn()
    assert stands(gift.pk)[0] == "waiting"
    assert len(salesforce.records_of(_GIFT)) == done
    assert Mirror.objects.get().tries == 1
    # The outbox's own row is done: its twenty attempts aren't used up by another's trouble.
    assert set(Job.objects.filter(kind="salesforce send").values_list("state", flat=True)) == {
        "done",
        "ready",
    }
    turn()
    assert stands(gift.pk) == ("sent", "")
    for about in (_GIFT, "Contact", "npsp__Allocation__c"):
        assert len(salesforce.records_of(about)) == 1


def test_a_token_that_has_ended_is_renewed(world: World, link: Link, salesforce: SalesforceServer) -> None:
    world.tide.give()
    turn()
    salesforce.expire_tokens()
    world.tide.give()
    turn()
    assert (salesforce.logins, len(salesforce.records_of(_GIFT))) == (2, 2)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
        (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "npsp.TDTM_Opportunity: UNABLE_TO_LOCK_ROW, unable to obtain",
        ),
    ],
)
def test_a_locked_household_is_tried_again_by_itself(
    world: World, link: Link, salesforce: SalesforceServer, code: str, message: str
) -> None:
    salesforce.refuse(_GIFT, code, message, times=2)
    gift = world.tide.give()
    turn()
    assert stands(gift.pk) == ("waiting", "UNABLE_TO_LOCK_ROW")
    # Whole or nothing: the contact went back with the gift.
    assert salesforce.records_of("Contact") == []
    turn()
    turn()
    assert stands(gift.pk) == ("sent", "")


def test_what_stays_locked_is_a_persons_in_the_end(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    salesforce.refuse(_GIFT, "UNABLE_TO_LOCK_ROW", times=1000)
    gift = world.tide.give()
    for _ in range(18):
        turn()
    assert stands(gift.pk) == ("held", "UNABLE_TO_LOCK_ROW")
    assert not Job.objects.filter(kind="salesforce send").exclude(state=State.DONE).exists()


def test_a_spent_allowance_is_waited_for_by_all(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    world.tide.give()
    world.tide.give(name=("Grace", "Hale"), email="grace@example.org")
    salesforce.spend_allowance()
    turn(pauses=False)
    link.refresh_from_db()
    assert (link.paused_code, {mirror.state for mirror in Mirror.objects.all()}) == (
        "REQUEST_LIMIT_EXCEEDED",
        {"waiting"},
    )
    assert link.paused_until is not None and link.paused_until > now() + timedelta(minutes=9)
    # One asked; the other didn't.
    assert salesforce.count("/composite$") == 1
    assert [mirror.tries for mirror in Mirror.objects.all()] == [0, 0]
    salesforce.calls_left = 100
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        turn(pauses=False)
    assert len(salesforce.records_of(_GIFT)) == 2


def test_what_salesforce_asks_us_to_wait_is_waited(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    salesforce.fault("busy", "/composite$")
    world.tide.give()
    begun = now()
    turn(pauses=False)
    ended = now()
    link.refresh_from_db()
    assert link.paused_until is not None
    assert begun <= link.paused_until - timedelta(seconds=7) <= ended


@pytest.mark.parametrize(
    ("about", "code", "message", "fields", "kept"),
    [
        ("Contact", "REQUIRED_FIELD_MISSING", "Required fields are missing: [Title]", ("Title",), ""),
        (
            "Contact",
            "DUPLICATES_DETECTED",
            "You're creating a duplicate.",
            (),
            "You're creating a duplicate.",
        ),
        (_GIFT, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Say the appeal.", ("CampaignId",), "Say the appeal."),
        # What Salesforce itself says may quote the donor.
        (_GIFT, "STRING_TOO_LONG", "Name: data value too large: Ada Nguyễn", ("Name",), ""),
    ],
)
def test_a_refusal_that_stays_is_held_and_sent_again_when_a_person_says_so(
    world: World,
    link: Link,
    salesforce: SalesforceServer,
    about: str,
    code: str,
    message: str,
    fields: tuple[str, ...],
    kept: str,
) -> None:
    salesforce.refuse(about, code, message, fields)
    gift = world.tide.give()
    turn()
    mirror = Mirror.objects.get()
    assert (mirror.state, mirror.code, mirror.about, mirror.fields, mirror.said) == (
        "held",
        code,
        about,
        list(fields),
        kept,
    )
    turn()
    assert stands(gift.pk)[0] == "held"
    assert salesforce.count("/composite$") == 1
    before = audit.written()
    mending.send_again(mirror.pk, actor=world.users["superuser"])
    assert audit.written() == before + 1
    turn()
    assert stands(gift.pk) == ("sent", "")
    with pytest.raises(mending.NotHeld):
        mending.send_again(mirror.pk, actor=world.users["superuser"])


def test_what_is_left_out_stays_out_until_somebody_wants_it(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    user = world.users["superuser"]
    salesforce.refuse(_GIFT, "STRING_TOO_LONG")
    gift = world.tide.give()
    turn()
    mirror = Mirror.objects.get()
    mending.leave_out(mirror.pk, reason="a test", actor=user)
    refund(gift, 100, user)
    turn()
    assert (stands(gift.pk)[0], salesforce.records_of(_GIFT)) == ("left_out", [])
    mending.send_again(mirror.pk, actor=user)
    turn()
    assert one(salesforce, _GIFT)["Amount"] == 49.0


def test_a_contact_that_was_merged_away_is_made_anew_only_when_somebody_says_so(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    world.tide.give()
    turn()
    elsewhere = {"LastName": "Nguyen", "AccountId": salesforce.make("Account", {"Name": "Nguyen Household"})}
    salesforce.merge(one(salesforce, "Contact")["Id"], salesforce.make("Contact", elsewhere))
    second = world.tide.give()
    turn()
    assert stands(second.pk) == ("held", "NOT_FOUND")
    mirror = Mirror.objects.get(object_id=second.pk)
    # What the page says: write the Almoner Id into the contact that stayed. Then it is found, and brought up to date.
    (kept,) = salesforce.records["Contact"].values()
    kept["Almoner_Id__c"] = f"tide-s{second.contact.supporter_id}"
    mending.send_again(mirror.pk, actor=world.users["superuser"])
    turn()
    assert one(salesforce, "Contact")["Id"] == kept["Id"]
    assert stands(second.pk) == ("sent", "")


def test_a_second_currency_is_held_where_salesforce_keeps_one(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    gift = world.tide.give(currency="JPY", amount_minor=5000)
    turn()
    assert stands(gift.pk) == ("held", "other_currency")
    salesforce.several_currencies = True
    Link.objects.update(multi_currency=True)
    mending.send_all_again(Mirror.objects.all(), actor=world.users["superuser"])
    turn()
    donation = one(salesforce, _GIFT)
    assert (donation["Amount"], donation["CurrencyIsoCode"]) == (5000, "JPY")


def test_a_change_while_an_older_one_is_being_sent_comes_last(
    world: World, link: Link, salesforce: SalesforceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the refund is sent after it: it is sent once more."""
    gift, user = world.tide.give(), world.users["superuser"]
    send, nested = Client.send, []

    def slow(client: Client, steps: Any) -> Any:
        if not nested:
            nested.append(True)
            refund(gift, 1000, user)
            turn()
        return send(client, steps)

    monkeypatch.setattr(Client, "send", slow)
    turn()
    turn()
    assert one(salesforce, _GIFT)["Amount"] == 40.0
    assert stands(gift.pk) == ("sent", "")


def test_prove_finds_what_is_not_followed_and_what_nobody_comes_to(
    world: World, link: Link, salesforce: SalesforceServer
) -> None:
    follows, sends = proof.checks()
    lost, stuck = world.tide.give(), world.tide.give()
    turn()
    assert [*follows.run(), *sends.run()] == []
    long_ago = now() - timedelta(hours=2)
    Gift.objects.update(settled_at=long_ago)
    Mirror.objects.filter(object_id=lost.pk).delete()
    Mirror.objects.filter(object_id=stuck.pk).update(state="waiting", asked_at=long_ago)
    assert [*follows.run()] == [f"gift {lost.reference}"]
    assert [*sends.run()] == [f"gift {stuck.pk}"]
    # Asked for, it is on its way; and of a charity that is switched off nothing is expected.
    queue(Mirror.objects.get(object_id=stuck.pk), again="asked")
    assert [*sends.run()] == []
    Link.objects.update(active=False)
    assert [*follows.run()] == []
