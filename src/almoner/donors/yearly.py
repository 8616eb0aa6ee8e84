"""The yearly message: whether and when a charity sends it, and asking for the mails when the day has come.

A mail is named by the person and the year, so that none is asked for twice, whatever is run again.
"""

import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.donors.models import ReachedMail, YearlyMessage
from almoner.donors.since import addressees
from almoner.impact.models import Observation
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key
from almoner.outbox.queue import enqueue
from almoner.receipts.handing import message_id
from almoner.supporters.models import Contact

JOB: Final = "donors.reached"
# Before a mail's key in the key of its job.
KEY_PREFIX: Final = "donors.reached:"
# A worker that was away on the day catches up; after a week the year is left out.
_LATE: Final = timedelta(days=7)
_SECONDS_A_TURN: Final = 10.0
_IN_A_COMMIT: Final = 100


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
    """Ask for the mails of each charity whose day has come, for some seconds: the next turn goes on; how many."""
    until, asked = time.monotonic() + _SECONDS_A_TURN, 0
    for message in YearlyMessage.objects.filter(on=True).select_related("charity").order_by("pk"):
        year = year_due(message, at=now())
        if year is None:
            continue
        # Read to its end before anything is written: the reading and the rows would meet.
        people = iter(list(addressees(message.charity, but_of_year=year)))
        while time.monotonic() < until and (some := list(islice(people, _IN_A_COMMIT))):
            with transaction.atomic():
                ask(some, charity=message.charity, year=year)
            asked += len(some)
    return asked


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
    for row in rows:
        enqueue(JOB, KEY_PREFIX + row.key, {"mail": row.key})


def _days(message: YearlyMessage, at: datetime) -> tuple[date, date]:
    """Today, and the day of the last decision, where the charity is."""
    zone = ZoneInfo(message.charity.timezone)
    return at.astimezone(zone).date(), message.since.astimezone(zone).date()
