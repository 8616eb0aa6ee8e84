"""After a decline, a change of mind or the browser's Back: what was typed is kept, and nothing is paid twice."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse

from almoner.giving import actions, altcha, attacks
from almoner.giving.models import DonationForm, Gift, GiftSource
from almoner.giving.tests.checking import nothing_stored_or_sent, step_of, text_of, value_of
from almoner.giving.tests.conftest import PERSON, Donor, token_of
from almoner.kernel.clock import now
from almoner.ledger.models import Posting
from almoner.payments.gateways.port import AnswerLost, TryLater
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.payments.models import Attempt, Event
from almoner.supporters.models import Consent, Contact

NOT_YET = "Your earlier try did not go through"


def tries() -> list[tuple[int, str, str]]:
    return list(Attempt.objects.order_by("created_at", "ordinal").values_list("ordinal", "method", "state"))


def statuses() -> list[str]:
    return list(Gift.objects.order_by("given_at").values_list("status", flat=True))


def chosen(page: HttpResponse) -> str:
    found = re.search(r'name="method" id="[^"]*" value="(\w+)" checked', page.content.decode())
    assert found is not None
    return found[1]


def declined(donor: Donor, outcome: str = "expired_card", **values: str) -> HttpResponse:
    """The payment page as it stood before its gift was declined: the browser's Back brings it up again."""
    page = donor.to_payment(**values)
    assert donor.give(page, outcome).status_code == 200
    return page


# An old page after a decline


def test_other_content_from_an_old_page_is_a_gift_of_its_own(donor: Donor) -> None:
    old = declined(donor)
    changed = donor.details(old, cover="yes")
    first, again = donor.give(changed), donor.give(changed)
    assert first.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert list(Gift.objects.order_by("given_at").values_list("status", "total_minor")) == [
        ("failed", 5000),
        ("settled", 5120),
    ]
    assert "Thank You" in text_of(donor.client.get(first.headers["Location"]))


def test_other_content_that_is_declined_too_goes_on_as_that_gift(donor: Donor) -> None:
    changed = donor.details(declined(donor), cover="yes")
    second = donor.give(changed, "lost_card")
    assert step_of(second) == "payment" and "Your bank did not take this payment" in text_of(second)
    assert donor.give(second).status_code == 303
    assert statuses() == ["failed", "settled"]
    assert tries() == [
        (1, "sandbox_card", "failed"),
        (1, "sandbox_card", "failed"),
        (2, "sandbox_card", "succeeded"),
    ]


def test_another_method_from_an_old_page_is_kept_and_nothing_is_said_to_be_declined(donor: Donor) -> None:
    old = declined(donor, "lost_card")
    with nothing_stored_or_sent():
        page = donor.give(old, method="bank_transfer")
    assert (page.status_code, step_of(page), chosen(page)) == (200, "payment", "bank_transfer")
    assert NOT_YET in text_of(page)
    assert "Your bank did not take this payment" not in text_of(page)
    assert not re.search(r"<title>Error", page.content.decode())
    assert donor.give(page, method="bank_transfer").status_code == 303
    assert tries() == [(1, "sandbox_card", "failed"), (2, "bank_transfer", "awaiting")]


def test_the_same_from_an_old_page_says_what_the_earlier_try_met(donor: Donor) -> None:
    old = declined(donor)
    with nothing_stored_or_sent():
        page = donor.give(old)
    assert NOT_YET in text_of(page) and "This card has expired" in text_of(page)
    assert donor.give(page).status_code == 303
    assert statuses() == ["settled"]


def test_an_old_page_under_attack_names_nothing(donor: Donor) -> None:
    old = declined(donor)
    with mock.patch.object(attacks, "under_attack", return_value=True):
        assert "This card has expired" not in text_of(donor.give(old))
        with mock.patch.object(altcha, "solved", return_value=True):
            page = donor.give(old, method="sandbox_hosted")
    assert "This card has expired" not in text_of(page)
    assert NOT_YET in text_of(page)


def test_work_that_was_done_for_one_gift_buys_no_other(donor: Donor) -> None:
    """Under attack a card tester could else do the work once, and change a letter for each further card."""
    old = declined(donor)
    changed = donor.details(old, cover="yes")
    with (
        mock.patch.object(attacks, "under_attack", return_value=True),
        mock.patch.object(altcha, "solved", side_effect=lambda posted, *_, **__: posted == "done"),
        nothing_stored_or_sent(),
    ):
        page = donor.give(changed, altcha="done", method="sandbox_hosted")
    assert step_of(page) == "payment" and NOT_YET in text_of(page)


def test_a_page_older_than_a_day_whose_gift_was_declined_begins_again_with_what_was_typed(
    donor: Donor,
) -> None:
    begun = now()
    with time_machine.travel(begun, tick=False):
        old = declined(donor, message="Kept for a day")
    with time_machine.travel(begun + timedelta(days=1, minutes=1), tick=False):
        page = donor.give(old)
        assert step_of(page) == "amount" and "open for more than a day" in text_of(page)
        assert "Kept for a day" in text_of(donor.amount(token=token_of(page)))


# Left on the gateway's page, and back by another way


def hosted(donor: Donor) -> HttpResponse:
    page = donor.to_payment()
    assert donor.give(page, method="sandbox_hosted").headers["Location"].startswith("/sandbox/checkout/")
    return page


def charge_of(attempt: Attempt) -> str:
    assert attempt.gateway_id
    return attempt.gateway_id


def test_another_method_after_the_hosted_page(donor: Donor, sandbox: Sandbox) -> None:
    page = hosted(donor)
    answer = donor.give(page, method="bank_transfer")
    assert answer.headers["Location"].startswith("/give/thanks/")
    assert tries() == [(1, "sandbox_hosted", "cancelled"), (2, "bank_transfer", "awaiting")]
    assert statuses() == ["awaiting"]
    first = Attempt.objects.get(ordinal=1)
    assert sandbox.retrieve(charge_of(first)).status == "cancelled"
    assert [event.name for event in Event.objects.filter(attempt=first)] == [
        "created",
        "action_required",
        "cancelled",
    ]
    again = donor.give(page, method="bank_transfer")
    assert again.headers["Location"] == answer.headers["Location"]
    assert Attempt.objects.count() == 2


def test_the_same_button_overtaken_between_two_reads_sees_no_pair_that_never_was(donor: Donor) -> None:
    """Another process has let the hosted page go; while this one reads the gift and then its attempt, that other one
    begins the transfer. Read apart, they would be a declined gift and an open attempt."""
    page = hosted(donor)
    actions.let_go(*actions.standing(Gift.objects.get().pk))
    overtaken: list[HttpResponse] = []

    def overtake(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.startswith("SELECT") and 'FROM "payments_attempt"' in sql and not overtaken:
            overtaken.append(HttpResponse())
            overtaken[0] = donor.give(page, method="bank_transfer")
        return execute(sql, *rest)

    with connection.execute_wrapper(overtake):
        gift, attempt = actions.standing(Gift.objects.get().pk)
    assert overtaken[0].status_code == 303
    assert (gift.status, attempt.method, attempt.state) == ("awaiting", "bank_transfer", "awaiting")


def test_the_same_method_goes_to_the_hosted_page_that_stands(donor: Donor) -> None:
    page = hosted(donor)
    with nothing_stored_or_sent():
        answer = donor.give(page, method="sandbox_hosted")
    assert answer.headers["Location"].startswith("/sandbox/checkout/")


def test_another_amount_after_the_hosted_page_is_not_paid_as_the_old_one(donor: Donor) -> None:
    page = hosted(donor)
    smaller = donor.details(donor.amount(token=token_of(page), amount="25"))
    answer = donor.give(smaller, method="sandbox_hosted")
    assert answer.headers["Location"].startswith("/sandbox/checkout/")
    newest = Gift.objects.latest("given_at")
    assert newest.amount_minor == 2500
    assert sorted(statuses()) == ["failed", "pending"]


def test_a_hosted_payment_that_was_made_first_stands(donor: Donor, sandbox: Sandbox) -> None:
    page = hosted(donor)
    sandbox.decide(charge_of(Attempt.objects.get()), Outcome.SUCCESS)
    answer = donor.give(page, method="sandbox_card")
    assert "Thank You" in text_of(donor.client.get(answer.headers["Location"]))
    assert statuses() == ["settled"]
    assert (Attempt.objects.count(), Posting.objects.count()) == (1, 2)


@pytest.mark.parametrize("fault", [AnswerLost("gone"), TryLater("busy")])
def test_nothing_new_is_begun_while_the_gateway_cannot_say(
    donor: Donor, sandbox: Sandbox, fault: Exception
) -> None:
    page = hosted(donor)
    with mock.patch.object(sandbox, "cancel", side_effect=fault):
        answer = donor.give(page, method="bank_transfer")
    assert answer.headers["Location"].startswith("/sandbox/checkout/")
    assert tries() == [(1, "sandbox_hosted", "action_required")]


# Declined on the gateway's page or by the bank's check


@pytest.fixture
def refused_elsewhere(donor: Donor) -> HttpResponse:
    """The page of a gift whose bank could not confirm it."""
    step2 = donor.amount(utm_source="news", appeal="XMAS26")
    page = donor.details(
        step2,
        message="For the lamps",
        consent_email="yes",
        cover="yes",
        tribute_kind="memory",
        tribute_name="Grace",
    )
    answer = donor.give(page, "authenticate")
    back = donor.client.post(answer.headers["Location"], {"answer": "no"})
    come = donor.client.get(back.headers["Location"])
    return donor.client.get(come.headers["Location"])


def try_again(donor: Donor, page: HttpResponse) -> HttpResponse:
    found = re.search(r'<form method="post" action="([^"]+)"', page.content.decode())
    assert found is not None
    return donor.client.post(found[1], {"token": token_of(page), "action": "payment"})


def test_try_again_shows_the_payment_step_with_all_that_was_typed(
    donor: Donor, refused_elsewhere: HttpResponse
) -> None:
    said = text_of(refused_elsewhere)
    assert "Your bank could not confirm that it was you" in said
    assert "is still here" not in said
    assert "what you typed is kept" in said
    page = try_again(donor, refused_elsewhere)
    assert step_of(page) == "payment"
    for words in ("Ada Nguyễn", "ada@example.org", "1 George Street", "For the lamps", "Grace", "$51.20"):
        assert words in text_of(page), words
    back = donor._post("submit/", {"token": token_of(page), "action": "back"})
    assert (value_of(back, "given_name"), value_of(back, "address_line1")) == ("Ada", "1 George Street")
    assert re.search(r'name="consent_email"[^>]* checked', back.content.decode())
    assert donor.give(page).status_code == 303
    assert tries() == [(1, "sandbox_card", "failed"), (2, "sandbox_card", "succeeded")]
    assert statuses() == ["settled"]
    assert (Contact.objects.count(), Consent.objects.count(), GiftSource.objects.get().appeal) == (
        1,
        1,
        "XMAS26",
    )


def test_try_again_and_a_change_is_another_gift_of_the_same_source(
    donor: Donor, refused_elsewhere: HttpResponse
) -> None:
    page = try_again(donor, refused_elsewhere)
    assert donor.give(donor.details(page, given_name="Augusta")).status_code == 303
    assert statuses() == ["failed", "settled"]
    assert list(GiftSource.objects.values_list("appeal", "utm_source")) == [("XMAS26", "news")] * 2


def test_the_page_of_a_declined_gift_shows_no_more_of_a_person(refused_elsewhere: HttpResponse) -> None:
    for words in ("Nguyễn", "George Street", "For the lamps", "Grace", "ada@example.org"):
        assert words not in text_of(refused_elsewhere), words


def test_after_a_day_the_form_begins_anew(donor: Donor, refused_elsewhere: HttpResponse) -> None:
    gift = Gift.objects.get()
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        page = donor.client.get(f"/give/thanks/{gift.public_key}/")
    assert 'name="token"' not in page.content.decode()
    assert "what you typed is kept" not in text_of(page)
    assert '<a class="g-go" href="/give/4840/">Try again' in page.content.decode()


def test_the_page_of_a_gift_left_open_at_the_gateway_tries_it_again(donor: Donor) -> None:
    donor.give(donor.to_payment(), "authenticate")
    gift = Gift.objects.get()
    page = donor.client.get(f"/give/thanks/{gift.public_key}/")
    assert "Your payment is not finished" in text_of(page) and "Please don’t pay again" not in text_of(page)
    for words in ("Nguyễn", "George Street", "ada@example.org"):
        assert words not in text_of(page), words
    assert "Payment Details" in text_of(try_again(donor, page))
    assert (statuses(), Attempt.objects.count()) == (["pending"], 1)
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        page = donor.client.get(f"/give/thanks/{gift.public_key}/")
    assert 'name="token"' not in page.content.decode() and "what you typed is kept" not in text_of(page)


@pytest.mark.parametrize("fault", [AnswerLost("gone"), TryLater("busy")])
def test_what_the_gateway_cannot_say_yet_is_not_called_unpaid(
    donor: Donor, sandbox: Sandbox, fault: Exception
) -> None:
    """They paid on its page, and it can't be reached as they come back: "nothing has been charged" would be untrue."""
    hosted(donor)
    sandbox.decide(charge_of(Attempt.objects.get()), Outcome.SUCCESS)
    come_back = f"/give/return/{Gift.objects.get().public_key}/"
    with mock.patch.object(sandbox, "retrieve", side_effect=fault), nothing_stored_or_sent():
        page = donor.client.get(come_back, follow=True)
    assert "Please don’t pay again" in text_of(page) and "Nothing has been charged" not in text_of(page)
    assert f'<a class="g-go" href="{come_back}">Look again' in page.content.decode()
    assert 'name="token"' not in page.content.decode()
    assert "Thank You" in text_of(donor.client.get(come_back, follow=True))
    assert statuses() == ["settled"]


def test_the_page_of_any_other_gift_holds_no_token(donor: Donor, sandbox: Sandbox) -> None:
    for outcome in ("success", "answer_lost"):
        donor.give(donor.to_payment(), outcome)
    donor.give(donor.to_payment(), method="bank_transfer")
    for _ in range(2):
        donor.give(donor.to_payment(), "debit_settles", method="sandbox_debit")
    returned = Attempt.objects.latest("created_at")
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    sandbox.return_debit(charge_of(actions.look(returned.pk)))
    actions.look(returned.pk)
    assert statuses() == ["settled", "unknown", "awaiting", "processing", "returned"]
    for gift in Gift.objects.all():
        page = donor.client.get(f"/give/thanks/{gift.public_key}/")
        assert 'name="token"' not in page.content.decode(), gift.status


def test_the_token_of_a_gift_left_open_is_worth_nothing_once_it_is_paid(
    donor: Donor, sandbox: Sandbox
) -> None:
    """Whoever kept the page from before can neither pay it again, nor cancel it, nor see who gave."""
    hosted(donor)
    open_page = donor.client.get(f"/give/thanks/{Gift.objects.get().public_key}/")
    sandbox.decide(charge_of(Attempt.objects.get()), Outcome.SUCCESS)
    actions.look(Attempt.objects.get().pk)
    with nothing_stored_or_sent():
        for act in ("payment", "details", "amount"):
            posted = {"token": token_of(open_page), "action": act}
            shown = donor.client.post("/give/4840/submit/", posted, follow=True)
            assert "Thank You" in text_of(shown) and "George Street" not in text_of(shown), act
        for method in ("sandbox_hosted", "bank_transfer"):
            assert "/give/thanks/" in donor.give(open_page, method=method).headers["Location"]
    assert (statuses(), tries()) == (["settled"], [(1, "sandbox_hosted", "succeeded")])


def test_trying_again_what_was_paid_meanwhile_shows_the_gift(
    donor: Donor, refused_elsewhere: HttpResponse
) -> None:
    page = try_again(donor, refused_elsewhere)
    donor.give(page)
    shown = try_again(donor, refused_elsewhere)
    assert shown.status_code == 303 and shown.headers["Location"].startswith("/give/thanks/")


def test_under_attack_the_page_of_a_declined_gift_names_nothing(
    donor: Donor, refused_elsewhere: HttpResponse
) -> None:
    gift = Gift.objects.get()
    with mock.patch.object(attacks, "under_attack", return_value=True):
        page = donor.client.get(f"/give/thanks/{gift.public_key}/")
    assert "could not confirm" not in text_of(page)
    assert "Your bank did not take this payment" in text_of(page)


# A step again, as the draft holds it: what the script asks for after a reload


@pytest.fixture
def typed(donor: Donor) -> Iterator[HttpResponse]:
    with nothing_stored_or_sent():
        yield donor.to_payment(message="Still here")


@pytest.mark.parametrize("step", ["amount", "details", "payment"])
def test_each_step_can_be_had_again(donor: Donor, typed: HttpResponse, step: str) -> None:
    page = donor._post("submit/", {"token": token_of(typed), "action": step})
    assert (page.status_code, step_of(page)) == (200, step)
    details = donor._post("submit/", {"token": token_of(page), "action": "details"})
    assert "Still here" in text_of(details)


def test_a_step_of_a_gift_that_was_given_is_that_gift(donor: Donor) -> None:
    page = donor.to_payment()
    given = donor.give(page)
    for step in ("amount", "details", "payment"):
        again = donor._post("submit/", {"token": token_of(page), "action": step})
        assert again.headers["Location"] == given.headers["Location"]


def test_the_payment_step_after_the_hosted_page_keeps_the_method(donor: Donor) -> None:
    page = hosted(donor)
    again = donor._post("submit/", {"token": token_of(page), "action": "payment"})
    assert (step_of(again), chosen(again)) == ("payment", "sandbox_hosted")
    assert donor.give(again, method="bank_transfer").headers["Location"].startswith("/give/thanks/")


def test_back_before_anything_was_typed_shows_no_errors(donor: Donor) -> None:
    page = donor._post("submit/", {"token": token_of(donor.amount()), "action": "details"})
    assert step_of(page) == "details" and "There is a problem" not in text_of(page)


def test_taking_the_email_that_was_meant_keeps_the_method(donor: Donor) -> None:
    page = donor.to_payment(email="ada@gmial.com")
    page = donor._post(
        "submit/", {"token": token_of(page), "method": "bank_transfer", "accept_email": "ada@gmail.com"}
    )
    assert (step_of(page), chosen(page)) == ("payment", "bank_transfer")
    assert "ada@gmail.com" in text_of(page)


def test_a_forged_token_keeps_the_details_that_came_with_it(donor: Donor, form: DonationForm) -> None:
    page = donor._post("payment/", {"token": "forged", **PERSON, "message": "Still here"})
    assert (page.status_code, step_of(page)) == (400, "amount")
    details = donor.amount(token=token_of(page))
    assert value_of(details, "given_name") == "Ada" and "Still here" in text_of(details)
    early = donor._post("submit/", {"token": token_of(page), "method": "sandbox_card", "action": "give"})
    assert step_of(early) == "amount"
