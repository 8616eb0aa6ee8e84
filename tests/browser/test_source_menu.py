"""A field worker finds one of hundreds of sources by typing, and without the script in the menu."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Locator, Page, expect

from almoner.charities.models import Charity
from almoner.impact.models import Observation, Programme, Source
from almoner.impact.tests.making import make_indicator, make_result
from almoner.kernel.clock import now
from tests.browser.desk import Seated, answered
from tests.browser.walk import problems_in

pytestmark = [pytest.mark.once, pytest.mark.browser]

WANTED = "Überblick: São Paulo, visits"
NAME = "Find a known source"


@pytest.fixture(scope="module")
def desk(seated: Seated) -> Page:
    charity = Charity.objects.get(slug="tidelight")
    titles = [f"Visits, week {week}" for week in range(1, 201)] + [WANTED]
    Source.objects.bulk_create(
        Source(
            charity=charity, title=title, dated=date(2015, 1, 5) + timedelta(weeks=week), created_at=now(),
            url="https://example.org/visits",
        )
        for week, title in enumerate(titles)
    )  # fmt: skip
    # Of its own: other tests read the demonstration's figures.
    result = make_result(charity, "finding", public=False)
    # One is entered, and the other keeps the form standing.
    for slug in ("visited", "called"):
        make_indicator(charity, result=result, slug=slug, title=f"Families {slug}")
    return seated(User.objects.create_superuser("finder", "finder@example.org"))


@pytest.fixture
def month(desk: Page) -> Page:
    desk.goto(f"/admin/programmes/{Programme.objects.get(slug='finding').pk}/month/")
    return desk


@pytest.fixture
def menu(month: Page) -> Locator:
    return month.get_by_label("Where the figures stand")


@pytest.fixture
def find(month: Page) -> Locator:
    return month.get_by_role("searchbox", name=NAME)


def options(menu: Locator) -> list[str]:
    return menu.locator("optgroup option").all_text_contents()


def test_the_one_that_is_meant_is_chosen_with_the_keyboard(month: Page, menu: Locator, find: Locator) -> None:
    every = options(menu)
    month.get_by_role("textbox", name="Families visited").fill("301")
    find.focus()
    month.keyboard.type("visits sao")
    expect(menu.locator("optgroup option")).to_have_text([f"{WANTED}, 5 November 2018"])
    expect(month.get_by_text(f"1 of {len(every)} fit.", exact=True)).to_have_role("status")
    assert problems_in(month, "a narrowed menu", ("desk", "dark", "phone", "dark phone")) == []
    find.press("Enter")
    wanted = Source.objects.get(title=WANTED)
    expect(menu).to_be_focused()
    expect(menu).to_have_value(str(wanted.pk))
    with answered(month):
        month.get_by_role("button", name="Enter", exact=True).click()
    expect(month.get_by_text("waits for somebody else")).to_be_visible()
    assert Observation.objects.get(value=Decimal(301)).source == wanted


def test_one_of_several_is_chosen_in_the_menu_and_stays(month: Page, menu: Locator, find: Locator) -> None:
    every = options(menu)
    find.fill("2016 WEEK 10")
    fit = [each for each in every if all(word in each for word in ("week", "10", "2016"))]
    assert 5 < len(fit) < 20
    expect(menu.locator("optgroup option")).to_have_text(fit)
    expect(menu.locator("optgroup")).to_have_count(1)
    # Of several Enter chooses none.
    find.press("Enter")
    expect(menu).to_be_focused()
    expect(menu).to_have_value("")
    month.keyboard.press("ArrowDown")
    month.keyboard.press("ArrowDown")
    chosen = menu.input_value()
    assert Source.objects.get(pk=int(chosen)).title in fit[1]
    find.fill("nothing like it")
    expect(month.get_by_text(f"None of {len(every)} fit.", exact=True)).to_be_visible()
    expect(menu.locator("optgroup option")).to_have_text([fit[1]])
    find.fill("")
    expect(menu.locator("optgroup option")).to_have_text(every)
    expect(menu).to_have_value(chosen)
    assert menu.evaluate("each => each.size") == 0


def test_without_the_script_the_menu_is_whole(month: Page, menu: Locator, browser: Browser) -> None:
    context = browser.new_context(storage_state=month.context.storage_state(), java_script_enabled=False)
    try:
        plain = context.new_page()
        plain.goto(month.url)
        assert plain.get_by_role("searchbox", name=NAME).count() == 0
        assert options(plain.get_by_label("Where the figures stand")) == options(menu)
    finally:
        context.close()
