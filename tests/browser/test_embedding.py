"""The form in another site's page. The giving site is 127.0.0.1, the host page localhost: two sites, to a browser."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Frame, Page, Route, expect

from almoner.giving.models import Gift
from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk
from tests.support import templates
from tests.support.hosts import HostSite
from tests.support.server import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NewPage = Callable[..., Page]
_LIST = (
    "from almoner.giving.models import DonationForm; from almoner.charities.sites import bump; "
    "form = DonationForm.objects.get(numbers__number=4840); form.frame_sites = '{sites}'; form.save(); "
    "bump(form.charity_id)"
)
_SOURCE = (
    "from almoner.giving.models import Gift; g = Gift.objects.select_related('source').get(contact__email='{email}'); "
    "print('GIFT', g.status, g.total_minor, g.source.page_url, g.source.utm_source, g.source.appeal)"
)


@pytest.fixture(scope="module")
def host(demonstration: Demonstration, host_site: HostSite) -> HostSite:
    """A site that is on form 4840's list."""
    templates.almoner("manage", "shell", "-c", _LIST.format(sites=host_site.base), env=demonstration.site.env)
    wait_until(lambda: host_site.base in httpx.get(f"{demonstration.form}frame/").headers["content-security-policy"])
    return host_site


def source_of(demonstration: Demonstration, email: str) -> str:
    printed = templates.almoner("manage", "shell", "-c", _SOURCE.format(email=email), env=demonstration.site.env)
    found = re.search(r"^GIFT (.*)$", printed, re.M)
    assert found, printed
    return found[1]


def element(demonstration: Demonstration, attributes: str = "", *, light: bool = True) -> str:
    link = f'<a href="{demonstration.form}">Give to us</a>' if light else ""
    return f'<almoner-form form="4840" {attributes}>{link}</almoner-form>'


def script(demonstration: Demonstration) -> str:
    return f'<script src="{demonstration.site.base}/almoner-form.js" async></script>'


def frame_in(page: Page, at: int = 0) -> Frame:
    """The form's frame, once it is shown."""
    iframe = page.locator("almoner-form iframe").nth(at)
    expect(iframe).to_be_visible()
    found = iframe.element_handle().content_frame()
    assert found is not None
    return found


def test_a_gift_through_a_page_under_the_strictest_policy(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    giving = demonstration.site.base
    policy = f"default-src 'none'; script-src {giving}; frame-src {giving}"
    address = host.page(
        script(demonstration) + element(demonstration, 'appeal="XMAS26"'), "/story/",
        headers={"Content-Security-Policy": policy},
    )  # fmt: skip
    page = new_page()
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}?utm_source=letter&ref=secret")
    walk = Walk(frame_in(page))  # type: ignore[arg-type]
    walk.amount()
    walk.details("framed@example.org")
    walk.pay()
    walk.thanked()
    assert page.url.startswith(host.base)
    assert broken == []
    assert page.context.cookies() == []
    told = f"settled 5000 {address} letter XMAS26"
    assert source_of(demonstration, "framed@example.org") == told
