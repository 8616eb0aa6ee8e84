"""What must hold in this room, for `almoner prove`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.webhooks.models import Delivery, Endpoint, Tail, Try
from almoner.webhooks.sources import SOURCES

_LATE: Final = timedelta(hours=1)


def checks() -> list[Check]:
    return [
        Check("webhooks read", "What happened over an hour ago was read, where somebody wants to know.", _unread),
        Check("webhooks in time", "No message waits an hour past its time for an endpoint that may be asked.", _late),
        Check("webhooks arrived", "A message counts as delivered only where its receiver said so.", _unheard),
    ]  # fmt: skip


def _unread() -> Iterator[str]:
    if not Endpoint.objects.filter(active=True).exists():
        return
    tails, before = Tail.objects.in_bulk(), now() - _LATE
    for source in SOURCES:
        tail = tails.get(source.name)
        # One that the next call of the worker begins.
        if tail is not None:
            row = source.seen(after=tail.after)
            if row is not None and row.at < before:
                yield f"{source.name} {row.id}, of {row.at:%Y-%m-%d %H:%M} UTC"


def _late() -> Iterator[str]:
    before = now() - _LATE
    asked = Q(endpoint__rests_until__isnull=True) | Q(endpoint__rests_until__lt=before)
    late = Delivery.objects.filter(
        asked, state=Delivery.State.WAITING, next_at__lt=before, endpoint__active=True
    )
    for delivery in late.order_by("next_at").iterator():
        yield f"{delivery}, due {delivery.next_at:%Y-%m-%d %H:%M} UTC"


def _unheard() -> Iterator[str]:
    heard = Try.objects.filter(delivery=OuterRef("pk"), status__gte=200, status__lt=300)
    done = Delivery.objects.filter(~Exists(heard), state=Delivery.State.DONE)
    for delivery in done.order_by("made_at").iterator():
        yield str(delivery)
