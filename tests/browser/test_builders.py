"""The two lines as builders of sites treat them: Wix puts them into a frame of its own, or makes the element by script;
Squarespace has them in the page, and may fetch its pages without loading them.

The builders themselves can't be had here. What is rebuilt of them: Wix's frame from another site, of a fixed size, with
and without a sandbox; a custom element that gets its attributes when it stands already; blocks in a narrow column, and
pages whose `main` is exchanged.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.hosting import element, script, source_of
from tests.browser.test_embedding import frame_in
from tests.browser.walk import Walk
from tests.support.hosts import HostSite

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]

# One that lets a new window out: where none may, no page that asks for a window of its own (COOP) can be opened at all.
SANDBOX = "sandbox='allow-same-origin allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox'"
BLOCK = "<div class=sqs-block><div class=sqs-block-content style='max-width: 22rem'>{}</div></div>"
# A site that fetches its pages: a link's page comes by fetch, and its `main` takes the place of this one's.
FETCHING = """<script>addEventListener("click", async (event) => {
  const link = event.target.closest("nav a")
  if (!link) return
  event.preventDefault()
  const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html")
  document.querySelector("main").innerHTML = page.querySelector("main").innerHTML
  history.pushState({}, "", link.href)
})</script><nav><a href="/fetched/">Give</a> <a href="/elsewhere/">About us</a></nav>"""


def wix(demonstration: Demonstration, host: HostSite, page: Page, *, sandbox: str) -> Frame:
    """The lines in Wix's *Embed HTML*; the frame in which they stand, from an address that isn't the charity's."""
    host.page(script(demonstration) + element(demonstration), "/html/c5862a.html")
    inner = f"{host.other}/html/c5862a.html"
    embedded = f"<iframe title='Embedded Content' width=100% height=400 {sandbox} src='{inner}'></iframe>"
    page.goto(host.page(embedded, "/wix/"))
    expect(page.frame_locator("iframe").locator("almoner-form")).to_be_attached()
    return page.frames[1]


@pytest.mark.parametrize("sandbox", ["", SANDBOX], ids=["no sandbox", "a sandbox"])
def test_in_wixs_own_frame_the_link_stands_and_leads_out_of_it(
    demonstration: Demonstration, host: HostSite, new_page: NewPage, sandbox: str
) -> None:
    """The charity can't list Wix's address for the form, and a page to give on stands in nobody's frame."""
    page = new_page()
    frame = wix(demonstration, host, page, sandbox=sandbox)
    link = frame.get_by_role("link", name="Give to us")
    expect(link).to_be_visible()
    with page.expect_popup() as opened:
        link.click()
    giving = opened.value
    giving.wait_for_url(f"{demonstration.form}**")
    walk = Walk(giving)
    walk.amount()
    walk.details(f"wix{len(sandbox)}@example.org")
    walk.pay()
    walk.thanked()
    assert page.url == f"{host.base}/wix/"


def test_an_element_that_gets_its_attributes_later_shows_the_form(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    """As Wix's *Custom element* may make it: by script, in the page itself."""
    making = (
        "<main></main><script>addEventListener('load', () => {"
        "const made = document.querySelector('main').appendChild(document.createElement('almoner-form'));"
        "WHEN(() => { made.setAttribute('form', '4840'); made.setAttribute('amount', '77') }) })</script>"
    )
    broken: list[str] = []
    page = new_page()
    page.on("pageerror", lambda fault: broken.append(str(fault)))
    for when in ("(act => act())", "setTimeout"):
        page.goto(host.page(script(demonstration) + making.replace("WHEN", when), "/custom/"))
        frame = frame_in(page)
        expect(frame.locator("[name=other_amount]")).to_have_value("77")
        page.evaluate("dispatchEvent(new Event('resize'))")
    assert broken == []


def test_in_a_block_of_squarespace_the_form_stands_in_a_narrow_column(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    page = new_page()
    address = host.page(BLOCK.format(script(demonstration) + element(demonstration)), "/block/")
    page.goto(address)
    walk = Walk(frame_in(page))  # type: ignore[arg-type]
    box = page.locator("almoner-form").bounding_box() or {}
    assert 300 < box["width"] <= 352
    walk.amount()
    walk.details("squarespace@example.org")
    walk.pay()
    walk.thanked()
    assert source_of(demonstration, "squarespace@example.org") == f"settled 5000 {address}"


def test_where_pages_are_fetched_the_script_belongs_into_the_header(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    """A script in a block that was fetched never runs: the link stands there, and works. One in the site's header ran
    when the reader came, and makes a form of each element that comes."""
    lines = BLOCK.format(script(demonstration) + element(demonstration))
    host.page(f"<main>{lines}</main>", "/fetched/")
    host.page("<main>Words.</main>", "/elsewhere/")
    page = new_page()
    page.goto(host.page(f"{FETCHING}<main>Home</main>", "/home/"))
    page.get_by_role("link", name="Give", exact=True).click()
    link = page.locator("almoner-form").get_by_role("link")
    expect(link).to_be_visible()
    assert page.evaluate("customElements.get('almoner-form')") is None
    link.click()
    page.wait_for_url(f"{demonstration.form}**")

    page.goto(host.page(f"{script(demonstration)}{FETCHING}<main>Home</main>", "/home/"))
    for _ in range(2):
        page.get_by_role("link", name="Give", exact=True).click()
        expect(frame_in(page).get_by_role("heading", level=2).first).to_be_visible()
        assert page.locator("almoner-form iframe").count() == 1
        page.get_by_role("link", name="About us").click()
        expect(page.locator("main")).to_have_text("Words.")
