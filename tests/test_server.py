"""The web server as a process: its headers, its limits, its health."""

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.outbox.models import Periodic
from tests.support.server import Site, wait_until


def ask(
    site: Site, method: str, path: str, body: bytes | None = None, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(site.base).netloc, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=named)
    return connection.getresponse()


def test_health_and_limits(server: Site) -> None:
    assert ask(server, "GET", "/health/live").read() == b"live\n"
    assert ask(server, "GET", "/health/ready").read() == b"ready\n"

    answer = ask(server, "GET", "/give/no-such-form/")
    assert answer.status == 404
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Set-Cookie"] is None

    large = b"x" * (50 * 1024 * 1024)
    form = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(urlsplit(server.base).netloc, timeout=30)
    connection.putrequest("POST", "/give/4840/details/")
    connection.putheader("Content-Type", form)
    connection.putheader("Content-Length", str(len(large)))
    connection.endheaders()
    # Refused before a byte of the body was sent.
    assert connection.getresponse().status == 413

    assert ask(server, "POST", "/give/4840/details/", b"{}", Content_Type="application/json").status == 415
    assert ask(server, "GET", "/give/4840/", Host="evil.example").status == 400


def test_staff_sign_in_page_works_under_its_policy(server: Site, new_page: Callable[..., Page]) -> None:
    page = new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.base}/admin/login/")
    page.get_by_label("Username").fill("nobody")
    assert page.get_by_role("button", name="Sign in").is_visible()
    assert faults == []


def test_the_form_is_the_same_bytes_for_all_and_kept_ready(demo_site: Site) -> None:
    first = ask(demo_site, "GET", "/give/4840/")
    body = first.read()
    assert first.status == 200
    assert first.headers["Set-Cookie"] is None
    again = ask(demo_site, "GET", "/give/4840/?utm_source=letter")
    assert (again.read(), again.headers["ETag"]) == (body, first.headers["ETag"])
    unchanged = ask(demo_site, "GET", "/give/4840/", If_None_Match=first.headers["ETag"])
    assert (unchanged.status, unchanged.read()) == (304, b"")


def test_an_edit_is_seen_within_the_stamps_second(demo_site: Site) -> None:
    before = ask(demo_site, "GET", "/give/4840/").read()
    Charity.objects.update(name="Another Name")
    bump(Charity.objects.get().pk)
    wait_until(lambda: ask(demo_site, "GET", "/give/4840/").read() != before, seconds=10)
    assert b"Another Name" in ask(demo_site, "GET", "/give/4840/").read()


def test_a_shared_site_works_its_outbox(shared_site: Site) -> None:
    wait_until(Periodic.objects.filter(last_finished_at__isnull=False).exists)
    assert ask(shared_site, "GET", "/stories/four-reasons-for-hope/").status == 200
