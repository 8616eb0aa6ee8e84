"""What must hold in this room, for `almoner prove`."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef

from almoner.crm.models import Link, Mirror
from almoner.crm.salesforce.following import JOB, worth_sending
from almoner.kernel.clock import now
from almoner.kernel.proof import Check
from almoner.outbox.models import Job, State


def checks() -> list[Check]:
    return [
        Check(
            "salesforce follows",
            "Each gift that was paid an hour ago or longer is on its way to Salesforce, where it is sent there.",
            _not_followed,
        ),
        Check(
            "salesforce sends",
            "What waits for Salesforce has a row of the outbox that will come to it.",
            _forgotten,
        ),
    ]


def _not_followed() -> Iterator[str]:
    before = now() - timedelta(hours=1)
    for link in Link.objects.select_related("charity").filter(active=True):
        mirrored = Mirror.objects.filter(object_id=OuterRef("pk"))
        gifts = worth_sending(link, Mirror.Kind.GIFT).filter(~Exists(mirrored), settled_at__lt=before)
        for reference in gifts.order_by("pk").values_list("reference", flat=True).iterator():
            yield f"gift {reference}"


def _forgotten() -> Iterator[str]:
    """Of charities that are switched on: where it is off, what waits is asked for when it is on again."""
    on = Link.objects.filter(active=True).values("charity")
    waiting = Mirror.objects.filter(
        state=Mirror.State.WAITING, charity__in=on, asked_at__lt=now() - timedelta(hours=1)
    )
    if not waiting.exists():
        return
    open_jobs = Job.objects.filter(kind=JOB, state__in=[State.READY, State.LEASED])
    coming = {payload.get("mirror") for payload in open_jobs.values_list("payload", flat=True).iterator()}
    for mirror in waiting.order_by("pk").iterator():
        if mirror.pk not in coming:
            yield f"{mirror.kind} {mirror.object_id}"
