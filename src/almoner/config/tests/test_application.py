"""Ready pages, over a small Django of the test's own making."""

import gzip
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from almoner.config.application import Application
from almoner.config.ready import ReadyPages, key_of

Headers = list[tuple[str, str]]


class Site:
    """An application whose views are `answer`, whose content stamp is `stamp` and whose clock is `now`."""

    def __init__(self, *, trusted_proxies: int = 0, capacity: int = 500) -> None:
        self.stamp = 1
        self.now = 0.0
        self.asked: list[dict[str, Any]] = []
        self.answer: Callable[[], HttpResponse | StreamingHttpResponse] = lambda: self.page("hello " * 100)
        pages = ReadyPages(lambda: self.stamp, capacity=capacity, clock=lambda: self.now)
        self._application = Application(
            self._django, pages, staff_cookie="staff=", trusted_proxies=trusted_proxies
        )

    @staticmethod
    def page(text: str, *, ready: bool = True, **headers: str) -> HttpResponse:
        response = HttpResponse(text, headers={"Cache-Control": "public, max-age=60"} | headers)
        response.ready = ready  # type: ignore[attr-defined]
        return response

    def _django(
        self, environ: dict[str, Any], start_response: Callable[[str, Headers], object]
    ) -> Iterable[bytes]:
        self.asked.append(environ)
        response = self.answer()
        start_response(
            f"{response.status_code} {response.reason_phrase}",
            [
                *response.items(),
                *(("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()),
            ],
        )
        return response

    def ask(
        self, path: str = "/give/4840/", *, method: str = "GET", **environ: str
    ) -> tuple[int, dict[str, str], bytes]:
        begun: list[tuple[str, Headers]] = []
        query = path.partition("?")[2]
        body = self._application(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path.partition("?")[0],
                "QUERY_STRING": query,
                "HTTP_HOST": "give.example.org",
                "REMOTE_ADDR": "198.51.100.7",
            }
            | environ,
            lambda status, headers: begun.append((status, headers)),
        )
        (status, headers) = begun[0]
        return int(status[:3]), {name.lower(): value for name, value in headers}, b"".join(body)


@pytest.fixture
def site() -> Site:
    return Site()


def test_the_second_answer_is_the_same_bytes_without_django(site: Site) -> None:
    first = site.ask()
    second = site.ask()
    assert first == second
    assert len(site.asked) == 1
    status, headers, body = second
    assert (status, body) == (200, b"hello " * 100)
    assert headers["etag"].startswith('W/"')
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-length"] == str(len(body))


def test_zipped_for_who_takes_it(site: Site) -> None:
    for accept, zipped in (
        ("gzip, br", True),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0, br", False),
        ("gzip;q=0.5", True),
    ):
        _, headers, body = site.ask(HTTP_ACCEPT_ENCODING=accept)
        assert (headers.get("content-encoding") == "gzip") is zipped, accept
        assert (gzip.decompress(body) if zipped else body) == b"hello " * 100


def test_unchanged_is_304_without_a_body(site: Site) -> None:
    etag = site.ask()[1]["etag"]
    status, headers, body = site.ask(HTTP_IF_NONE_MATCH=f'"other", {etag}')
    assert (status, body) == (304, b"")
    assert headers["etag"] == etag and headers["cache-control"] == "public, max-age=60"
    assert site.ask(HTTP_IF_NONE_MATCH='"other"')[0] == 200


def test_head_has_the_headers_alone(site: Site) -> None:
    _, expected, _ = site.ask()
    status, headers, nothing = site.ask(method="HEAD")
    assert (status, headers, nothing) == (200, expected, b"")


def test_campaigns_share_a_page_and_amounts_do_not(site: Site) -> None:
    site.ask()
    site.ask("/give/4840/?utm_source=letter&appeal=spring&gclid=1&fbclid=2")
    assert len(site.asked) == 1
    site.ask("/give/4840/?amount=50&utm_source=letter")
    site.ask("/give/4840/?fund=children")
    assert len(site.asked) == 3


@pytest.mark.parametrize("query", ["amount=50", "utm_source=a&x=1", "X", "=", "utm_source=a;amount=5&b"])
def test_a_query_that_may_change_the_page_is_asked_of_django(query: str) -> None:
    assert key_of("a", "/", query) is None


def test_who_brings_a_campaign_from_another_page_of_ours_is_answered_by_django(site: Site) -> None:
    site.ask()
    story = "https://give.example.org/stories/one/?utm_source=letter"
    for path in ("/give/4840/?story=7", "/ar/give/4840/", "/give/4840/"):
        site.ask(path, HTTP_REFERER=story)
    assert len(site.asked) == 4
    # Nothing of it was kept, and who brings nothing, or has it in the address, has the page of all.
    site.answer = lambda: site.page("for one reader", ready=False)
    site.ask("/give/4840/", HTTP_REFERER="https://give.example.org/stories/?appeal=X")
    assert (
        b"hello" in site.ask("/give/4840/?story=7", HTTP_REFERER="https://give.example.org/stories/one/")[2]
    )
    assert b"hello" in site.ask("/give/4840/?utm_source=a", HTTP_REFERER=story)[2]
    assert len(site.asked) == 5


def test_each_host_has_its_own(site: Site) -> None:
    site.ask()
    site.ask(HTTP_HOST="other.example.org")
    assert len(site.asked) == 2
    site.ask(HTTP_HOST="GIVE.example.org")
    assert len(site.asked) == 2


def test_staff_are_shown_what_is_new(site: Site) -> None:
    site.ask()
    site.ask(HTTP_COOKIE="staff=abc")
    assert len(site.asked) == 2


def test_a_moved_stamp_drops_all(site: Site) -> None:
    site.ask()
    site.stamp = 2
    site.answer = lambda: site.page("new")
    assert site.ask()[2] == b"new"


def test_a_minute_is_the_longest(site: Site) -> None:
    site.ask()
    site.now = 59
    site.ask()
    assert len(site.asked) == 1
    site.now = 61
    site.ask()
    assert len(site.asked) == 2


def test_a_first_head_has_all_headers_and_makes_the_page_ready(site: Site) -> None:
    status, headers, nothing = site.ask(method="HEAD")
    assert (status, nothing) == (200, b"")
    assert headers["etag"].startswith('W/"') and headers["vary"] == "Accept-Encoding"
    assert (200, headers, b"hello " * 100) == site.ask()
    assert len(site.asked) == 1


def test_a_page_of_its_own_amount_is_tagged_and_zipped_and_not_kept(site: Site) -> None:
    _, plain, _ = site.ask()
    for _ in range(2):
        status, headers, body = site.ask("/give/4840/?amount=50", HTTP_ACCEPT_ENCODING="gzip")
        assert (status, gzip.decompress(body)) == (200, b"hello " * 100)
        assert (headers["etag"], headers["vary"]) == (plain["etag"], "Accept-Encoding")
    status, headers, body = site.ask("/give/4840/?amount=50", HTTP_IF_NONE_MATCH=plain["etag"])
    assert (status, body) == (304, b"")
    assert len(site.asked) == 4


def test_an_answer_begun_before_a_change_is_not_kept(site: Site) -> None:
    def overtaken() -> HttpResponse:
        old = site.page("old")
        # While this view was at work, an editor saved and another visitor's request noticed.
        site.stamp = 2
        site.answer = lambda: site.page("new")
        site.ask("/give/other/")
        return old

    site.answer = overtaken
    assert site.ask()[2] == b"old"
    assert site.ask()[2] == b"new"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Site.page("x", ready=False),
        lambda: Site.page("x", Vary="Cookie"),
        lambda: Site.page("x", **{"Cache-Control": "private, no-cache"}),
        lambda: Site.page("x" * (1024 * 1024 + 1)),
        lambda: HttpResponse("x", status=404),
    ],
)
def test_what_is_somebodys_own_or_no_page_is_never_kept(site: Site, make: Callable[[], HttpResponse]) -> None:
    site.answer = make
    assert site.ask() == site.ask()
    assert len(site.asked) == 2


def test_a_cookie_is_never_kept(site: Site) -> None:
    def with_cookie() -> HttpResponse:
        response = site.page("x")
        response.set_cookie("a", "b")
        return response

    site.answer = with_cookie
    assert "set-cookie" in site.ask()[1]
    site.ask()
    assert len(site.asked) == 2


def test_the_least_used_goes_first() -> None:
    site = Site(capacity=2)
    for path in ("/one/", "/two/", "/one/", "/three/", "/one/"):
        site.ask(path)
    assert [environ["PATH_INFO"] for environ in site.asked] == ["/one/", "/two/", "/three/"]
    site.ask("/two/")
    assert len(site.asked) == 4


def test_streams_pass_through(site: Site) -> None:
    site.answer = lambda: StreamingHttpResponse(iter([b"a", b"b"]))
    assert site.ask("/documents/1/")[2] == b"ab"


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/give/4840/details/", "262144", 200),
        ("/give/4840/details/", "262145", 413),
        ("/webhooks/stripe/", "1048577", 413),
        ("/admin/images/add/", "20000000", 200),
        ("/admin/images/add/", "52428800", 413),
        ("/give/4840/details/", "-1", 413),
        ("/give/4840/details/", "1e3", 413),
    ],
)
def test_long_bodies_are_refused_unread(site: Site, path: str, length: str, status: int) -> None:
    assert site.ask(path, method="POST", CONTENT_LENGTH=length)[0] == status


def test_proxies_our_proxy_says_who_asks() -> None:
    site = Site(trusted_proxies=1)
    site.ask("/give/4840/details/", method="POST", HTTP_X_FORWARDED_FOR="10.0.0.1, 203.0.113.9")
    assert site.asked[0]["REMOTE_ADDR"] == "203.0.113.9"
