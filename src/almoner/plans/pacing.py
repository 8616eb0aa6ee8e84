"""How fast a gateway may be charged, and how far a night's work has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from almoner.plans.models import ChargeRun, GatewayPause

# A gateway that says "later" and not when is left alone for so long.
PAUSE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. `per_second` over all of it; `seconds_left` None while nothing is charged yet."""

    charged_count: int
    total_count: int
    per_second: float
    seconds_left: float | None

    def __str__(self) -> str:
        text = f"charged {self.charged_count:,} of {self.total_count:,}, {self.per_second:.0f}/s"
        return (
            text if self.seconds_left is None else f"{text}, {max(1, round(self.seconds_left / 60))} min left"
        )


def paused_until(gateway: str, *, at: datetime) -> datetime | None:
    """Until when a gateway is to be left alone; None: it may be charged. `at` is our clock."""
    return GatewayPause.objects.filter(gateway=gateway, until__gt=at).values_list("until", flat=True).first()


def pause(gateway: str, *, seconds: float | None, at: datetime) -> datetime:
    """It said "later": no worker charges there before. A pause that is longer already stays."""
    until = at + timedelta(seconds=PAUSE_SECONDS if seconds is None else seconds)
    if not GatewayPause.objects.filter(gateway=gateway).exists():
        GatewayPause.objects.get_or_create(gateway=gateway, defaults={"until": until})
    GatewayPause.objects.filter(gateway=gateway, until__lt=until).update(until=until)
    return until


def keep_run(gateway: str, *, due_count: int, at: datetime) -> Progress | None:
    """Note how many are still due; None when nothing was, and is."""
    run = ChargeRun.objects.filter(gateway=gateway, ended_at__isnull=True).first()
    if run is None:
        if due_count:
            _open(gateway, due_count, at)
        return None
    run.left_count = due_count
    run.total_count = max(run.total_count, due_count)
    ended = {} if due_count else {"ended_at": at}
    ChargeRun.objects.filter(pk=run.pk, ended_at__isnull=True).update(
        left_count=due_count, total_count=run.total_count, updated_at=at, **ended
    )
    return progress_of(run, at=at)


def progress_of(run: ChargeRun, *, at: datetime) -> Progress:
    charged = run.total_count - run.left_count
    seconds = (at - run.started_at).total_seconds()
    rate = charged / seconds if seconds > 0 else 0.0
    return Progress(charged, run.total_count, rate, run.left_count / rate if rate else None)


def _open(gateway: str, due_count: int, at: datetime) -> None:
    try:
        with transaction.atomic():
            ChargeRun.objects.create(
                gateway=gateway, total_count=due_count, left_count=due_count, started_at=at, updated_at=at
            )
    except IntegrityError:
        # Another worker saw the same.
        return
