"""A donor asks how a number is known: by keyboard alone, and in every look of the page that says it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from almoner.charities.models import Charity
from almoner.impact.models import Observation
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tests.making import Person, make_breakdown
from almoner.impact.worded import Kind, Phrase, keep
from tests.browser.conftest import Demonstration
from tests.browser.walk import LOOKS, PHONES, axe_problems, problems_in
from tests.support.server import Site

pytestmark = [pytest.mark.once, pytest.mark.browser]
NewPage = Callable[..., Page]
STORY: Final = "/stories/four-reasons-for-hope/"
RESCUED: Final = "/figures/osec-philippines/rescued/"
ANA, BEN = Person(-11, "ana"), Person(-12, "ben")


def accepted(made: Observation) -> Observation:
    decide(made, accepted=True, role="Programme lead", actor=BEN)
    return made


@pytest.fixture
def long_history(demo_site: Site) -> Site:
    """A number of each year before the one that the story says, and of the third a correction: some are folded away."""
    newest = Observation.objects.get(indicator__slug="rescued")
    for at, year in enumerate(range(2012, 2021)):
        day = date(year, 12, 31)
        figure = Figure(
            indicator=newest.indicator, first=newest.first, last=day, as_of=day, value=Decimal(100 * (at + 1)),
            source=newest.source, method="Read off the yearly report, where each is counted once.",
        )  # fmt: skip
        found = accepted(enter(figure, actor=ANA))
        if year == 2014:
            right = replace(figure, value=Decimal(340))
            accepted(correct(found, right, reason="Forty were entered a month late.", actor=ANA))
    return demo_site


GERMAN: Final = {
    Phrase(Kind.GROUP, "older"): "Erwachsene ab achtzehn Jahren, die in der Nachsorge begleitet wurden",
    Phrase(Kind.BREAKDOWN, "age"): "Altersgruppe",
    Phrase(Kind.METHOD, "Asked by telephone."): "Am Telefon gefragt.",
}
ARABIC: Final = {
    Phrase(Kind.GROUP, "older"): "من هم أكبر سنًا",
    Phrase(Kind.BREAKDOWN, "age"): "الفئة العمرية",
    Phrase(Kind.METHOD, "Asked by telephone."): "سُئلوا هاتفيًا.",
}


@pytest.fixture
def worded(demo_site: Site) -> Site:
    """A breakdown by age, and how it was counted, in German and Arabic; two of the groups in neither."""
    charity, known = (
        Charity.objects.get(slug="tidelight"),
        Observation.objects.get(indicator__slug="restored"),
    )
    figure = Figure(
        indicator=known.indicator, first=known.first, last=date(2023, 5, 1), as_of=date(2023, 5, 1),
        value=Decimal(1), source=known.source, method="Asked by telephone.",
    )  # fmt: skip
    for each in make_breakdown(figure, {"under 12": 40, "12 to 17": 133, "older": 973}):
        accepted(enter(each, actor=ANA))
    for language, texts in (("de", GERMAN), ("ar", ARABIC)):
        keep(charity, language, texts, actor=ANA)
    return demo_site


def opened_by_keyboard(page: Page) -> None:
    """Tabs to what is folded, and opens it."""
    summary = page.locator("summary")
    tab_to(page, summary_is_focused)
    expect(summary).to_be_focused()
    assert outlined(page)
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)


def summary_is_focused(page: Page) -> bool:
    return bool(page.evaluate("document.activeElement.localName === 'summary'"))


def tab_to(page: Page, there: Callable[[Page], bool]) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if there(page):
            return


def test_older_numbers_are_opened_by_keyboard_and_the_way_leads_back(
    long_history: Site, new_page: NewPage
) -> None:
    page = new_page(base_url=long_history.base)
    page.goto(STORY)
    tab_to(page, lambda page: page.evaluate(f"document.activeElement.getAttribute('href') === '{RESCUED}'"))
    says = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{RESCUED}")
    expect(page.locator(".s-words q")).to_have_text([says])
    # Six, and below them the correction with the number whose place it took; the other two are folded.
    values = page.locator(".s-step:visible .s-value").locator("b, s")
    expect(values).to_have_text(["over 1,000", "900", "800", "700", "600", "500", "340", "300"])
    opened_by_keyboard(page)
    expect(values).to_have_text(
        ["over 1,000", "900", "800", "700", "600", "500", "340", "300", "400", "200", "100"]
    )
    # The next stop is inside what was opened: the source of the first number there.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('details .s-step') !== null")
    assert outlined(page)
    page.go_back()
    page.wait_for_url(f"**{STORY}")
    expect(page.locator(f"a[href='{RESCUED}']").first).to_be_visible()


@pytest.mark.parametrize(("language", "texts"), [("de", GERMAN), ("ar", ARABIC)])
def test_groups_and_methods_on_a_phone_in_the_reader_s_language(
    worded: Site, new_page: NewPage, language: str, texts: dict[Phrase, str]
) -> None:
    older, age, how = texts.values()
    page = new_page(base_url=worded.base, viewport={"width": 360, "height": 740})
    page.goto(f"/{language}/programmes/osec-philippines/")
    expect(page.get_by_role("heading", name=age, exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name=older, exact=True)).to_be_visible()
    # What has no words of theirs: marked, and not turned about by the Arabic around it.
    expect(page.locator("td bdi[lang=en]")).to_have_text(["under 12", "12 to 17"])
    assert fits(page) and axe_problems(page) == []
    page.goto(f"/{language}/figures/osec-philippines/restored/")
    expect(page.get_by_text(how, exact=True)).to_be_visible()
    assert fits(page) and axe_problems(page) == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(
    ("root", "language", "says"),
    [("", "en", "Stories say: over 1,000"), ("/de", "de", "In Geschichten steht: über 1.000")],
)
def test_how_it_is_known_in_every_look_folded_and_opened(
    long_history: Site, new_page: NewPage, root: str, language: str, says: str
) -> None:
    """In German too, the look of a night among them."""
    page = new_page(base_url=long_history.base, reduced_motion="reduce")
    page.goto(root + RESCUED)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".s-words")).to_have_text(says)
    looks = [*LOOKS, *PHONES]
    found = problems_in(page, "folded", looks)
    page.locator("summary").click()
    expect(page.locator("details[open] .s-step")).to_have_count(3)
    found += problems_in(page, "opened", looks)
    assert found == []


def test_from_an_arabic_story_to_what_programmes_reach(demo_site: Site, new_page: NewPage) -> None:
    page = new_page(base_url=demo_site.base, reduced_motion="reduce")
    page.goto(f"/ar{STORY}")
    page.locator("footer a[href$='/programmes/']").click()
    page.wait_for_url("**/ar/programmes/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".s-programme")).not_to_have_count(0)
    assert problems_in(page, "what programmes reach", [*LOOKS, *PHONES]) == []


def test_a_donor_follows_a_figure_to_how_it_is_known_by_keyboard(
    demonstration: Demonstration, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(demonstration.story)
    figure = page.locator("a[href^='/figures/']").first
    address = figure.get_attribute("href")
    for _ in range(80):
        page.keyboard.press("Tab")
        if figure.evaluate("each => each === document.activeElement"):
            break
    expect(figure).to_be_focused()
    assert outlined(page)
    says = figure.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    expect(page.get_by_text("How this is known").first).to_be_visible()
    expect(page.get_by_text("IJM Australia").first).to_be_visible()
    expect(page.get_by_text(says).first).to_be_visible()
    page.keyboard.press("Tab")
    assert outlined(page)
    page.go_back()
    expect(figure).to_be_visible()
    assert page.url.startswith(demonstration.story)


def outlined(page: Page) -> bool:
    """Whether what has the focus shows it."""
    return bool(
        page.evaluate(
            """() => {
                const at = document.activeElement, style = getComputedStyle(at);
                const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                return at.matches(":focus-visible") && drawn;
            }"""
        )
    )


def test_a_reader_on_a_phone_changes_the_language_and_follows_a_figure(
    demonstration: Demonstration, new_page: NewPage
) -> None:
    """From a programme to a figure's evidence in German, from there into Arabic and back to the programme."""
    page = new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{demonstration.site.base}/programmes/osec-philippines/")
    page.locator(".s-tongues").get_by_text("Deutsch", exact=True).click()
    page.wait_for_url("**/de/programmes/osec-philippines/")
    page.locator("main a[href='/de/figures/osec-philippines/rescued/']").click()
    page.wait_for_url("**/de/figures/osec-philippines/rescued/")
    expect(page.locator("html[lang=de] .s-value b").first).to_have_text("über 1.000")
    sound_on_a_phone(page)
    page.locator(".s-tongues").get_by_text("العربية", exact=True).click()
    page.wait_for_url("**/ar/figures/osec-philippines/rescued/")
    expect(page.locator("html[lang=ar][dir=rtl] h1")).to_be_visible()
    sound_on_a_phone(page)
    page.locator("main a[href='/ar/programmes/osec-philippines/']").click()
    page.wait_for_url("**/ar/programmes/osec-philippines/")
    expect(page.locator("html[lang=ar][dir=rtl] h1")).to_be_visible()
    sound_on_a_phone(page)


def sound_on_a_phone(page: Page) -> None:
    assert axe_problems(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") == 0
