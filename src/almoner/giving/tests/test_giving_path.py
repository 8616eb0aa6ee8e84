"""The four steps through HTTP: each outcome, and exactly the rows it leaves."""

import pytest
import time_machine

from almoner.giving.models import Gift, GiftSource
from almoner.giving.tests.conftest import Donor, token_of
from almoner.ledger.models import Posting
from almoner.payments.models import Attempt, Event
from almoner.supporters.models import Consent, Contact, Supporter


def rows() -> dict[str, int]:
    return {
        model.__name__: model.objects.count() for model in (Gift, Contact, Supporter, Attempt, Event, Posting)
    }


NOTHING = {"Gift": 0, "Contact": 0, "Supporter": 0, "Attempt": 0, "Event": 0, "Posting": 0}


def test_a_gift_that_succeeds(donor: Donor) -> None:
    page = donor.to_payment(consent_email="yes", cover="yes")
    assert page.status_code == 200
    assert rows() == NOTHING
    answer = donor.give(page)
    assert answer.status_code == 303
    gift = Gift.objects.get()
    assert answer.headers["Location"] == f"/give/thanks/{gift.public_key}/"
    assert (gift.status, gift.amount_minor, gift.cover_minor, gift.total_minor) == (
        "settled",
        5000,
        120,
        5120,
    )
    assert [e.name for e in Event.objects.order_by("id")] == ["created", "confirming", "succeeded"]
    assert list(
        Posting.objects.order_by("id").values_list("debit__code", "credit__code", "amount_minor", "kind")
    ) == [
        ("clearing:sandbox", "income:children", 5120, "charge"),
        ("fees:sandbox", "clearing:sandbox", 120, "fee"),
    ]
    assert Consent.objects.get().granted is True
    thanks = donor.client.get(answer.headers["Location"])
    assert "Thank You" in thanks.content.decode()
    assert gift.reference[:4] in thanks.content.decode()


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("expired_card", "This card has expired"),
        ("insufficient_funds", "There was not enough money on this card"),
        ("authentication_failed", "Your bank could not confirm that it was you"),
        ("lost_card", "Your bank did not take this payment"),
        ("stolen_card", "Your bank did not take this payment"),
        ("incorrect_code", "Your bank did not take this payment"),
        ("do_not_honour", "Your bank did not take this payment"),
        ("busy", "The payment provider is very busy"),
    ],
)
def test_a_decline_says_what_to_do_and_the_next_try_is_the_same_gift(
    donor: Donor, outcome: str, words: str
) -> None:
    declined = donor.give(donor.to_payment(), outcome)
    assert declined.status_code == 200
    assert words in declined.content.decode()
    assert "Nothing was charged" in declined.content.decode()
    gift = Gift.objects.get()
    assert (gift.status, Posting.objects.count()) == ("failed", 0)
    assert donor.give(declined).status_code == 303
    gift.refresh_from_db()
    assert gift.status == "settled"
    tries = Attempt.objects.order_by("ordinal").values_list("ordinal", "state")
    assert list(tries) == [(1, "failed"), (2, "succeeded")]


def test_an_answer_that_is_lost_is_unknown_and_not_failed(donor: Donor) -> None:
    for outcome in ("answer_lost", "timeout_after"):
        answer = donor.give(donor.to_payment(), outcome)
        page = donor.client.get(answer.headers["Location"]).content.decode()
        assert "Please don’t pay again" in page
    assert set(Gift.objects.values_list("status", flat=True)) == {"unknown"}


def test_the_same_draft_twice_is_one_gift(donor: Donor) -> None:
    page = donor.to_payment()
    first, second = donor.give(page), donor.give(page)
    assert first.headers["Location"] == second.headers["Location"]
    assert (Gift.objects.count(), Attempt.objects.count(), Posting.objects.count()) == (1, 1, 2)


def test_the_same_identifier_with_other_content_shows_the_first_gift(donor: Donor) -> None:
    step2 = donor.amount()
    first = donor.give(donor.details(step2))
    second = donor.give(donor.details(step2, given_name="Somebody", family_name="Else"))
    assert second.headers["Location"] == first.headers["Location"]
    assert (Gift.objects.count(), Posting.objects.count()) == (1, 2)


def test_two_fresh_starts_are_two_gifts(donor: Donor) -> None:
    donor.give(donor.to_payment())
    donor.give(donor.to_payment())
    assert Gift.objects.count() == 2


def test_a_change_after_a_decline_is_another_gift(donor: Donor) -> None:
    declined = donor.give(donor.to_payment(), "expired_card")
    back = donor._post("submit/", {"token": token_of(declined), "action": "back"})
    step1 = donor._post("payment/", {"token": token_of(back), "action": "back"})
    assert 'name="token"' in step1.content.decode()
    step2 = donor.amount(token=token_of(step1), amount="25")
    assert donor.give(donor.details(step2)).status_code == 303
    assert sorted(Gift.objects.values_list("status", "amount_minor")) == [("failed", 5000), ("settled", 2500)]


def test_a_bank_transfer_waits_with_its_reference(donor: Donor) -> None:
    answer = donor.give(donor.to_payment(), method="bank_transfer")
    page = donor.client.get(answer.headers["Location"]).content.decode()
    gift = Gift.objects.get()
    assert gift.status == "awaiting"
    assert "Send your transfer to" in page
    assert Posting.objects.count() == 0


def test_the_hosted_page_and_back(donor: Donor) -> None:
    answer = donor.give(donor.to_payment(), method="sandbox_hosted")
    assert answer.headers["Location"].startswith("/sandbox/checkout/")
    checkout = donor.client.get(answer.headers["Location"])
    assert "no money moves" in checkout.content.decode()
    back = donor.client.post(answer.headers["Location"], {"outcome": "success"})
    assert donor.client.get(back.headers["Location"]).status_code == 302
    assert Gift.objects.get().status == "settled"


def test_the_bank_asks_first(donor: Donor) -> None:
    answer = donor.give(donor.to_payment(), "authenticate")
    assert answer.headers["Location"].startswith("/sandbox/authenticate/")
    back = donor.client.post(answer.headers["Location"], {"answer": "yes"})
    donor.client.get(back.headers["Location"])
    assert Gift.objects.get().status == "settled"


def test_a_gift_remembers_its_source(donor: Donor) -> None:
    step2 = donor.amount(
        utm_source="news", utm_campaign="x" * 300, appeal="XMAS26", referrer="www.example.com"
    )
    donor.give(donor.details(step2))
    source = GiftSource.objects.get()
    assert (source.utm_source, source.appeal, source.referrer_host) == ("news", "XMAS26", "www.example.com")
    assert source.utm_campaign == "x" * 100


def test_the_source_without_the_script_comes_from_the_pages_own_address(donor: Donor) -> None:
    page = donor.client.post(
        "/give/4840/details/",
        {"amount": "50"},
        headers={"referer": "http://testserver/stories/light/?utm_source=paper&appeal=EASTER"},
    )
    donor.give(donor.details(page))
    source = GiftSource.objects.get()
    assert (source.utm_source, source.appeal, source.referrer_host) == ("paper", "EASTER", "")


def test_an_old_page_shows_the_gift_that_was_made_with_it(donor: Donor) -> None:
    with time_machine.travel("2026-01-01T10:00:00Z", tick=False):
        page = donor.to_payment()
        first = donor.give(page)
    with time_machine.travel("2026-01-03T10:00:00Z", tick=False):
        second = donor.give(page)
    assert second.headers["Location"] == first.headers["Location"]
    assert (Gift.objects.count(), Posting.objects.count()) == (1, 2)
