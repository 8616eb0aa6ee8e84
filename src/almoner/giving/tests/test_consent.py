"""A consent is kept against the words that the donor saw, whatever an editor writes meanwhile."""

import re

import pytest
from django.http import HttpResponse

from almoner.charities.sites import bump
from almoner.giving.models import ConsentQuestion, DonationForm, Gift
from almoner.giving.tests.checking import step_of, text_of
from almoner.giving.tests.conftest import Donor, token_of
from almoner.kernel.clock import now
from almoner.supporters.models import Consent
from almoner.supporters.people import wording


def ask(form: DonationForm, channel: str, text: str) -> None:
    """Ask in these words from now on, as the editor saves it."""
    kept = wording(form.charity_id, channel=channel, basis="consent", text=text, at=now())
    ConsentQuestion.objects.update_or_create(
        form=form, channel=channel, defaults={"text": text, "wording": kept}
    )
    bump(form.charity_id)


def answers() -> set[tuple[str, str, bool]]:
    return set(Consent.objects.values_list("channel", "wording__text", "granted"))


def ticked(page: HttpResponse) -> bool:
    found = re.search(r'<input[^>]* name="consent_email"[^>]*>', page.content.decode())
    assert found is not None
    return "checked" in found[0]


@pytest.fixture
def first_words(form: DonationForm) -> str:
    return form.consent_questions.get().text


@pytest.mark.parametrize(("boxes", "granted"), [({"consent_email": "yes"}, True), ({}, False)])
def test_the_words_of_the_page_are_kept_and_not_those_of_the_submit(
    donor: Donor, form: DonationForm, first_words: str, boxes: dict[str, str], granted: bool
) -> None:
    page = donor.amount()
    ask(form, "email", "Sell my address to everybody")
    paying = donor.details(page, **boxes)
    assert donor.give(paying).status_code == 303
    assert answers() == {("email", first_words, granted)}


def test_a_change_after_your_details_changes_no_answer(
    donor: Donor, form: DonationForm, first_words: str
) -> None:
    paying = donor.to_payment(consent_email="yes")
    ask(form, "email", "Sell my address to everybody")
    donor.give(paying)
    assert answers() == {("email", first_words, True)}


def test_a_question_that_was_not_asked_has_no_answer(
    donor: Donor, form: DonationForm, first_words: str
) -> None:
    page = donor.amount()
    ask(form, "phone", "Call me at dinner")
    donor.give(donor.details(page, consent_email="yes", consent_phone="yes"))
    assert answers() == {("email", first_words, True)}


def test_a_question_that_was_withdrawn_keeps_its_answer(
    donor: Donor, form: DonationForm, first_words: str
) -> None:
    page = donor.amount()
    form.consent_questions.all().delete()
    bump(form.charity_id)
    donor.give(donor.details(page, consent_email="yes"))
    assert answers() == {("email", first_words, True)}


def test_other_words_stand_unticked_and_are_answered_anew(donor: Donor, form: DonationForm) -> None:
    page = donor.amount()
    ask(form, "email", "Write to me on Sundays")
    wrong = donor.details(page, consent_email="yes", email="nobody")
    assert step_of(wrong) == "details" and "Write to me on Sundays" in text_of(wrong)
    assert not ticked(wrong)
    same = donor.details(wrong, consent_email="yes", email="nobody")
    assert ticked(same)
    donor.give(donor.details(same, consent_email="yes"))
    assert answers() == {("email", "Write to me on Sundays", True)}


def test_asked_in_other_words_after_a_decline(donor: Donor, form: DonationForm, first_words: str) -> None:
    """The declined gift keeps the answer it was given with; the next gift has its own."""
    declined = donor.give(donor.to_payment(consent_email="yes"), "lost_card")
    ask(form, "email", "Write to me on Sundays")
    back = donor._post("submit/", {"token": token_of(declined), "action": "back"})
    donor.give(donor.details(back, consent_email="yes"))
    assert answers() == {("email", first_words, True), ("email", "Write to me on Sundays", True)}
    assert set(Gift.objects.values_list("status", flat=True)) == {"failed", "settled"}
