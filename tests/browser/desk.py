"""Staff at their screens in a browser: who sits there, and what several tests do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from wagtail.images import get_image_model

from almoner.stories.tests.showing import photographed
from tests.browser.walk import problems_in
from tests.support.browser import PATIENCE_MILLISECONDS

# A page of its own for somebody who has signed in.
Seated = Callable[[User], Page]


@contextmanager
def answered(desk: Page) -> Iterator[None]:
    """What is pressed within is answered by another document, which has come. Neither words nor an address tell that:
    words may stand on the page before, and a form that saves itself changes the address."""
    with desk.expect_event("load"):
        yield


def fetched(address: str) -> httpx.Response:
    return httpx.get(address, timeout=PATIENCE_MILLISECONDS / 1_000)


def sent(desk: Page, folder: Path, *, size: tuple[int, int] = (640, 360)) -> Any:
    """A phone's picture, by the form; what is kept knows nothing of the phone. Tests share a site, where a consent is
    of the same picture wherever it is: each takes a size of its own."""
    file = folder / "harbour.jpg"
    file.write_bytes(photographed("JPEG", orientation=6, size=size))
    desk.goto("/admin/images/add/")
    desk.locator("input[type=file]").set_input_files(str(file))
    desk.locator("[name=title]").fill("Harbour")
    with desk.expect_navigation():
        desk.evaluate("document.querySelector('input[type=file]').form.requestSubmit()")
    image = get_image_model().objects.latest("pk")
    assert (image.height, image.width) == size
    return image


def agreed(desk: Page) -> None:
    desk.get_by_label("A person, as they are").check()
    desk.locator("[name=pseudonym]").fill("Mara")
    desk.locator("[name=taken_by]").fill("Field office")
    desk.locator("[name=taken_on]").fill("2026-01-02")
    desk.locator("[name=language]").fill("en")
    desk.locator("[name=expires_on]").fill("2040-01-02")
    desk.locator("[name=form_hash]").fill("ab" * 32)
    for box in desk.locator("[name=channels]").all():
        box.check()
    assert problems_in(desk, "record a consent") == []
    with answered(desk):
        desk.get_by_role("button", name="Record", exact=True).click()
    expect(desk.get_by_text("In force")).to_be_visible()
    assert problems_in(desk, "a consent") == []
