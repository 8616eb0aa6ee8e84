"""A draft beside its form, in a real browser: an Arabic version as wide as a phone, before it is saved."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page as Screen
from playwright.sync_api import Request, expect
from wagtail.models import Locale, Page

from almoner.giving.models import FunnelCount, Gift
from almoner.impact import demo as register_demo
from almoner.impact.models import Indicator
from almoner.stories import tongues
from almoner.stories.models import StoryPage
from almoner.stories.sites import place_of
from tests.browser.desk import Seated
from tests.browser.walk import problems_in

pytestmark = [pytest.mark.once, pytest.mark.browser]

FIGURE: Final = f'<embed embedtype="figure" indicator="{register_demo.SLUG}/restored" wording="nearly"/>'
AWAITED: Final = f"{register_demo.SLUG}/awaited"
TYPED: Final = "أسباب للأمل"


@pytest.fixture(scope="module")
def desk(seated: Seated) -> Screen:
    return seated(User.objects.create_superuser("previewer", "previewer@example.org"))


@pytest.fixture
def draft() -> Iterator[Any]:
    """An Arabic version that nobody reads yet, with a figure that stands, one that doesn't, a form and related stories.
    The site is other tests' too: what came with it goes with it."""
    pages, locales = (
        list(Page.objects.values_list("pk", flat=True)),
        list(Locale.objects.values_list("pk", flat=True)),
    )
    awaited = Indicator.objects.get(slug="restored").result.indicators.create(
        slug="awaited", title="Awaited", rule="Each once."
    )
    original = StoryPage.objects.get(slug="four-reasons-for-hope")
    place = place_of(original)
    assert place is not None
    made: Any = tongues.begin(original, "ar", place, user=None).specific
    made.body = [
        {"type": "text", "value": f"<p>{FIGURE}</p>"},
        {"type": "progress", "value": {"indicator": AWAITED, "label": ""}},
        {"type": "form", "value": {"number": "4840"}},
        {"type": "related", "value": {"heading": "", "stories": []}},
    ]
    made.save_revision()
    yield made
    Page.objects.exclude(pk__in=pages).order_by("depth")[0].delete()
    Locale.objects.exclude(pk__in=locales).delete()
    awaited.delete()


def test_an_arabic_draft_on_a_phone_before_it_is_saved(desk: Screen, draft: Any) -> None:
    sent: list[Request] = []
    desk.on("request", lambda request: sent.append(request) if "/give/" in request.url else None)
    before = (Gift.objects.count(), FunnelCount.objects.count())
    desk.goto(f"/admin/pages/{draft.pk}/edit/")
    desk.locator("#page-edit-form").evaluate("form => form.dataset.wAutosaveActiveValue = 'false'")
    # Typed first: whether Wagtail notices at once what is typed beside an open preview is a matter of moments.
    desk.locator("#id_title").fill(TYPED)
    desk.get_by_role("button", name="Toggle preview").click()
    expect(desk.get_by_role("radio", name="Preview in mobile size")).to_be_checked()
    shown = desk.frame_locator("[data-side-panel=preview] iframe:not(.w-preview__proxy)")
    expect(shown.get_by_role("heading", level=1)).to_have_text(TYPED)
    page = shown.locator("html")
    assert page.evaluate("each => [each.lang, each.dir, each.clientWidth, each.scrollWidth]") == [
        "ar",
        "rtl",
        375,
        375,
    ]
    expect(shown.get_by_text(f"the register has no number of “{AWAITED}”")).to_be_visible()
    expect(shown.locator(".s-said")).to_have_count(1)
    # Whoever presses the form in it begins nothing.
    expect(shown.get_by_text("This is a preview: nobody can give here")).to_be_visible()
    with desk.expect_console_message(lambda said: "form-action" in said.text):
        shown.locator("#giving .g-go").first.click()
    expect(shown.get_by_role("heading", level=1)).to_have_text(TYPED)
    assert [each.url for each in sent] == []
    assert (Gift.objects.count(), FunnelCount.objects.count()) == before
    draft.refresh_from_db()
    assert not draft.live and draft.get_latest_revision_as_object().title == draft.title != TYPED

    desk.goto(f"/admin/pages/{draft.pk}/edit/preview/?mode=")
    expect(desk.get_by_role("heading", level=1)).to_have_text(re.compile(TYPED))
    assert problems_in(desk, "a preview", ("desk", "320 px", "dark")) == []
