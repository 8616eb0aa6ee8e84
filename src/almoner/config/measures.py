"""How the work stands, as numbers: each over an index that the product has for its own sake."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from almoner.charities.models import Charity
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.ledger.models import DayProved
from almoner.outbox.models import Job, Periodic
from almoner.outbox.models import State as JobState
from almoner.payments.inbox import KIND as INBOX
from almoner.payments.models import Attempt, BalanceCheck
from almoner.webhooks.models import Delivery

_HOUR: Final = timedelta(hours=1)
_LONGEST_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Measure:
    """One sample. `labels` are the same names for every sample of a name."""

    name: str
    says: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def read() -> list[Measure]:
    """All of them, in one transaction that is given up after two seconds a question: raises DatabaseError then."""
    at = now()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {_LONGEST_MS:d}")
        return [
            *_gifts(at),
            *_jobs(at),
            *_attempts(at),
            *_webhooks(at),
            *_workers(at),
            *_balances(),
            *_proved(at),
        ]


def _gifts(at: datetime) -> Iterator[Measure]:
    # By charity, for that is how the index begins.
    lately = Gift.objects.filter(charity__in=list(Charity.objects.values_list("pk", flat=True)))
    lately = lately.filter(status__in=GiftStatus.values, given_at__gte=at - _HOUR)
    says = "Gifts begun in the last hour, by how they stand"
    for status, number in _counted(lately, "status"):
        yield Measure("almoner_gifts_last_hour", says, number, {"status": status})
    tried = Attempt.objects.filter(gift_id__in=lately.values("pk"))
    says = "Attempts at gifts begun in the last hour, by gateway and how they stand"
    for gateway, state, number in _counted(tried, "gateway", "state"):
        yield Measure("almoner_attempts_last_hour", says, number, {"gateway": gateway, "state": state})


def _jobs(at: datetime) -> Iterator[Measure]:
    says = "Jobs of the outbox: ready (some of them later), leased by a worker, dead"
    for state in (JobState.READY, JobState.LEASED, JobState.DEAD):
        yield Measure("almoner_jobs", says, Job.objects.filter(state=state).count(), {"state": str(state)})
    due = Job.objects.filter(state=JobState.READY, run_at__lte=at)
    yield _age(
        "almoner_jobs_oldest_due_seconds", "How long the oldest job that is due has waited", due, "run_at", at
    )
    done = Job.objects.filter(state=JobState.DONE, finished_at__gte=at - _HOUR)
    yield Measure("almoner_jobs_done_last_hour", "Jobs done in the last hour", done.count())


def _attempts(at: datetime) -> Iterator[Measure]:
    waiting = Attempt.objects.filter(look_at__isnull=False)
    says = "Attempts whose end is not known yet: the gateway is asked again"
    for gateway, number in _counted(waiting, "gateway"):
        yield Measure("almoner_attempts_waiting", says, number, {"gateway": gateway})
    says = "How long the sweep is late for the attempt that is due longest"
    yield _age("almoner_attempts_overdue_seconds", says, waiting.filter(look_at__lte=at), "look_at", at)


def _webhooks(at: datetime) -> Iterator[Measure]:
    heard = Job.objects.filter(state=JobState.READY, kind=INBOX)
    says = "How long ago the oldest webhook of a gateway came that was not looked into yet"
    yield _age("almoner_webhooks_in_lag_seconds", says, heard, "created_at", at)
    told = Delivery.objects.filter(state=Delivery.State.WAITING)
    yield Measure("almoner_webhooks_out_waiting", "Events not yet delivered to other systems", told.count())
    says = "How long the event that is due longest waits to be delivered"
    yield _age("almoner_webhooks_out_lag_seconds", says, told.filter(next_at__lte=at), "next_at", at)


def _workers(at: datetime) -> Iterator[Measure]:
    last = Periodic.objects.aggregate(last=Max("last_finished_at"))["last"]
    if last is not None:
        says = "How long ago a worker last finished a repeated task"
        yield Measure("almoner_worker_seen_seconds", says, max(0.0, (at - last).total_seconds()))
    failing = Periodic.objects.exclude(last_error="").count()
    yield Measure("almoner_tasks_failing", "Repeated tasks whose last run failed", failing)


def _balances() -> Iterator[Measure]:
    says = "What the books hold more than the gateway's balance, in minor units, when it was last compared"
    for check in BalanceCheck.objects.all():
        labels = {"gateway": check.gateway, "currency": check.currency, "account": check.account}
        yield Measure("almoner_balance_difference_minor", says, check.difference_minor, labels)


def _proved(at: datetime) -> Iterator[Measure]:
    """Of each charity's last day that was proved."""
    last = DayProved.objects.filter(charity=OuterRef("charity")).order_by("-day").values("pk")[:1]
    proved = DayProved.objects.filter(pk=Subquery(last)).order_by("charity")
    for slug, verdict, proved_at, broken, not_asked, findings in proved.values_list(
        "charity__slug", "verdict", "at", "broken", "not_asked", "findings"
    ):
        of = {"charity": slug}
        says = "How long ago the books were last proved"
        yield Measure("almoner_proof_age_seconds", says, max(0.0, (at - proved_at).total_seconds()), of)
        for each in DayProved.Verdict.values:
            labels = of | {"verdict": each}
            yield Measure("almoner_proof", "1: what the last proof said", float(each == verdict), labels)
        yield Measure("almoner_proof_broken", "Checks of the last proof that did not hold", broken, of)
        yield Measure("almoner_proof_not_asked", "Checks that could not ask a gateway", not_asked, of)
        yield Measure("almoner_proof_differences", "Differences that the last proof named", len(findings), of)


def _counted(rows: "QuerySet[Any]", *by: str) -> Iterable[Any]:
    """Tuples of what is counted by, and how many."""
    found: Iterable[Any] = rows.order_by().values(*by).annotate(number=Count("pk")).values_list(*by, "number")
    return found


def _age(name: str, says: str, rows: "QuerySet[Any]", column: str, at: datetime) -> Measure:
    """Seconds since the oldest; 0 where there is none."""
    oldest = rows.aggregate(oldest=Min(column))["oldest"]
    return Measure(name, says, max(0.0, (at - oldest).total_seconds()) if oldest else 0.0)
