"""Pages of staff's that are sent twice: a double-click, a reload, and the browser's Back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from tests.support.databases import LiveDb

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_desk import begin, entered
from almoner.backoffice.tests.test_gift import plain
from almoner.charities.models import AuditEntry
from almoner.giving import demo, desk
from almoner.giving.models import BatchLine, Gift, GiftBatch
from almoner.kernel.references import new_uuid
from almoner.ledger.models import Posting
from almoner.payments.models import BankCredit
from almoner.receipts.models import Receipt
from almoner.supporters.people import Details

DAY = date(2026, 11, 20)
ENTER, CREDIT = "/admin/gifts/enter/", "/admin/transfers/new/"


def key_on(client: Client, url: str) -> str:
    """The key that was minted with a page."""
    return str(client.get(url).context["form"]["key"].value())


def credited(**values: str) -> dict[str, str]:
    return {"received_on": "2026-11-20", "amount": "75", "currency": "AUD", "text": "HALE G"} | values


def test_a_gift_entered_twice_from_one_page_is_one_gift(world: World) -> None:
    client = world.client("fundraiser")
    form = entered(world, key=key_on(client, ENTER))
    first, second = client.post(ENTER, form), client.post(ENTER, form)
    gift = Gift.objects.get()
    assert str(gift.pk) == form["key"]
    assert first.headers["Location"] == second.headers["Location"] == f"/admin/gifts/{gift.pk}/"
    assert (Posting.objects.count(), AuditEntry.objects.count()) == (1, 1)
    assert key_on(client, ENTER) != form["key"]


def test_going_back_and_entering_another_gift_loses_neither(world: World) -> None:
    client = world.client("fundraiser")
    form = entered(world, key=key_on(client, ENTER))
    client.post(ENTER, form)
    page = client.post(ENTER, form | {"given_name": "Tom"})
    assert "This page has entered a gift already" in plain(page.content.decode())
    assert Gift.objects.count() == 1
    fresh = str(page.context["form"]["key"].value())
    assert f'name="key" value="{fresh}"' in page.content.decode()
    client.post(ENTER, form | {"given_name": "Tom", "key": fresh})
    assert set(Gift.objects.values_list("contact__given_name", flat=True)) == {"Grace", "Tom"}


def test_a_key_that_is_somebody_elses_gift_shows_nothing_of_it(world: World) -> None:
    theirs = world.river.give()
    page = world.client("fundraiser").post(ENTER, entered(world, key=str(theirs.pk)))
    assert page.status_code == 200
    assert Gift.objects.count() == 1


def test_a_credit_entered_twice_from_one_page_is_one_credit(world: World) -> None:
    client = world.client("fundraiser")
    form = credited(charity=str(world.tide.charity.pk), key=key_on(client, CREDIT))
    first, second = client.post(CREDIT, form), client.post(CREDIT, form)
    credit = BankCredit.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == f"/admin/transfers/{credit.pk}/"
    assert (Posting.objects.count(), AuditEntry.objects.count()) == (1, 1)
    page = client.post(CREDIT, form | {"amount": "80"})
    assert "This page has entered a credit already" in plain(page.content.decode())
    assert BankCredit.objects.count() == 1


def test_a_line_added_twice_from_one_page_is_one_line(world: World) -> None:
    client = world.client("fundraiser")
    batch = begin(client, charity=str(world.tide.charity.pk), control_count="1", control_total="120")
    url = f"/admin/batches/{batch.pk}/"
    form = entered(world, amount="120", key=key_on(client, url))
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    line = BatchLine.objects.get()
    assert AuditEntry.objects.filter(action="add line to batch").count() == 1
    page = client.post(url, form | {"amount": "80"})
    assert "This page has entered a line already" in plain(page.content.decode())
    assert BatchLine.objects.count() == 1
    client.post(f"{url}post/")
    assert Gift.objects.get().pk == line.key


def test_details_put_right_twice_from_one_page_replace_one_receipt(world: World) -> None:
    gift, client = world.tide.give(name=("Ada", "Ngyuen")), world.client("fundraiser")
    url = f"/admin/gifts/{gift.pk}/donor/"
    shown = client.get(url).context["form"]
    typed = {name: shown[name].value() or "" for name in shown.fields if name != "anew"}
    form = typed | {"family_name": "Nguyen", "anew": "on"}
    said = [plain(client.post(url, form, follow=True).content.decode()) for _ in range(2)]
    assert all("The donor’s details are put right." in page for page in said)
    assert [hasattr(each, "cancellation") for each in Receipt.objects.order_by("turn")] == [True, False]


def _at_once(work: Callable[[], object], *, times: int = 4) -> list[object]:
    """The same from several threads, each with a connection of its own."""
    barrier = Barrier(times)

    def run(_: int) -> object:
        barrier.wait(timeout=120)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.parametrize("what", ["gift", "credit", "batch"])
def test_in_parallel_too(live_db: LiveDb, what: str) -> None:
    charity, staff = demo.seed(), User.objects.create_user("sam")
    fund, key = charity.funds.get(is_default=True), new_uuid()
    batch = GiftBatch.objects.create(
        charity=charity, title="Stack", currency="AUD", control_count=1, control_total_minor=5000,
        created_at="2026-11-20T00:00Z",
    )  # fmt: skip
    BatchLine.objects.create(
        batch=batch, fund=fund, channel="cheque", amount_minor=5000, given_on="2026-11-20", key=new_uuid()
    )
    acts: dict[str, Callable[[], object]] = {
        "gift": lambda: desk.enter_gift(
            gift_id=key, charity=charity, fund=fund, details=Details("Ada", "Hale", "ada@example.org"),
            amount_minor=5000, currency="AUD", channel="cash", given_on=DAY, actor=staff,
        ).pk,
        "credit": lambda: desk.record_credit(
            credit_id=key, charity=charity, received_on=DAY, amount_minor=5000, currency="AUD", text="x",
            actor=staff,
        ).pk,
        "batch": lambda: desk.post_batch(batch_id=batch.pk, actor=staff)[0].pk,
    }  # fmt: skip
    assert len(set(_at_once(acts[what]))) == 1
    assert Posting.objects.count() == 1
    assert AuditEntry.objects.exclude(action="post batch").count() == 1
