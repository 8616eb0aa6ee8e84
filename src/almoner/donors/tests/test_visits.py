"""A visit: how long it lasts, how its token changes, who may post in it, how it ends, and what its answers carry."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from almoner.donors import erasing, limits, links, visits
from almoner.donors.models import AskHit, LinkRequest, Visit
from almoner.donors.tests.conftest import Browser, newest_link, words
from almoner.donors.tokens import digest_of
from almoner.receipts.tests.conftest import Give
from almoner.supporters.models import Supporter

Work = Callable[[], int]
START = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(give: Give, work: Work) -> Any:
    give()
    work()
    mail.outbox.clear()
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def inside(browser: Browser) -> Browser:
    browser.sign_in()
    return browser


def signed_in(browser: Browser) -> bool:
    return "Signed in as ada@example.org." in words(browser.get())


def test_a_visit_ends_after_half_an_hour_of_nothing(inside: Browser, clock: Any) -> None:
    for _ in range(3):
        clock.shift(timedelta(minutes=29))
        assert signed_in(inside)
    clock.shift(timedelta(minutes=31))
    assert not signed_in(inside)
    clock.shift(timedelta(minutes=-31))


def test_a_visit_ends_after_twelve_hours_whatever_happens(inside: Browser, clock: Any) -> None:
    for _ in range(29):
        clock.shift(timedelta(minutes=25))
        last = signed_in(inside)
    assert not last
    assert Visit.objects.get().seen_at <= START + timedelta(hours=12)


def test_the_token_is_replaced_and_the_old_one_lasts_a_minute(inside: Browser, clock: Any) -> None:
    first = inside.client.cookies["giving"].value
    clock.shift(timedelta(minutes=11))
    answer = inside.get()
    second = answer.cookies["giving"].value
    assert second != first
    row = Visit.objects.get()
    assert (row.token, row.token_before) == (digest_of(second), digest_of(first))
    tab = Browser()
    tab.client.cookies["giving"] = first
    clock.shift(timedelta(seconds=60))
    answer = tab.get()
    assert "Signed in" in words(answer) and "giving" not in answer.cookies
    assert signed_in(inside)


def test_a_token_that_was_stolen_and_comes_late_ends_the_visit(inside: Browser, clock: Any) -> None:
    thief = Browser()
    thief.client.cookies["giving"] = inside.client.cookies["giving"].value
    clock.shift(timedelta(minutes=11))
    assert signed_in(inside)
    clock.shift(timedelta(seconds=61))
    assert not signed_in(thief)
    assert not signed_in(inside)
    assert Visit.objects.get().ended_at is not None


def test_signing_in_again_ends_the_visit_before(inside: Browser, work: Work) -> None:
    before = inside.client.cookies["giving"].value
    inside.sign_in()
    assert inside.client.cookies["giving"].value != before
    assert [visit.ended_at is None for visit in Visit.objects.order_by("pk")] == [False, True]


def test_a_token_that_a_browser_brought_is_not_taken(browser: Browser) -> None:
    browser.client.cookies["giving"] = "A" * 43
    assert not signed_in(browser)
    browser.sign_in()
    assert browser.client.cookies["giving"].value != "A" * 43


def test_signing_out_ends_it_here_and_drops_the_cookie(inside: Browser) -> None:
    kept = inside.client.cookies["giving"].value
    answer = inside.send("leave/")
    assert (answer.status_code, answer["Location"]) == (303, "/giving/")
    assert answer.cookies["giving"].value == ""
    inside.client.cookies["giving"] = kept
    assert not signed_in(inside)


def test_signing_out_everywhere_ends_all_of_this_person(inside: Browser, give: Give, work: Work) -> None:
    give(email="ben@example.org")
    other, ben = Browser(), Browser()
    other.sign_in()
    ben.sign_in("ben@example.org")
    inside.send("leave/", {"where": "everywhere"})
    assert not signed_in(other)
    assert "Signed in as ben@example.org." in words(ben.get())


# ---- Forged posts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("csrf", [None, "", "A" * 32, "é\ud800"])
def test_csrf_a_post_without_the_visits_own_token_changes_nothing(inside: Browser, csrf: str | None) -> None:
    data = {"where": "everywhere"} | (
        {"csrf": csrf.encode("utf-8", "replace").decode()} if csrf is not None else {}
    )
    assert inside.post("leave/", data).status_code == 403
    assert signed_in(inside)


def test_another_visits_token_is_worth_nothing(inside: Browser) -> None:
    other = Browser()
    other.sign_in()
    assert inside.post("leave/", {"csrf": other.csrf}).status_code == 403
    assert signed_in(inside)


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "same-site"}],
)
def test_csrf_another_site_cant_post_even_with_the_token(inside: Browser, headers: dict[str, str]) -> None:
    assert inside.post("leave/", {"csrf": inside.csrf}, **headers).status_code == 403
    assert signed_in(inside)


def test_who_isnt_signed_in_is_asked_to(browser: Browser) -> None:
    answer = browser.post("leave/", {"csrf": "x"})
    assert (answer.status_code, answer["Location"]) == (303, "/giving/")


# ---- Answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "sent/", "link", "elsewhere", "forged"])
def test_framing_every_answer_is_private_unframed_and_unindexed(
    browser: Browser, work: Work, path: str
) -> None:
    browser.ask()
    work()
    link = newest_link()
    asked = Browser() if path == "elsewhere" else browser
    answer = asked.get({"link": link, "elsewhere": link, "forged": link[:-4] + "AAA/"}.get(path, path))
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    policy = answer["Content-Security-Policy"]
    assert (
        "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "script-src" not in policy
    )
    if path != "forged":
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert "<script" not in words(answer)


def test_over_https_the_cookies_are_this_hosts_alone(browser: Browser, settings: Any, work: Work) -> None:
    settings.SESSION_COOKIE_SECURE = True
    settings.DONOR_COOKIE_NAME, settings.DONOR_ASK_COOKIE_NAME = "__Host-giving", "__Host-giving-ask"
    asked = browser.ask()
    work()
    entered = browser.post(newest_link())
    for answer, name in ((asked, "__Host-giving-ask"), (entered, "__Host-giving")):
        cookie = answer.cookies[name]
        assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["httponly"]) == (
            True,
            "/",
            "",
            True,
        )
    assert signed_in(browser)


# ---- Forgetting ------------------------------------------------------------------------------------------------------


def test_erasing_a_person_ends_their_visits_and_links(inside: Browser, work: Work) -> None:
    other = Browser()
    other.ask()
    work()
    link = newest_link()
    erasing.erase([Supporter.objects.get(email_key="ada@example.org").pk])
    assert not Visit.objects.exists() and not LinkRequest.objects.filter(supporter__isnull=False).exists()
    assert not signed_in(inside)
    assert other.post(link).status_code == 404


def test_an_erased_person_is_known_no_more(inside: Browser) -> None:
    Supporter.objects.update(erased_at=START)
    assert not signed_in(inside)
    inside.ask()
    assert LinkRequest.objects.filter(supporter=None).count() == 1


def test_what_is_old_is_forgotten(inside: Browser, clock: Any) -> None:
    clock.shift(timedelta(days=3))
    at = START + timedelta(days=3)
    assert (links.prune(at=at), visits.prune(at=at), limits.prune(at=at)) == (1, 1, 1)
    assert not (LinkRequest.objects.exists() or Visit.objects.exists() or AskHit.objects.exists())
