"""The form in another site's page in Debian's Firefox, as it comes and with all cookies blocked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Demonstration
from tests.browser.hosting import element, script, source_of
from tests.support.firefox import NAMES, Firefox, firefox, firefox_path
from tests.support.hosts import HostSite
from tests.support.server import wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(firefox_path() is None, reason=f"no Firefox here: apt-get install {NAMES[0]}"),
]
# 2: no site may keep any.
_COOKIES = {"by default": {}, "all blocked": {"network.cookie.cookieBehavior": 2}}
_FRAME = (
    "const f = document.querySelector('almoner-form').shadowRoot.querySelector('iframe'); "
    "return f.clientHeight > 300 ? f : null"
)


@pytest.fixture(params=list(_COOKIES))
def driven(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Firefox]]:
    path = firefox_path()
    assert path is not None
    with firefox(path, tmp_path, _COOKIES[request.param]) as browser:
        yield request.param, browser


def to_payment(browser: Firefox, email: str) -> None:
    browser.into(browser.element(_FRAME))
    browser.click("#giving [name=amount][value='50'] + label")
    browser.click("#giving button[value=continue]")
    browser.type("[name=given_name]", "Ada")
    browser.type("[name=email]", email)
    browser.click("a[href='#give-address']")
    browser.type("[name=address_line1]", "1 George Street")
    browser.type("[name=address_locality]", "Sydney")
    browser.type("[name=address_region]", "New South Wales")
    browser.type("[name=address_postcode]", "2000")
    browser.click("#giving .g-actions button[value=continue]")


def test_gifts_in_the_frame_and_at_the_top_and_a_blocked_one(
    demonstration: Demonstration,
    host: HostSite,
    driven: tuple[str, Firefox],
) -> None:
    kind, browser = driven
    mail = kind.replace(" ", ".")
    giving = demonstration.site.base
    policy = {"Content-Security-Policy": f"default-src 'none'; script-src {giving}; frame-src {giving}"}
    address = host.page(script(demonstration) + element(demonstration), "/firefox/", headers=policy)
    browser.visit(f"{address}?utm_source=fox")
    to_payment(browser, f"inside.{mail}@example.org")
    browser.click("[name=method][value=sandbox_card] + label")
    browser.click("#giving .g-go")
    browser.find("#giving[data-step=thanks]")
    assert browser.cookies() == []
    browser.into(None)
    assert browser.url.startswith(address)
    assert source_of(demonstration, f"inside.{mail}@example.org") == f"settled 5000 {address} fox"

    browser.visit(address)
    to_payment(browser, f"hosted.{mail}@example.org")
    browser.click("[name=method][value=sandbox_hosted] + label")
    browser.click("#giving .g-go")
    browser.into(None)
    wait_until(lambda: "/sandbox/checkout/" in browser.url)
    browser.click("main button, form button")
    wait_until(lambda: "/give/thanks/" in browser.url)
    browser.click(f"a[href='{address}']")
    wait_until(lambda: browser.url == address)

    blocked = host.page(script(demonstration) + element(demonstration), "/firefox/").replace(
        host.base, host.other
    )
    browser.visit(blocked)
    shown = "const s = document.querySelector('almoner-form').shadowRoot; return s.querySelector('iframe').clientHeight"
    assert browser.run(shown) == 0
    browser.click("almoner-form a")
    wait_until(lambda: browser.url.startswith(demonstration.form))
