"""The yearly message, as a mail server gets it: to whom, when, what it says, and never twice."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.support.mailsink import MailSink
from tests.support.tongue import latin_in

from almoner.charities.models import AuditEntry, Charity
from almoner.donors import reached_posting, since, yearly
from almoner.donors.models import ReachedMail, Told
from almoner.donors.tests.conftest import text_of, through
from almoner.donors.tests.telling import DAY, Register, make_register, stands, switch_on, turn, turned
from almoner.giving.models import Gift
from almoner.impact.models import Indicator, Observation, Programme, Translation
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.receipts import bounces
from almoner.receipts.tests.conftest import Give
from almoner.supporters.models import Contact
from almoner.supporters.people import record_consents, wording

State = ReachedMail.State
AUTUMN = date(2022, 10, 1)


@pytest.fixture
def register(charity: Charity) -> Register:
    return make_register(charity)


@pytest.fixture
def sent(
    register: Register, staff: Any, mail_sink: MailSink, settings: Any, work: Callable[[], int]
) -> Callable[..., list[Any]]:
    """Switched on; what the day's turn brings to the mail server."""
    switch_on(register.charity, staff)
    work()

    def of(at: Any = DAY) -> list[Any]:
        work()
        through(mail_sink, settings)
        mail_sink.messages.clear()
        turn(at)
        return list(mail_sink.messages)

    return of


def test_what_the_funds_reached_since_the_gift(register: Register, sent: Any, give: Give) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    (message,) = sent()
    row = ReachedMail.objects.get()
    assert (row.state, row.year, row.key) == (State.SENT, 2027, f"yearly:{row.contact.supporter_id}:2027")
    assert (message["To"], message["From"], message["Message-ID"]) == (
        "ada@example.org", "Tidelight Foundation <receipts@tidelight.example>", row.message_id,
    )  # fmt: skip
    assert message["Subject"] == "What has been reached since your gift to Tidelight Foundation"
    stop = f"http://127.0.0.1:8000/giving/yearly/{row.public_key}/"
    assert message["List-Unsubscribe"].strip() == f"<{stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        assert "Dear Ada," in text and "1,312" in text and register.fund.name in text
        assert "As of 31 March 2023 · when you first gave: 1,000" in text
        assert "http://127.0.0.1:8000/figures/rescue/rescued/" in text and stop in text
        assert "comes whatever you chose" not in text
    assert set(re.findall(r"https?://([^/\"<\s]+)", text_of(message, "html"))) == {"127.0.0.1:8000"}


def test_what_was_told_is_kept_and_only_grows(register: Register, sent: Any, give: Give) -> None:
    gift = give(fund=register.fund, given_on=AUTUMN)
    sent()
    assert set(Told.objects.values_list("contact", "observation", "where", "language", "number", "words")) == {
        (
            gift.contact_id, register.second.pk, "yearly", "en", "1,312",
            "Children rescued: 1,312. As of 31 March 2023",
        ),
        (
            gift.contact_id, register.first.pk, "yearly", "en", "1,000",
            "Children rescued: 1,000. As of 15 September 2022",
        ),
    }  # fmt: skip
    assert set(Told.objects.values_list("at", flat=True)) == {DAY}
    for act in (lambda: Told.objects.update(number="9"), Told.objects.all().delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()


def test_it_goes_on_its_day_where_the_charity_is_and_once(
    register: Register, sent: Any, give: Give, charity: Charity
) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    assert sent(DAY - timedelta(minutes=1)) == []
    assert len(sent(DAY)) == 1
    for later in (DAY, DAY + timedelta(days=3), DAY + timedelta(days=30)):
        assert sent(later) == []
    # The jobs are pruned some day; the row still knows.
    Job.objects.filter(kind=yearly.JOB).delete()
    assert sent(DAY + timedelta(days=6)) == []
    assert ReachedMail.objects.count() == 1


def test_a_day_that_was_missed_is_left_out_after_a_week(register: Register, sent: Any, give: Give) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    assert sent(DAY + timedelta(days=8)) == []
    assert len(sent(DAY + timedelta(days=365 + 7))) == 1
    assert ReachedMail.objects.get().year == 2028


def test_next_year_only_what_is_new(register: Register, sent: Any, give: Give) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    assert len(sent()) == 1
    assert sent(DAY + timedelta(days=365)) == []
    with turned(DAY + timedelta(days=400)):
        register.grow(1312, date(2028, 1, 31))
    assert sent(DAY + timedelta(days=365 + 365)) == [], "the same number on a later day is no news"
    with turned(DAY + timedelta(days=800)):
        register.grow(1400, date(2029, 1, 31))
    (message,) = sent(DAY + timedelta(days=3 * 365 + 1))
    assert "1,400" in text_of(message) and ReachedMail.objects.filter(state=State.SENT).count() == 2


def test_off_until_somebody_decides_and_never_at_once(
    register: Register, give: Give, staff: Any, work: Callable[[], int], charity: Charity
) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    turn(DAY)
    assert not ReachedMail.objects.exists()
    with turned(DAY + timedelta(hours=1)):
        switch_on(charity, staff)
        assert yearly.next_day(yearly.of(charity), at=now()) == date(2028, 2, 15)
    turn(DAY + timedelta(hours=2))
    assert not ReachedMail.objects.exists()
    entry = AuditEntry.objects.get(action="switch yearly message on")
    assert (entry.charity, entry.detail) == (charity, {"day": "02-15"})


@pytest.mark.parametrize("why", ["switched_off", "erased", "bounced_before", "opted_out", "nothing_new"])
def test_what_changes_before_it_leaves_is_heeded(
    register: Register, sent: Any, give: Give, staff: Any, charity: Charity, why: str
) -> None:
    gift = give(fund=register.fund, given_on=AUTUMN)
    with turned(DAY):
        assert yearly.ask_due() == 1
        assert drain({yearly.STEP_JOB: yearly.take_step}) == 1
        changes: dict[str, Callable[[], Any]] = {
            "switched_off": lambda: switch_on(charity, staff, on=False),
            "erased": lambda: Contact.objects.update(erased_at=now(), email=""),
            "bounced_before": lambda: Contact.objects.update(bounced_at=now()),
            "opted_out": lambda: says(gift, "yearly", granted=False),
            "nothing_new": lambda: Programme.objects.update(public=False),
        }
        changes[why]()
    assert sent(DAY) == []
    assert ReachedMail.objects.values_list("state", "reason").get() == (State.SKIPPED, why)
    assert not Told.objects.exists()


def says(gift: Gift, channel: str, *, granted: bool) -> None:
    words = wording(gift.charity_id, channel=channel, basis="consent", text=channel, at=now())
    record_consents(gift.contact, {words.pk: (channel, granted)}, source="test", at=now())


def test_who_gets_none(register: Register, sent: Any, give: Give, charity: Charity) -> None:
    other = charity.funds.exclude(pk=register.fund.pk).first()
    give("No Mail", "", fund=register.fund, given_on=AUTUMN)
    give("Other Fund", "other@example.org", fund=other, given_on=AUTUMN)
    give("After All", "after@example.org", fund=register.fund, given_on=date(2026, 1, 1))
    hidden = give("Hid Den", "hidden@example.org", fund=register.fund, given_on=AUTUMN)
    Gift.objects.filter(pk=hidden.pk).update(anonymous=True)
    back = give("Given Back", "back@example.org", fund=register.fund, given_on=AUTUMN)
    Gift.objects.filter(pk=back.pk).update(refunded_minor=back.settled_minor)
    says(give("Said No", "no@example.org", fund=register.fund, given_on=AUTUMN), "email", granted=False)
    away = give("Bounced", "bounced@example.org", fund=register.fund, given_on=AUTUMN)
    Contact.objects.filter(pk=away.contact_id).update(bounced_at=now())
    wants = give("Said Yes", "yes@example.org", fund=register.fund, given_on=AUTUMN)
    says(wants, "email", granted=False)
    says(wants, "yearly", granted=True)
    assert [message["To"] for message in sent()] == ["yes@example.org"]
    assert ReachedMail.objects.count() == 1


def test_a_figure_that_may_not_be_said_is_not_told(register: Register, sent: Any, give: Give) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    # A count of four could lead to a person.
    few = Indicator.objects.create(
        result=register.figure.indicator.result, slug="courts", title="Witnesses heard", rule="Each once."
    )
    hidden = stands(
        replace(register.figure, indicator=few, value=Decimal(4), last=(day := date(2023, 6, 30)), as_of=day)
    )
    assert not Observation.objects.get(pk=hidden.pk).disclosure.shown
    (message,) = sent()
    assert "Witnesses heard" not in text_of(message) and "1,312" in text_of(message)
    assert not Told.objects.filter(observation=hidden).exists()


def test_a_server_that_is_busy_is_asked_again_and_a_refusal_is_kept(
    register: Register, sent: Any, give: Give, mail_sink: MailSink, work: Callable[[], int]
) -> None:
    gift = give(fund=register.fund, given_on=AUTUMN)
    mail_sink.later.add("ada@example.org")
    assert sent() == []
    assert ReachedMail.objects.get().state == State.QUEUED and not Told.objects.exists()
    mail_sink.later.clear()
    assert len(sent(DAY + timedelta(minutes=5))) == 1
    assert ReachedMail.objects.get().state == State.SENT and Told.objects.count() == 2
    ben = give("Ben Okri", "ben@example.org", fund=register.fund, given_on=AUTUMN)
    work()
    mail_sink.refuse.add("ben@example.org")
    assert sent(DAY + timedelta(hours=23)) == [], "a round a day"
    assert sent(DAY + timedelta(hours=24)) == []
    assert ReachedMail.objects.get(contact=ben.contact_id).state == State.BOUNCED
    assert Contact.objects.get(pk=ben.contact_id).bounced_at is not None
    assert set(Told.objects.values_list("contact", flat=True)) == {gift.contact_id}


class _Killed(BaseException):
    """A worker that dies."""


@pytest.mark.parametrize("taken", [True, False])
def test_a_worker_that_dies_with_it_in_hand_never_sends_it_twice(
    register: Register, sent: Any, give: Give, mail_sink: MailSink, monkeypatch: Any, taken: bool
) -> None:
    give(fund=register.fund, given_on=AUTUMN)
    hand_over = reached_posting.hand_over

    def dies(message: Any) -> str:
        if taken:
            hand_over(message)
        raise _Killed

    monkeypatch.setattr(reached_posting, "hand_over", dies)
    with pytest.raises(_Killed):
        sent()
    assert len(mail_sink.messages) == taken
    assert ReachedMail.objects.get().state == State.SENDING and not Told.objects.exists()
    monkeypatch.setattr(reached_posting, "hand_over", hand_over)
    reached_posting.deliver({"mail": ReachedMail.objects.get().key})
    assert sent(DAY + timedelta(hours=1)) == []
    # It may have been read: then a correction is owed.
    assert ReachedMail.objects.get().state == State.UNKNOWN and Told.objects.count() == 2


def test_a_bounce_is_heard_and_a_complaint_is_a_no(register: Register, sent: Any, give: Give) -> None:
    gift = give(fund=register.fund, given_on=AUTUMN)
    sent()
    row = ReachedMail.objects.get()
    assert bounces.hooks.record_other(row.message_id, "complained", "")
    assert gift.contact.consents.filter(channel="yearly", granted=False).count() == 1
    assert bounces.hooks.record_other(row.message_id, "bounced", "no_such")
    assert ReachedMail.objects.values_list("state", "reason").get() == (State.BOUNCED, "no_such")
    assert Contact.objects.get(pk=gift.contact_id).bounced_at is not None


@pytest.mark.parametrize("language", [code for code, _name in site_settings.LANGUAGES if code != "en"])
def test_in_the_donors_own_language(
    register: Register, sent: Any, give: Give, staff: Any, language: str
) -> None:
    give(fund=register.fund, given_on=AUTUMN, language=language)
    give("Ben Okri", "ben@example.org", fund=register.fund, given_on=AUTUMN)
    own, english = sorted(sent(), key=lambda each: each["To"])
    assert own["Subject"] != english["Subject"]
    assert f"/{language}/giving/yearly/" in own["List-Unsubscribe"]
    for text, root in ((text_of(own), f":8000/{language}"), (text_of(english), ":8000")):
        assert f"{root}/figures/rescue/rescued/" in text
    html = own.get_body(("html",)).get_content()
    right = 'dir="rtl"' if language == "ar" else 'dir="ltr"'
    assert f'<html lang="{language}" {right}>' in html
    shared = set(text_of(own).split(". ")) & set(text_of(english).split(". "))
    assert not [each for each in shared if len(each.split()) > 3 and "Foundation" not in each]
    if language == "ar":
        besides = ("ABN", "Children rescued", "Ada Nguyễn")
        assert latin_in(html, besides=besides) == set()


def test_by_what_the_register_calls_it_in_their_language(register: Register, sent: Any, give: Give) -> None:
    indicator = register.second.indicator
    Translation.objects.create(
        programme=indicator.result.programme, indicator=indicator, language="de", title="Gerettete Kinder"
    )
    give(fund=register.fund, given_on=AUTUMN, language="de")
    (message,) = sent()
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        assert "Gerettete Kinder" in text and "1.312" in text and "Children rescued" not in text
    told = Told.objects.get(observation=register.second)
    assert told.words == "Gerettete Kinder: 1.312. Stand: 31. März 2023"


def many(give: Give, register: Register, count: int) -> None:
    for nth in range(count):
        give(f"D {nth}", f"d{nth}@example.org", fund=register.fund, given_on=AUTUMN)


def steps_taken() -> list[int]:
    """Take each step that is ready, one by one; the queries that each took."""
    counts = []
    while True:
        with CaptureQueriesContext(connection) as asked:
            ran = drain({yearly.STEP_JOB: yearly.take_step}, limit=1)
        if not ran:
            return counts
        counts.append(len(asked))


def test_a_step_is_one_commit_and_its_queries_dont_grow_with_the_donors(
    register: Register, give: Give, staff: Any, charity: Charity, monkeypatch: Any
) -> None:
    switch_on(charity, staff)
    many(give, register, 7)
    monkeypatch.setattr(yearly, "_IN_A_STEP", 3)
    with turned(DAY):
        assert yearly.ask_due() == 1 and yearly.ask_due() == 0
        counts = steps_taken()
        assert len(counts) == 3 and counts[0] == counts[1]
        keys = ReachedMail.objects.order_by("pk").values_list("contact__supporter", flat=True)
        assert list(keys) == sorted(keys) and len(keys) == 7
        # Each step comes behind the mails of its own people.
        kinds = (
            Job.objects.filter(kind__in=(yearly.JOB, yearly.STEP_JOB))
            .order_by("pk")
            .values_list("kind", flat=True)
        )
        of_three = [yearly.JOB] * 3 + [yearly.STEP_JOB]
        assert list(kinds) == [yearly.STEP_JOB, *of_three, *of_three, yearly.JOB]
        assert yearly.ask_due() == 0, "a round a day"
    with turned(DAY + timedelta(days=1)):
        assert yearly.ask_due() == 1 and len(steps_taken()) == 1
    assert ReachedMail.objects.count() == 7


def test_queries_of_a_step(register: Register, give: Give, staff: Any, charity: Charity) -> None:
    counts = []
    for people in (1, 4):
        many(give, register, people)
        with CaptureQueriesContext(connection) as asked:
            found = since.stretch(charity, after=0, count=100, but_of_year=2027)
        counts.append(len(asked))
    assert len(found.contacts) == 4 and found.last is None and counts == [7, 7]


def test_a_step_that_is_taken_twice_asks_for_nothing_twice(
    register: Register, give: Give, staff: Any, charity: Charity
) -> None:
    switch_on(charity, staff)
    many(give, register, 2)
    with turned(DAY):
        yearly.ask_due()
        payload = Job.objects.get(kind=yearly.STEP_JOB).payload
        for _again in range(2):
            yearly.take_step(payload)
    assert ReachedMail.objects.count() == Job.objects.filter(kind=yearly.JOB).count() == 2


def test_so_many_an_hour(
    register: Register, sent: Any, give: Give, settings: Any, mail_sink: MailSink
) -> None:
    settings.YEARLY_MAILS_AN_HOUR = 2
    many(give, register, 5)
    assert len(sent(DAY)) == 2 and sent(DAY + timedelta(minutes=59)) == []
    assert len(sent(DAY + timedelta(minutes=60))) == 2 and len(sent(DAY + timedelta(minutes=121))) == 1
    assert sent(DAY + timedelta(minutes=200)) == []


def test_switched_off_between_two_steps_ends_the_round(
    register: Register, give: Give, staff: Any, charity: Charity, monkeypatch: Any
) -> None:
    switch_on(charity, staff)
    many(give, register, 3)
    monkeypatch.setattr(yearly, "_IN_A_STEP", 2)
    with turned(DAY):
        yearly.ask_due()
        assert drain({yearly.STEP_JOB: yearly.take_step}, limit=1) == 1
        switch_on(charity, staff, on=False)
        assert len(steps_taken()) == 1
    assert ReachedMail.objects.count() == 2


def test_a_large_charity_is_reckoned_from_a_part(
    register: Register, give: Give, charity: Charity, monkeypatch: Any
) -> None:
    many(give, register, 40)
    every = list(Contact.objects.order_by("pk").values_list("pk", flat=True))
    Contact.objects.filter(pk__in=every[::4]).update(language="de")
    exact = since.reckon(charity)
    assert (exact.about, exact.total, exact.count("de"), exact.count("en")) == (False, 40, 10, 30)
    # Two in each tenth are looked at.
    monkeypatch.setattr(since, "_RECKONED_BY", 20)
    with CaptureQueriesContext(connection) as asked:
        about = since.reckon(charity)
    assert (about.about, about.total, about.count("de") + about.count("en")) == (True, 40, 40)
    assert len(asked) == 17
    for contact in Contact.objects.filter(pk__in=every[:20]):
        says(contact.gift, "yearly", granted=False)
    assert since.reckon(charity).total == 18, "eleven of the twenty that are looked at"


def test_mail_left_alone(register: Register, sent: Any, give: Give) -> None:
    """No other mail carries the headers of a list."""
    give(fund=register.fund, given_on=AUTUMN)
    sent()
    assert all("List-Unsubscribe" not in each.extra_headers for each in mail.outbox) and mail.outbox
