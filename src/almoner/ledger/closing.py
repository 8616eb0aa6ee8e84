"""Closing a time: its balances are kept, and nothing is posted into it any more.

A posting bears the moment at which it is made, so that nothing but a move from another system could fall into a time
that is over. `post` asks about these, and `almoner prove` holds the books against every balance that was kept.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.ledger.models import Closing
from almoner.ledger.reading import Span, trial_balance


class NotClosable(ValueError):
    """The day can't be the last of a closed time; the message says why, for staff."""


def close(charity: Charity, until: date, *, actor: audit.Actor) -> Closing:
    """Close all days up to `until`. Raises `NotClosable`."""
    with transaction.atomic():
        # One at a time: a charity's row is the lock.
        Charity.objects.select_for_update().filter(pk=charity.pk).values_list("pk").get()
        # What was begun before midnight has committed an hour later.
        if Span(None, until, ZoneInfo(charity.timezone)).end > now() - timedelta(hours=1):
            raise NotClosable("Only days that have been over for an hour can be closed.")
        last = closed_until(charity.pk)
        if last is not None and until <= last:
            raise NotClosable(f"The books are closed until {last:%-d %B %Y} already.")
        closing = Closing.objects.create(
            charity=charity,
            until=until,
            zone=charity.timezone,
            balances=_balances(charity.pk, until, charity.timezone),
            closed_at=now(),
            closed_by_id=actor.pk,
            closed_by_name=actor.get_username(),
        )
        audit.record(
            actor=actor,
            charity=charity,
            action="close books",
            object_type="closing",
            object_id=closing.pk,
            detail={"until": until.isoformat()},
        )
    return closing


def closed_until(charity_id: int) -> date | None:
    """The last day that is closed."""
    return (
        Closing.objects.filter(charity_id=charity_id)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )


def is_closed(charity_id: int, at: datetime) -> bool:
    """Whether a moment lies in a closed time."""
    last = Closing.objects.filter(charity_id=charity_id).order_by("-until").first()
    return last is not None and at < Span(None, last.until, ZoneInfo(last.zone)).end


def _balances(charity_id: int, until: date, zone: str) -> dict[str, int]:
    rows = trial_balance(charity_id, Span(None, until, ZoneInfo(zone)))
    return {f"{row.account.code} {row.account.currency}": row.closing_minor for row in rows}


def changed() -> Iterator[str]:
    """Closings whose books say something else now: for `almoner prove`."""
    for closing in Closing.objects.order_by("pk"):
        stands = _balances(closing.charity_id, closing.until, closing.zone)
        for name in sorted({*stands, *closing.balances}):
            if stands.get(name, 0) != closing.balances.get(name, 0):
                yield f"closing of {closing.until}: {name}"
