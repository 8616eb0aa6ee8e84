"""Two who change one receipt at once: each test holds one of them still between two steps, on a real database."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any, TypeVar

import pytest
from django.contrib.auth.models import User
from django.db import connections, transaction
from tests.support.databases import LiveDb

from almoner.giving import actions, demo
from almoner.giving import desk as giving_desk
from almoner.giving.models import Gift
from almoner.receipts import desk, erasing, proof, sealing
from almoner.receipts.models import Receipt, ReceiptFile, ReceiptPerson
from almoner.receipts.sealing import DocumentErased, document, with_rows
from almoner.receipts.tests.conftest import Give, chain
from almoner.supporters.people import Details

T = TypeVar("T")
# Long enough for the other one to come to the lock and wait there.
HELD_SECONDS = 0.7


@pytest.fixture
def staff_live(live_db: LiveDb) -> User:
    return User.objects.create_user("sam")


@pytest.fixture
def gift(staff_live: User) -> Gift:
    charity = demo.seed()
    return giving_desk.enter_gift(
        charity=charity,
        fund=charity.funds.get(is_default=True),
        details=Details(given_name="Canary", family_name="Kanarienvogel", email="canary@example.org"),
        amount_minor=5000,
        currency="AUD",
        channel="cheque",
        given_on=date(2026, 11, 23),
        actor=staff_live,
    )


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], T]], "Future[T]"]]:
    """Runs something in a thread with a connection of its own."""
    with ThreadPoolExecutor(1) as pool:

        def run(act: Callable[[], T]) -> "Future[T]":
            def work() -> T:
                try:
                    return act()
                finally:
                    connections.close_all()

            return pool.submit(work)

        yield run


def _broken() -> list[str]:
    return [row for check in proof.checks() for row in check.run()]


def test_a_receipt_issued_anew_while_all_is_given_back(gift: Gift, staff_live: User, beside: Any) -> None:
    first, given_back = chain(gift)[0], threading.Event()

    def refund() -> None:
        with transaction.atomic():
            actions.refund(gift_id=gift.pk, amount_minor=5000, reason="asked", actor=staff_live)
            given_back.set()
            time.sleep(HELD_SECONDS)

    refunding = beside(refund)
    assert given_back.wait(30)
    with pytest.raises(desk.NotSendable):
        desk.reissue(gift_id=gift.pk, replacing=first.pk, actor=staff_live)
    refunding.result()
    assert [receipt.cancellation.reason for receipt in chain(gift)] == ["refunded"]
    assert _broken() == []


def test_a_receipt_is_issued_anew_once_for_each_page(give: Give, staff: Any) -> None:
    entered = give()
    first = chain(entered)[0]
    news = [desk.reissue(gift_id=entered.pk, replacing=first.pk, actor=staff) for _ in range(2)]
    assert news[0] == news[1] != first
    assert len(chain(entered)) == 2


def test_a_document_that_is_being_made_does_not_bring_back_an_erased_name(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = give()
    real = sealing.render_pdf

    def erased_meanwhile(*arguments: Any) -> Any:
        rendered = real(*arguments)
        erasing.erase([entered.pk])
        return rendered

    monkeypatch.setattr(sealing, "render_pdf", erased_meanwhile)
    with pytest.raises(DocumentErased):
        document(with_rows(chain(entered)[0].pk))
    assert not ReceiptFile.objects.exists()
    assert ReceiptPerson.objects.get().name == ""
    assert _broken() == []


def test_an_erasure_waits_for_a_document_that_is_being_kept(
    gift: Gift, beside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, real = threading.Event(), ReceiptFile.objects.create

    def create(**values: Any) -> ReceiptFile:
        row = real(**values)
        kept.set()
        time.sleep(HELD_SECONDS)
        return row

    monkeypatch.setattr(ReceiptFile.objects, "create", create)
    making = beside(lambda: document(with_rows(Receipt.objects.get().pk)))
    assert kept.wait(30)
    with transaction.atomic():
        erasing.erase([gift.pk])
    assert making.result()
    assert not ReceiptFile.objects.exists()
    assert ReceiptPerson.objects.get().name == ""
