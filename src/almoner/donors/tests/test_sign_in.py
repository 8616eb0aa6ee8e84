"""The way in: a link is asked for, sent, opened and used, each once and by nobody else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.support.tongue import latin_in

from almoner.charities.models import Charity, CharityHost
from almoner.donors import links, posting
from almoner.donors.models import AskHit, LinkRequest, Visit
from almoner.donors.tests.conftest import EMAIL, Browser, heading, newest_link, words
from almoner.donors.tokens import code_of, digest_of
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.receipts.handing import MailRefused
from almoner.receipts.tests.conftest import Give

Work = Callable[[], int]


@pytest.fixture(autouse=True)
def _a_gift(give: Give, work: Work) -> None:
    give()
    work()
    mail.outbox.clear()


# ---- Asking ----------------------------------------------------------------------------------------------------------


def test_the_first_page_asks_where_to_send_a_link(browser: Browser) -> None:
    answer = browser.get()
    assert (answer.status_code, heading(answer)) == (200, "Your giving")
    assert 'name="email"' in words(answer)
    assert not answer.cookies


def test_asking_sends_a_link_to_the_address(browser: Browser, work: Work) -> None:
    answer = browser.ask("  ADA@Example.org ")
    assert (answer.status_code, answer["Location"]) == (303, "/giving/sent/")
    cookie = answer.cookies["giving-ask"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
        True,
        "Lax",
        "/",
        3600,
    )
    request = LinkRequest.objects.get()
    assert request.browser == digest_of(cookie.value) and request.ends_at is None
    work()
    (message,) = mail.outbox
    assert message.to == [EMAIL]
    assert message.subject == "Your link to your giving at Tidelight Foundation"
    assert newest_link().startswith(f"/giving/enter/{request.key}/")
    assert heading(browser.get("sent/")) == "Look into your mail"


@pytest.mark.parametrize("email", ["nobody@example.org", "erased@example.org"])
def test_enumeration_an_unknown_address_gets_the_same_answer_by_the_same_statements(
    browser: Browser, work: Work, email: str
) -> None:
    asked = []
    for each in (EMAIL, email):
        other = Browser()
        with CaptureQueriesContext(connection) as queries:
            answer = other.ask(each)
        page = other.get("sent/")
        shape = [query["sql"].split("VALUES")[0].split("WHERE")[0] for query in queries.captured_queries]
        asked.append((answer.status_code, answer["Location"], set(answer.cookies), shape, words(page)))
    assert asked[0] == asked[1]
    assert LinkRequest.objects.filter(supporter=None).count() == 1
    work()
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_magic_links_what_is_kept_of_asking_names_nobody(browser: Browser) -> None:
    browser.ask("nobody@example.org")
    rows = [*LinkRequest.objects.values(), *AskHit.objects.values(), *Job.objects.values()]
    assert "nobody" not in str(rows)


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "ada@example.org\nBcc: x@example.org", "a" * 250 + "@x.org"]
)
def test_what_is_no_address_is_said_beside_the_field(browser: Browser, typed: str) -> None:
    answer = browser.ask(typed)
    assert answer.status_code == 422
    assert "<title>Error: " in words(answer) and 'id="give-email-error"' in words(answer)
    assert not LinkRequest.objects.exists() and not answer.cookies


def test_beyond_the_limit_nothing_is_sent_and_nobody_is_told(browser: Browser, work: Work) -> None:
    answers = [Browser().ask() for _ in range(7)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, "/giving/sent/")}
    assert all("giving-ask" in answer.cookies for answer in answers)
    work()
    assert len(mail.outbox) == LinkRequest.objects.count() == 5


def test_a_network_that_asks_for_everybody_is_slowed(browser: Browser) -> None:
    for nth in range(33):
        browser.ask(f"d{nth}@example.org")
    assert LinkRequest.objects.count() == 30
    assert browser.client.post("/giving/ask/", {"email": EMAIL}, REMOTE_ADDR="192.0.2.7").status_code == 303
    assert LinkRequest.objects.count() == 31


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}],
)
def test_another_site_cant_ask(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post("ask/", {"email": EMAIL}, **headers)
    assert answer.status_code == 403
    assert not LinkRequest.objects.exists() and not answer.cookies


# ---- The link --------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(browser: Browser, work: Work) -> str:
    browser.ask()
    work()
    return newest_link()


def test_magic_links_a_get_consumes_nothing_and_the_button_signs_in(browser: Browser, link: str) -> None:
    for _ in range(3):
        answer = browser.get(link)
        assert (answer.status_code, heading(answer)) == (200, "Open your page")
        assert not answer.cookies
    assert browser.client.head(link).status_code == 200
    assert not Visit.objects.exists() and LinkRequest.objects.get().used_at is None
    answer = browser.post(link)
    assert (answer.status_code, answer["Location"]) == (303, "/giving/")
    cookie = answer.cookies["giving"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
        True,
        "Lax",
        "/",
        "",
    )
    assert answer.cookies["giving-ask"].value == ""
    assert Visit.objects.get().token == digest_of(cookie.value)
    assert "Signed in as ada@example.org." in words(browser.get())


def test_magic_links_a_link_is_good_once(browser: Browser, link: str) -> None:
    kept = browser.client.cookies["giving-ask"].value
    browser.post(link)
    browser.client.cookies["giving-ask"] = kept
    del browser.client.cookies["giving"]
    for answer in (browser.post(link), browser.get(link)):
        assert (answer.status_code, heading(answer)) == (410, "This link has been used, or is too old")
    assert Visit.objects.count() == 1


def test_magic_links_a_link_is_good_for_ten_minutes_from_its_mail(browser: Browser, work: Work) -> None:
    start = datetime(2026, 11, 25, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        browser.ask()
        clock.shift(timedelta(minutes=20))
        work()
        clock.shift(timedelta(minutes=9, seconds=59))
        assert browser.get(newest_link()).status_code == 200
        clock.shift(timedelta(seconds=1))
        assert browser.get(newest_link()).status_code == 410
        assert browser.post(newest_link()).status_code == 410
    assert not Visit.objects.exists()


def test_a_mail_that_was_held_up_for_an_hour_is_not_sent(browser: Browser, work: Work) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False) as clock:
        browser.ask()
        clock.shift(timedelta(minutes=61))
        work()
    assert mail.outbox == []


def test_a_forged_link_is_not_found(browser: Browser, link: str) -> None:
    key = LinkRequest.objects.get().key
    forged = [
        link.replace(key, "A" * 22),
        link[:-9] + "AAAAAAAA/",
        link[:-2] + "/",
        link.replace("/enter", ""),
    ]
    for each in forged:
        assert browser.get(each).status_code == 404
        assert browser.post(each).status_code == 404
    assert not Visit.objects.exists()


def test_another_charitys_site_doesnt_know_the_link(browser: Browser, link: str, charity: Charity) -> None:
    other = Charity.objects.create(
        slug="other", name="Other", legal_name="Other Ltd", country="AU", timezone="Australia/Sydney",
        currency="AUD", email="o@o.example", mail_from="o@o.example",
    )  # fmt: skip
    CharityHost.objects.update_or_create(host="localhost", defaults={"charity": other})
    assert browser.get(link, HTTP_HOST="localhost").status_code == 404
    assert browser.post(link, HTTP_HOST="localhost").status_code == 404
    browser.post(link)
    assert 'name="email"' in words(browser.get("", HTTP_HOST="localhost"))


def test_of_two_who_press_at_once_one_gets_in(browser: Browser, link: str) -> None:
    """Both have looked, and found that the link holds."""
    first, second = LinkRequest.objects.get(), LinkRequest.objects.get()
    at = now()
    assert (links.use(first, at=at), links.use(second, at=at)) == (True, False)
    assert browser.post(link).status_code == 410


@pytest.mark.parametrize(
    "changes", [{"wrong_codes": 5}, {"ends_at": None}, {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}]
)
def test_what_ended_a_moment_ago_lets_nobody_in(browser: Browser, link: str, changes: dict[str, Any]) -> None:
    request = LinkRequest.objects.get()
    LinkRequest.objects.update(**changes)
    assert not links.use(request, at=now())
    assert LinkRequest.objects.get().used_at is None


# ---- Another browser -------------------------------------------------------------------------------------------------


def test_magic_links_in_another_browser_a_link_shows_a_code_and_signs_nobody_in(link: str) -> None:
    elsewhere = Browser()
    code = code_of(LinkRequest.objects.get().key)
    answer = elsewhere.get(link)
    assert (answer.status_code, heading(answer)) == (200, "Go on in the other browser")
    assert f"{code[:4]} {code[4:]}" in words(answer)
    answer = elsewhere.post(link)
    assert (answer.status_code, heading(answer)) == (403, "Go on in the other browser")
    assert not Visit.objects.exists() and not answer.cookies
    assert LinkRequest.objects.get().used_at is None


def test_the_code_signs_in_the_browser_that_asked(browser: Browser, link: str) -> None:
    code = code_of(LinkRequest.objects.get().key)
    answer = browser.post("code/", {"code": f" {code[:4]}-{code[4:]} "})
    assert (answer.status_code, answer["Location"]) == (303, "/giving/")
    assert Visit.objects.count() == 1
    assert browser.post("code/", {"code": code}).status_code == 422


def test_the_code_is_worth_nothing_in_another_browser(link: str) -> None:
    code = code_of(LinkRequest.objects.get().key)
    elsewhere = Browser()
    assert elsewhere.post("code/", {"code": code}).status_code == 422
    elsewhere.ask()
    assert elsewhere.post("code/", {"code": code}).status_code == 422
    assert not Visit.objects.exists()


def test_five_wrong_codes_end_a_link(browser: Browser, link: str) -> None:
    code = code_of(LinkRequest.objects.get().key)
    wrong = "00000000" if code != "00000000" else "11111111"
    for _ in range(5):
        answer = browser.post("code/", {"code": wrong})
        assert answer.status_code == 422 and 'id="give-code-error"' in words(answer)
    assert browser.post("code/", {"code": code}).status_code == 422
    assert browser.post(link).status_code == 410
    assert not Visit.objects.exists()


def test_a_code_for_an_unknown_address_fails_in_the_same_words(browser: Browser, work: Work) -> None:
    browser.ask()
    known = browser.post("code/", {"code": "123"})
    other = Browser()
    other.ask("nobody@example.org")
    work()
    unknown = other.post("code/", {"code": "123"})
    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))


def test_who_asks_twice_may_open_either_mail(browser: Browser, link: str, work: Work) -> None:
    browser.ask()
    work()
    assert newest_link() != link
    assert browser.post(link).status_code == 303


# ---- Onward, and languages -------------------------------------------------------------------------------------------


def test_the_page_speaks_arabic(browser: Browser, work: Work) -> None:
    browser.root = "/ar/giving/"
    assert '<html lang="ar" dir="rtl">' in words(browser.get())
    assert browser.ask()["Location"] == "/ar/giving/sent/"
    work()
    assert newest_link().startswith("/ar/giving/enter/")
    answer = browser.post(newest_link())
    assert answer["Location"] == "/ar/giving/"
    assert '<html lang="ar" dir="rtl">' in words(browser.get())
    assert latin_in(words(browser.get()), besides=("AUD", "PDF", "ABN")) == set()


def test_a_link_leads_to_the_host_at_which_it_was_asked(
    browser: Browser, charity: Charity, work: Work
) -> None:
    CharityHost.objects.get_or_create(host="localhost", charity=charity)
    browser.post("ask/", {"email": EMAIL}, HTTP_HOST="localhost:8000")
    work()
    assert "http://localhost:8000/giving/enter/" in str(mail.outbox[-1].body)


def test_magic_links_a_host_that_isnt_the_charitys_gets_no_link(
    browser: Browser, charity: Charity, work: Work
) -> None:
    CharityHost.objects.exclude(host="127.0.0.1").delete()
    browser.post("ask/", {"email": EMAIL}, HTTP_HOST="localhost:8000")
    work()
    assert "http://127.0.0.1:8000/giving/enter/" in str(mail.outbox[-1].body)


def test_a_refused_address_is_told_to_nobody(browser: Browser, work: Work, monkeypatch: Any) -> None:
    def refuse(message: Any) -> str:
        raise MailRefused("refused")

    monkeypatch.setattr(posting, "hand_over", refuse)
    browser.ask()
    work()
    request = LinkRequest.objects.get()
    assert request.ends_at is not None and Job.objects.filter(kind="donors.link", state="done").count() == 1
