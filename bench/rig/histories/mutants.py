"""Faults planted into the product's own code, by name and in memory: each must be caught by the oracle."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

from django.db import transaction

from almoner.charities import rows
from almoner.config import donors
from almoner.giving.actions import charging, following, looking, refunding, renewing, submitting
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.ledger import books
from almoner.payments import inbox, progress
from almoner.payments.gateways.port import Answer, AnswerLost, Status, TryLater
from almoner.payments.models import Attempt, InboxMessage
from almoner.plans import schedule, timing
from almoner.plans.models import Period, Plan
from almoner.receipts import issuing

Mutant = Callable[[], Any]


def _no_key() -> Any:
    """Each request to create carries a key of its own."""
    order_of = looking.order_of

    def keyless(gift: Gift, attempt: Attempt, **given: Any) -> Any:
        return replace(order_of(gift, attempt, **given), key=str(uuid.uuid4()))

    return _patched((looking, "order_of", keyless))


def _posts_twice() -> Any:
    """A charge is booked a second time, under another name."""

    def twice(entries: list[books.Entry], **about: Any) -> None:
        books.post(entries, **about)
        again = [replace(each, kind=f"{each.kind} again") for each in entries if each.kind == "charge"]
        books.post(again, **about)

    return _patched((progress, "post", twice))


def _believes_webhooks() -> Any:
    """What a message says is taken for how the charge stands, in whatever order messages come."""

    def believe(message: InboxMessage) -> bool:
        attempt = Attempt.objects.filter(gateway_id=message.object_id).first()
        said = message.event_type.removeprefix("charge.")
        if attempt is None or said not in set(Status):
            return attempt is not None
        answer = Answer(message.object_id, Status(said), attempt.amount_minor, attempt.currency)
        looking.absorb(Gift.objects.get(pk=attempt.gift_id), attempt, answer, code="webhook")
        return True

    return _patched((donors, "_look_at_charge", believe))


def _lost_is_failed() -> Any:
    """No answer is taken for a decline."""
    advance = following.advance

    def failing(gift: Gift, attempt: Attempt, *events: str, **more: Any) -> Attempt:
        return advance(gift, attempt, *("failed" if each == "unknown" else each for each in events), **more)

    return _patched(
        (submitting, "advance", failing), (charging, "advance", failing), (looking, "advance", failing)
    )


def _deaf_to_returns() -> Any:
    """Once paid, always paid: a debit that comes back is no news."""
    news = progress.news

    def deaf(attempt: Attempt, answer: Answer) -> str | None:
        name = news(attempt, answer)
        return None if name == "returned" else name

    return _patched((progress, "news", deaf))


def _refunds_again() -> Any:
    """A refund that isn't answered is asked for anew, under another key."""

    def again(asked: Any, *, first: bool) -> Any:
        gateway, attempt = refunding.gateways.gateway("sim"), asked.attempt
        if asked.gateway_id is not None:
            return gateway.retrieve_refund(asked.gateway_id)
        return gateway.refund(
            attempt.gateway_id,
            key=str(uuid.uuid4()),
            amount_minor=asked.amount_minor,
            currency=asked.currency,
        )

    return _patched((refunding, "_ask", again))


def _no_fence() -> Any:
    """A move is written whatever the row has become since it was read."""

    def unfenced(model: Any, changes: Any, /, **where: Any) -> int:
        return rows.update(model, changes, id=where["id"])

    return _patched((progress, "update", unfenced))


def _dunned_too_soon() -> Any:
    """A plan's charge whose outcome is not known is taken for declined, and charged again as another."""

    def landed(turn: Any, done: Any) -> Any:
        for flight, future in done:
            if isinstance(future.exception(), AnswerLost):
                again = replace(flight.order, key=str(uuid.uuid4()))
                answer = turn.gateway.create(again)
                turn.gateway.confirm(answer.gateway_id, order=again)
        return landed_before(turn, done)

    landed_before = charging._landed
    return _patched((charging, "_landed", landed))


def _receipts_early() -> Any:
    """A receipt is issued for what is only under way."""
    follow = following.follow

    def early(gift: Gift, change: progress.Change, plan: Any = None) -> None:
        follow(gift, change, plan)
        if change.event == "processing":
            attempt = change.attempt
            attempt.settled_minor = attempt.amount_minor
            issuing.issue(gift, attempt, attempt.updated_at)

    return _patched((looking, "follow", early), (following, "follow", early))


def _clock_decides() -> Any:
    """The day's look reads the last day by our own clock, and not on from where it ended."""

    def fetch(gateway: Any, *, at: datetime) -> int:
        events = list(gateway.events(at - timedelta(days=1)))
        with transaction.atomic():
            return inbox._keep(gateway, events, body=None, at=at)

    return _patched((inbox, "fetch", fetch))


def _keys_for_ever() -> Any:
    """A request is repeated however long ago its key was used: for days after gateways forget it."""

    def fetch(_gateway: Any, *, at: datetime) -> int:
        return 0

    find = refunding._ask

    def unsought(asked: Any, *, first: bool) -> Any:
        if asked.gateway_id is not None:
            return find(asked, first=first)
        attempt = asked.attempt
        return refunding.gateways.gateway("sim").refund(
            attempt.gateway_id, key=str(asked.pk), amount_minor=asked.amount_minor, currency=asked.currency
        )

    return _patched(
        (refunding, "_ask", unsought), (inbox, "fetch", fetch), (refunding, "is_stuck", lambda _: False)
    )


def _no_daily_look() -> Any:
    """What no webhook brought is never asked for."""
    return _patched((inbox, "fetch", lambda gateway, *, at: 0))


def _drops_unasked() -> Any:
    """A message that couldn't be looked into, for its gateway didn't answer, is taken for done."""
    look = donors._look

    def dropping(message: InboxMessage) -> bool:
        with suppress(AnswerLost, TryLater):
            look(message)
        return True

    return _patched((donors, "_look", dropping))


def _there_is_not_here() -> Any:
    """A refund that was made in the gateway's own pages is none of ours."""
    return _patched((refunding, "_adopt", lambda attempt, answer: None))


def _receipt_outlives() -> Any:
    """A lost dispute leaves its receipt."""
    return _patched((hooks, "on_disputed", lambda gift, attempt, at: None))


def _two_commits() -> Any:
    """The outcome and what follows from it are two transactions, and a process may die between them."""
    crash_point = looking.crash_point

    def apart(gift: Gift, attempt: Attempt, answer: Answer, *, code: str) -> Attempt:
        try:
            with transaction.atomic():
                change = progress.apply(attempt, answer, at=looking.now(), code=code)
        except progress.Moved:
            return Attempt.objects.get(pk=attempt.pk)
        crash_point("settle.after-commit")
        with transaction.atomic():
            following.follow(gift, change, looking.plan_of(gift))
        return change.attempt

    return _patched((looking, "absorb", apart), (submitting, "absorb", apart))


def _asks_first() -> Any:
    """The gateway is asked before the intent is committed."""

    def together(gift: Gift, attempt: Attempt, order: Any) -> Attempt:
        return pay(gift, attempt, order)

    pay, submit = submitting.pay, submitting.submit

    def asked(intent: submitting.Intent) -> tuple[Gift, Attempt]:
        with transaction.atomic():
            return submit(intent)

    from_actions = donors.actions
    return _patched((submitting, "pay", together), (from_actions, "submit", asked))


def _free_of_charge() -> Any:
    """What the gateway keeps is not booked."""
    apply = progress.apply

    def gross(attempt: Attempt, answer: Answer, *, at: datetime, code: str) -> progress.Change:
        return apply(attempt, replace(answer, fee_minor=0, fee_known=False), at=at, code=code)

    return _patched((progress, "apply", gross))


def _renewing(**other: Any) -> Any:
    """What renewing asks of the plans' timing and schedule, with some of it answered otherwise."""
    wrong = {
        place: SimpleNamespace(
            **{**vars(real), **{name: other[name] for name in other if hasattr(real, name)}}
        )
        for place, real in (("timing", timing), ("schedule", schedule))
    }
    return _patched(*((renewing, place, stand_in) for place, stand_in in wrong.items()))


def _leaves_a_month_out() -> Any:
    """After a charge the next date is one too far."""

    def too_far(plan: Plan, number: int, *, timezone: str) -> dict[str, Any]:
        return timing.next_columns(plan, number + 1, timezone=timezone)

    return _renewing(next_columns=too_far)


def _charges_a_month_twice() -> Any:
    """A period is the day on which it is charged, and the day after its charge it is due once more: the database sees
    two periods."""

    def today(anchor: date, every: int, number: int) -> date:
        return max(schedule.occurrence(anchor, every, number), now().date())

    def tomorrow(plan: Plan, number: int, *, timezone: str) -> dict[str, Any]:
        once_more = Period.objects.filter(plan=plan).count() % 2 == 1
        columns = timing.next_columns(plan, number - once_more, timezone=timezone)
        return (
            columns | {"next_at": now() + timedelta(days=1)} if once_more and columns["next_at"] else columns
        )

    return _renewing(occurrence=today, next_columns=tomorrow)


MUTANTS: Final[dict[str, Mutant]] = {
    "posts twice": _posts_twice,
    "takes webhooks for facts": _believes_webhooks,
    "a key for each request": _no_key,
    "no answer is a decline": _lost_is_failed,
    "ignores late failures": _deaf_to_returns,
    "refunds again": _refunds_again,
    "moves without a fence": _no_fence,
    "dunning charges anew": _dunned_too_soon,
    "receipts before the money": _receipts_early,
    "reads events by our own clock": _clock_decides,
    "repeats keys for ever": _keys_for_ever,
    "never asks what no webhook brought": _no_daily_look,
    "drops what it couldn't ask about": _drops_unasked,
    "leaves out refunds made there": _there_is_not_here,
    "a lost dispute leaves its receipt": _receipt_outlives,
    "two commits for one outcome": _two_commits,
    "asks before it has written": _asks_first,
    "fees are not booked": _free_of_charge,
    "leaves a month out": _leaves_a_month_out,
    "charges a month twice": _charges_a_month_twice,
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    with MUTANTS[name]():
        yield


@contextmanager
def _patched(*places: tuple[Any, str, Any]) -> Iterator[None]:
    patches = [patch.object(place, name, new) for place, name, new in places]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in reversed(patches):
            each.stop()
