"""Where a gift came from is carried through another currency and from a story's button, without cookie or script."""

import html
import re

import pytest

from almoner.charities.sites import bump
from almoner.config.ready import key_of
from almoner.giving.models import DonationForm, Gift, GiftSource
from almoner.giving.tests.checking import nothing_stored_or_sent, problems, step_of, text_of
from almoner.giving.tests.conftest import Donor
from almoner.stories import demo as stories

SOURCE = {
    "story": "7",
    "appeal": "XMAS26",
    "utm_source": "paper",
    "utm_campaign": "a&b <c>",
    "referrer": "www.example.com",
}


@pytest.fixture
def currencies(form: DonationForm) -> None:
    DonationForm.objects.filter(pk=form.pk).update(currencies="AUD NZD")
    bump(form.charity_id)


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def link_to(page: str, currency: str) -> str:
    found = re.search(rf'<a href="([^"]+)" data-swap>{currency}</a>', page)
    assert found is not None
    return html.unescape(found[1])


def test_another_currency_keeps_the_source(donor: Donor, currencies: None) -> None:
    raw = donor.amount(amount="", **SOURCE).content.decode()
    link = link_to(raw, "NZD")
    assert link.startswith("/give/4840/?currency=NZD&")
    swapped = donor.client.get(link).content.decode()
    assert hidden(swapped) == {
        "amount": "other", "amount_monthly": "other", "currency": "NZD", "utm_medium": "", "utm_content": "",
        "utm_term": "", **SOURCE,
    }  # fmt: skip
    back = link_to(swapped, "AUD")
    kept = hidden(donor.client.get(back).content.decode())
    assert {name: kept[name] for name in SOURCE} == SOURCE


def test_the_first_page_is_the_same_whatever_its_address_says(donor: Donor, currencies: None) -> None:
    plain = donor.client.get("/give/4840/").content
    assert donor.client.get("/give/4840/?story=7&utm_source=paper&appeal=X").content == plain
    assert link_to(plain.decode(), "NZD") == "/give/4840/?currency=NZD"


def test_a_story_in_the_address_keeps_a_page_ready() -> None:
    assert key_of("x", "/give/4840/", "story=7&utm_source=a") == ("x", "/give/4840/")
    assert key_of("x", "/give/4840/", "story=7&currency=NZD") is None


def test_without_the_script_the_story_comes_from_the_pages_own_address(
    donor: Donor, form: DonationForm
) -> None:
    story = stories.seed(form.charity)
    page = donor.client.post(
        "/give/4840/details/",
        {"amount": "50"},
        headers={"referer": f"http://testserver/give/4840/?story={story.pk}"},
    )
    donor.give(donor.details(page))
    assert GiftSource.objects.get().story_id == story.pk


CAMPAIGN = "utm_source=paper&utm_campaign=a%26b&appeal=XMAS26"


@pytest.mark.parametrize("came_from", ["/give/4840/", "/stories/one/", "/"])
def test_without_the_script_another_currency_keeps_what_the_address_said(
    donor: Donor, currencies: None, came_from: str
) -> None:
    """The first page's link says the currency alone: what it leads to knows the rest from the page that it stood in."""
    link = link_to(donor.client.get(f"/give/4840/?{CAMPAIGN}").content.decode(), "NZD")
    answer = donor.client.get(link, headers={"referer": f"http://testserver{came_from}?{CAMPAIGN}&story=7"})
    kept = hidden(answer.content.decode())
    assert [kept[name] for name in ("utm_source", "utm_campaign", "appeal", "story")] == [
        "paper", "a&b", "XMAS26", "7",
    ]  # fmt: skip
    assert answer.headers["Cache-Control"] == "private, no-cache"
    donor.give(
        donor.details(
            donor.client.post("/give/4840/details/", kept | {"amount": "other", "other_amount": "50"})
        )
    )
    source = GiftSource.objects.get()
    assert (source.utm_source, source.utm_campaign, source.appeal) == ("paper", "a&b", "XMAS26")


def test_without_the_script_a_storys_button_keeps_what_the_storys_address_said(
    donor: Donor, form: DonationForm
) -> None:
    story = stories.seed(form.charity)
    url = f"/give/4840/?story={story.pk}"
    answer = donor.client.get(url, headers={"referer": f"http://testserver{story.url}?{CAMPAIGN}"})
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.ready is False  # type: ignore[attr-defined]
    kept = hidden(answer.content.decode())
    donor.give(donor.details(donor.client.post("/give/4840/details/", kept | {"amount": "50"})))
    source = GiftSource.objects.get()
    assert (source.story_id, source.utm_source, source.appeal) == (story.pk, "paper", "XMAS26")


@pytest.mark.parametrize(
    ("query", "referrer"),
    [
        ("?story=7", "http://testserver/stories/one/"),
        ("?story=7", "http://testserver/stories/one/?story=8&page=2"),
        ("?story=7", f"https://news.example/?{CAMPAIGN}"),
        (f"?{CAMPAIGN}", "http://testserver/stories/one/?utm_source=other"),
        ("", "http://["),
        ("", "http://testserver/?" + "utm_source=a&" * 60),
    ],
)
def test_it_is_the_same_for_everybody_whose_address_says_enough(
    donor: Donor, query: str, referrer: str
) -> None:
    plain = donor.client.get("/give/4840/")
    answer = donor.client.get(f"/give/4840/{query}", headers={"referer": referrer})
    assert answer.content == plain.content
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("often", ["monthly", "month", "MONTHLY", "<b>"])
def test_a_frequency_that_is_not_offered_is_said_to_be(donor: Donor, form: DonationForm, often: str) -> None:
    DonationForm.objects.filter(pk=form.pk).update(frequencies="once")
    bump(form.charity_id)
    with nothing_stored_or_sent():
        page = donor.amount(frequency=often)
    assert step_of(page) == "amount"
    assert problems(page) == {
        "amount": "This form takes single gifts only. To give once, choose an amount and continue."
    }
    assert hidden(page.content.decode())["frequency"] == "once"
    assert step_of(donor.amount(frequency="once")) == step_of(donor.amount(frequency="")) == "details"
    assert not Gift.objects.exists()


NOT_TAKEN = "asks for something that this form doesn’t take"


@pytest.mark.parametrize(
    ("query", "amount", "told"),
    [
        ("amount=50&fund=children&frequency=once", "50", False),
        ("amount=50&fund=nowhere", "50", True),
        ("amount=50&currency=ZZZ", "50", True),
        ("amount=0.01", "", True),
        ("amount=99999999", "", True),
        ("amount=50,00", "", True),
        ("amount=%3Cscript%3E", "", True),
        ("appeal=XMAS26", "", False),
    ],
)
def test_a_link_chooses_beforehand_and_says_what_it_cannot(
    donor: Donor, query: str, amount: str, told: bool
) -> None:
    page = text_of(donor.client.get(f"/give/4840/?{query}"))
    assert (NOT_TAKEN in page) == told
    assert (f'value="{amount}" checked' in page) == bool(amount)
    assert "Error:" not in page.partition("</title>")[0]
    assert donor.client.get("/give/4840/").content == donor.client.get("/give/4840/").content
