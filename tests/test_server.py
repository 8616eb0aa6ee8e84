"""The web server as a process: its headers, its limits, its health."""

import http.client
import re
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Page

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.giving.models import Gift
from almoner.supporters.models import Contact
from tests.support.server import Site, wait_until


def ask(
    site: Site, method: str, path: str, body: bytes | None = None, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(site.base).netloc, timeout=120)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=named)
    return connection.getresponse()


@pytest.mark.once
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
    connection = http.client.HTTPConnection(urlsplit(server.base).netloc, timeout=120)
    connection.putrequest("POST", "/give/4840/details/")
    connection.putheader("Content-Type", form)
    connection.putheader("Content-Length", str(len(large)))
    connection.endheaders()
    # Refused before a byte of the body was sent.
    assert connection.getresponse().status == 413

    assert ask(server, "POST", "/give/4840/details/", b"{}", Content_Type="application/json").status == 415
    assert ask(server, "GET", "/give/4840/", Host="evil.example").status == 400


@pytest.mark.once
def test_a_second_server_is_refused_the_port(server: Site) -> None:
    """Their workers would share it, and each visitor would meet one of the two by chance."""
    second = server.start("serve")
    assert second.wait() == 1
    assert f"Port {server.env['PORT']} is taken." in second.output
    elsewhere = server.start("serve", ALMONER_HOST="192.0.2.1")
    assert elsewhere.wait() == 1
    assert "can't listen at 192.0.2.1" in elsewhere.output


_PERSON = {
    "given_name": "Ada", "family_name": "Nguyễn", "email": "ada@example.org", "country": "AU",
    "address_line1": "1 George Street", "address_locality": "Sydney", "address_region": "NSW",
    "address_postcode": "2000",
}  # fmt: skip
_NAMED_FORM = {"Content_Type": "application/x-www-form-urlencoded"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def gifts_and_people() -> tuple[int, int]:
    return Gift.objects.count(), Contact.objects.count()


@pytest.mark.once
def test_fifty_megabytes_in_chunks_of_no_declared_length(demo_site: Site) -> None:
    """Nobody says how much is coming: nothing of it is taken, and the server goes on."""
    for step in ("details", "payment", "submit"):
        send_fifty_megabytes(demo_site, step)


def send_fifty_megabytes(demo_site: Site, step: str) -> None:
    before = gifts_and_people()
    connection = http.client.HTTPConnection(urlsplit(demo_site.base).netloc, timeout=120)
    chunk = b"x" * 65_536
    try:
        connection.request(
            "POST", f"/give/4840/{step}/", body=(chunk for _ in range(800)), headers=FORM, encode_chunked=True
        )
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server hung up while we were still sending
    assert status in (400, 411, 413)
    assert gifts_and_people() == before
    assert ask(demo_site, "GET", "/give/4840/").status == 200


def field_names(page: str) -> set[str]:
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))


@pytest.mark.once
def test_email_injection_line_breaks_in_each_field_break_nothing(demo_site: Site) -> None:
    """In no header, no mail and no row: each field of each step in turn, through the server's own parser."""
    before = gifts_and_people()
    bad = "x\r\nSet-Cookie: evil=1\r\n\r\n<p>"

    def post(step: str, values: dict[str, str]) -> tuple[http.client.HTTPResponse, str]:
        answer = ask(demo_site, "POST", f"/give/4840/{step}/", urlencode(values).encode(), **_NAMED_FORM)
        return answer, answer.read().decode()

    first = ask(demo_site, "GET", "/give/4840/").read().decode()
    good: dict[str, str] = {"amount": "50", "fund": "children"}
    steps = []
    for step, page in (("details", first), ("payment", ""), ("submit", "")):
        page = page or post(steps[-1][0], steps[-1][2])[1]
        token = re.search(r'name="token" value="([^"]+)"', page)
        values = {"token": token[1], **_PERSON, "method": "bank_transfer"} if token else good
        steps.append((step, field_names(page), values))
    assert [len(names) > 2 for _, names, _ in steps] == [True, True, True]
    for step, names, values in steps:
        for name in sorted(names - {"message"}):
            answer, body = post(step, {**values, name: bad})
            taken = step == "submit" and name in ("work", "sandbox_outcome")
            assert answer.status in ((303,) if taken else (200, 400)), (step, name)
            assert answer.headers["Set-Cookie"] is None and "<p>\n" not in body, (step, name)
    # The one field that no way to pay by transfer reads was sent with a gift that is whole.
    assert gifts_and_people()[0] - before[0] <= 1


@pytest.mark.browser
def test_staff_sign_in_page_works_under_its_policy(server: Site, new_page: Callable[..., Page]) -> None:
    page = new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.base}/admin/login/")
    page.get_by_label("Username").fill("nobody")
    assert page.get_by_role("button", name="Sign in").is_visible()
    assert faults == []


@pytest.mark.once
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
    wait_until(lambda: ask(demo_site, "GET", "/give/4840/").read() != before)
    assert b"Another Name" in ask(demo_site, "GET", "/give/4840/").read()


def test_a_standby_is_not_ready(new_server: Callable[..., Site]) -> None:
    """It answers every question and takes no gift: a balancer must send donors elsewhere."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no standby")
    with connection.cursor() as cursor:
        cursor.execute(
            f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET default_transaction_read_only = on'
        )
    site = new_server(started=False)
    site.start("serve")
    wait_until(lambda: alive(site), says=lambda: site.processes[0].output)
    answer = ask(site, "GET", "/health/ready")
    assert (answer.status, answer.read()) == (503, b"the database takes no writes: it is a standby\n")


def alive(site: Site) -> bool:
    try:
        return ask(site, "GET", "/health/live").status == 200
    except OSError:
        return False
