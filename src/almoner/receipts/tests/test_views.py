"""The document's address, the public check, the keys, and the mail service's webhook."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.giving import actions
from almoner.receipts import erasing
from almoner.receipts.models import Receipt, ReceiptDelivery, ReceiptFile, ReceiptSeal
from almoner.receipts.signing import verify
from almoner.receipts.tests.conftest import Give, chain

Work = Callable[[], int]
State = ReceiptDelivery.State


def check(client: Client, receipt: Receipt, root: str = "") -> str:
    answer = client.get(f"{root}/receipts/check/{receipt.token}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


# ---- The document ----------------------------------------------------------------------------------------------------


def test_uploads_the_document_downloads_as_an_attachment_kept_by_nobody(
    client: Client, give: Give, work: Work
) -> None:
    gift = give()
    work()
    (receipt,) = chain(gift)
    answer = client.get(f"/receipts/{receipt.token}.pdf")
    assert answer.status_code == 200
    assert answer.content == bytes(ReceiptFile.objects.get().pdf)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="receipt-000001.pdf"'
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies


def test_a_donor_who_is_quicker_than_the_worker_gets_the_same_document(
    client: Client, give: Give, work: Work
) -> None:
    gift = give()
    (receipt,) = chain(gift)
    early = client.get(f"/receipts/{receipt.token}.pdf").content
    work()
    assert early == client.get(f"/receipts/{receipt.token}.pdf").content
    assert ReceiptSeal.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/receipts/AAAAAAAAAAAAAAAAAAAAAA.pdf",
        "/receipts/check/AAAAAAAAAAAAAAAAAAAAAA/",
        "/receipts/000001.pdf",
        "/receipts/check/../000001/",
        "/receipts/",
    ],
)
def test_what_nobody_was_told_is_not_found(client: Client, give: Give, path: str) -> None:
    give()
    assert client.get(path).status_code == 404


def test_only_reading_is_possible(client: Client, give: Give) -> None:
    (receipt,) = chain(give())
    assert client.post(f"/receipts/{receipt.token}.pdf").status_code == 405
    assert client.post(f"/receipts/check/{receipt.token}/").status_code == 405
    assert client.head(f"/receipts/check/{receipt.token}/").status_code == 200


# ---- The public check ------------------------------------------------------------------------------------------------


def test_the_check_says_that_a_receipt_holds_and_names_nobody(client: Client, give: Give, work: Work) -> None:
    gift = give(name="Canary Kanarienvogel", email="canary@example.org")
    work()
    (receipt,) = chain(gift)
    page = check(client, receipt)
    assert "This receipt is ours, and it holds" in page
    for fact in ("000001", "$50.00", "23 November 2026", receipt.seal.key_id):
        assert fact in page
    assert "anary" not in page and "anari" not in page and "canary@" not in page
    assert receipt.person.salt not in page


def test_the_check_needs_no_script_and_no_other_host(client: Client, give: Give, work: Work) -> None:
    gift = give()
    work()
    answer = client.get(f"/receipts/check/{chain(gift)[0].token}/")
    policy = answer["Content-Security-Policy"]
    assert "script-src" not in policy and "unsafe" not in policy and "default-src 'none'" in policy
    assert "<script" not in answer.content.decode()
    assert not answer.cookies


def test_a_receipt_can_be_checked_before_its_document_is_made(client: Client, give: Give) -> None:
    page = check(client, chain(give())[0])
    assert "This receipt is ours, and it holds" in page
    assert "what was signed" not in page


def test_replaced_and_cancelled_are_told_apart(client: Client, give: Give, work: Work, staff: Any) -> None:
    gift = give()
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    work()
    old, new = chain(gift)
    assert "It was replaced by receipt 000002." in check(client, old)
    assert "This receipt is ours, and it holds" in check(client, new)
    actions.refund(gift_id=gift.pk, amount_minor=3000, reason="asked", actor=staff)
    assert "It was cancelled. Nothing took its place." in check(client, new)
    assert "It was replaced by receipt 000002." in check(client, old)


def test_a_row_that_says_something_else_than_was_signed_is_found(
    client: Client, give: Give, work: Work
) -> None:
    gift = give()
    work()
    (receipt,) = chain(gift)
    with connection.cursor() as cursor:
        _drop_guard(cursor, "receipts_receipt")
        cursor.execute("UPDATE receipts_receipt SET amount_minor = 500000")
    assert "Something about this receipt is wrong" in check(client, receipt)


def _drop_guard(cursor: Any, table: str) -> None:
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER "{table}_no_update"{on}')


def test_the_check_speaks_the_language_of_its_address(client: Client, give: Give, work: Work) -> None:
    (receipt,) = chain(give())
    page = check(client, receipt, "/ar")
    assert '<html lang="ar" dir="rtl">' in page
    assert "This receipt" not in page


def test_looking_costs_few_queries(client: Client, give: Give, work: Work) -> None:
    gift = give()
    work()
    (receipt,) = chain(gift)
    check(client, receipt)
    with CaptureQueriesContext(connection) as queries:
        check(client, receipt)
    assert len(queries) <= 5
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/receipts/{receipt.token}.pdf")
    assert len(queries) <= 3


# ---- The keys --------------------------------------------------------------------------------------------------------


def test_anybody_can_check_a_signature_with_the_listed_keys(client: Client, give: Give, work: Work) -> None:
    give()
    work()
    seal = ReceiptSeal.objects.get()
    listed = {key["kid"]: key for key in client.get("/receipts/keys.json").json()["keys"]}
    key = listed[seal.key_id]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    public = base64.b64encode(base64.urlsafe_b64decode(key["x"] + "=")).decode()
    assert verify(seal.facts.encode(), seal.signature, public=public)


def test_a_key_stays_listed_when_its_private_half_is_gone(
    client: Client, give: Give, work: Work, settings: Any
) -> None:
    settings.ALMONER_RECEIPT_KEYS = [base64.b64encode(b"a" * 32).decode()]
    gift = give()
    work()
    settings.ALMONER_RECEIPT_KEYS = [base64.b64encode(b"b" * 32).decode()]
    listed = [key["kid"] for key in client.get("/receipts/keys.json").json()["keys"]]
    assert ReceiptSeal.objects.get().key_id in listed
    assert len(listed) == 2
    assert "This receipt is ours, and it holds" in check(client, chain(gift)[0])


# ---- Forgetting ------------------------------------------------------------------------------------------------------


def test_an_erased_donor_leaves_a_number_that_can_be_checked(client: Client, give: Give, work: Work) -> None:
    gift = give(name="Canary Kanarienvogel")
    work()
    erasing.erase([gift.pk])
    erasing.erase([gift.pk])
    (receipt,) = chain(gift)
    assert client.get(f"/receipts/{receipt.token}.pdf").status_code == 410
    assert "This receipt is ours, and it holds" in check(client, receipt)
    assert (receipt.person.name, receipt.person.salt, receipt.person.address_lines) == ("", "", [])
