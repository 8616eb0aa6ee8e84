"""From the donor's form to the mailbox, through the sandbox."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor, donor
from almoner.receipts import proof
from almoner.receipts.models import Receipt
from almoner.receipts.tests.conftest import chain
from almoner.receipts.tests.paper import text_of
from almoner.receipts.tests.test_typesetting import COPIED, SET, needs_noto

__all__ = ["donor"]
Work = Callable[[], int]


def test_a_gift_through_the_form_is_receipted_and_marked_as_practice(
    donor: Donor, client: Client, work: Work
) -> None:
    donor.give(donor.to_payment(given_name="Ada", family_name="Nguyễn"))
    gift = Gift.objects.get()
    page = client.get(f"/give/thanks/{gift.public_key}/").content.decode()
    found = re.search(r'href="(/receipts/[\w-]{22}\.pdf)"', page)
    assert found
    assert "000001" in page
    work()
    paper = text_of(client.get(found[1]).content)
    for words in ("Ada Nguyễn", "1 George Street", "Sydney NSW 2000", "$50.00 AUD", "Card"):
        assert words in paper
    assert "Practice mode: no money moved" in paper
    (message,) = mail.outbox
    assert "Practice mode: no money moved" in str(message.body)
    (receipt,) = chain(gift)
    assert "Practice mode" in client.get(f"/receipts/check/{receipt.token}/").content.decode()


@needs_noto
@pytest.mark.parametrize("name", [*COPIED.values(), *SET.values()], ids=[*COPIED, *SET])
def test_a_name_of_any_script_comes_through_the_front_door_to_receipt_and_mail(
    donor: Donor, client: Client, work: Work, name: str
) -> None:
    given, _, family = name.partition(" ")
    donor.give(donor.to_payment(given_name=given, family_name=family))
    (gift,) = Gift.objects.all()
    work()
    (receipt,) = chain(gift)
    paper = text_of(client.get(f"/receipts/{receipt.token}.pdf").content)
    assert "?" not in paper.replace("Questions?", "")
    if name in COPIED.values():
        assert name in paper
    assert receipt.person.name == name
    (message,) = mail.outbox
    assert given in str(message.body)


@pytest.mark.parametrize("outcome", ["expired_card", "insufficient_funds", "answer_lost", "timeout_before"])
def test_what_is_not_known_to_be_paid_has_no_receipt(donor: Donor, work: Work, outcome: str) -> None:
    donor.give(donor.to_payment(), outcome=outcome)
    work()
    assert Gift.objects.count() == 1
    assert not Receipt.objects.exists()
    assert mail.outbox == []
    assert not [row for check in proof.checks() for row in check.run()]


def test_the_same_submit_again_is_no_second_receipt(donor: Donor, work: Work) -> None:
    page = donor.to_payment()
    donor.give(page)
    donor.give(page)
    work()
    assert Receipt.objects.count() == 1
    assert len(mail.outbox) == 1
