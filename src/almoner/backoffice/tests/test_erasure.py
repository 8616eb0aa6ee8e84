"""Erasing a person: what goes, what stays, who may, and whose people are not there."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import add, begin
from almoner.backoffice.tests.test_gift import GEELONG, page_of, plain, told
from almoner.charities.models import AuditEntry
from almoner.config import prove
from almoner.donors import setting_up
from almoner.donors.models import MethodSetUp, Visit
from almoner.donors.paying import Way
from almoner.giving import desk
from almoner.giving.models import BatchLine, Gift
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments import gateways
from almoner.payments.models import BankCredit
from almoner.plans.models import OldMethod, Plan
from almoner.receipts import sealing
from almoner.receipts.models import Receipt, ReceiptFile, ReceiptPerson
from almoner.supporters import people
from almoner.supporters.models import Consent, Contact, Supporter
from almoner.supporters.people import Details

# Each stands in one gift of the person below and nowhere else.
CANARIES = ("Quillon", "Zanzibari", "quillon@example.org", "Kookaburra", "51 Little Malop")


def everything_of(gift: Gift) -> str:
    return f"/admin/gifts/{gift.pk}/donor/erase/"


def somebody(world: World, **more: Any) -> Gift:
    return world.tide.give(name=("Quillon", "Zanzibari"), email="quillon@example.org", **more)


def told_of_anybody() -> str:
    """Every row of every room, as text."""
    rooms = (
        "charities",
        "giving",
        "payments",
        "ledger",
        "receipts",
        "supporters",
        "outbox",
        "plans",
        "donors",
    )
    models = (model for room in rooms for model in apps.get_app_config(room).get_models())
    return "\n".join(
        repr(row) for model in models if not model._meta.proxy for row in model._default_manager.values_list()
    )


def a_life(world: World) -> list[Gift]:
    """A person with an online gift, one from a batch and a transfer, each with something of theirs in it."""
    online = somebody(
        world, address=GEELONG, tribute_kind="memory", tribute_name="Kookaburra", message="From Kookaburra"
    )
    wording = people.wording(
        world.tide.charity.pk, channel="email", basis="consent", text="May we write?", at=now()
    )
    people.record_consents(online.contact, {wording.pk: ("email", True)}, source="form 4840", at=now())
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk), control_count="1", control_total="70")
    add(
        client, batch, "70", given_name="Quillon", family_name="Zanzibari", email="Quillon@Example.org",
        note="Kookaburra", country="AU", line1="51 Little Malop Street", locality="Geelong", region="VIC",
        postcode="3220",
    )  # fmt: skip
    client.post(f"/admin/batches/{batch.pk}/post/")
    transfer = somebody(world, method="bank_transfer")
    desk.match_credit(
        credit_id=desk.record_credit(
            charity=world.tide.charity, received_on=date(2026, 11, 20), amount_minor=5000, currency="AUD",
            text="TFR ZANZIBARI Q", actor=world.users["fundraiser"],
        ).pk,
        gift_id=transfer.pk,
        actor=world.users["fundraiser"],
    )  # fmt: skip
    for receipt in Receipt.objects.all():
        sealing.document(sealing.with_rows(receipt.pk))
    return [online, Gift.objects.get(batch=batch), transfer]


def test_their_regular_gift_ends_and_so_does_their_visit(world: World) -> None:
    regular = somebody(world, every=1)
    assert regular.plan is not None and regular.plan.state == "active" and regular.plan.saved_method
    Visit.objects.create(
        token="0" * 64, charity=world.tide.charity, supporter=regular.contact.supporter, began_at=now(),
        seen_at=now(), replaced_at=now(),
    )  # fmt: skip
    setting_up.begin(regular.plan.pk, Way("sandbox_hosted", "sandbox"), return_url="/", language="en")
    saving = MethodSetUp.objects.get()
    client = world.client("treasurer")
    assert "1 regular gift ends now" in plain(client.get(everything_of(regular)).content.decode())
    client.post(everything_of(regular), {"typed": "erase"})

    plan = Plan.objects.get()
    assert (plan.state, plan.cancel_reason, plan.next_at) == ("cancelled", "erased", None)
    assert (plan.method_label, plan.method_expires) == ("", "")
    # The gateway was told to forget it.
    old = OldMethod.objects.get()
    assert old.token == plan.saved_method and old.done_at is not None
    ended = plan.events.get(name="cancelled")
    assert (ended.by, ended.actor_id) == ("staff", world.users["treasurer"].pk)
    assert not Visit.objects.exists()
    # The page on which they were saving another card is closed at the gateway.
    assert setting_up.look_back() == 1
    assert MethodSetUp.objects.get().state == "left"
    assert gateways.sandbox().retrieve_set_up(saving.gateway_id).status == "cancelled"
    assert not [canary for canary in CANARIES[:3] if canary.lower() in told_of_anybody().lower()]


def test_all_of_a_person_goes_and_the_books_stay(world: World) -> None:
    gifts = a_life(world)
    other = world.tide.give(name=("Ada", "Nguyễn"), email="ada@example.org")
    before = told_of_anybody()
    assert all(canary in before for canary in CANARIES)
    books = list(Posting.objects.order_by("id").values())
    receipts = list(Receipt.objects.order_by("pk").values())
    figures = list(
        Gift.objects.order_by("pk").values("pk", "total_minor", "settled_minor", "status", "reference")
    )

    client = world.client("treasurer")
    page = plain(client.get(everything_of(gifts[0])).content.decode())
    for says in ("can’t be undone", "all 3 gifts", "3 receipts", "What stays", "tax law", "backups"):
        assert says in page, says
    response = client.post(everything_of(gifts[0]), {"typed": " Erase "}, follow=True)
    assert "Erased from 3 gifts." in response.content.decode()

    after = told_of_anybody().lower()
    assert not [canary for canary in CANARIES if canary.lower() in after]
    for contact in Contact.objects.exclude(pk=other.contact_id):
        assert contact.erased_at is not None and contact.address is None and contact.name_key == ""
    assert Supporter.objects.get(contacts=gifts[0].contact_id).email_key is None
    assert BankCredit.objects.get().text == ""
    assert BatchLine.objects.get().family_name == ""
    # The books, the numbers and what was agreed to.
    assert list(Posting.objects.order_by("id").values()) == books
    assert list(Receipt.objects.order_by("pk").values()) == receipts
    assert figures == list(
        Gift.objects.order_by("pk").values("pk", "total_minor", "settled_minor", "status", "reference")
    )
    assert Consent.objects.get().granted
    assert ReceiptFile.objects.count() == 0
    assert ReceiptPerson.objects.filter(erased_at=None).count() == 0
    other.contact.refresh_from_db()
    assert (other.contact.name, other.contact.erased_at) == ("Ada Nguyễn", None)
    assert [row for check in prove.checks() if not check.live for row in check.run()] == []

    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor_name, entry.charity) == ("erase donor", "treasurer", world.tide.charity)
    assert entry.object_id == str(gifts[0].pk)
    assert entry.detail == {"gifts": 3, "receipts": 3}
    for gift in gifts:
        assert "details were erased" in page_of(client, gift)
        assert told(gift)[-1] == "Donor’s details erased"


@pytest.mark.parametrize("typed", ["", "yes", "erase this", "delete"])
def test_without_the_word_nothing_is_erased(world: World, typed: str) -> None:
    gift = somebody(world)
    before = told_of_anybody()
    response = world.client("treasurer").post(everything_of(gift), {"typed": typed})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"typed"}
    assert told_of_anybody() == before


def test_who_may_not_is_sent_away_and_has_no_button(world: World) -> None:
    gift = somebody(world)
    before = told_of_anybody()
    for who in ("fundraiser", "editor"):
        response = world.client(who).post(everything_of(gift), {"typed": "erase"})
        assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert told_of_anybody() == before
    assert "Erase person" not in page_of(world.client("fundraiser"), gift)
    assert "Erase person" in page_of(world.client("treasurer"), gift)


def test_another_charitys_person_is_not_there(world: World) -> None:
    gift = somebody(world)
    theirs = world.river.give(name=("Quillon", "Zanzibari"), email="quillon@example.org")
    client = world.client("river treasurer")
    assert client.get(everything_of(gift)).status_code == 404
    assert client.post(everything_of(gift), {"typed": "erase"}).status_code == 404
    assert AuditEntry.objects.count() == 0
    # Whoever gave to both is two people: each charity forgets its own.
    client.post(everything_of(theirs), {"typed": "erase"})
    gift.contact.refresh_from_db()
    theirs.contact.refresh_from_db()
    assert (gift.contact.name, theirs.contact.name) == ("Quillon Zanzibari", "")


def test_pressed_twice_it_is_done_and_said_once(world: World) -> None:
    gift, client = somebody(world), world.client("treasurer")
    client.post(everything_of(gift), {"typed": "erase"})
    again = client.post(everything_of(gift), {"typed": "erase"}, follow=True)
    assert "This person’s details were erased." in again.content.decode()
    assert AuditEntry.objects.filter(action="erase donor").count() == 1


def test_whoever_gives_again_is_somebody_new(world: World) -> None:
    gift = somebody(world)
    world.client("treasurer").post(everything_of(gift), {"typed": "erase"})
    again = somebody(world)
    gift.contact.refresh_from_db()
    assert again.contact.supporter_id != gift.contact.supporter_id
    assert (again.contact.name, gift.contact.name) == ("Quillon Zanzibari", "")


def test_without_an_address_of_email_each_gift_is_its_own_person(world: World) -> None:
    details = Details("Quillon", "Zanzibari", "")
    one, two = (
        desk.enter_gift(
            charity=world.tide.charity, fund=world.tide.fund, details=details, amount_minor=5000, currency="AUD",
            channel="cash", given_on=date(2026, 11, 20), actor=world.users["fundraiser"],
        )
        for _ in range(2)
    )  # fmt: skip
    client = world.client("treasurer")
    assert "of this gift that this person made" in plain(client.get(everything_of(one)).content.decode())
    client.post(everything_of(one), {"typed": "erase"})
    names = [Contact.objects.get(gift=gift.pk).name for gift in (one, two)]
    assert names == ["", "Quillon Zanzibari"]


def test_money_that_comes_later_is_booked_and_nobody_is_written_to(world: World) -> None:
    gift = somebody(world, method="bank_transfer")
    client = world.client("treasurer")
    page = plain(client.get(everything_of(gift)).content.decode())
    assert "1 gift is not paid yet" in page
    client.post(everything_of(gift), {"typed": "erase"})
    url = f"/admin/gifts/{gift.pk}/received/"
    world.client("fundraiser").post(url, {"received_on": "2026-11-20", "amount": "50", "text": "x"})
    gift.refresh_from_db()
    assert gift.status == "settled"
    assert Receipt.objects.get().amount_minor == 5000
    assert "Send receipt again" not in page_of(world.client("fundraiser"), gift)


def test_a_mistyped_address_that_was_put_right_leaves_nobody_behind(world: World) -> None:
    gift = world.tide.give(name=("Quillon", "Zanzibari"), email="qillon@example.org")
    url = f"/admin/gifts/{gift.pk}/donor/"
    shown = world.client("fundraiser").get(url).context["form"]
    typed = {name: shown[name].value() or "" for name in shown.fields if name != "anew"}
    world.client("fundraiser").post(url, typed | {"email": "quillon@example.org"})
    assert list(Supporter.objects.values_list("email_key", flat=True)) == ["quillon@example.org"]
