"""Making endpoints, changing them, and putting on its way again what did not arrive. Each act is in the audit log."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from almoner.charities import audit, rekeying
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.outbox.queue import enqueue
from almoner.webhooks import keys, tailing
from almoner.webhooks.models import Delivery, Endpoint, EndpointSecret, OffReason
from almoner.webhooks.sources import TEST, TYPES

# Tells staff that an endpoint switched itself off: {"endpoint": its key, "off_at": since when}.
OFF_JOB: Final = "webhooks.off"
# How long the old secret signs beside the new one.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an endpoint is to be. `url` was looked at by `addresses.target_of`, and `types` are of `sources.TYPES`."""

    url: str
    description: str
    types: tuple[str, ...]
    people: bool

    def columns(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "description": self.description,
            "types": [each for each in TYPES if each in self.types],
            "people": self.people,
        }


def make(wanted: Wanted, *, charity: Charity, actor: audit.Actor) -> tuple[Endpoint, str]:
    """A new endpoint, switched on, and its secret as text that nobody sees again."""
    secret = keys.mint()
    with transaction.atomic():
        tailing.begin()
        at = now()
        endpoint = Endpoint.objects.create(
            charity=charity,
            **wanted.columns(),
            since=at,
            made_by_id=actor.pk,
            made_by_name=actor.get_username(),
            made_at=at,
        )
        EndpointSecret.objects.create(endpoint=endpoint, secret=secret, made_at=at)
        _record(endpoint, "make webhook", actor, {"types": endpoint.types, "people": endpoint.people})
    return endpoint, secret


def change(endpoint_id: int, wanted: Wanted, *, actor: audit.Actor) -> Endpoint:
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        columns = wanted.columns()
        fields = sorted(name for name, value in columns.items() if getattr(endpoint, name) != value)
        Endpoint.objects.filter(pk=endpoint.pk).update(**columns)
        _record(endpoint, "change webhook", actor, {"fields": fields})
    endpoint.refresh_from_db()
    return endpoint


def rotate(endpoint_id: int, *, actor: audit.Actor) -> tuple[Endpoint, str]:
    """A new secret. For a day the one before signs too, so that the receiver can be changed in between."""
    at, secret = now(), keys.mint()
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        EndpointSecret.objects.filter(endpoint=endpoint, good_until__lte=at).delete()
        newest = EndpointSecret.objects.filter(endpoint=endpoint, good_until__isnull=True)
        newest.update(good_until=at + OVERLAP)
        EndpointSecret.objects.create(endpoint=endpoint, secret=secret, made_at=at)
        _record(endpoint, "rotate webhook secret", actor)
    return endpoint, secret


def switch_on(endpoint_id: int, *, actor: audit.Actor) -> Endpoint:
    """What happens from now on is told, and what waited goes out. Harmless to repeat."""
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        if not endpoint.active:
            tailing.begin()
            endpoint.active, endpoint.off_at, endpoint.off_reason = True, None, ""
            endpoint.since = now()
            endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
            endpoint.save()
            _record(endpoint, "switch on webhook", actor)
    return endpoint


def switch_off(endpoint: Endpoint, *, actor: audit.Actor | None, reason: OffReason = OffReason.STAFF) -> None:
    """Nothing more is sent, and staff who didn't do it themselves are written to. Harmless to repeat."""
    with transaction.atomic():
        stands = _locked(endpoint.pk)
        if stands.active:
            at = now()
            stands.active, stands.off_at, stands.off_reason = False, at, reason
            stands.save(update_fields=["active", "off_at", "off_reason"])
            _record(stands, "switch off webhook", actor, {"why": reason.value})
            if reason != OffReason.STAFF:
                since = at.isoformat()
                enqueue(OFF_JOB, f"{OFF_JOB} {stands.pk} {since}", {"endpoint": stands.pk, "off_at": since})


def send_test(endpoint_id: int, *, actor: audit.Actor) -> Delivery:
    """A message that tells of nothing, on its way within seconds."""
    at = now()
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        delivery = Delivery.objects.create(
            endpoint=endpoint, event_key=f"test {uuid.uuid4().hex}", type=TEST, at=at, next_at=at, made_at=at
        )
        Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
        _record(endpoint, "test webhook", actor)
    return delivery


def replay(endpoint_id: int, delivery_id: uuid.UUID, *, actor: audit.Actor) -> int:
    """One delivery again, whether it arrived or not, under the identifier that it has; returns how many."""
    return _replay(endpoint_id, Q(pk=delivery_id), actor, {"message": str(delivery_id)})


def replay_failed(endpoint_id: int, *, since: datetime, actor: audit.Actor) -> int:
    """All that did not arrive of what happened since then, and all that waits; returns how many."""
    failed = Q(at__gte=since, state__in=[Delivery.State.FAILED, Delivery.State.WAITING])
    return _replay(endpoint_id, failed, actor, {"since": since.isoformat()})


def secrets_of(endpoint: Endpoint) -> list[str]:
    """Those that sign today, the newest first. Raises `Unreadable`."""
    good = Q(good_until__isnull=True) | Q(good_until__gt=now())
    found = EndpointSecret.objects.filter(good, endpoint=endpoint).order_by("-pk")
    return [each.secret for each in found]


def reseal() -> int:
    """Bring secrets under the newest secret key, so that an older one may be taken away; returns how many."""
    return sum(rekeying.rotate(each).moved for each in rekeying.columns_of(EndpointSecret))


def _replay(endpoint_id: int, which: Q, actor: audit.Actor, detail: Mapping[str, Any]) -> int:
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        again = Delivery.objects.filter(which, endpoint=endpoint).update(
            state=Delivery.State.WAITING, tries=0, next_at=now(), finished_at=None
        )
        # Somebody asks because it ought to work now.
        Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
        _record(endpoint, "replay webhook", actor, {**detail, "count": again})
    return again


def _locked(endpoint_id: int) -> Endpoint:
    endpoints = Endpoint.objects.select_for_update(of=("self",)).select_related("charity")
    return endpoints.get(pk=endpoint_id)


def _record(
    endpoint: Endpoint, action: str, actor: audit.Actor | None, detail: Mapping[str, Any] | None = None
) -> None:
    audit.record(
        actor=actor,
        charity=endpoint.charity,
        action=action,
        object_type="webhook",
        object_id=endpoint.pk,
        detail={"for": endpoint.description, **(detail or {})},
    )
