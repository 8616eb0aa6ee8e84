"""Pictures of the register as staff keep it. A scene of `take_pictures`."""

import re
from typing import Final

from playwright.sync_api import Page
from studio import DESK, Studio, shot, tall

_WHO: Final = "people with safe water nearby"
_PASSWORD: Final = "water under the bridge 7"  # noqa: S105


def register(studio: Studio) -> None:
    """A month on one form with a slip, the second person's queue, and the programme."""
    office = studio.staff()
    _make_programme(office)
    field = _somebody_else(studio, office)
    for number, value in ((7, "1,840"), (8, "2,310"), (9, "3,005")):
        _enter(field, f"2026-0{number}", value)
    office.goto("/admin/programmes/verify/")
    for box in office.get_by_label("I looked at the source").all():
        box.check()
    office.get_by_label("Your role").fill("Programme lead")
    tall(office)
    studio.keep("staff-verify", shot(office))
    office.get_by_role("button", name="Accept what is ticked").click()
    office.get_by_text("verified:").wait_for()
    _enter(field, "2026-10", "305", child="120", grown_up="180")
    field.get_by_text("it can’t fall").wait_for()
    tall(field, 1500)
    studio.keep("staff-month", shot(field))
    office.goto("/admin/programmes/")
    office.get_by_role("link", name="Safe water, Nepal", exact=True).click()
    tall(office, 800)
    studio.keep("staff-programme", shot(office))
    office.set_viewport_size({"width": DESK, "height": 900})


def _make_programme(office: Page) -> None:
    office.goto("/admin/programmes/new/")
    office.locator("[name=title]").fill("Safe water, Nepal")
    office.get_by_label("Short name").fill("water-nepal")
    office.get_by_label("Starts on").fill("2026-01-01")
    office.get_by_role("button", name="Keep").click()
    office.get_by_role("link", name="New result").click()
    office.get_by_label("Kind").select_option("2")
    office.locator("[name=title]").fill("Villages have water that is safe to drink")
    office.get_by_role("button", name="Keep").click()
    office.get_by_role("link", name="New indicator").click()
    office.locator("[name=title]").fill(_WHO)
    office.get_by_label("Short name").fill("people")
    office.get_by_label("Counting rule").fill(
        "People who live within 500 metres of a tested well, each once."
    )
    office.locator("[name=dimensions-0-name]").fill("age")
    office.locator("[name=dimensions-0-groups]").fill("child, grown up")
    office.locator("[name=targets-0-first]").fill("2026-01-01")
    office.locator("[name=targets-0-last]").fill("2026-12-31")
    office.locator("[name=targets-0-value]").fill("5000")
    office.get_by_role("button", name="Keep").click()
    office.get_by_text("is kept").wait_for()


def _somebody_else(studio: Studio, office: Page) -> Page:
    """A colleague, for nobody verifies what they entered themselves."""
    office.goto("/admin/users/new/")
    for name, text in (
        ("username", "mere"), ("email", "mere@example.org"), ("first_name", "Mere"), ("last_name", "Rai"),
        ("password1", _PASSWORD), ("password2", _PASSWORD),
    ):  # fmt: skip
        office.locator(f"[name={name}]").fill(text)
    # It stands in a tab of its own, which is closed.
    office.locator("[name=is_superuser]").evaluate("box => { box.checked = true }")
    office.get_by_role("button", name=re.compile("Create|Add user|Save")).click()
    office.get_by_text("created").first.wait_for()
    page = studio.page(DESK, 900)
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("mere")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    return page


def _enter(page: Page, month: str, value: str, *, child: str = "", grown_up: str = "") -> None:
    page.goto("/admin/programmes/")
    page.get_by_role("link", name="Safe water, Nepal", exact=True).click()
    page.get_by_role("link", name="Enter a month’s figures").click()
    page.goto(f"{page.url.partition('?')[0]}?month={month}")
    page.get_by_label(_WHO).first.fill(value)
    page.get_by_label("age: child").fill(child)
    page.get_by_label("age: grown up").fill(grown_up)
    page.get_by_label("Title").fill("Field report, safe water")
    page.get_by_label("Its date").fill("2026-11-05")
    page.get_by_label("On paper, kept at").fill("Office in Pokhara, folder 3")
    page.get_by_role("button", name="Enter", exact=True).click()
