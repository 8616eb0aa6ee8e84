"""No more of the yearly message: by its link, by a mail service's one click, on the donor's page; and back again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.http import HttpResponse
from tests.support.tongue import latin_in

from almoner.charities.models import AuditEntry, Charity, CharityHost
from almoner.donors.models import ReachedMail
from almoner.donors.tests.conftest import Browser, heading, words
from almoner.donors.tests.telling import DAY, Register, make_register, switch_on, turn, turned
from almoner.donors.tests.test_yearly import AUTUMN, says
from almoner.giving.models import Gift
from almoner.impact.tests.making import make_charity
from almoner.receipts.tests.conftest import Give
from almoner.supporters.models import Consent

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def register(charity: Charity) -> Register:
    return make_register(charity)


@pytest.fixture
def told(register: Register, staff: Any, give: Give, work: Callable[[], int]) -> ReachedMail:
    switch_on(register.charity, staff)
    give(fund=register.fund, given_on=AUTUMN)
    work()
    turn(DAY)
    return ReachedMail.objects.get()


def stop_of(mail: ReachedMail, root: str = "") -> str:
    return f"{root}/giving/yearly/{mail.public_key}/"


def answers() -> list[tuple[bool, str]]:
    return list(Consent.objects.filter(channel="yearly").order_by("pk").values_list("granted", "source"))


def next_year(register: Register) -> int:
    """How many mails next year brings, with something new to tell."""
    later = DAY + timedelta(days=365)
    before = ReachedMail.objects.filter(state="sent").count()
    with turned(later - timedelta(days=30)):
        register.grow(2000, (later - timedelta(days=60)).date())
    turn(later)
    return ReachedMail.objects.filter(state="sent").count() - before


def test_looking_stops_nothing_and_the_button_does(
    browser: Browser, told: ReachedMail, register: Register
) -> None:
    for _again in range(2):
        page = browser.get(stop_of(told))
        assert (page.status_code, heading(page)) == (200, "Stop the yearly messages?")
    browser.client.head(stop_of(told))
    assert answers() == [] and next_year(register) == 1
    newest = ReachedMail.objects.latest("pk")
    done = browser.post(stop_of(newest), {"stop": "yes"})
    assert (done.status_code, heading(done)) == (200, "You get no more yearly messages")
    assert answers() == [(False, "yearly mail")]
    entry = AuditEntry.objects.get(action="stop yearly message")
    assert (entry.actor_name, entry.charity_id, entry.object_id, entry.detail) == (
        "system", register.charity.pk, str(told.contact_id), {"by": "yearly mail"},
    )  # fmt: skip


@pytest.mark.parametrize("how", ["urlencoded", "multipart"])
def test_one_click_from_a_mail_service(
    browser: Browser, told: ReachedMail, register: Register, how: str
) -> None:
    """No cookie, no page, no Origin of ours, either kind of form; twice is once; and for ever."""
    for _again in range(2):
        answer: HttpResponse = (
            browser.post(stop_of(told), ONE_CLICK, HTTP_ORIGIN="https://mail.example", HTTP_SEC_FETCH_SITE="cross-site")
            if how == "urlencoded"
            else browser.client.generic(
                "POST", stop_of(told),
                b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
                content_type="multipart/form-data; boundary=b",
            )
        )  # fmt: skip
        assert answer.status_code == 200 and not answer.cookies
    assert answers() == [(False, "yearly mail, one click")]
    assert next_year(register) == 0


def test_no_key_opens_anothers(browser: Browser, told: ReachedMail) -> None:
    for path in ("/giving/yearly/" + "A" * 22 + "/", "/giving/yearly/short/"):
        assert browser.get(path).status_code == 404 and browser.post(path, ONE_CLICK).status_code == 404
    CharityHost.objects.update_or_create(host="localhost", defaults={"charity": make_charity("other")})
    assert browser.post(stop_of(told), ONE_CLICK, HTTP_HOST="localhost").status_code == 404
    assert answers() == []


def test_stopped_and_taken_back_on_the_donors_page(
    browser: Browser, told: ReachedMail, register: Register
) -> None:
    browser.sign_in()
    assert "Stop the yearly messages" in words(browser.get())
    assert browser.send("yearly/", {"wanted": "no"}).status_code == 303
    assert "You get no yearly message" in words(browser.get())
    assert browser.post("yearly/", {"wanted": "yes"}).status_code == 403, "without the visit's token"
    assert browser.get("yearly/").status_code == 303
    browser.send("yearly/", {"wanted": "perhaps"})
    assert answers() == [(False, "donor's own page")]
    browser.send("yearly/", {"wanted": "yes"})
    assert "Once a year we write to you" in words(browser.get())
    assert answers() == [(False, "donor's own page"), (True, "donor's own page")]
    assert next_year(register) == 1


def test_a_no_to_all_mail_is_heard_and_can_be_told_apart(
    browser: Browser, told: ReachedMail, register: Register
) -> None:
    says(Gift.objects.get(contact=told.contact_id), "email", granted=False)
    browser.sign_in()
    assert "You get no yearly message" in words(browser.get())
    browser.send("yearly/", {"wanted": "yes"})
    assert next_year(register) == 1


def test_where_none_is_sent_the_page_says_nothing_of_it(
    browser: Browser, register: Register, give: Give
) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    browser.sign_in()
    assert "yearly message" not in words(browser.get())


@pytest.mark.parametrize("language", [code for code, _name in site_settings.LANGUAGES if code != "en"])
def test_in_every_language(browser: Browser, told: ReachedMail, language: str) -> None:
    english = heading(browser.get(stop_of(told)))
    page = browser.get(stop_of(told, f"/{language}"))
    assert heading(page) != english and f'lang="{language}"' in words(page)
    done = browser.post(stop_of(told, f"/{language}"), {"stop": "yes"})
    assert heading(done) != "You get no more yearly messages"
    if language == "ar":
        for each in (page, done):
            assert 'dir="rtl"' in words(each) and latin_in(words(each), besides=("ABN",)) == set()
