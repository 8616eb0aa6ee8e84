"""What staff do about what Salesforce refused: send it again, or say that it isn't wanted there."""

import uuid

from django.db import transaction
from django.db.models import QuerySet

from almoner.charities import audit
from almoner.crm.models import Mirror
from almoner.crm.salesforce.following import ask


class NotHeld(Exception):
    """It isn't held any more: somebody was faster, or it changed and was sent."""


def send_again(mirror_id: int, *, actor: audit.Actor) -> None:
    """Ask for one that is held, or was left out, to be sent as it stands now. Raises `NotHeld`."""
    with transaction.atomic():
        mirror = _locked(mirror_id, Mirror.State.HELD, Mirror.State.LEFT_OUT)
        ask(Mirror.objects.filter(pk=mirror.pk))
        _record(mirror, "send to salesforce again", actor)


def send_all_again(mirrors: QuerySet[Mirror], *, actor: audit.Actor) -> int:
    """Ask for all of these that are held, each with its line in the log; returns how many."""
    with transaction.atomic():
        held = list(
            mirrors.filter(state=Mirror.State.HELD)
            .select_for_update(of=("self",))
            .select_related("charity")
            .order_by("pk")
        )
        ask(Mirror.objects.filter(pk__in=[mirror.pk for mirror in held]))
        for mirror in held:
            _record(mirror, "send to salesforce again", actor)
    return len(held)


def leave_out(mirror_id: int, *, reason: str, actor: audit.Actor) -> None:
    """It isn't sent, whatever happens to it, until somebody sends it again. Raises `NotHeld`."""
    with transaction.atomic():
        mirror = _locked(mirror_id, Mirror.State.HELD)
        Mirror.objects.filter(pk=mirror.pk).update(state=Mirror.State.LEFT_OUT)
        _record(mirror, "leave out of salesforce", actor, reason=reason)


def _locked(mirror_id: int, *states: str) -> Mirror:
    found = Mirror.objects.select_for_update(of=("self",)).select_related("charity")
    mirror = found.filter(pk=mirror_id, state__in=states).first()
    if mirror is None:
        raise NotHeld(str(mirror_id))
    return mirror


def _record(mirror: Mirror, action: str, actor: audit.Actor, **detail: str) -> None:
    key: uuid.UUID = mirror.object_id
    audit.record(
        actor=actor,
        charity=mirror.charity,
        action=action,
        object_type=mirror.kind,
        object_id=key,
        detail={"code": mirror.code, **detail},
    )
