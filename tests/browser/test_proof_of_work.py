"""A form under attack, in a browser: the work is done by itself and told of, and there is nothing to solve."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from almoner.giving.attacks import Seen, begin
from almoner.giving.models import Attack, Course, DonationForm, LimitHit
from almoner.kernel.clock import now
from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk, axe_problems
from tests.support.databases import borrowed
from tests.support.server import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def rows(demonstration: Demonstration, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The rows of the site itself, to this process."""
    with django_db_blocker.unblock():
        for _ in borrowed(demonstration.site.db.url, keep=True):
            yield


def test_card_testing_a_donor_gives_by_the_keyboard_while_the_form_is_under_attack(
    demonstration: Demonstration, page: Page, rows: None
) -> None:
    form = DonationForm.objects.get(numbers__number=4840)
    # Other tests of this site were declined, all from one address.
    LimitHit.objects.all().delete()
    begin(form.pk, sign="staff", found=Seen(), at=now(), by="kim")
    try:
        walk = Walk(page)
        page.goto(demonstration.form)
        # Another process says so, which a server hears of within ten seconds.
        wait_until(lambda: _asked(walk, page, demonstration))
        status = page.locator(".g-work [role=status]")
        expect(status).to_have_text(
            re.compile(r"^A short check against stolen cards runs by itself: \d+ %$|is done")
        )
        assert axe_problems(page) == []
        page.locator("#giving .g-go").focus()
        page.keyboard.press("Enter")
        walk.thanked()
    finally:
        Attack.objects.update(ended_at=now())
        wait_until(lambda: not _asked(walk, page, demonstration))
    assert LimitHit.objects.latest("id").course == Course.WORKED


def _asked(walk: Walk, page: Page, demonstration: Demonstration) -> bool:
    page.goto(demonstration.form)
    walk.amount()
    walk.details(f"ada-{uuid.uuid4().hex[:10]}@example.org")
    return page.locator(".g-work").count() == 1
