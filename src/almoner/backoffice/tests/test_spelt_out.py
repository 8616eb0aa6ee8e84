"""A name that no font here can show is spelt out on its receipt, and staff are told."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_gift import plain, told
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.receipts import desk
from almoner.receipts.models import Receipt
from almoner.receipts.sealing import document, with_rows

NEED = "receipt with a name spelt out"
# Of Unicode's private use area: no font of the world has a glyph for it.
NAME = ("Ada \ue000", "Nguyễn")


def home(client: Client) -> str:
    return plain(client.get("/admin/").content.decode())


@pytest.fixture
def spelt(world: World) -> Gift:
    """A gift whose receipt was made, beside another one with a plain name."""
    document(with_rows(world.tide.give().receipts.get().pk))
    gift = world.tide.give(name=NAME)
    document(with_rows(gift.receipts.get().pk))
    return gift


def test_it_stands_on_the_home_panel_and_in_the_gifts_history(world: World, spelt: Gift) -> None:
    client = world.client("fundraiser")
    page = home(client)
    at = page.index(NEED)
    assert ">1</span>" in page[at - 60 : at]
    found = client.get("/admin/gifts/results/?status=spelt_out").context["object_list"]
    assert list(found) == [spelt]
    number = spelt.receipts.get().shown_number
    assert f"Receipt {number}: a name on it is spelt out in Latin letters" in told(spelt)
    assert NEED not in home(world.client("river fundraiser"))


def test_it_goes_when_the_receipt_is_replaced_or_a_month_has_passed(world: World, spelt: Gift) -> None:
    client = world.client("fundraiser")
    with time_machine.travel(now() + timedelta(days=31)):
        # Sessions end sooner.
        assert NEED not in home(world.client("fundraiser"))
    assert NEED in home(client)
    old = Receipt.objects.get(gift=spelt)
    desk.reissue(gift_id=spelt.pk, replacing=old.pk, actor=world.users["fundraiser"])
    assert NEED not in home(client)
