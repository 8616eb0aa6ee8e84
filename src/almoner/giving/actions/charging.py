"""Charges of plans on their way: several at a gateway at once, and what it answers committed by the handful.

Threads only speak to the gateway; every row is written by the caller's own. A worker may die anywhere: what was
committed and not sent, or sent and not answered, the sweep goes on with (`looking`), under the same key.
"""

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from almoner.giving.actions.following import advance, follow
from almoner.giving.actions.looking import order_of, still_wanted
from almoner.giving.actions.renewing import Charge, claim, due_count
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.outbox.faults import place_of
from almoner.payments import gateways, progress
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Gateway,
    Order,
    Refused,
    Status,
    TooLate,
    TryLater,
)
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer, Moved
from almoner.payments.transitions import State
from almoner.plans import pacing, restoring
from almoner.plans.hooks import hooks
from almoner.plans.models import Plan
from almoner.plans.outcomes import TOO_LATE

# So many charges of one worker are at a gateway at once.
IN_FLIGHT: Final = 16
# How long one turn charges before the worker sees to its other work. Longer than the time between two turns
# (`config.wiring`), so that a night's charges are not interrupted.
TURN_SECONDS: Final = 8.0
# So many refusals in a row say something about our keys and nothing about the cards.
_REFUSALS: Final = 5
_REFUSED_PAUSE_SECONDS: Final = 600.0
_TELL_EVERY_SECONDS: Final = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Flight:
    """A charge at the gateway: `confirms` says with which of the two calls."""

    charge: Charge
    order: Order
    gateway_id: str = ""
    confirms: bool = False

    def call(self, gateway: Gateway) -> Answer:
        if self.gateway_id and not self.confirms:
            # Found after a restore: it was made before, and perhaps charged.
            return gateway.retrieve(self.gateway_id)
        if self.confirms:
            return gateway.confirm(self.gateway_id, order=self.order)
        return gateway.create(self.order)


@dataclass(slots=True)
class _Turn:
    """One worker's turn at one gateway. `waiting` holds what the gateway put off."""

    gateway: Gateway
    in_flight: int
    until: float
    flying: dict[Future[Answer], _Flight] = field(default_factory=dict)
    waiting: list[_Flight] = field(default_factory=list)
    held_until: float = 0.0
    refusals: int = 0
    charged: int = 0
    # Key -> what the gateway made under it, and a restored backup doesn't know. Empty on nearly all days.
    found: dict[str, str] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until

    @property
    def held(self) -> bool:
        return time.monotonic() < self.held_until


def charge_due(
    *, seconds: float = TURN_SECONDS, in_flight: int = IN_FLIGHT, only: Callable[[str], bool] = lambda _: True
) -> int:
    """Charge what is due, oldest first, each gateway in its turn and at its own pace; returns how many were sent.

    Harmless to run in several workers at once, and to kill.
    """
    return sum(
        _charge_at(gateway, seconds=seconds, in_flight=in_flight)
        for gateway in gateways.gateways().values()
        if not gateway.capabilities().by_hand and only(gateway.code)
    )


def _charge_at(gateway: Gateway, *, seconds: float, in_flight: int) -> int:
    if pacing.paused_until(gateway.code, at=now()) is not None:
        return 0
    # What can fail is asked for before anything is claimed.
    found = restoring.found_at(gateway.code)
    first = _claim(gateway, in_flight)
    if not first:
        _tell_progress(gateway.code)
        return 0
    turn = _Turn(gateway, in_flight, time.monotonic() + seconds, found=found)
    _tell_progress(gateway.code)
    with ThreadPoolExecutor(in_flight, thread_name_prefix=f"charges at {gateway.code}") as pool:
        _send(turn, pool, _flights(turn, first))
        while turn.flying or (turn.waiting and not turn.over):
            _step(turn, pool)
    return turn.charged


def _step(turn: _Turn, pool: ThreadPoolExecutor) -> None:
    """Wait for an answer, commit all that came, and send what comes next."""
    if turn.flying:
        done, _ = wait(turn.flying, return_when=FIRST_COMPLETED)
        _send(turn, pool, _landed(turn, [(turn.flying.pop(each), each) for each in done]))
    elif turn.held:
        time.sleep(min(0.2, max(0.0, turn.held_until - time.monotonic())))
    if turn.over or turn.held:
        return
    if turn.waiting:
        # What its donor has stopped meanwhile is left to the sweep, which cancels what there is of it.
        again, turn.waiting = turn.waiting, []
        _send(turn, pool, [each for each in again if still_wanted(each.charge.gift, each.charge.attempt)])
    free = turn.in_flight - len(turn.flying)
    # A turn of the books for a single charge would cost more than the charge.
    if free * 2 >= turn.in_flight and pacing.paused_until(turn.gateway.code, at=now()) is None:
        fresh = _claim(turn.gateway, free)
        _send(turn, pool, _flights(turn, fresh))


def _flights(turn: _Turn, charges: Iterable[Charge]) -> list[_Flight]:
    return [
        _Flight(charge, order_of(charge.gift, charge.attempt), turn.found.get(str(charge.attempt.pk), ""))
        for charge in charges
    ]


def _claim(gateway: Gateway, limit: int) -> list[Charge]:
    return claim(gateway.code, at=hooks.clock(gateway.code), limit=limit)


def _send(turn: _Turn, pool: ThreadPoolExecutor, flights: Iterable[_Flight]) -> None:
    for flight in flights:
        turn.flying[pool.submit(flight.call, turn.gateway)] = flight


def _landed(turn: _Turn, done: list[tuple[_Flight, Future[Answer]]]) -> list[_Flight]:
    """Commit what the gateway said; returns what is to be sent next."""
    made: list[tuple[_Flight, Answer]] = []
    decided: list[tuple[_Flight, Answer]] = []
    for flight, future in done:
        try:
            answer = future.result()
        except TryLater as busy:
            _hold(turn, flight, busy)
        except AnswerLost:
            # A create's is found again under its key; of a confirm nobody knows, until the gateway is asked.
            if flight.confirms:
                advance(flight.charge.gift, flight.charge.attempt, "unknown", code="answer_lost")
        except TooLate:
            advance(
                flight.charge.gift, flight.charge.attempt, "refused", code=TOO_LATE, decline_code=TOO_LATE
            )
        except Refused:
            _refused(turn, flight)
        except Exception as fault:  # noqa: BLE001 (a bug that one charge wakes must not stop the others)
            # Nobody knows how far it came: the sweep asks the gateway.
            _log.error("attempt %s fell out of its turn: %s", flight.charge.attempt.pk, place_of(fault))
        else:
            turn.refusals = 0
            (decided if flight.confirms else made).append((flight, answer))
    if made:
        crash_point("renew.after-create")
    onward = _keep(made) if made else []
    if decided:
        crash_point("renew.after-confirm")
        _settle(decided)
        turn.charged += len(decided)
        crash_point("renew.after-outcome")
    return onward


def _keep(made: list[tuple[_Flight, Answer]]) -> list[_Flight]:
    """The gateway's objects, and that their confirmations are about to be sent: one commit."""
    onward: list[_Flight] = []
    final: list[tuple[_Flight, Answer]] = []
    at = now()
    with transaction.atomic():
        for flight, answer in made:
            attempt = flight.charge.attempt
            try:
                progress.move(
                    attempt, "created", "confirming", at=at, gateway_id=answer.gateway_id, next_action=None
                )
            except Moved:
                continue
            if answer.status == Status.CREATED:
                onward.append(_Flight(flight.charge, flight.order, answer.gateway_id, confirms=True))
            else:
                final.append((flight, answer))
    crash_point("renew.after-keep")
    if final:
        # Some gateways charge as they create.
        _settle(final)
    return onward


def _settle(decided: list[tuple[_Flight, Answer]]) -> None:
    """What was charged and what was declined: one commit, plans locked in one order."""
    differ: list[Gift] = []
    with transaction.atomic():
        wanted = {flight.charge.gift.plan_id for flight, _ in decided}
        plans = {
            plan.pk: plan for plan in Plan.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        }
        for flight, answer in decided:
            gift, attempt = flight.charge.gift, flight.charge.attempt
            try:
                change = progress.apply(attempt, answer, at=now(), code="answer")
            except Moved:
                # A webhook was faster, and what it wrote stands.
                continue
            except AmountsDiffer:
                differ.append(gift)
                continue
            follow(gift, change, plans[gift.plan_id] if gift.plan_id else None)
        crash_point("renew.before-outcome")
    if differ:
        Gift.objects.filter(pk__in=[gift.pk for gift in differ]).update(flag="amounts_differ")


def _hold(turn: _Turn, flight: _Flight, busy: TryLater) -> None:
    """The gateway asks for a pause: every worker keeps it. What was refused so was surely not done, and goes again."""
    at = now()
    until = pacing.pause(turn.gateway.code, seconds=busy.after_seconds, at=at)
    turn.held_until = max(turn.held_until, time.monotonic() + (until - at).total_seconds())
    turn.waiting.append(flight)
    attempt = flight.charge.attempt
    Attempt.objects.filter(pk=attempt.pk, state__in=(State.NEW, State.CONFIRMING)).update(
        look_at=_later(until)
    )


def _later(until: datetime) -> datetime:
    return until + progress.wait_before(0)


def _refused(turn: _Turn, flight: _Flight) -> None:
    """Not the card's fault, as far as we know: see `outcomes.declined`. Several in a row are surely ours."""
    turn.refusals += 1
    event = "failed" if flight.confirms else "refused"
    advance(flight.charge.gift, flight.charge.attempt, event, code="refused", decline_code="refused")
    if turn.refusals >= _REFUSALS:
        _log.error("%s refuses every charge: its keys or its account need a person", turn.gateway.code)
        pacing.pause(turn.gateway.code, seconds=_REFUSED_PAUSE_SECONDS, at=now())
        turn.until = 0.0


class _Told:
    """Gateway -> when its progress was last told by this process."""

    at: dict[str, float] = {}


def _tell_progress(gateway: str) -> None:
    """A line in the worker's log, and the row that staff see; not at every turn, for it counts all that is due."""
    moment = time.monotonic()
    if moment - _Told.at.get(gateway, float("-inf")) < _TELL_EVERY_SECONDS:
        return
    _Told.at[gateway] = moment
    due = due_count(gateway, at=hooks.clock(gateway))
    told = pacing.keep_run(gateway, due_count=due, at=now())
    if told is not None:
        _log.info("%s: %s", gateway, told)
