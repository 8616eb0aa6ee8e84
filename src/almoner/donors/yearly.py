"""The yearly message: whether and when a charity sends it, and asking for the mails when the day has come.

A mail is named by the person and the year, so that none is asked for twice, whatever is run again. They are asked for a
few people at a time, in the order of their keys: each step is a job that asks for the next one, behind the mails of its
own people. So a receipt waits behind some mails and never behind all, and who dies is followed by the next.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.donors.models import ReachedMail, YearlyMessage
from almoner.donors.since import stretch
from almoner.impact.models import Observation
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_public_key
from almoner.outbox.models import Job
from almoner.outbox.models import State as JobState
from almoner.outbox.queue import ask_again, enqueue, enqueue_all
from almoner.receipts.handing import message_id
from almoner.supporters.models import Contact

JOB: Final = "donors.reached"
STEP_JOB: Final = "donors.yearly-step"
# Before a mail's key in the key of its job.
KEY_PREFIX: Final = "donors.reached:"
# A worker that was away on the day catches up; after a week the year is left out.
_LATE: Final = timedelta(days=7)
# People, and so at most as many mails, in a commit.
_IN_A_STEP: Final = 100


def of(charity: Charity) -> YearlyMessage:
    """How it stands; off, on its usual day, where nobody ever decided."""
    found = YearlyMessage.objects.filter(charity=charity).first()
    return found or YearlyMessage(charity=charity, since=now())


def decide(charity: Charity, *, on: bool, month: int, day: int, actor: audit.Actor) -> YearlyMessage:
    """Switch it, or move its day. A day of this year that has come is next year's: nobody sends to all by a slip."""
    with transaction.atomic():
        message, _ = YearlyMessage.objects.update_or_create(
            charity=charity, defaults={"on": on, "month": month, "day": day, "since": now()}
        )
        audit.record(
            actor=actor,
            charity=charity,
            action="switch yearly message on" if on else "switch yearly message off",
            object_type="charity",
            object_id=charity.pk,
            detail={"day": f"{month:02}-{day:02}"},
        )
    return message


def next_day(message: YearlyMessage, *, at: datetime) -> date | None:
    """The day on which it goes next, today included; None while it is off."""
    if not message.on:
        return None
    today, since = _days(message, at)
    days = (date(today.year + later, message.month, message.day) for later in range(3))
    return next(day for day in days if day >= today and day > since)


def year_due(message: YearlyMessage, *, at: datetime) -> int | None:
    """The year whose message is to be sent now."""
    today, since = _days(message, at)
    for year in (today.year, today.year - 1):
        day = date(year, message.month, message.day)
        if message.on and since < day <= today <= day + _LATE:
            return year
    return None


def ask_due() -> int:
    """Begin to ask for the mails of each charity whose day has come: a round a day while it is due, for who gave late
    or can be reached only now. Returns how many rounds were begun."""
    begun = 0
    for message in YearlyMessage.objects.filter(on=True).select_related("charity").order_by("pk"):
        at = now()
        year = year_due(message, at=at)
        if year is None or _under_way(message.charity):
            continue
        first = _key(message.charity, day := _days(message, at)[0].isoformat(), after=0)
        if not Job.objects.filter(dedupe_key=first).exists():
            _ask_step(message.charity, year=year, day=day, after=0)
            begun += 1
    return begun


def take_step(payload: dict[str, Any]) -> None:
    """Handle one job of kind `STEP_JOB`: the mails of the next people, and the step after it. Harmless to repeat."""
    charity, year = Charity.objects.get(pk=payload["charity"]), payload["year"]
    if year_due(of(charity), at=now()) != year:
        return
    found = stretch(charity, after=payload["after"], but_of_year=year, count=_size())
    with transaction.atomic():
        ask(found.contacts, charity=charity, year=year)
        if found.last is not None:
            pause = _pause(len(found.contacts))
            _ask_step(charity, year=year, day=payload["day"], after=found.last, run_at=now() + pause)
        crash_point("yearly.before-commit")
    crash_point("yearly.after-commit")


def ask(
    contacts: Iterable[Contact],
    *,
    charity: Charity,
    year: int | None = None,
    correction: Observation | None = None,
) -> None:
    """Rows and jobs of one occasion for these people, in the caller's transaction. One that is there stays."""
    kind = ReachedMail.Kind.YEARLY if correction is None else ReachedMail.Kind.CORRECTION
    occasion, at = (year if correction is None else correction.pk), now()
    rows = []
    for contact in contacts:
        key = f"{kind}:{contact.supporter_id}:{occasion}"
        rows.append(
            ReachedMail(
                key=key,
                public_key=new_public_key(),
                kind=kind,
                charity=charity,
                contact=contact,
                year=year,
                correction=correction,
                message_id=message_id(f"reached:{key}", charity),
                created_at=at,
            )
        )
    ReachedMail.objects.bulk_create(rows, ignore_conflicts=True)
    enqueue_all(JOB, ((KEY_PREFIX + row.key, {"mail": row.key}) for row in rows))


def ask_anew(mail: ReachedMail, contact: Contact) -> bool:
    """A mail that nobody got is asked for once more, to where its person can be reached now. Under its name and its
    Message-ID, so that it comes once. False while its job isn't over."""
    with transaction.atomic():
        if not ask_again(JOB, KEY_PREFIX + mail.key, {"mail": mail.key}):
            return False
        crash_point("corrections.asked-anew")
        waits = ReachedMail.objects.filter(ReachedMail.MAY_GO_YET, pk=mail.pk)
        waits.update(state=ReachedMail.State.QUEUED, reason="", outcome_at=None, contact=contact)
    return True


def _ask_step(charity: Charity, *, year: int, day: str, after: int, run_at: datetime | None = None) -> None:
    payload = {"charity": charity.pk, "year": year, "day": day, "after": after}
    enqueue(STEP_JOB, _key(charity, day, after=after), payload, run_at)


def _key(charity: Charity, day: str, *, after: int) -> str:
    return f"{STEP_JOB}:{charity.pk}:{day}:{after}"


def _under_way(charity: Charity) -> bool:
    waiting = Job.objects.filter(kind=STEP_JOB, state__in=(JobState.READY, JobState.LEASED))
    return waiting.filter(dedupe_key__startswith=f"{STEP_JOB}:{charity.pk}:").exists()


def _size() -> int:
    limit = settings.YEARLY_MAILS_AN_HOUR
    return min(_IN_A_STEP, limit) if limit else _IN_A_STEP


def _pause(mails: int) -> timedelta:
    """After so many, until the next are asked for."""
    limit = settings.YEARLY_MAILS_AN_HOUR
    return timedelta(hours=mails / limit) if limit else timedelta()


def _days(message: YearlyMessage, at: datetime) -> tuple[date, date]:
    """Today, and the day of the last decision, where the charity is."""
    zone = ZoneInfo(message.charity.timezone)
    return at.astimezone(zone).date(), message.since.astimezone(zone).date()
