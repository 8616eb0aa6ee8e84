"""A fund's name where donors of another language meet it again: on their own page, and in mails about regular gifts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from tests.support.mailsink import MailSink

from almoner.charities.models import Charity, Fund
from almoner.donors.tests.conftest import Browser, text_of, through, words
from almoner.donors.tests.telling import DAY, make_register, switch_on, turn
from almoner.giving import speaking
from almoner.giving.models import Gift
from almoner.plans import changing
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from almoner.receipts.tests.conftest import Give
from almoner.supporters.models import Contact

Work = Callable[[], int]
OWN, SAID = "Children at risk", "Kinder in Gefahr"


@pytest.fixture
def german(charity: Charity, staff: User) -> None:
    speaking.keep(charity, "de", {OWN: SAID}, actor=staff)


@pytest.fixture
def reader(plan: Plan) -> Browser:
    """Ada, who reads German."""
    browser = Browser(root="/de/giving/")
    browser.sign_in()
    return browser


def pages(reader: Browser, plan: Plan) -> list[str]:
    at = f"plans/{plan.reference}/"
    return [words(reader.get(path)) for path in ("", at, f"{at}amount/")]


def test_their_own_page_says_it(reader: Browser, plan: Plan, german: None) -> None:
    home, one, change = pages(reader, plan)
    # The regular gift, and the gift that began it.
    assert home.count(f"<bdi>{SAID}</bdi>") == 2
    assert f"<dd><bdi>{SAID}</bdi></dd>" in one and f"· <bdi>{SAID}</bdi></p>" in change
    assert OWN not in home + one + change


def test_what_nobody_said_is_marked_as_the_language_that_it_is_in(reader: Browser, plan: Plan) -> None:
    marked = f'<bdi lang="en">{OWN}</bdi>'
    assert [page.count(marked) for page in pages(reader, plan)] == [2, 1, 1]
    english = Browser()
    english.sign_in()
    for page in pages(english, plan):
        assert f"<bdi>{OWN}</bdi>" in page and "<bdi lang=" not in page


def test_the_page_on_which_a_declined_gift_is_paid_says_it(declined: Gift, german: None) -> None:
    page = words(Browser(root="/de/giving/").get(f"pay/{declined.public_key}/"))
    assert f"· <bdi>{SAID}</bdi></p>" in page and OWN not in page
    assert f'· <bdi lang="en">{OWN}</bdi></p>' in words(
        Browser(root="/fr/giving/").get(f"pay/{declined.public_key}/")
    )


def test_what_the_funds_reached_stands_under_it(
    charity: Charity, give: Give, work: Work, staff: User, german: None
) -> None:
    register = make_register(charity)
    give(fund=register.fund, given_on=date(2022, 10, 1))
    work()
    browser = Browser(root="/de/giving/")
    browser.sign_in()
    assert f"<h3><bdi>{SAID}</bdi></h3>" in words(browser.get())


def test_a_mail_about_a_regular_gift_says_it(
    plan: Plan, german: None, mail_sink: MailSink, settings: Any, work: Work
) -> None:
    Plan.objects.update(language="de")
    through(mail_sink, settings)
    changing.pause(plan.pk, by=DONOR)
    work()
    (message,) = mail_sink.messages
    assert SAID in text_of(message) and f"<bdi>{SAID}</bdi>" in text_of(message, "html")
    assert OWN not in text_of(message) + text_of(message, "html")


@pytest.mark.parametrize(
    ("language", "said"), [("de", f"<bdi>{SAID}</bdi>"), ("fr", f'<bdi lang="en">{OWN}</bdi>')]
)
def test_the_yearly_message_says_it(
    charity: Charity, give: Give, staff: User, german: None, mail_sink: MailSink, settings: Any, work: Work,
    language: str, said: str,
) -> None:  # fmt: skip
    register = make_register(charity)
    assert register.fund == Fund.objects.get(name=OWN)
    switch_on(charity, staff)
    give(fund=register.fund, given_on=date(2022, 10, 1))
    Contact.objects.update(language=language)
    work()
    through(mail_sink, settings)
    turn(DAY)
    (message,) = mail_sink.messages
    assert said in text_of(message, "html")
