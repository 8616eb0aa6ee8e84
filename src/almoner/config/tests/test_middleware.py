from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from almoner.config import errors
from almoner.config.middleware import is_donor_path
from almoner.config.urls import urlpatterns as real


def well(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{getattr(request, 'LANGUAGE_CODE', '')} {hasattr(request, 'session')}")


def own_policy(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", headers={"Content-Security-Policy": "frame-ancestors https://charity.example"})


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("could not connect to giver@db")


def bug(request: HttpRequest) -> HttpResponse:
    raise ValueError("pat@example.org")


urlpatterns = [
    path("give/well/", well),
    path("ar/give/well/", well),
    path("give/framed/", own_policy),
    path("give/away/", away),
    path("give/bug/", bug),
    path("webhooks/well/", well),
    path("elsewhere/", well),
    path("elsewhere/away/", away),
    *real,
]
handler400, handler404, handler500 = errors.bad_request, errors.not_found, errors.broken
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "where", ["/give/4840/", "/ar/give/4840/", "/receipts/x/", "/webhooks/a/", "/sandbox/"]
)
def test_donor_paths(where: str) -> None:
    assert is_donor_path(where)


@pytest.mark.parametrize(
    "where", ["/", "/admin/", "/stories/give/", "/given/", "/fi/give/1/", "/ar/stories/"]
)
def test_other_paths(where: str) -> None:
    assert not is_donor_path(where)


def test_donors_carry_no_session_and_the_url_says_the_language(visitor: Client) -> None:
    for where, expected in (
        ("/give/well/", "en False"),
        ("/ar/give/well/", "ar False"),
        ("/elsewhere/", " True"),
    ):
        answer = visitor.get(where)
        assert answer.content.decode() == expected
        assert not answer.cookies


def test_every_answer_has_its_headers(visitor: Client) -> None:
    for where in (
        "/give/well/",
        "/give/nowhere/",
        "/give/bug/",
        "/elsewhere/",
        "/no/such/page/",
        "/health/live",
    ):
        answer = visitor.get(where)
        assert answer["X-Content-Type-Options"] == "nosniff", where
        assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_a_view_keeps_the_policy_it_set(visitor: Client) -> None:
    answer = visitor.get("/give/framed/")
    assert answer["Content-Security-Policy"] == "frame-ancestors https://charity.example"
    assert "X-Frame-Options" not in answer


def test_a_database_that_is_away_is_503_and_can_be_asked_again(visitor: Client) -> None:
    for where in ("/give/away/", "/elsewhere/away/"):
        answer = visitor.get(where)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert '<a href="">Try again</a>' in answer.content.decode()
        assert "refresh" not in answer.content.decode(), (
            "a page that reloads by itself is lost to slow readers"
        )
    # A posted form isn't sent again by itself.
    assert "<a " not in visitor.post("/give/away/", {"a": "b"}).content.decode()


def test_a_page_that_is_not_there_leads_to_the_front_page(visitor: Client) -> None:
    for where in ("/no/such/page/", "/give/9999/"):
        assert '<a href="/">Go to the front page</a>' in visitor.get(where).content.decode(), where


def test_an_error_speaks_the_language_of_its_address(visitor: Client) -> None:
    for where in ("/ar/give/9999/", "/ar/no/such/page/"):
        answer = visitor.get(where)
        assert answer.status_code == 404
        assert '<html lang="ar" dir="rtl">' in answer.content.decode(), where
        assert "الصفحة غير موجودة" in answer.content.decode(), where


def test_a_bug_is_a_page_that_says_not_to_give_twice(visitor: Client) -> None:
    answer = visitor.get("/give/bug/")
    assert answer.status_code == 500
    assert "don’t give again" in answer.content.decode()
    assert "pat@example.org" not in answer.content.decode()


def test_only_forms_are_posted_to_donors_views(visitor: Client) -> None:
    assert visitor.post("/give/well/", {"a": "b"}).status_code == 200
    assert visitor.post("/give/well/", b"{}", content_type="application/json").status_code == 415
    assert visitor.post("/webhooks/well/", b"{}", content_type="application/json").status_code == 200


def test_a_host_that_is_not_ours_is_refused_except_for_health(visitor: Client) -> None:
    assert visitor.get("/give/well/", headers={"host": "evil.example"}).status_code == 400
    assert visitor.get("/health/ready", headers={"host": "10.0.0.5"}).status_code == 200


@override_settings(
    SECURE_SSL_REDIRECT=True, SITE_URL="https://give.example.org", SECURE_HSTS_SECONDS=600,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
)  # fmt: skip
def test_http_goes_to_our_own_https(visitor: Client) -> None:
    answer = visitor.get("/give/well/?a=b")
    assert (answer.status_code, answer["Location"]) == (301, "https://give.example.org/give/well/?a=b")
    secure = visitor.get("/give/well/", headers={"x-forwarded-proto": "https"})
    assert (secure.status_code, secure["Strict-Transport-Security"]) == (200, "max-age=600")


@pytest.mark.parametrize("handler", [errors.bad_request, errors.forbidden, errors.not_found])
def test_pages_of_last_resort_need_nothing(handler: Callable[[HttpRequest, Exception], HttpResponse]) -> None:
    answer = handler(RequestFactory().get("/"), Exception())
    assert answer.content.decode().startswith('<!doctype html><html lang="en" dir="ltr">')
