"""The first page: this donor's gifts and receipts, at this charity, and nobody else's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from almoner.charities.models import Charity, CharityHost, Fund
from almoner.donors.tests.conftest import Browser, words
from almoner.giving.models import Gift, GiftStatus
from almoner.impact.models import Indicator, Observation, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import Person, make_figure
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference
from almoner.plans.schedule import local_date
from almoner.receipts.models import Receipt
from almoner.receipts.tests.conftest import Give, promised

Work = Callable[[], int]


@pytest.fixture
def gifts(give: Give, work: Work) -> list[Gift]:
    made = [
        give(amount_minor=5000, given_on=date(2026, 11, 23)),
        give(amount_minor=2500, given_on=date(2026, 10, 1)),
    ]
    work()
    return made


def test_gifts_stand_newest_first_with_their_receipts(browser: Browser, gifts: list[Gift]) -> None:
    browser.sign_in()
    page = words(browser.get())
    assert page.index("23 November 2026") < page.index("1 October 2026")
    for gift, amount in zip(gifts, ("$50.00", "$25.00"), strict=True):
        receipt = Receipt.objects.get(gift=gift)
        assert amount in page and shown_reference(gift.reference) in page
        assert f'href="/receipts/{receipt.token}.pdf">Receipt {receipt.shown_number} (PDF)</a>' in page
        assert browser.get(f"/receipts/{receipt.token}.pdf").status_code == 200


def test_no_others_gift_stands_there(
    browser: Browser, gifts: list[Gift], give: Give, charity: Charity
) -> None:
    theirs = give("Ben Okri", "ben@example.org")
    other = Charity.objects.create(
        slug="other", name="Other", legal_name="Other Ltd", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="o@o.example", mail_from="o@o.example",
    )  # fmt: skip
    fund = Fund.objects.create(charity=other, code="all", name="All", is_default=True)
    elsewhere = give("Ada Nguyễn", "ada@example.org", charity=other, fund=fund)
    browser.sign_in()
    page = words(browser.get())
    for gift in (theirs, elsewhere):
        assert shown_reference(gift.reference) not in page
        assert Receipt.objects.get(gift=gift).token not in page
    CharityHost.objects.update_or_create(host="localhost", defaults={"charity": other})
    assert 'name="email"' in words(browser.get("", HTTP_HOST="localhost"))


def test_a_gift_that_was_given_back_says_so(browser: Browser, gifts: list[Gift]) -> None:
    Gift.objects.filter(pk=gifts[0].pk).update(refunded_minor=1000)
    browser.sign_in()
    assert "Given back: $10.00" in words(browser.get())


def test_a_promised_transfer_stands_there_and_a_failed_try_doesnt(
    browser: Browser, gifts: list[Gift], charity: Charity
) -> None:
    waits = promised(charity)
    Gift.objects.filter(pk=gifts[1].pk).update(status=GiftStatus.FAILED)
    browser.sign_in("d0@example.org")
    page = words(browser.get())
    assert "We are waiting for your transfer" in page and shown_reference(waits.reference) in page
    ada = Browser()
    ada.sign_in()
    assert shown_reference(gifts[1].reference) not in words(ada.get())


def test_many_gifts_stand_on_several_pages(browser: Browser, give: Give, work: Work) -> None:
    for nth in range(27):
        give(amount_minor=1000 + nth)
    browser.sign_in()
    first, second = words(browser.get()), words(browser.get("?page=2"))
    assert first.count("Receipt 0") == 25 and '?page=2"' in first
    assert second.count("Receipt 0") == 2 and '?page=1"' in second and "Older gifts" not in second
    for odd in ("0", "-1", "x", "99999999999999999999", "%D9%A2"):
        assert words(browser.get("", data=None, QUERY_STRING=f"page={odd}")).count("Receipt 0") == 25


def test_an_erased_gift_is_gone(browser: Browser, gifts: list[Gift]) -> None:
    browser.sign_in()
    gifts[0].contact.erased_at = gifts[0].given_at
    gifts[0].contact.save()
    assert shown_reference(gifts[0].reference) not in words(browser.get())


def test_what_the_funds_of_the_donor_have_reached(browser: Browser, charity: Charity, give: Give) -> None:
    """Now, and when the donor first gave: of their own funds alone, and in as many queries for two as for one."""
    figure = make_figure(charity)
    children, other = (Fund.objects.get(charity=charity, code=code) for code in ("children", "general"))
    Programme.objects.get().funds.set([children])
    _stands(replace(figure, bound=Bound.EXACT))
    _stands(
        replace(figure, bound=Bound.EXACT, value=Decimal(1312), last=(day := date(2023, 3, 31)), as_of=day)
    )
    give(fund=other, given_on=date(2022, 10, 1))
    browser.sign_in()
    assert "What your funds have reached" not in words(browser.get())
    give(fund=children, given_on=date(2022, 10, 1))
    give(fund=children, given_on=date(2023, 10, 1))
    page, one = _counted(browser)
    section = " ".join(page[page.index("What your funds have reached") : page.index('id="you"')].split())
    assert "You first gave on 1 October 2022." in section and section.count("<li>") == 1
    assert (
        '<a href="/figures/rescue/rescued/"><b><bdi>1,312</bdi></b> <bdi>Children rescued</bdi></a>'
        in section
    )
    assert "As of 31 March 2023 · when you first gave: 1,000" in section
    german = browser.client.get("/de/giving/").content.decode()
    own = '<bdi lang="en">Children rescued</bdi>'
    assert f'<a href="/de/figures/rescue/rescued/"><b><bdi>1.312</bdi></b> {own}</a>' in german
    Programme.objects.get().funds.set([children, other])
    page, two = _counted(browser)
    assert "Corrected on" not in page and page.count("when you first gave: 1,000") == 2 and two == one
    wrong = Observation.objects.get(value=1312)
    right = replace(figure, bound=Bound.EXACT, value=Decimal(1299), last=day, as_of=day)
    made = correct(wrong, right, reason="Thirteen were counted twice.", actor=Person(1, "ana"))
    decide(made, accepted=True, role="Lead", actor=Person(2, "ben"))
    page, three = _counted(browser)
    today = local_date(now(), charity.timezone)
    assert "1,299" in page and "1,312" not in page and three == one
    assert page.count(f"Corrected on {today.day} {today:%B %Y}. Before, we said another number.") == 2


def test_a_number_that_counts_its_own_time_alone_is_compared_with_none(
    browser: Browser, charity: Charity, give: Give
) -> None:
    """A month's calls are no growth of those of the month in which the donor first gave."""
    figure = replace(make_figure(charity), bound=Bound.EXACT)
    Indicator.objects.update(cumulative=False)
    fund = Fund.objects.get(charity=charity, code="children")
    Programme.objects.get().funds.set([fund])
    _stands(replace(figure, first=date(2022, 9, 1)))
    _stands(
        replace(
            figure, value=Decimal(1312), first=date(2023, 3, 1), last=(day := date(2023, 3, 31)), as_of=day
        )
    )
    give(fund=fund, given_on=date(2022, 10, 1))
    browser.sign_in()
    page = words(browser.get())
    assert "1,312" in page and "when you first gave" not in page and "1,000" not in page


def _counted(browser: Browser) -> tuple[str, int]:
    browser.get()  # what the process remembers of the charity is read anew after each change
    with CaptureQueriesContext(connection) as asked:
        page = words(browser.get())
    return page, len(asked)


def _stands(figure: Figure) -> None:
    decide(enter(figure, actor=Person(1, "ana")), accepted=True, role="Lead", actor=Person(2, "ben"))
