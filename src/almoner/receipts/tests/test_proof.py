"""Each check is seen to hold, and to name the row when its corruption is planted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from almoner.giving import actions
from almoner.kernel.clock import now
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
