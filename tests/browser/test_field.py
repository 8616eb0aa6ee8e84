"""Somebody who works with people enters a month's figures on a phone, from the page on which they start."""

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect

from almoner.backoffice import roles
from almoner.charities.models import Charity, StaffScope
from almoner.impact.models import Observation
from tests.browser.desk import Seated, answered
from tests.browser.walk import PHONES, problems_in

pytestmark = [pytest.mark.once, pytest.mark.browser]

# Whether an element begins and ends in the window, with nothing over it.
SEEN = """each => {
    const { left, right, top, bottom } = each.getBoundingClientRect();
    return [left + 2, right - 2].every(x => each.contains(document.elementFromPoint(x, (top + bottom) / 2)));
}"""
# How far below what stands before its form an element begins.
APART = "each => each.getBoundingClientRect().top - each.form.previousElementSibling.getBoundingClientRect().bottom"


@pytest.fixture
def phone(seated: Seated) -> Page:
    roles.ensure_roles()
    user = User.objects.create_user("fay", "fay@example.org", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.FIELD))
    StaffScope.objects.create(user=user, charity=Charity.objects.get(slug="tidelight"))
    page = seated(user)
    PHONES["phone"].put_on(page)
    return page


def test_the_way_to_a_month_s_figures_on_a_phone(phone: Page) -> None:
    phone.goto("/admin/")
    assert phone.get_by_role("heading", level=1).evaluate(SEEN)
    with answered(phone):
        phone.get_by_role("link", name="Enter figures").click()
    row = phone.get_by_role("row").filter(has_text="Ending the sexual exploitation")
    enters = row.get_by_role("link", name="Enter figures")
    assert enters.evaluate(SEEN)
    with answered(phone):
        enters.click()
    assert phone.get_by_role("group").first.locator("legend").evaluate(APART) >= 16
    value = phone.get_by_role("textbox", name="Clients restored through aftercare")
    value.fill("300")
    with answered(phone):
        phone.get_by_role("button", name="Enter", exact=True).click()
    # Without a source nothing is kept, and nothing that was typed is lost.
    # What is to be mended stands far below: whoever looks at the head of the page is told, and led there.
    told = phone.get_by_role("alert")
    expect(told).to_contain_text("Nothing is kept yet.")
    assert told.evaluate(SEEN)
    told.get_by_role("link", name="Title").click()
    expect(phone.get_by_role("textbox", name="Title")).to_be_in_viewport()
    expect(value).to_have_value("300")
    assert not Observation.objects.filter(value=300).exists()
    assert problems_in(phone, "a month without a source", ("phone", "dark phone")) == []
