"""A reader of a WordPress post gives through the form that its old shortcode has become."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect
from script.wordpress_site import WordPress

from almoner.giving.models import Gift
from tests.browser.walk import Walk
from tests.support.server import Site
from tests.wordpress.conftest import read

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]

STORY = """<!-- wp:paragraph --><p>Over 1,000 children have been brought to safety since 2011.</p><!-- /wp:paragraph -->

[pronto-donation-form id=4840]"""


def frame_in(page: Page) -> Frame:
    """The form's frame, once it is shown."""
    iframe = page.locator("almoner-form iframe")
    expect(iframe).to_be_visible()
    found = iframe.element_handle().content_frame()
    assert found is not None
    return found


def give(page: Page) -> Gift:
    """All four steps inside the page; the gift that came of them."""
    email = f"ada-{uuid.uuid4().hex[:10]}@example.org"
    here = page.url
    walk = Walk(frame_in(page))  # type: ignore[arg-type]
    walk.amount("$50")
    walk.details(email)
    walk.pay()
    walk.thanked()
    assert page.url == here, "the reader stays in the post"
    return Gift.objects.select_related("source").get(contact__email=email)


def test_from_the_seed_s_shortcode_to_a_gift(giving: Site, wordpress: WordPress, page: Page) -> None:
    post = wordpress.post("Four good facts", STORY)
    page.goto(f"{post}?utm_source=newsletter&appeal=XMAS26")
    form, words = page.locator("almoner-form"), page.get_by_text("Over 1,000 children")
    expect(form.locator("iframe")).to_be_visible()
    assert (form.bounding_box() or {})["width"] == (words.bounding_box() or {})["width"], (
        "as wide as the theme's text"
    )
    gift = give(page)
    source = gift.source
    assert (gift.status, gift.total_minor, gift.currency) == ("settled", 5000, "AUD")
    assert (source.page_url, source.utm_source, source.appeal) == (post, "newsletter", "XMAS26")
    assert page.context.cookies() == []


def test_a_page_that_a_cache_wrote_to_disk_goes_on_working(
    giving: Site, wordpress: WordPress, page: Page
) -> None:
    """As plugins for caching do it: the page's bytes in a file, which the web server sends without asking PHP."""
    post = wordpress.post("Kept", STORY)
    html = read(post)
    kept = wordpress.folder / "site" / post.removeprefix(wordpress.base).strip("/") / "index.html"
    kept.parent.mkdir(parents=True)
    kept.write_text(html.replace("<body", "<body data-kept", 1))
    page.goto(post)
    assert page.locator("body[data-kept]").count() == 1
    assert give(page).source.page_url == post


def test_the_block_from_the_editor_to_the_reader(giving: Site, office: Page, page: Page) -> None:
    office.goto("/wp-admin/post-new.php")
    guide = office.get_by_role("dialog", name="Welcome to the block editor")
    guide.wait_for()
    guide.get_by_role("button", name="Close").click()
    office.get_by_label("Add title").fill("By block")
    office.get_by_role("button", name=re.compile("block inserter", re.IGNORECASE)).click()
    office.get_by_placeholder("Search").fill("giving")
    office.get_by_role("option", name="Giving form").click()
    block = office.locator("[data-type='almoner/form']")
    block.get_by_label("Number of the form").fill("4840")
    block.get_by_label("Number of the form").blur()
    expect(block.get_by_role("link", name="Give now")).to_have_attribute("href", f"{giving.base}/give/4840/")
    office.get_by_role("button", name="Publish", exact=True).click()
    office.get_by_label("Editor publish").get_by_role("button", name="Publish", exact=True).click()
    link = office.get_by_label("Editor publish").get_by_role("link", name="View Post").get_attribute("href")
    assert link is not None
    html = read(link)
    assert re.search(
        r'<div class="wp-block-almoner-form"><almoner-form form="4840" site="http://127[^"]+"><a href=', html
    )
    page.goto(link)
    Walk(frame_in(page)).heading("How much would you like to give?")
    # What was saved is what the editor finds again.
    office.reload()
    expect(office.locator("[data-type='almoner/form']").get_by_role("link", name="Give now")).to_be_visible()


def test_the_giving_site_is_a_provider_that_wordpress_trusts(giving: Site, wordpress: WordPress) -> None:
    """What an editor sees who pastes a form's address: what the giving site says of it, and in no sandbox. WordPress
    asks no server of its own machine for that, unless it is told to."""
    asked = (
        "add_filter('http_request_host_is_external', '__return_true');"
        "add_filter('http_allowed_safe_ports', function () { return [(int) $_SERVER['port']]; });"
        "return wp_oembed_get($given['url']);"
    ).replace("$_SERVER['port']", giving.env["PORT"])
    for path in ("/give/4840/?amount=50", "/ar/give/4840/"):
        html = wordpress.php(asked, url=giving.base + path)
        assert '<almoner-form form="4840"' in html
        assert f'<script src="{giving.base}/almoner-form.js" async></script>' in html
        assert "sandbox" not in html
