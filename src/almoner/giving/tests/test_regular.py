"""A regular gift on its way through the steps: asked for and never assumed, promised in words, and its rows."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from almoner.charities.sites import bump
from almoner.giving import demo_charity
from almoner.giving.drafts import new_draft, open_draft
from almoner.giving.models import DonationForm, Gift, SuggestedAmount
from almoner.giving.regular import Schedule, ordinal
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor, token_of
from almoner.payments import gateways
from almoner.payments.models import Attempt
from almoner.plans.models import Plan

GIVE = re.compile(r'<button class="g-go"[^>]*>(.*?)</button>', re.DOTALL)


@pytest.fixture(autouse=True)
def november(charity: object) -> Iterator[None]:
    """The 25th of November 2026, in Sydney too."""
    with time_machine.travel("2026-11-25T01:00:00Z", tick=True):
        yield


def offer(form: DonationForm, **changes: Any) -> None:
    DonationForm.objects.filter(pk=form.pk).update(**changes)
    bump(form.charity_id)


def words(page: Any) -> str:
    """What is read, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(page)).split()).replace(" .", ".").replace(" ,", ",")


def button(page: Any) -> str:
    found = GIVE.search(text_of(page))
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def monthly(donor: Donor, **details: str) -> Any:
    return donor.details(
        donor.amount(frequency="monthly", amount_monthly="30", other_amount_monthly=""), **details
    )


def test_the_first_page_asks_how_often_and_chooses_once(donor: Donor) -> None:
    page = text_of(donor.client.get("/give/4840/"))
    radios = re.findall(r'<input type="radio" name="frequency" [^>]*value="(\w+)"( checked)?', page)
    assert radios == [("once", " checked"), ("monthly", "")]
    for group, amounts in (("amount", demo_charity.AMOUNTS), ("amount_monthly", demo_charity.MONTHLY)):
        found = re.findall(rf'type="radio" name="{group}" [^>]*value="(\w+)"', page)
        assert found == [*(str(each.amount_minor // 100) for each in amounts), "other"]
    assert demo_charity.MONTHLY[0].line in page


def test_a_single_gift_says_that_it_is_one(donor: Donor) -> None:
    details = donor.amount(frequency="once")
    assert "You are giving $50.00, once." in words(details)
    payment = donor.details(details)
    assert button(payment) == "Give $50.00 now"
    assert "How often Once" in words(payment)
    assert "every month" not in words(payment)
    donor.give(payment)
    assert not Plan.objects.exists()


def test_monthly_is_said_at_each_step(donor: Donor) -> None:
    details = donor.amount(frequency="monthly", amount_monthly="30")
    assert "You are giving $30.00 every month." in words(details)
    payment = donor.details(details, cover="yes")
    assert re.fullmatch(r"Give \$30\.8\d every month", button(payment))
    text = words(payment)
    assert "How often Every month, the first one today" in text
    assert "Then on the 25th of every month, next on 25 December 2026, until you stop it." in text
    assert "you allow Tidelight Foundation to take each of these gifts in the same way" in text
    assert "You can change it, pause it or stop it whenever you like" in text
    assert "sandbox_card" in text_of(payment)
    assert "bank_transfer" not in text_of(payment)
    thanks = donor.client.get(donor.give(payment, cover="yes").headers["Location"])
    assert "Every month. The next gift is on 25 December 2026." in words(thanks)
    assert '<a href="/giving/">We email you a link for that</a>' in text_of(thanks)


def test_the_rows_of_a_regular_gift(donor: Donor) -> None:
    donor.give(monthly(donor, plan_day="1", plan_gifts="12"))
    plan, gift = Plan.objects.get(), Gift.objects.get()
    assert (plan.every, plan.anchor.day, plan.ends_after, plan.amount_minor) == (1, 1, 12, 3000)
    # The first of December is too near.
    assert plan.next_on == date(2027, 1, 1)
    assert (gift.plan_id, gift.amount_minor) == (plan.pk, 3000)


def test_the_promise_is_the_plan(donor: Donor) -> None:
    """What was read beside the button, and what the plan then does."""
    payment = monthly(donor, plan_day="31", plan_gifts="4")
    said = "Then on the 31st of every month, next on 31 December 2026: 4 gifts in all, the last on 28 February 2027."
    assert said in words(payment)
    donor.give(payment)
    assert Plan.objects.get().next_on == date(2026, 12, 31)


def test_a_last_date_is_the_plans(donor: Donor) -> None:
    payment = monthly(donor, plan_day="31", plan_until="2027-03-15")
    said = "Then on the 31st of every month, next on 31 December 2026, the last one on 28 February 2027."
    assert said in words(payment)
    donor.give(payment)
    plan = Plan.objects.get()
    assert (plan.ends_on, plan.ends_after, plan.next_on) == (date(2027, 3, 15), None, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("until", "error"),
    [
        ("2026-11-01", "Choose a date on or after 25 December 2026, when the second gift comes"),
        ("2026-12-24", "Choose a date on or after 25 December 2026, when the second gift comes"),
        ("2077-01-01", "Choose a date up to 31 December 2076, or leave this empty to give until you stop it"),
        ("9999-12-31", "Choose a date up to 31 December 2076, or leave this empty to give until you stop it"),
        ("2027-02-30", "Enter a date in the form 2076-12-31"),
        ("soon", "Enter a date in the form 2076-12-31"),
        ("٢٠٢٧-٠٣-١٥", "Enter a date in the form 2076-12-31"),
    ],
)
def test_a_last_date_that_cannot_be(donor: Donor, until: str, error: str) -> None:
    with nothing_stored_or_sent():
        page = monthly(donor, plan_until=until)
    assert problems(page) == {"plan_until": error}
    assert f'value="{until}"' in text_of(page)
    assert '<details class="g-more" open>' in text_of(page)


def test_two_ends_are_one_too_many(donor: Donor) -> None:
    page = monthly(donor, plan_gifts="3", plan_until="2027-03-15")
    assert problems(page) == {"plan_until": "Choose one end: a last date, or a number of gifts"}


def test_the_day_of_the_second_gift_may_be_the_last(donor: Donor) -> None:
    payment = monthly(donor, plan_until="2026-12-25")
    assert "next on 25 December 2026, the last one on 25 December 2026." in words(payment)


@pytest.mark.parametrize(
    "values", [{"plan_day": "32"}, {"plan_day": "x"}, {"plan_gifts": "1"}, {"plan_gifts": "²"}]
)
def test_a_schedule_that_cannot_be(donor: Donor, values: dict[str, str]) -> None:
    with nothing_stored_or_sent():
        page = monthly(donor, **values)
    assert step_of(page) == "details"
    assert list(problems(page)) == list(values)
    assert '<details class="g-more" open>' in text_of(page)


def test_the_schedule_of_a_single_gift_is_not_looked_at(donor: Donor) -> None:
    assert step_of(donor.details(donor.amount(), plan_day="77")) == "payment"


def test_an_amount_of_another_frequency_is_never_taken(donor: Donor) -> None:
    """Somebody chose $50, then every month, and nothing there."""
    with nothing_stored_or_sent():
        page = donor.amount(frequency="monthly", amount="50", other_amount_monthly="")
    assert problems(page) == {"other_amount_monthly": "Enter an amount"}
    assert re.search(r'value="monthly" checked', text_of(page))


def test_a_page_of_another_make_may_post_one_amount(donor: Donor) -> None:
    """Such as a plain form on the charity's old site."""
    details = donor.client.post("/give/4840/details/", {"frequency": "monthly", "amount": "20"})
    assert "You are giving $20.00 every month." in words(details)


def test_other_amounts_have_the_same_limits(donor: Donor) -> None:
    page = donor.amount(frequency="monthly", amount_monthly="other", other_amount_monthly="1")
    assert problems(page) == {"other_amount_monthly": "Enter an amount of at least $2"}


@pytest.mark.parametrize("often", ["weekly", "<b>", "yearly"])
def test_what_is_not_offered_is_asked_again(donor: Donor, often: str) -> None:
    with nothing_stored_or_sent():
        page = donor.amount(frequency=often)
    assert problems(page) == {"frequency": "Choose how often you would like to give"}


def test_nobody_gives_regularly_without_saying_so(donor: Donor, form: DonationForm) -> None:
    offer(form, frequencies="monthly yearly")
    page = text_of(donor.client.get("/give/4840/"))
    assert not re.search(r'name="frequency"[^>]* checked', page)
    assert problems(donor.amount(amount_monthly="30")) == {
        "frequency": "Choose how often you would like to give"
    }


def test_a_form_for_monthly_gifts_alone_says_so_at_once(donor: Donor, form: DonationForm) -> None:
    offer(form, frequencies="monthly")
    page = text_of(donor.client.get("/give/4840/"))
    assert "A gift every month, in AUD" in page
    assert '<input type="hidden" name="frequency" value="monthly">' in page
    assert "A single gift" not in page


def test_nothing_is_promised_that_no_method_can_keep(donor: Donor, form: DonationForm) -> None:
    offer(form, methods=["bank_transfer"])
    page = text_of(donor.client.get("/give/4840/"))
    assert 'value="monthly"' not in page
    assert problems(donor.amount(frequency="monthly", amount_monthly="30")) == {
        "amount": "This form takes single gifts only. To give once, choose an amount and continue."
    }


@pytest.mark.parametrize(
    ("frequency", "said", "often"),
    [
        (
            "quarterly",
            "Then on the 25th of every third month, next on 25 February 2027, until you stop it.",
            "three months",
        ),
        ("yearly", "Then once a year, next on 25 November 2027, until you stop it.", "year"),
    ],
)
def test_the_other_rhythms(donor: Donor, form: DonationForm, frequency: str, said: str, often: str) -> None:
    offer(form, frequencies="once monthly quarterly yearly")
    SuggestedAmount.objects.create(form=form, frequency=frequency, amount_minor=9000)
    bump(form.charity_id)
    payment = donor.details(donor.amount(frequency=frequency, **{f"amount_{frequency}": "90"}))
    assert said in words(payment)
    assert button(payment) == f"Give $90.00 every {often}"


def test_a_link_may_say_how_often_and_how_much(donor: Donor) -> None:
    page = text_of(donor.client.get("/give/4840/?frequency=monthly&amount=30"))
    assert re.search(r'name="frequency"[^>]*value="monthly" checked', page)
    assert re.search(r'name="amount_monthly"[^>]*value="30" checked', page)
    other = text_of(donor.client.get("/give/4840/?frequency=monthly&amount=31"))
    assert re.search(r'name="other_amount_monthly"[^>]*value="31"', other)
    plain = text_of(donor.client.get("/give/4840/?frequency=weekly"))
    assert re.search(r'name="frequency"[^>]*value="once" checked', plain)


def test_back_and_forth_keeps_how_often(donor: Donor) -> None:
    payment = monthly(donor, plan_day="3")
    details = donor._post("submit/", {"token": token_of(payment), "action": "back"})
    assert re.search(r'<option value="3" selected>', text_of(details))
    amount = donor._post("payment/", {"token": token_of(details), "action": "back"})
    assert re.search(r'name="frequency"[^>]*value="monthly" checked', text_of(amount))
    assert re.search(r'name="amount_monthly"[^>]*value="30" checked', text_of(amount))


def test_once_instead_is_another_gift(donor: Donor) -> None:
    """After a decline the frequency is content like any other: what was declined was not this."""
    declined = donor.give(monthly(donor), "lost_card")
    details = donor._post("submit/", {"token": token_of(declined), "action": "back"})
    amount = donor._post("payment/", {"token": token_of(details), "action": "back"})
    once = donor.client.post(
        "/give/4840/details/",
        {"token": token_of(amount), "frequency": "once", "amount": "50", "fund": "children"},
    )
    donor.give(donor.details(once))
    assert [(gift.status, gift.plan_id is None) for gift in Gift.objects.order_by("given_at")] == [
        ("failed", False), ("settled", True),
    ]  # fmt: skip


def test_trying_again_from_the_thank_you_page_keeps_the_promise(donor: Donor) -> None:
    payment = monthly(donor, plan_day="3", plan_gifts="6")
    declined = donor.give(payment, "lost_card")
    gift = Gift.objects.get()
    page = donor.client.get(f"/give/thanks/{gift.public_key}/")
    again = donor._post("submit/", {"token": token_of(page), "action": "payment"})
    assert button(again) == "Give $30.00 every month"
    assert "6 gifts in all" in words(again)
    assert step_of(declined) == "payment"
    donor.give(again)
    assert Attempt.objects.count() == 2
    assert (Gift.objects.get().status, Plan.objects.get().state) == ("settled", "active")


def test_trying_again_from_the_thank_you_page_keeps_the_last_date(donor: Donor) -> None:
    donor.give(monthly(donor, plan_until="2027-03-15"), "lost_card")
    page = donor.client.get(f"/give/thanks/{Gift.objects.get().public_key}/")
    again = donor._post("submit/", {"token": token_of(page), "action": "payment"})
    assert "the last one on 25 February 2027" in words(again)
    donor.give(again)
    assert (Gift.objects.count(), Attempt.objects.count()) == (1, 2)
    assert Plan.objects.get().ends_on == date(2027, 3, 15)


def test_a_form_that_stops_offering_it_says_so(donor: Donor, form: DonationForm) -> None:
    details = donor.amount(frequency="monthly", amount_monthly="30")
    offer(form, frequencies="once yearly")
    page = donor.details(details)
    assert (step_of(page), problems(page)) == (
        "amount", {"frequency": "Choose how often you would like to give"},
    )  # fmt: skip


def test_a_draft_of_before_opens_as_once(form: DonationForm) -> None:
    draft = new_draft(form_id=form.pk, currency="AUD", amount_minor=5000, fund_id=1, source={})
    content = {name: getattr(draft, name) for name in draft.__slots__ if name != "frequency"}
    assert type(draft)(**content).frequency == "once"
    assert open_draft(draft.seal(), form_id=form.pk) == draft


def test_the_dates_of_a_promise() -> None:
    schedule = Schedule("monthly", 31, 3)
    assert schedule.next_on(date(2027, 1, 31)) == date(2027, 2, 28)
    assert schedule.last_on(date(2027, 1, 31)) == date(2027, 3, 31)
    dated = Schedule("quarterly", 31, until=date(2027, 9, 29))
    assert dated.last_on(date(2026, 11, 30)) == date(2027, 8, 31)
    assert Schedule("yearly").next_on(date(2028, 2, 29)) == date(2029, 2, 28)


def test_days_are_said_as_people_say_them() -> None:
    said = {day: ordinal(day) for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31)}
    assert said == {
        1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 22: "22nd",
        23: "23rd", 30: "30th", 31: "31st",
    }  # fmt: skip


def test_only_what_can_be_charged_again_is_offered(donor: Donor) -> None:
    repeats = {method.code for method in gateways.gateway("sandbox").capabilities().methods if method.repeats}
    offered = set(re.findall(r'name="method" [^>]*value="(\w+)"', text_of(monthly(donor))))
    assert offered == repeats & {"sandbox_card", "sandbox_hosted", "sandbox_debit"}
