"""A correction reaches those who were told the old figure: once, and nobody else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as site_settings
from tests.prove.planting import edited
from tests.support.mailsink import MailSink
from tests.support.tongue import latin_in

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.donors import corrections, proof, reached_posting
from almoner.donors.models import ReachedMail, Told
from almoner.donors.tests.conftest import text_of, through
from almoner.donors.tests.telling import ANA, BEN, DAY, Register, make_register, switch_on, turn, turned
from almoner.donors.tests.test_yearly import AUTUMN, says
from almoner.impact.models import Observation, Programme, Translation
from almoner.impact.register import decide
from almoner.impact.worded import Kind, Phrase, keep, of_programme
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import reap
from almoner.receipts.tests.conftest import Give
from almoner.supporters.models import Contact

State = ReachedMail.State
LATER = DAY + timedelta(days=20)


@pytest.fixture
def register(charity: Charity) -> Register:
    return make_register(charity)


@pytest.fixture
def sent(
    register: Register, staff: Any, mail_sink: MailSink, settings: Any, work: Callable[[], int], give: Give
) -> Callable[..., list[Any]]:
    """Ada and Ben were told 1,312, and 1,000 for the day of their gift; what a later turn brings."""
    switch_on(register.charity, staff)
    give(fund=register.fund, given_on=AUTUMN)
    give("Ben Okri", "ben@example.org", fund=register.fund, given_on=AUTUMN)
    work()
    through(mail_sink, settings)
    turn(DAY)
    assert len(mail_sink.messages) == 2

    def of(at: Any = LATER) -> list[Any]:
        mail_sink.messages.clear()
        turn(at)
        return sorted(mail_sink.messages, key=lambda each: each["To"])

    return of


def test_old_figure_new_figure_why_and_evidence(register: Register, sent: Any) -> None:
    with turned(LATER):
        right = register.correct(register.second, 1299)
    ada, ben = sent()
    assert (ada["To"], ben["To"]) == ("ada@example.org", "ben@example.org")
    assert ada["Subject"] == "A figure that we told you was wrong"
    assert ada["List-Unsubscribe"] is None
    for kind in ("plain", "html"):
        text = text_of(ada, kind)
        for said in (
            "On 15 February 2027 we wrote", "1,312", "1,299", "Thirteen were counted twice.",
            "http://127.0.0.1:8000/figures/rescue/rescued/", "As of 31 March 2023",
        ):  # fmt: skip
            assert said in text, said
        assert "You want no yearly messages" not in text and "Children rescued" in text
    told = Told.objects.filter(where="correction")
    assert set(told.values_list("observation", "number")) == {(right.pk, "1,299")} and told.count() == 2
    assert sent() == [] and sent(LATER + timedelta(days=90)) == []


def test_growth_is_no_correction(register: Register, sent: Any) -> None:
    with turned(LATER):
        register.grow(1500, date(2026, 12, 31))
    assert sent() == []


def test_a_correction_that_says_the_same_or_is_not_accepted_is_none(register: Register, sent: Any) -> None:
    with turned(LATER):
        register.correct(register.second, 1312, "Another page of the report.")
    assert sent() == []
    with turned(LATER):
        made = register.propose(register.first, 990)
    assert sent() == []
    with turned(LATER):
        decide(made, accepted=False, role="Lead", actor=BEN)
    assert sent() == []


def test_one_that_was_sent_back_and_one_that_waits_stand_in_no_ones_way(
    register: Register, sent: Any
) -> None:
    with turned(LATER):
        back = register.propose(register.second, 1, "A slip.")
        decide(back, accepted=False, role="Lead", actor=BEN)
        right = register.correct(back, 1299)
        other = register.propose(right, 1200, "Another slip.")
        decide(other, accepted=False, role="Lead", actor=BEN)
        register.propose(other, 1201, "Nobody looked at this yet.")
    ada, _ben = sent()
    text = text_of(ada)
    assert "What we told you: 1,312" in text and "What is right: 1,299" in text
    assert "Thirteen were counted twice." in text and "slip" not in text and "Nobody looked" not in text


def test_what_rests_on_one_that_nobody_decided_waits_with_it(register: Register, sent: Any) -> None:
    with turned(LATER):
        waits = register.propose(register.second, 1300)
        register.correct(waits, 1299)
    assert sent() == [] and not ReachedMail.objects.filter(kind="correction").exists()
    with turned(LATER):
        decide(waits, accepted=False, role="Lead", actor=BEN)
    assert len(sent()) == 2


def test_what_it_was_at_the_gift_is_corrected_too(register: Register, sent: Any) -> None:
    with turned(LATER):
        register.correct(register.first, 990, "Ten had been moved, not freed.")
    ada, _ben = sent()
    assert "1,000" in text_of(ada) and "990" in text_of(ada)


def test_a_correction_of_a_correction_names_what_was_told_last(register: Register, sent: Any) -> None:
    with turned(LATER):
        once = register.correct(register.second, 1299, "Thirteen were counted twice.")
    assert len(sent()) == 2
    with turned(LATER):
        register.correct(once, 1312, "They were not, after all.")
    ada, _ben = sent()
    text = text_of(ada)
    assert "What we told you: 1,299" in text and "What is right: 1,312" in text
    assert "They were not, after all." in text and "Thirteen" not in text
    assert sent() == []


def test_two_corrections_before_the_mail_are_one_mail(register: Register, sent: Any) -> None:
    with turned(LATER):
        once = register.correct(register.second, 1299, "First reason.")
        register.correct(once, 1290, "Second reason.")
    ada, _ben = sent()
    assert "What we told you: 1,312" in text_of(ada) and "What is right: 1,290" in text_of(ada)
    assert "First reason. Second reason." in text_of(ada)


def test_owed_also_to_who_wants_no_more_and_it_says_so(register: Register, sent: Any) -> None:
    ada = Contact.objects.get(email="ada@example.org").gift
    says(ada, "yearly", granted=False)
    with turned(LATER):
        register.correct(register.second, 1299)
    to_ada, to_ben = sent()
    assert "You want no yearly messages, and you get none." in text_of(to_ada)
    assert "You want no yearly messages" not in text_of(to_ben)


@pytest.mark.parametrize("when", ["before", "between"])
def test_who_was_erased_hears_nothing(register: Register, sent: Any, when: str) -> None:
    def erase() -> None:
        ada = Contact.objects.get(email="ada@example.org")
        ada.supporter.erased_at, ada.supporter.email_key = now(), None
        ada.supporter.save()
        Contact.objects.filter(pk=ada.pk).update(erased_at=now(), email="")

    if when == "before":
        erase()
    with turned(LATER):
        register.correct(register.second, 1299)
        if when == "between":
            assert corrections.ask_owed() == 2
            erase()
    assert [each["To"] for each in sent()] == ["ben@example.org"]
    mails = ReachedMail.objects.filter(kind="correction")
    assert set(mails.values_list("state", "reason")) - {(State.SENT, "")} == (
        {(State.SKIPPED, "erased")} if when == "between" else set()
    )


def test_what_may_not_be_said_is_not_sent_until_it_may(register: Register, sent: Any) -> None:
    Programme.objects.update(public=False)
    with turned(LATER):
        register.correct(register.second, 1299)
    assert sent() == []
    Programme.objects.update(public=True)
    assert len(sent()) == 2


def hide(right: Observation) -> Callable[[], None]:
    edited(right.disclosure, shown=False)
    return lambda: edited(right.disclosure, shown=True)


def take_down(_right: Observation) -> Callable[[], None]:
    Programme.objects.update(public=False)
    return lambda: Programme.objects.update(public=True) and None


def come_back(_right: Observation) -> Callable[[], None]:
    every = Contact.objects.filter(email__endswith="@example.org")
    every.update(bounced_at=now())

    def put_right() -> None:
        for contact in every.all():
            contact.pk, contact.bounced_at, contact.created_at = None, None, LATER
            contact.email = contact.email.replace("example.org", "example.net")
            contact.save()

    return put_right


@pytest.mark.parametrize("stop", [hide, take_down, come_back])
def test_one_that_was_skipped_for_a_reason_that_passes_goes_once_it_may(
    register: Register, sent: Any, stop: Callable[[Observation], Callable[[], None]]
) -> None:
    with turned(LATER):
        right = register.correct(register.second, 1299)
        assert corrections.ask_owed() == 2
        goes_on = stop(right)
    assert sent() == []
    ours = ReachedMail.objects.filter(kind="correction")
    reason = "bounced_before" if stop is come_back else "not_public"
    assert list(ours.values_list("state", "reason")) == [(State.SKIPPED, reason)] * 2
    before = set(ours.values_list("key", "message_id"))
    assert sent(LATER + timedelta(days=1)) == [] and broken() == {}
    goes_on()
    with turned(LATER + timedelta(days=1, hours=2)):
        told = Told.objects.filter(observation=register.second).order_by("pk").values_list("pk", flat=True)
        assert broken() == {"corrections told": [f"told {pk}: no correction" for pk in told]}
    came = sent(LATER + timedelta(days=2))
    assert [mail["To"].partition("@")[0] for mail in came] == ["ada", "ben"]
    assert {mail["To"].partition("@")[2] for mail in came} == {
        "example.net" if stop is come_back else "example.org"
    }
    assert {mail["Message-ID"] for mail in came} == {name for _key, name in before}
    assert sent(LATER + timedelta(days=3)) == [] and set(ours.values_list("key", "message_id")) == before
    assert list(ours.values_list("state", "reason")) == [(State.SENT, "")] * 2 and broken() == {}


def test_one_that_the_server_refused_goes_to_the_address_that_was_put_right(
    register: Register, sent: Any, mail_sink: MailSink
) -> None:
    mail_sink.refuse.add("ada@example.org")
    with turned(LATER):
        register.correct(register.second, 1299)
    assert [each["To"] for each in sent()] == ["ben@example.org"]
    assert sent(LATER + timedelta(days=1)) == []
    Contact.objects.filter(email="ada@example.org").update(email="ada@example.net", bounced_at=None)
    (message,) = sent(LATER + timedelta(days=2))
    assert message["To"] == "ada@example.net" and sent(LATER + timedelta(days=3)) == []


def test_what_was_skipped_for_good_is_not_asked_for_again(register: Register, sent: Any) -> None:
    with turned(LATER):
        once = register.correct(register.second, 1299)
        assert corrections.ask_owed() == 2
        register.correct(once, 1290)
    assert len(sent()) == 2
    assert sorted(ReachedMail.objects.filter(kind="correction").values_list("state", "reason")) == (
        [(State.SENT, "")] * 2 + [(State.SKIPPED, "overtaken")] * 2
    )
    assert sent(LATER + timedelta(days=1)) == []


def test_a_job_that_is_still_in_hand_is_not_asked_for_again(register: Register, sent: Any) -> None:
    """Its worker has skipped the mail, and is about to write that the job is done."""
    with turned(LATER):
        right = register.correct(register.second, 1299)
        corrections.ask_owed()
        goes_on = take_down(right)
    sent()
    goes_on()
    jobs = Job.objects.filter(kind="donors.reached", dedupe_key__contains=":correction:")
    assert jobs.update(state="leased", lease_until=LATER + timedelta(days=9), finished_at=None) == 2
    assert sent(LATER + timedelta(minutes=10)) == []
    assert set(ReachedMail.objects.filter(kind="correction").values_list("state", flat=True)) == {
        State.SKIPPED
    }
    jobs.update(state="done", lease_until=None, finished_at=LATER)
    assert len(sent(LATER + timedelta(minutes=20))) == 2


def test_one_whose_job_was_pruned_meanwhile_goes_too(register: Register, sent: Any) -> None:
    with turned(LATER):
        right = register.correct(register.second, 1299)
        corrections.ask_owed()
        goes_on = take_down(right)
    sent()
    Job.objects.filter(kind="donors.reached").delete()
    goes_on()
    assert len(sent(LATER + timedelta(days=100))) == 2


def test_a_programme_that_someone_has_just_published_is_given_an_hour(register: Register, sent: Any) -> None:
    with turned(LATER):
        right = register.correct(register.second, 1299)
        corrections.ask_owed()
        goes_on = take_down(right)
    sent()
    goes_on()
    later = LATER + timedelta(days=1)
    with turned(later):
        assert "corrections told" in broken()
        programme = Programme.objects.get()
        audit.record(
            actor=BEN, charity=programme.charity, action="change programme", object_type="programme",
            object_id=programme.pk, detail={"changed": ["public"]},
        )  # fmt: skip
        assert broken() == {}
    with turned(later + timedelta(hours=2)):
        assert "corrections told" in broken()


def test_a_worker_that_dies_with_it_in_hand_sends_it_again_under_one_name(
    register: Register, sent: Any, mail_sink: MailSink, monkeypatch: Any
) -> None:
    with turned(LATER):
        register.correct(register.second, 1299)
    Contact.objects.filter(email="ben@example.org").update(bounced_at=now())
    hand_over = reached_posting.hand_over

    def dies(message: Any) -> str:
        hand_over(message)
        raise KeyboardInterrupt

    monkeypatch.setattr(reached_posting, "hand_over", dies)
    with pytest.raises(KeyboardInterrupt):
        sent()
    (first,) = mail_sink.messages
    monkeypatch.setattr(reached_posting, "hand_over", hand_over)
    Job.objects.filter(kind="donors.reached", state="leased").update(lease_until=now() - timedelta(days=1))
    (again,) = _after_reaping(sent)
    assert again["Message-ID"] == first["Message-ID"] and Told.objects.filter(where="correction").count() == 1


def _after_reaping(sent: Any) -> list[Any]:
    with turned(LATER):
        reap()
    found: list[Any] = sent(LATER + timedelta(minutes=1))
    return found


@pytest.mark.parametrize("language", [code for code, _name in site_settings.LANGUAGES if code != "en"])
def test_in_the_donors_own_language(register: Register, sent: Any, language: str) -> None:
    Contact.objects.filter(email="ada@example.org").update(language=language)
    ada = Contact.objects.get(email="ada@example.org").gift
    says(ada, "yearly", granted=False)
    with turned(LATER):
        register.correct(register.second, 1299)
    own, english = sent()
    html = own.get_body(("html",)).get_content()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert own["Subject"] != english["Subject"]
    if language == "ar":
        besides = ("ABN", "Children rescued", "Ada Nguyễn", "Thirteen were counted twice.")
        assert latin_in(html, besides=besides) == set()


def test_by_what_the_register_calls_it_in_their_language(register: Register, sent: Any) -> None:
    Contact.objects.filter(email="ada@example.org").update(language="de")
    indicator = register.second.indicator
    Translation.objects.create(
        programme=indicator.result.programme, indicator=indicator, language="de", title="Gerettete Kinder"
    )
    with turned(LATER):
        register.correct(register.second, 1299)
    german, english = sent()
    text = text_of(german)
    assert "Gerettete Kinder" in text and "1.299" in text and "Children rescued" not in text
    assert "http://127.0.0.1:8000/de/figures/rescue/rescued/" in text
    assert "http://127.0.0.1:8000/figures/rescue/rescued/" in text_of(english)


def test_why_in_their_language_as_far_as_it_is_worded(register: Register, sent: Any) -> None:
    """Both reasons on the way; the first was worded while it waited, the second has no words but its own."""
    Contact.objects.filter(email="ada@example.org").update(language="de")
    with turned(LATER):
        first = register.propose(register.second, 1290, "Thirteen were counted twice.")
        phrase = Phrase(Kind.REASON, first.reason)
        assert phrase in of_programme(first.indicator.result.programme)
        keep(register.charity, "de", {phrase: "Dreizehn wurden doppelt gezählt."}, actor=ANA)
        decide(first, accepted=True, role="Lead", actor=BEN)
        register.correct(first, 1299, "One list was late.")
    german, english = sent()
    for kind in ("plain", "html"):
        assert "Dreizehn wurden doppelt gezählt. One list was late." in text_of(german, kind)
        assert "Thirteen were counted twice. One list was late." in text_of(english, kind)


# ---- Proof -----------------------------------------------------------------------------------------------------------


def broken() -> dict[str, list[str]]:
    found = {check.name: list(check.run()) for check in proof.checks()}
    return {name: rows for name, rows in found.items() if rows}


def test_a_correction_that_nobody_was_sent_is_named(register: Register, sent: Any) -> None:
    assert broken() == {}
    with turned(LATER):
        register.correct(register.second, 1299)
        assert broken() == {}, "there is an hour for it"
    with turned(LATER + timedelta(hours=2)):
        told = Told.objects.filter(observation=register.second).values_list("pk", flat=True)
        assert broken() == {"corrections told": [f"told {pk}: no correction" for pk in told]}
    sent()
    with turned(LATER + timedelta(hours=2)):
        assert broken() == {}


def test_a_mail_that_nobody_will_send_is_named(register: Register, sent: Any) -> None:
    mail = ReachedMail.objects.order_by("pk").first()
    assert mail is not None
    ReachedMail.objects.filter(pk=mail.pk).update(state=State.QUEUED)
    with turned(DAY + timedelta(hours=2)):
        assert broken() == {"corrections told": [f"mail {mail.key}: no job"]}


def test_a_figure_that_was_not_public_is_named(register: Register, sent: Any) -> None:
    told = Told.objects.filter(observation=register.second).order_by("pk").first()
    assert told is not None
    edited(register.second.disclosure, shown=False)
    every = Told.objects.filter(observation=register.second).order_by("pk").values_list("pk", flat=True)
    assert broken() == {"figures told": [f"told {pk}: not public" for pk in every]}
    edited(register.second.disclosure, shown=True)
    edited(told, at=now() - timedelta(days=1))
    assert broken() == {"figures told": [f"told {told.pk}: not public"]}


def test_a_figure_that_was_corrected_before_is_named(register: Register, sent: Any) -> None:
    told = Told.objects.filter(observation=register.second).order_by("pk").first()
    assert told is not None
    with turned(LATER):
        register.correct(register.second, 1299)
    sent()
    edited(told, at=LATER + timedelta(hours=1))
    assert broken() == {"figures told": [f"told {told.pk}: corrected before"]}


@pytest.mark.parametrize("sent_back", [1, 7])
def test_one_that_was_corrected_over_others_that_were_sent_back_is_named(
    register: Register, sent: Any, sent_back: int
) -> None:
    told = Told.objects.filter(observation=register.second).order_by("pk").first()
    assert told is not None
    wrong = register.second
    with turned(LATER):
        for _each in range(sent_back):
            wrong = register.propose(wrong, 1, "A slip.")
            decide(wrong, accepted=False, role="Lead", actor=BEN)
        register.correct(wrong, 1299)
    sent()
    assert broken() == {}
    edited(told, at=LATER + timedelta(minutes=4))
    assert broken() == {}, "it was being written"
    edited(told, at=LATER + timedelta(minutes=6))
    assert broken() == {"figures told": [f"told {told.pk}: corrected before"]}


def test_a_mail_without_what_it_told_is_named(register: Register, sent: Any) -> None:
    mail = ReachedMail.objects.order_by("pk").first()
    assert mail is not None
    for told in mail.told.all():
        edited(told)
    assert broken() == {"figures told": [f"mail {mail.key}: nothing told"]}
