"""What the worker does: read the tables to their end, send what is due, write down what came of it.

It is one task with one lease, apart from the outbox's jobs, so that a receiver that stalls keeps no receipt waiting. A
round sends to several at once; requests run in threads that touch no database, and no transaction is open meanwhile. A
try is counted, and its successor's time set, before it is made: a worker that dies loses nothing, and what it had sent
comes again under the same identifier. An endpoint that fails is left alone for a while and then asked with one message
at a time; what waited for it comes when it answers again.
"""

import logging
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from almoner import __version__
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.sealing import Unreadable
from almoner.outbox.faults import place_of
from almoner.webhooks import endpoints, keys, tailing
from almoner.webhooks.bodies import NothingThere, body_of
from almoner.webhooks.calling import Calling, Outcome
from almoner.webhooks.models import Delivery, Endpoint, OffReason, Try

# After the first try, the second, and so on: three days in all. Then it has failed, until somebody replays it.
WAITS_SECONDS: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Later by up to a fifth, so that what failed together doesn't come back together.
_JITTER: Final = 0.2
FAILING_FOR: Final = timedelta(days=5)
KEPT_FOR: Final = timedelta(days=30)
_LONGEST_WAIT_SECONDS: Final = 86_400.0
_FIRST_REST_SECONDS: Final = 5.0
_LONGEST_REST_SECONDS: Final = 300.0
_LONGEST_ASKED_REST_SECONDS: Final = 3600.0
_AT_ONCE: Final = 16
_AT_ONCE_EACH: Final = 4
# Then other tasks have their turn. A round that has begun is finished.
_TURN_SECONDS: Final = 10.0
_PRUNED_AT_ONCE: Final = 500
_GONE: Final = 410

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Message:
    """One try, ready to be sent; `outcome` is there when there is nothing that could be."""

    delivery: Delivery
    log: Try
    headers: dict[str, str]
    body: bytes
    outcome: Outcome | None = None


def work(calling: Calling | None = None) -> int:
    """One turn: returns how many tries were made."""
    tailing.follow()
    made, until = 0, time.monotonic() + _TURN_SECONDS
    while (due := _due()) and time.monotonic() < until:
        _round(due, calling or Calling())
        made += len(due)
        tailing.follow()
    return made


def tend() -> int:
    """Hourly: secrets move under a new secret key, and what is old goes; returns how many deliveries went."""
    endpoints.reseal()
    return prune()


def prune() -> int:
    """Forget deliveries of last month, with their tries; returns how many. What still goes out stays."""
    old = Delivery.objects.filter(made_at__lt=now() - KEPT_FOR).exclude(
        state=Delivery.State.WAITING, endpoint__active=True
    )
    dropped = 0
    while keys_of_some := list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
        _, by_model = Delivery.objects.filter(pk__in=keys_of_some).delete()
        dropped += by_model.get("webhooks.Delivery", 0)
    return dropped


def _due() -> list[Delivery]:
    """A few of each endpoint that may be asked now, the oldest first; one of an endpoint that failed."""
    at = now()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at)
    rested = Q(rests_until__isnull=True) | Q(rests_until__lte=at)
    asked = Endpoint.objects.filter(rested, Exists(waiting.filter(endpoint=OuterRef("pk"))), active=True)
    found: list[Delivery] = []
    # By lot, so that those who have most keep nobody waiting.
    for endpoint in asked.select_related("charity").order_by("?"):
        most = 1 if endpoint.failures else _AT_ONCE_EACH
        for delivery in waiting.filter(endpoint=endpoint).order_by("next_at", "at", "pk")[:most]:
            delivery.endpoint = endpoint
            found.append(delivery)
    return found[:_AT_ONCE]


def _round(due: list[Delivery], calling: Calling) -> None:
    begun = _begin(due)
    crash_point("tell.after-begin")
    messages = [_message(delivery, log) for delivery, log in begun]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        outcomes = list(pool.map(lambda message: _sent(message, calling), messages))
    crash_point("tell.after-send")
    _finish(list(zip(messages, outcomes, strict=True)))


def _begin(due: list[Delivery]) -> list[tuple[Delivery, Try]]:
    """Count each try, and say when the next is if this one never ends. What another worker took meanwhile is left."""
    at, begun = now(), []
    with transaction.atomic():
        for delivery in due:
            mine = Delivery.objects.filter(
                pk=delivery.pk, state=Delivery.State.WAITING, tries=delivery.tries, next_at=delivery.next_at
            )
            delivery.tries += 1
            delivery.next_at = at + timedelta(seconds=_wait_seconds(delivery.tries))
            if mine.update(tries=delivery.tries, next_at=delivery.next_at):
                begun.append((delivery, Try.objects.create(delivery=delivery, begun_at=at)))
    return begun


def _wait_seconds(tries: int) -> float:
    wait = WAITS_SECONDS[min(tries, len(WAITS_SECONDS)) - 1]
    return wait * (1 + _JITTER * random.random())  # noqa: S311


def _message(delivery: Delivery, log: Try) -> _Message:
    endpoint, timestamp = delivery.endpoint, int(now().timestamp())
    try:
        body = body_of(delivery, endpoint)
        secrets = endpoints.secrets_of(endpoint)
    except (NothingThere, Unreadable) as fault:
        why = "gone" if isinstance(fault, NothingThere) else "no_secret"
        return _Message(delivery, log, {}, b"", Outcome(0, 0, why))
    except Exception as fault:  # noqa: BLE001 (as in `_sent`)
        return _Message(delivery, log, {}, b"", _fault(delivery, fault))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Almoner/{__version__}",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": keys.signatures(
            secrets, message_id=delivery.message_id, timestamp=timestamp, body=body
        ),
    }
    return _Message(delivery, log, headers, body)


def _sent(message: _Message, calling: Calling) -> Outcome:
    if message.outcome is not None:
        return message.outcome
    try:
        return calling.post(message.delivery.endpoint.url, headers=message.headers, body=message.body)
    # A bug must cost its message a try, and not those that go out beside it.
    except Exception as fault:  # noqa: BLE001
        return _fault(message.delivery, fault)


def _fault(delivery: Delivery, fault: Exception) -> Outcome:
    _log.error("message %s could not be sent: %s", delivery.message_id, place_of(fault))
    return Outcome(0, 0, "fault")


def _finish(sent: list[tuple[_Message, Outcome]]) -> None:
    """Write down what came of a round, in one commit."""
    at = now()
    with transaction.atomic():
        for message, outcome in sent:
            delivery = message.delivery
            Try.objects.filter(pk=message.log.pk).update(
                status=outcome.status,
                took_ms=outcome.took_ms,
                why=outcome.why,
                answer="" if outcome.arrived else outcome.answer,
            )
            # Whoever replayed it meanwhile has begun anew.
            mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, tries=delivery.tries)
            if becomes := _becomes(delivery, outcome, at):
                mine.update(**becomes)
        for endpoint, outcomes in _by_endpoint(sent):
            _tell_endpoint(endpoint, outcomes, at)


def _becomes(delivery: Delivery, outcome: Outcome, at: datetime) -> dict[str, object]:
    if outcome.arrived:
        return {"state": Delivery.State.DONE, "next_at": None, "finished_at": at}
    if outcome.why == "gone" or delivery.tries > len(WAITS_SECONDS):
        return {"state": Delivery.State.FAILED, "next_at": None, "finished_at": at}
    wait = outcome.retry_after_seconds
    if wait is None or delivery.next_at is None:
        return {}
    asked = at + timedelta(seconds=min(wait, _LONGEST_WAIT_SECONDS))
    return {"next_at": max(delivery.next_at, asked)}


def _by_endpoint(sent: list[tuple[_Message, Outcome]]) -> Iterator[tuple[Endpoint, list[Outcome]]]:
    found: dict[int, tuple[Endpoint, list[Outcome]]] = {}
    for message, outcome in sent:
        endpoint = message.delivery.endpoint
        found.setdefault(endpoint.pk, (endpoint, []))[1].append(outcome)
    # In one order everywhere, so that nobody waits for each other.
    return iter([found[key] for key in sorted(found)])


def _tell_endpoint(known: Endpoint, outcomes: list[Outcome], at: datetime) -> None:
    """How the endpoint stands after a round: well if anything arrived, else left alone for longer each time."""
    tried = [outcome for outcome in outcomes if outcome.why != "gone"]
    endpoint = Endpoint.objects.select_for_update(of=("self",)).select_related("charity").get(pk=known.pk)
    if not tried or not endpoint.active:
        return
    if any(outcome.status == _GONE for outcome in tried):
        _switch_off(endpoint, OffReason.GONE)
        return
    if any(outcome.arrived for outcome in tried):
        changed = {"failures": 0, "failing_since": None, "rests_until": None}
        if endpoint.failures:
            Endpoint.objects.filter(pk=endpoint.pk).update(**changed)
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or at
    endpoint.rests_until = at + timedelta(seconds=_rest_seconds(endpoint.failures, tried))
    endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    if at - endpoint.failing_since >= FAILING_FOR:
        _switch_off(endpoint, OffReason.FAILING)


def _rest_seconds(failures: int, outcomes: list[Outcome]) -> float:
    own = min(_FIRST_REST_SECONDS * 2.0 ** min(failures - 1, 10), _LONGEST_REST_SECONDS)
    asked = max((outcome.retry_after_seconds or 0.0 for outcome in outcomes), default=0.0)
    return max(own, min(asked, _LONGEST_ASKED_REST_SECONDS))


def _switch_off(endpoint: Endpoint, reason: OffReason) -> None:
    endpoints.switch_off(endpoint, reason=reason, actor=None)
    _log.error("webhook endpoint %s was switched off: %s", endpoint.pk, reason.value)
