"""The settings page says in words what is wrong with an address, keeps what was typed, and changes nothing then."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from script.wordpress_site import WordPress

from almoner.charities.sites import bump
from almoner.giving.models import DonationForm
from tests.browser.walk import axe_problems
from tests.support.server import Site, free_port, wait_until
from tests.wordpress.conftest import ADDRESS

pytestmark = pytest.mark.browser

SETTINGS = "/wp-admin/options-general.php?page=almoner"
KEPT = "https://give.example.org"
REFUSED = {
    "": "Enter the address of your giving site.",
    "http://give.example.org": "The address must begin with https://",
    "ftp://give.example.org": "The address must begin with https://",
    "https://give.example.org/give/4840/": "without what stands behind its name: https://give.example.org",
    "https://me:secret@give.example.org": "must not hold a user’s name or a password",
    "give us": "This is not an address.",
    "https://\"><script>alert(1)</script>": "This is not an address.",
}  # fmt: skip


class Answers(BaseHTTPRequestHandler):
    """A site whose port says nothing of Almoner. The status is its server's."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Content-Type", self.server.kind)  # type: ignore[attr-defined]
        self.send_header("Location", "https://www.example.org/")
        self.end_headers()
        self.wfile.write(self.server.said)  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def said(page: Page, address: str, *, form: str = "", press: str = "Save and test") -> str:
    """What the page answers."""
    page.get_by_label("Address of the giving site").fill(address)
    page.get_by_label("Test with form").fill(form)
    with page.expect_event("load"):
        page.get_by_role("button", name=press).click()
    return " ".join(page.locator(".wrap > .notice").all_inner_texts())


def kept(wordpress: WordPress) -> object:
    return wordpress.php("return get_option('almoner_address', null);")


def test_an_address_that_can_t_be_is_refused(wordpress: WordPress, office: Page) -> None:
    wordpress.php(ADDRESS, address=KEPT)
    office.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    office.goto(SETTINGS)
    for typed, words in REFUSED.items():
        assert words in said(office, typed)
        assert office.locator(".wrap > .notice-error[role=alert]").count() == 1
        if "<" not in typed:  # WordPress takes elements out of a line of text
            expect(office.get_by_label("Address of the giving site")).to_have_value(typed)
    assert kept(wordpress) == KEPT
    assert [line for line in axe_problems(office) if "almoner" in line] == []


def test_where_no_almoner_answers_it_says_why(
    wordpress: WordPress, office: Page, stranger: ThreadingHTTPServer
) -> None:
    """It is kept all the same when it was to be saved: a site may be down while it is moved."""
    office.goto(SETTINGS)
    there = f"http://127.0.0.1:{stranger.server_address[1]}"
    closed = f"http://127.0.0.1:{free_port()}"
    wrong = {
        closed: f"Nothing answers at {closed}.",
        "https://nowhere.invalid": "No server goes by the name in https://nowhere.invalid.",
        there.replace("http:", "https:"): "The certificate of",
    }
    assert {url: words in said(office, url) for url, words in wrong.items()} == dict.fromkeys(wrong, True)
    stranger.status = 200  # type: ignore[attr-defined]
    stranger.kind, stranger.said = "text/javascript", b"alert(1)"  # type: ignore[attr-defined]
    assert "but it is not Almoner" in said(office, there, press="Test only")
    stranger.kind, stranger.said = "text/html", b"<p>almoner-form"  # type: ignore[attr-defined]
    for status, words in (
        (200, "but it is not Almoner"),
        (404, "but it is not Almoner"),
        (301, f"{there} sends its visitors on to https://www.example.org/."),
        (503, "it answers with error 503"),
    ):
        stranger.status = status  # type: ignore[attr-defined]
        assert words in said(office, there, press="Test only")
    assert kept(wordpress) == there.replace("http:", "https:"), "a test alone changes nothing"


def test_an_almoner_is_known_and_its_form_too(giving: Site, wordpress: WordPress, office: Page) -> None:
    wordpress.php("delete_option('almoner_address');")
    office.goto(SETTINGS)
    assert f"Almoner answers at {giving.base}." in said(office, f" {giving.base}/ ", press="Test only")
    assert kept(wordpress) is None
    assert "No form of the giving site answers to “99”." in said(office, giving.base, form="99")
    assert kept(wordpress) == giving.base
    assert said(office, giving.base, form="4840") == (
        f"The address is saved. Almoner answers at {giving.base}."
    )
    assert "is answered here." in office.locator("li", has_text="[give_form id=4840]").inner_text()


def test_a_form_that_may_not_stand_here_is_named(giving: Site, wordpress: WordPress, office: Page) -> None:
    office.goto(SETTINGS)
    listed(giving, "https://www.example.org")
    try:
        words = said(office, giving.base, form="4840", press="Test only")
    finally:
        listed(giving, wordpress.base)
    assert f"add {wordpress.base} to the sites that may show it" in words


def listed(giving: Site, sites: str) -> None:
    """Form 4840's list, as soon as the server knows of it."""
    form = DonationForm.objects.get(numbers__number=4840)
    form.frame_sites = sites
    form.save()
    bump(form.charity_id)
    wait_until(
        lambda: (
            sites
            in httpx.get(f"{giving.base}/give/4840/frame/", timeout=60).headers["content-security-policy"]
        )
    )


def test_only_who_may_manage_settings_sees_them(wordpress: WordPress, office: Page) -> None:
    """And nobody changes them from another page: a form without WordPress's own mark is refused."""
    wordpress.php(ADDRESS, address=KEPT)
    answer = office.request.post(
        f"{wordpress.base}{SETTINGS}", form={"almoner_address": "https://evil.example", "almoner_save": "1"}
    )
    assert answer.status == 403
    wordpress.php("(new WP_User(1))->set_role('author');")
    try:
        assert office.request.get(f"{wordpress.base}{SETTINGS}").status == 403
    finally:
        wordpress.php("(new WP_User(1))->set_role('administrator');")
    assert kept(wordpress) == KEPT
