"""The mails of regular giving, as a mail server gets them: what each says, once, and to nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from tests.support.mailsink import MailSink
from tests.support.tongue import latin_in

from almoner.donors import posting, telling
from almoner.donors.models import PlanMail
from almoner.donors.tests.conftest import text_of, through
from almoner.giving import actions
from almoner.giving.models import DonationForm
from almoner.giving.tests.plans import begun, gifts, intent, next_time, run_on
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox
from almoner.plans import changing
from almoner.plans.hooks import News, PlanNews
from almoner.plans.models import Period, Plan
from almoner.plans.progress import DONOR, WORKER, tell
from almoner.plans.schedule import local_date
from almoner.receipts import bounces
from almoner.receipts.wording import day
from almoner.supporters.people import Details

Work = Callable[[], int]
Kind = PlanMail.Kind
State = PlanMail.State


@pytest.fixture
def sent(plan: Plan, mail_sink: MailSink, settings: Any, work: Work) -> Callable[[], Any]:
    """The one mail about a plan that the worker's turn brings to the mail server (receipts left aside)."""
    through(mail_sink, settings)

    def one() -> Any:
        work()
        (message,) = [each for each in mail_sink.messages if not list(each.iter_attachments())]
        mail_sink.messages.clear()
        return message

    return one


def test_a_plan_that_begins_is_told_of(
    form: DonationForm, mail_sink: MailSink, settings: Any, work: Work
) -> None:
    through(mail_sink, settings)
    plan = begun(form)
    work()
    _receipt, message = sorted(mail_sink.messages, key=lambda each: not list(each.iter_attachments()))
    assert message["Subject"] == "Your regular gift to Tidelight Foundation has begun"
    assert (message["To"], message["From"]) == (
        "ada@example.org", "Tidelight Foundation <receipts@tidelight.example>",
    )  # fmt: skip
    assert message["Auto-Submitted"] == "auto-generated"
    row = PlanMail.objects.get()
    assert (row.kind, row.state, row.message_id) == (Kind.STARTED, State.SENT, message["Message-ID"])
    assert plan.next_on is not None
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        assert "Dear Ada," in text and "every month" in text and "25.00" in text
        assert day(plan.next_on) in text and f"/giving/plans/{plan.reference}/" in text
        assert "Practice mode" in text


def test_no_mail_loads_anything_or_points_at_another_host(sent: Any, plan: Plan) -> None:
    changing.pause(plan.pk, by=DONOR)
    html = text_of(sent(), "html")
    assert "<img" not in html and "url(" not in html and "<script" not in html
    assert set(re.findall(r"https?://([^/\"<\s]+)", html)) == {"127.0.0.1:8000"}


def test_pause_resume_skip_and_changes_are_each_told(sent: Any, plan: Plan) -> None:
    assert plan.next_on is not None
    until = plan.next_on + timedelta(days=80)
    changing.pause(plan.pk, by=DONOR, until=until)
    message = sent()
    assert message["Subject"] == "Your regular gift to Tidelight Foundation is paused"
    assert f"Nothing is taken until {day(until)}." in text_of(message)
    plan = changing.resume(plan.pk, by=DONOR)
    message = sent()
    assert message["Subject"] == "Your regular gift to Tidelight Foundation goes on"
    assert plan.next_on is not None and f"is taken on {day(plan.next_on)}." in text_of(message)
    skipped = plan.next_on
    plan = changing.skip(plan.pk, by=DONOR, on=skipped)
    message = sent()
    assert message["Subject"] == f"We leave out your gift of {day(skipped)}"
    assert plan.next_on is not None and f"The next one is taken on {day(plan.next_on)}." in text_of(message)
    changing.change_amount(plan.pk, by=DONOR, amount_minor=4000)
    message = sent()
    assert message["Subject"] == "Your regular gift to Tidelight Foundation is changed"
    assert re.search(r"you give \S*\$40\.00.AUD instead of \$25\.00.AUD\.", text_of(message))
    other = 3 if plan.anchor.day != 3 else 4
    changing.change_day(plan.pk, by=DONOR, day=other)
    assert f"is now taken on the {other}{'rd' if other == 3 else 'th'} of the month" in text_of(sent())
    changing.change_every(plan.pk, by=DONOR, every=12)
    assert "How often you give is now: Every year." in text_of(sent())
    details = Details(given_name="Adela", family_name="Nguyễn", email="ada@example.org")
    changing.change_contact(plan.pk, by=DONOR, details=details)
    text = text_of(sent())
    assert "Dear Adela," in text and "Your name and address are changed" in text


def test_a_cancelled_plan_is_told_of_once_it_is_true_at_the_gateway(
    sent: Any, plan: Plan, sandbox: Sandbox
) -> None:
    changing.cancel(plan.pk, by=DONOR)
    assert not sandbox.retrieve_method(plan.saved_method).usable
    message = sent()
    assert message["Subject"] == "Your regular gift to Tidelight Foundation has ended"
    assert "nothing more is taken" in text_of(message)


def test_a_soft_decline_says_when_it_is_tried_again(sent: Any, plan: Plan, sandbox: Sandbox) -> None:
    next_time(sandbox, plan, Outcome.INSUFFICIENT_FUNDS)
    run_on(sandbox, plan)
    assert plan.retry_at is not None
    message = sent()
    text = text_of(message)
    assert "could not be taken" in message["Subject"]
    assert (
        "there was not enough money" in text
        and f"once more on {day(local_date(plan.retry_at, plan.charity.timezone))}" in text
    )
    assert f"/giving/pay/{gifts(plan)[1].public_key}/" in text


def test_a_hard_decline_asks_for_another_way(sent: Any, plan: Plan, sandbox: Sandbox) -> None:
    next_time(sandbox, plan, Outcome.LOST_CARD)
    run_on(sandbox, plan)
    message = sent()
    text = text_of(message)
    assert message["Subject"] == "Your regular gift to Tidelight Foundation needs another way to pay"
    assert "can’t be charged any more" in text and "lost" not in text
    assert f"/giving/pay/{gifts(plan)[1].public_key}/" in text
    saved = rf"from which we then take it: http://[^/]+/giving/plans/{plan.reference}/method/ "
    assert re.search(saved, text)


def test_the_last_decline_pauses_and_says_so(sent: Any, plan: Plan, sandbox: Sandbox) -> None:
    next_time(sandbox, plan, Outcome.DO_NOT_HONOUR)
    run_on(sandbox, plan)
    subjects = [sent()["Subject"]]
    while plan.state == "retrying":
        run_on(sandbox, plan, to="retry_at")
        subjects.append(sent()["Subject"])
    assert [("paused" if "paused" in each else "declined") for each in subjects] == ["declined"] * 3 + [
        "paused"
    ]


def test_a_bank_that_asks_the_donor_is_told_of(sent: Any, plan: Plan, sandbox: Sandbox) -> None:
    next_time(sandbox, plan, Outcome.AUTHENTICATION_FAILED)
    run_on(sandbox, plan)
    message = sent()
    assert message["Subject"].startswith("Please confirm your gift of ")
    assert f"/giving/pay/{gifts(plan)[1].public_key}/" in text_of(message)


def test_a_decline_that_was_paid_meanwhile_is_not_told(plan: Plan, sandbox: Sandbox, work: Work) -> None:
    next_time(sandbox, plan, Outcome.DO_NOT_HONOUR)
    run_on(sandbox, plan)
    next_time(sandbox, plan, Outcome.SUCCESS)
    run_on(sandbox, plan, to="retry_at")
    work()
    assert (PlanMail.objects.get(kind=Kind.DECLINED).state, PlanMail.objects.get(kind=Kind.DECLINED).reason) == (
        State.SKIPPED, "overtaken",
    )  # fmt: skip


# ---- Notices ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def debit(form: DonationForm, sandbox: Sandbox, work: Work) -> Period:
    """A debit that has to be announced before it goes out."""
    plan = begun(form, method="sandbox_debit", input={"sandbox_outcome": "debit_settles"})
    work()
    run_on(sandbox, plan)
    mail.outbox.clear()
    return Period.objects.get(plan=plan, state="due")


def test_a_notice_counts_once_the_mail_server_has_it(
    debit: Period, mail_sink: MailSink, settings: Any, work: Work
) -> None:
    through(mail_sink, settings)
    mail_sink.later.add("ada@example.org")
    work()
    debit.refresh_from_db()
    assert (debit.notice_sent_at, debit.wake_at) == (None, None)
    assert PlanMail.objects.get(kind=Kind.NOTICE).state == State.QUEUED
    mail_sink.later.clear()
    Job.objects.filter(state="ready").update(run_at=now())
    work()
    debit.refresh_from_db()
    assert debit.notice_sent_at is not None and debit.wake_at is not None
    (message,) = mail_sink.messages
    assert message["Subject"].startswith("We take ") and day(debit.on) in message["Subject"]
    assert PlanMail.objects.get(kind=Kind.NOTICE).state == State.SENT


def test_a_notice_that_is_refused_lets_no_debit_out(
    debit: Period, mail_sink: MailSink, settings: Any, work: Work
) -> None:
    through(mail_sink, settings)
    mail_sink.refuse.add("ada@example.org")
    work()
    debit.refresh_from_db()
    assert (debit.notice_sent_at, debit.wake_at) == (None, None)
    row = PlanMail.objects.get(kind=Kind.NOTICE)
    assert (row.state, row.reason) == (State.BOUNCED, "refused")
    debit.plan.contact.refresh_from_db()
    assert debit.plan.contact.bounced_at is not None


def test_a_changed_amount_is_announced_anew_and_the_old_notice_is_not_sent(debit: Period, work: Work) -> None:
    for amount_minor in (4000, 2500, 4000):
        changing.change_amount(debit.plan_id, by=DONOR, amount_minor=amount_minor)
    work()
    notices = [str(each.subject) for each in mail.outbox if str(each.subject).startswith("We take")]
    assert len(notices) == 1 and "40.00" in notices[0]
    debit.refresh_from_db()
    assert debit.notice_sent_at is not None
    changing.change_amount(debit.plan_id, by=DONOR, amount_minor=2500)
    debit.refresh_from_db()
    assert debit.notice_sent_at is None
    work()
    debit.refresh_from_db()
    assert debit.notice_sent_at is not None


def test_an_amount_changed_while_the_mail_server_takes_its_notice_is_announced_too(
    debit: Period, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over = posting.hand_over

    def while_the_donor_changes_it(message: Any) -> str:
        handed = hand_over(message)
        changing.change_amount(debit.plan_id, by=DONOR, amount_minor=4000)
        return handed

    monkeypatch.setattr(posting, "hand_over", while_the_donor_changes_it)
    (notice,) = PlanMail.objects.filter(kind=Kind.NOTICE)
    posting.deliver_plan_mail({"mail": notice.pk})
    monkeypatch.undo()
    debit.refresh_from_db()
    assert (debit.notice_sent_at, debit.wake_at) == (None, None), "what was announced is not what is debited"
    work()
    debit.refresh_from_db()
    assert debit.notice_sent_at is not None
    notices = [str(each.subject) for each in mail.outbox if str(each.subject).startswith("We take")]
    assert ["25.00" in notices[0], "40.00" in notices[1], len(notices)] == [True, True, 2]


@pytest.mark.parametrize("sent_between", [False, True])
def test_an_amount_that_was_changed_and_changed_back_is_announced_as_often_as_it_was_told(
    debit: Period, work: Work, sent_between: bool
) -> None:
    """Before any mail went out, one says it; what was told to be another is told anew."""
    for amount_minor in (4000, 2500):
        if sent_between:
            work()
        changing.change_amount(debit.plan_id, by=DONOR, amount_minor=amount_minor)
    work()
    debit.refresh_from_db()
    assert debit.notice_sent_at is not None and debit.wake_at is not None
    notices = [str(each.subject) for each in mail.outbox if str(each.subject).startswith("We take")]
    assert ["25.00" in each for each in notices] == ([True, False, True] if sent_between else [True])


# ---- Once, and to nobody else ----------------------------------------------------------------------------------------


def test_the_same_news_twice_is_one_mail(plan: Plan, work: Work) -> None:
    before = PlanMail.objects.count()
    news = PlanNews(plan, News.PAUSED, now(), event_id=77, detail={})
    telling.on_plan(news)
    telling.on_plan(news)
    work()
    assert PlanMail.objects.count() == before + 1 and len(mail.outbox) == 1
    posting.deliver_plan_mail({"mail": PlanMail.objects.latest("pk").pk})
    assert len(mail.outbox) == 1


def test_a_worker_that_died_after_the_mail_sends_it_under_the_same_identity(plan: Plan, work: Work) -> None:
    changing.pause(plan.pk, by=DONOR)
    work()
    row = PlanMail.objects.latest("pk")
    PlanMail.objects.filter(pk=row.pk).update(state=State.QUEUED, sent_at=None, outcome_at=None)
    posting.deliver_plan_mail({"mail": row.pk})
    assert [each.extra_headers["Message-ID"] for each in mail.outbox] == [row.message_id] * 2


def test_what_was_rolled_back_is_not_told(plan: Plan, work: Work) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        tell(plan, News.CANCELLED, at=now())
        raise Undone
    work()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("column", "reason"), [("erased_at", "erased"), ("bounced_at", "bounced_before"), ("email", "no_address")]
)
def test_nobody_is_mailed_who_cant_be(plan: Plan, work: Work, column: str, reason: str) -> None:
    setattr(plan.contact, column, "" if column == "email" else now())
    plan.contact.save()
    changing.pause(plan.pk, by=WORKER)
    work()
    row = PlanMail.objects.latest("pk")
    assert (row.state, row.reason, mail.outbox) == (State.SKIPPED, reason, [])


def test_rows_of_mails_hold_no_person(plan: Plan) -> None:
    details = Details(given_name="Rivercanary", family_name="Rivercanary", email="ada@example.org")
    changing.change_contact(plan.pk, by=DONOR, details=details)
    assert "Rivercanary" not in str([*PlanMail.objects.values(), *Job.objects.values()])


def test_a_mail_speaks_the_donors_language(form: DonationForm, work: Work) -> None:
    begun(form, language="ar")
    work()
    message = next(each for each in mail.outbox if not each.attachments)
    assert 'dir="rtl"' in str(message.alternatives[0][0]) and "/ar/giving/plans/" in str(message.body)
    names = ("AUD", "ABN", "PDF", "Sandbox card", *message.to)
    for each in mail.outbox:
        assert latin_in(str(each.alternatives[0][0]), besides=names) == set(), each.subject


@pytest.mark.parametrize("event_type", ["bounced", "rejected"])
def test_a_mail_that_came_back_is_noted_and_no_other_is_sent(plan: Plan, work: Work, event_type: str) -> None:
    changing.pause(plan.pk, by=DONOR)
    work()
    mails = PlanMail.objects.order_by("-pk")
    assert bounces.hooks.record_other(mails[0].message_id, event_type, "hard_bounce")
    assert (mails[0].state, mails[0].reason) == (State.BOUNCED, "hard_bounce")
    changing.resume(plan.pk, by=DONOR)
    work()
    assert (mails[0].kind, mails[0].reason, len(mail.outbox)) == (Kind.RESUMED, "bounced_before", 1)


def test_a_report_of_another_mail_is_left_alone(plan: Plan) -> None:
    before = list(PlanMail.objects.values())
    for name in (None, "", "<other@example.org>"):
        assert not bounces.hooks.record_other(name, "bounced", "")
    assert bounces.hooks.record_other(PlanMail.objects.latest("pk").message_id, "delivered", "")
    assert list(PlanMail.objects.values()) == before


# ---- Cards that expire -----------------------------------------------------------------------------------------------


def test_a_card_that_expires_next_month_is_told_of_once(plan: Plan, work: Work) -> None:
    assert telling.tell_expiring() == 0
    today = now().date()
    following = (today.replace(day=1) + timedelta(days=32)).strftime("%Y-%m")
    Plan.objects.update(method_expires=following)
    assert (telling.tell_expiring(), telling.tell_expiring()) == (1, 0)
    work()
    (message,) = mail.outbox
    assert message.subject == "Your card is about to expire"
    text = " ".join(str(message.body).split())
    assert f"expires at the end of {following[5:]}/{following[:4]}." in text
    assert re.search(rf"Change my card: http://[^/]+/giving/plans/{plan.reference}/method/ ", text)


def test_a_card_that_was_renewed_meanwhile_is_not_told_of(plan: Plan, work: Work) -> None:
    Plan.objects.update(method_expires=f"{now():%Y-%m}")
    assert telling.tell_expiring() == 1
    Plan.objects.update(method_expires="2039-01")
    work()
    assert mail.outbox == [] and PlanMail.objects.latest("pk").reason == "overtaken"


def test_a_first_gift_that_is_not_paid_tells_nothing(form: DonationForm, work: Work) -> None:
    actions.submit(intent(form, input={"sandbox_outcome": "insufficient_funds"}))
    work()
    assert not PlanMail.objects.exists()
