"""Pictures of what programmes reach, as everybody reads it and as staff keep it. A scene of `take_pictures`."""

from PIL import Image
from playwright.sync_api import Page
from studio import DESK, PHONE, TABLET, Studio, shot, strip, tall

_NIGHT = "/programmes/night-line/"
_TRAINED = "/figures/those-who-notice/trained/"


def reached(studio: Studio) -> None:
    """A programme's page, the evidence of a figure that was corrected, and the same indicator at staff's desk."""
    page = studio.page(DESK, 1180)
    page.goto(_NIGHT)
    _to(page, "h2")
    studio.keep("programme-1280", shot(page))
    looks = [
        _charts(studio, _NIGHT, ".s-result .s-figure", color_scheme="light"),
        _charts(studio, _NIGHT, ".s-result:nth-of-type(2) .s-figure", color_scheme="dark"),
        _charts(studio, "/ar/stories/a-night-on-the-line/", ".s-figure:has(.c-line)", color_scheme="light"),
    ]
    studio.keep("programme-360", strip(looks, width=1160))
    page = studio.page(TABLET, 1400)
    page.goto(_TRAINED)
    ends = page.get_by_text("This number no longer stands.").evaluate(
        "it => it.closest('.s-body > *').getBoundingClientRect().bottom + scrollY"
    )
    studio.keep(
        "evidence", shot(page, full_page=True, clip={"x": 0, "y": 0, "width": TABLET, "height": ends + 40})
    )
    office = studio.staff()
    office.goto("/admin/programmes/")
    office.get_by_role("link", name="Those who notice", exact=True).click()
    programme = office.url
    office.locator(".bo-main td.title a").first.click()
    office.get_by_text("counted twice").first.wait_for()
    tall(office, 1300)
    studio.keep("staff-indicator", shot(office))
    _in_german(studio, office, programme)
    office.set_viewport_size({"width": DESK, "height": 900})


def _in_german(studio: Studio, office: Page, programme: str) -> None:
    """Some of what was entered with the numbers, and beside it what German readers find."""
    office.goto(f"{programme}languages/?language=de")
    for own, german in (
        ("where they work", "Arbeitsort"),
        ("schools", "Schulen"),
        ("sports clubs", "Sportvereine"),
    ):
        office.get_by_label(own, exact=True).fill(german)
    tall(office, 1100)
    studio.keep("staff-words", shot(office))


def _to(page: Page, heading: str) -> None:
    """The first of these at the top of the window."""
    page.locator(heading).first.evaluate("it => scrollTo(0, it.getBoundingClientRect().top - 40)")


def _charts(studio: Studio, path: str, where: str, *, color_scheme: str) -> Image.Image:
    page = studio.page(PHONE, 780, color_scheme=color_scheme)
    page.goto(path)
    _to(page, where)
    return shot(page)
