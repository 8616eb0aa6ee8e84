"""Each check is seen to hold, and to name the row when its corruption is planted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from almoner.giving import actions
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.receipts import erasing, proof
from almoner.receipts.models import (
    Receipt,
    ReceiptCancellation,
    ReceiptDelivery,
    ReceiptFile,
    ReceiptPerson,
    ReceiptSeries,
    SigningKeyRecord,
)
from almoner.receipts.tests.conftest import Give, chain

Work = Callable[[], int]


def broken() -> dict[str, list[str]]:
    found = {check.name: list(check.run()) for check in proof.checks()}
    return {name: rows for name, rows in found.items() if rows}


@pytest.fixture
def books(give: Give, work: Work, staff: Any) -> None:
    """A gift as it was, one refunded in part, one in full, one of an erased donor."""
    give()
    for amount_minor in (2000, 5000):
        actions.refund(gift_id=give().pk, amount_minor=amount_minor, reason="asked", actor=staff)
    erased = give()
    work()
    erasing.erase([erased.pk])


def unguarded(statement: str, table: str) -> None:
    """As somebody with the database's own password could."""
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for act in ("update", "delete"):
            cursor.execute(f'DROP TRIGGER "{table}_no_{act}"{on}')
        cursor.execute(statement)


def test_everything_holds(books: None) -> None:
    assert broken() == {}


def test_a_skipped_number_is_found(books: None) -> None:
    ReceiptSeries.objects.update(last_number=9)
    assert list(broken()) == ["receipt numbers"]


def test_a_lost_receipt_is_found(books: None) -> None:
    for model in (ReceiptFile, ReceiptPerson, ReceiptDelivery):
        model.objects.filter(receipt__number=1).delete()
    unguarded(
        "DELETE FROM receipts_receiptseal WHERE receipt_id = (SELECT id FROM receipts_receipt WHERE number = 1)",
        "receipts_receiptseal",
    )
    unguarded("DELETE FROM receipts_receipt WHERE number = 1", "receipts_receipt")
    assert {"receipt numbers", "one receipt a gift"} <= set(broken())


def test_an_altered_amount_is_found(books: None) -> None:
    unguarded("UPDATE receipts_receipt SET amount_minor = 999900 WHERE number = 1", "receipts_receipt")
    assert list(broken()) == ["one receipt a gift", "receipt seals"]


def test_a_receipt_that_holds_for_a_refunded_gift_is_found(books: None) -> None:
    unguarded("DELETE FROM receipts_receiptcancellation", "receipts_receiptcancellation")
    assert list(broken()) == ["one receipt a gift", "receipt chains"]


def test_a_cancelled_receipt_of_a_standing_gift_is_found(books: None) -> None:
    ReceiptCancellation.objects.create(receipt=Receipt.objects.get(number=1), reason="refunded", at=now())
    (name,) = broken()
    assert name == "one receipt a gift"


def test_other_signed_facts_are_found(books: None) -> None:
    unguarded(
        "UPDATE receipts_receiptseal SET facts = replace(facts, '5000', '9000')", "receipts_receiptseal"
    )
    assert "receipt seals" in broken()


def test_a_signature_by_an_unknown_key_is_found(books: None, settings: Any) -> None:
    settings.SECRET_KEY = "another secret key, of an installation that was restored badly"
    unguarded("DELETE FROM receipts_signingkey", "receipts_signingkey")
    assert SigningKeyRecord.objects.count() == 0
    assert "receipt seals" in broken()


def test_an_altered_or_missing_document_is_found(books: None, give: Give, work: Work) -> None:
    first = Receipt.objects.get(number=1)
    file = ReceiptFile.objects.get(receipt=first)
    file.pdf = bytes(file.pdf).replace(b"%PDF-1.7", b"%PDF-1.6")
    file.save()
    assert list(broken()) == ["receipt files"]
    file.delete()
    assert list(broken()) == ["receipt files"]
    assert chain(first.gift)


# ---- Delivered within an hour ------------------------------------------------------------------------------------


def later() -> dict[str, list[str]]:
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        return broken()


def test_what_was_delivered_or_waits_for_a_worker_holds(books: None, give: Give) -> None:
    give()
    assert broken() == {}
    # The worker is late: the outbox says so, and here what it hasn't made is named.
    (rows,) = later().values()
    assert rows == [f"receipt row {Receipt.objects.latest('pk').pk} has no document"]


def test_a_job_that_vanished_before_it_ran_is_found(books: None, give: Give) -> None:
    give()
    receipt = Receipt.objects.latest("pk")
    Job.objects.filter(dedupe_key=f"mail receipt:{receipt.pk}").delete()
    assert broken() == {}
    assert later() == {
        "receipts delivered": [
            f"receipt row {receipt.pk} has no document",
            f"mail receipt:{receipt.pk} is owed: it was not sent, and no job will send it",
        ]
    }


def test_a_job_that_vanished_under_its_mail_is_found(books: None) -> None:
    delivery = ReceiptDelivery.objects.get(key=f"receipt:{Receipt.objects.get(number=1).pk}")
    ReceiptDelivery.objects.filter(pk=delivery.pk).update(state="queued", sent_at=None)
    owed = f"mail {delivery.key} is owed: it was not sent, and no job will send it"
    assert later() == {"receipts delivered": [owed, f"mail {delivery.key} waits, and no job will send it"]}


def test_a_notice_that_was_never_sent_is_found(give: Give, work: Work, staff: Any) -> None:
    gift = give()
    work()
    actions.refund(gift_id=gift.pk, amount_minor=5000, reason="asked", actor=staff)
    key = f"cancelled:{chain(gift)[0].pk}"
    assert later() == {}
    Job.objects.filter(dedupe_key=f"mail {key}").delete()
    assert later() == {
        "receipts delivered": [f"mail {key} is owed: it was not sent, and no job will send it"]
    }


def test_a_receipt_erased_before_it_was_made_owes_no_document(give: Give, work: Work) -> None:
    erasing.erase([give().pk])
    work()
    assert later() == {}
