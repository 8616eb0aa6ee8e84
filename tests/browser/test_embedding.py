"""The form in another site's page. The giving site is 127.0.0.1, the host page localhost: two sites, to a browser."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, Route, expect
from script.chromium import chromium_path

from tests.browser.conftest import Demonstration
from tests.browser.hosting import element, script, source_of
from tests.browser.walk import Walk, problems_in
from tests.support.browser import ARGUMENTS
from tests.support.hosts import HostSite
from tests.support.server import wait_until

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def frame_in(page: Page, at: int = 0) -> Frame:
    """The form's frame, once it is shown."""
    iframe = page.locator("almoner-form iframe").nth(at)
    expect(iframe).to_be_visible()
    found = iframe.element_handle().content_frame()
    assert found is not None
    return found


@pytest.fixture(params=["third-party cookies", "none of them"])
def cookie_page(
    request: pytest.FixtureRequest, browser: Browser, host: HostSite, tmp_path: Path
) -> Iterator[Page]:
    """A page of a browser that takes other sites' cookies in frames, and of one that doesn't."""
    (tmp_path / "Default").mkdir()
    blocked = request.param == "none of them"
    settings = {"profile": {"cookie_controls_mode": int(blocked)}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(settings))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium_path(shell=False), args=ARGUMENTS
    )
    page = context.new_page()
    # A frame of a third site that would like to set one: does this browser do what its settings say?
    host.page("<script>document.cookie = 'third=party; SameSite=None; Secure'</script>", "/tracker/")
    page.goto(
        host.page(
            f"<iframe src='{host.base.replace('localhost', '127.0.0.1')}/tracker/'></iframe>", "/tracked/"
        )
    )
    assert bool(page.frames[1].evaluate("document.cookie")) != blocked
    context.clear_cookies()
    yield page
    context.close()


def test_a_gift_through_a_page_under_the_strictest_policy(
    demonstration: Demonstration, host: HostSite, cookie_page: Page
) -> None:
    giving = demonstration.site.base
    policy = f"default-src 'none'; script-src {giving}; frame-src {giving}"
    address = host.page(
        script(demonstration) + element(demonstration, 'appeal="XMAS26"'), "/story/",
        headers={"Content-Security-Policy": policy},
    )  # fmt: skip
    page = cookie_page
    email = f"framed{len(host.asked)}@example.org"
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}?utm_source=letter&ref=secret")
    walk = Walk(frame_in(page))  # type: ignore[arg-type]
    walk.amount()
    walk.details(email)
    walk.pay()
    walk.thanked()
    assert page.url.startswith(host.base)
    assert broken == []
    assert page.context.cookies() == []
    told = f"settled 5000 {address} letter XMAS26"
    assert source_of(demonstration, email) == told


def test_hosted_checkout_takes_the_whole_page_and_leads_back(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    address = host.page(script(demonstration) + element(demonstration), "/hosted/")
    page = new_page()
    page.goto(address)
    walk = Walk(frame_in(page))  # type: ignore[arg-type]
    walk.amount()
    walk.details("hosted@example.org")
    walk.pay(method="sandbox_hosted")
    page.wait_for_url("**/sandbox/**")
    Walk(page).press("Continue")
    page.wait_for_url("**/give/thanks/**")
    assert page.evaluate("top === self")
    Walk(page).thanked()
    page.get_by_role("link", name=f"Back to {host.base.removeprefix('http://')}").click()
    page.wait_for_url(address)
    assert source_of(demonstration, "hosted@example.org") == f"settled 5000 {address}"


def test_embeds_3d_secure_takes_the_whole_page_too_and_a_decline_keeps_the_donor(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    address = host.page(script(demonstration) + element(demonstration), "/secure/")
    page = new_page()
    page.goto(address)
    frame = frame_in(page)
    walk = Walk(frame)  # type: ignore[arg-type]
    walk.amount()
    walk.details("secure@example.org")
    walk.pay("expired_card")
    expect(frame.get_by_role("alert")).to_be_visible()
    assert page.url == address
    walk.pay("authenticate")
    page.wait_for_url("**/sandbox/**")
    page.go_back()
    # Whatever a browser brings back of the frame: the page that the donor came from is there, and gives again.
    page.wait_for_url(address)
    Walk(frame_in(page)).heading("How much would you like to give?")  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["by the host's policy", "by the browser", "unlisted"])
def test_where_the_frame_is_blocked_the_link_stands(
    demonstration: Demonstration, host: HostSite, new_page: NewPage, way: str
) -> None:
    giving = demonstration.site.base
    headers = (
        {"Content-Security-Policy": f"default-src 'none'; script-src {giving}"} if "policy" in way else {}
    )
    address = host.page(
        script(demonstration) + element(demonstration, 'amount="77" lang="ar"', light=way != "unlisted"),
        "/blocked/", headers=headers,
    )  # fmt: skip
    page = new_page()
    if way == "by the browser":
        page.route("**/frame/**", lambda route: route.abort())
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(
        address.replace(host.base, host.other if way == "unlisted" else host.base) + "?utm_source=blocked"
    )
    page.wait_for_load_state("networkidle")
    link = page.locator("almoner-form").get_by_role("link")
    expect(link).to_be_visible()
    expect(page.locator("almoner-form iframe")).to_be_hidden()
    link.click()
    page.wait_for_url("**/give/4840/?*")
    assert page.locator("[name=utm_source]").input_value() == "blocked"
    assert ("/ar/give/" in page.url) == (way == "unlisted"), (
        "the link of the element's own goes by its attributes"
    )
    if way == "unlisted":
        assert page.locator("[name=other_amount]").input_value() == "77"


def test_without_the_script_the_link_stands(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    address = host.page(script(demonstration) + element(demonstration), "/bare/")
    page = new_page(java_script_enabled=False)
    page.goto(address)
    page.get_by_role("link", name="Give to us").click()
    page.wait_for_url(demonstration.form)


def test_on_a_slow_network_the_link_stands_until_the_frame_is_there(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    address = host.page(script(demonstration) + element(demonstration), "/slow/")
    page = new_page()
    held: list[Route] = []
    page.route("**/frame/**", lambda route: held.append(route))
    with page.expect_request("**/frame/**"):
        page.goto(address, wait_until="commit")
    link = page.get_by_role("link", name="Give to us")
    expect(link).to_be_visible()
    expect(page.locator("almoner-form iframe")).to_be_hidden()
    held[0].continue_()
    frame = frame_in(page)
    expect(frame.get_by_role("heading", name="How much would you like to give?")).to_be_visible()
    expect(link).to_be_hidden()


def test_the_frame_is_as_high_as_what_is_in_it(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    """Through the steps and as the window narrows; no bar to scroll by, and each step begins in sight."""
    address = host.page(
        "<div style=height:900px></div>" + script(demonstration) + element(demonstration), "/high/"
    )
    page = new_page()
    page.goto(address)
    page.locator("almoner-form").scroll_into_view_if_needed()
    frame = frame_in(page)

    def fits() -> bool:
        outer = page.locator("almoner-form iframe").evaluate("frame => frame.clientHeight")
        return bool(frame.evaluate("document.scrollingElement.scrollHeight") == outer and outer > 300)

    walk = Walk(frame)  # type: ignore[arg-type]
    wait_until(fits)
    walk.amount()
    wait_until(fits)
    page.set_viewport_size({"width": 360, "height": 640})
    wait_until(fits)
    walk.details("high@example.org")
    wait_until(fits)
    heading = frame.get_by_role("heading", name="Payment Details")
    # Bounding boxes are the main window's.
    wait_until(lambda: 0 <= (heading.bounding_box() or {"y": -1})["y"] < 640)


def test_where_the_page_cannot_scroll_the_frame_does(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    style = "<body style='overflow:hidden;height:100vh;margin:0'><p>A page of one screen.</p>"
    boxed = f"<div style='overflow:hidden;height:500px;width:500px'>{element(demonstration)}</div>"
    inner = host.page(script(demonstration) + boxed, "/box/")
    outer = host.page(style + script(demonstration) + element(demonstration), "/screen/")
    page = new_page()
    for address, most in ((outer, 800), (inner, 520)):
        page.goto(address)
        frame = frame_in(page)
        # What is in the frame may say twice how high it is, while it is still being laid out.
        wait_until(partial(_ends_above, page.locator("almoner-form iframe"), most, least=320))
        go_on = frame.get_by_role("button", name="Continue")
        go_on.scroll_into_view_if_needed()
        wait_until(partial(_ends_above, go_on, most))
        Walk(frame).amount()  # type: ignore[arg-type]


def _ends_above(shown: Locator, most: int, *, least: int = 0) -> bool:
    """In the main window."""
    box = shown.bounding_box()
    return box is not None and box["height"] >= least and box["y"] + box["height"] <= most


def test_two_forms_on_one_page_know_themselves_apart(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    both = element(demonstration, 'amount="75" primary="#7a1f4b"') + element(
        demonstration, 'lang="ar" primary="#ffff00"'
    )
    address = host.page(script(demonstration) * 2 + both, "/twice/")
    page = new_page()
    page.goto(address)
    first, second = frame_in(page, 0), frame_in(page, 1)
    assert first.locator("[name=other_amount]").input_value() == "75"
    assert first.url.endswith("/give/4840/frame/7a1f4b/?amount=75")
    brand = "getComputedStyle(document.documentElement).getPropertyValue('--brand').trim()"
    assert first.evaluate(brand) == "#7a1f4b"
    # A yellow can't be seen on white: the form's own colour stays.
    assert second.evaluate(brand) == "#14495c"
    assert second.evaluate("document.documentElement.dir") == "rtl"
    Walk(first).amount("$75") if first.get_by_role("radio", name="$75").count() else Walk(first).press(
        "Continue"
    )  # type: ignore[arg-type]
    Walk(first).heading("Your Details")  # type: ignore[arg-type]
    Walk(second, "ar").heading("How much would you like to give?")  # type: ignore[arg-type]
    both_shown = page.locator("almoner-form iframe")
    # Of a step of many fields, and one of few: each as high as its own, once it has said so.
    heights = "frames => frames[0].clientHeight > frames[1].clientHeight"
    wait_until(lambda: both_shown.evaluate_all(heights))


def test_embeds_forged_messages_do_nothing(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    """To the element from its own page and from another frame, which doesn't reach the form in the shadow."""
    beside = host.page("<p>beside</p>", "/beside/")
    stranger_frame = f'<iframe id="beside" src="{beside.replace(host.base, host.other)}"></iframe>'
    address = host.page(script(demonstration) + element(demonstration) + stranger_frame, "/forged/")
    page = new_page()
    page.goto(address)
    frame = frame_in(page)
    # It has heard from the element where it stands: later words are to change nothing.
    expect(frame.locator("[name=page_url]")).to_have_value(address)
    page.evaluate(_WATCH)
    stranger = page.locator("#beside").element_handle().content_frame()
    assert stranger is not None
    assert stranger.evaluate("[parent.frames.length, parent.frames[0] === self]") == [1, True]
    forged = "{ almoner: 'height', height: 4321 }"
    # One sender's messages come in their order: after its last, its forged one has been looked at.
    for sender, window in ((page, "window"), (stranger, "parent")):
        sender.evaluate(f"{window}.postMessage({forged}, '*'); {window}.postMessage('last', '*')")
    wait_until(lambda: page.evaluate("lasts") == 2)
    assert "4321px" not in page.evaluate("heights")
    assert page.locator("almoner-form iframe").evaluate("frame => frame.clientHeight") != 4321
    assert frame.locator("[name=page_url]").input_value() == address


# Every height that the form's frame is given, and how many senders have said their last word.
_WATCH = """() => {
  window.heights = []
  window.lasts = 0
  const frame = document.querySelector("almoner-form").shadowRoot.querySelector("iframe")
  new MutationObserver(() => heights.push(frame.style.height)).observe(frame, { attributeFilter: ["style"] })
  addEventListener("message", ({ data }) => { if (data === "last") lasts += 1 })
}"""


def test_a_button_opens_the_form_as_a_dialog(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    address = host.page(script(demonstration) + element(demonstration, 'button="Give now"'), "/button/")
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    button = page.get_by_role("button", name="Give now")
    expect(button).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/give/" in url], "nothing is loaded before it is pressed"
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Give now")).to_be_visible()
    frame = frame_in(page)
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    frame.get_by_role("radio", name="$50").first.check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    # What was chosen is still there.
    assert frame_in(page).get_by_role("radio", name="$50").first.is_checked()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_nothing_for_axe_in_the_frame_or_in_the_dialog(
    demonstration: Demonstration, host: HostSite, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{demonstration.form}frame/")
    found = problems_in(page, "the framed form")
    page.goto(
        host.page(
            f"<main><h1>Host</h1>{script(demonstration)}{element(demonstration, 'button')}</main>", "/axe/"
        )
    )
    page.locator("almoner-form").get_by_role("button", name="Give").click()
    frame_in(page)
    assert found + problems_in(page, "the dialog") == []
