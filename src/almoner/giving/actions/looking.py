"""How an attempt stands is its gateway's word: asked for, and committed. Harmless to repeat, at any time."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from almoner.charities.rekeying import InJson
from almoner.charities.sealed import place, unseal
from almoner.giving.actions.following import advance, follow, off_session, plan_of
from almoner.giving.models import Gift
from almoner.kernel import context
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.payments import gateways, progress
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Finds,
    Gateway,
    GatewayError,
    Order,
    Payer,
    Refused,
    Status,
    TooLate,
    TryLater,
)
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer, Moved
from almoner.payments.transitions import LEFT_OPEN_STATES, OPEN_STATES, State
from almoner.plans import restoring, withdrawing
from almoner.plans.models import Plan
from almoner.plans.outcomes import TOO_LATE
from almoner.plans.transitions import CHARGEABLE_STATES

# An attempt whose process has not moved it for this long is nobody's any more: gateways' time-outs are far shorter.
_ABANDONED_AFTER = timedelta(minutes=1)
# A key is repeated no later than so long before its gateway forgets it: clocks differ, and so do ages.
_BEFORE_KEYS_END = timedelta(hours=1)
# A donor may come back from a bank's page late; after a day the object is cancelled at the gateway.
_EXPIRE_AFTER = timedelta(hours=24)
# Orders that charge a saved method hold its token until they are settled.
SEALED_ORDERS: Final = InJson(
    Attempt, "order", "saved_method", bound="pk", where=Q(order__has_key="saved_method")
)


def look(attempt_id: uuid.UUID, *, code: str = "look", told_id: str = "") -> Attempt:
    """Ask the gateway how an attempt stands, and commit what it says. `told_id` is the gateway's object as it told of
    it: all that there is of one that was given up before its name was known.

    Raises `AnswerLost` or `TryLater` when the gateway can't say now.
    """
    attempt = Attempt.objects.get(pk=attempt_id)
    gift = Gift.objects.get(pk=attempt.gift_id)
    context.about_gift(gift.reference)
    gateway = gateways.gateway(attempt.gateway, attempt.account)
    if attempt.state == State.AWAITING:
        return _expire_awaiting(gift, attempt)
    if attempt.gateway_id is None:
        attempt = _look_for_new(gift, attempt, gateway)
        if told_id and attempt.gateway_id is None and attempt.state not in OPEN_STATES:
            return absorb(gift, attempt, gateway.retrieve(told_id), code=code)
        return attempt
    if gateway.capabilities().by_hand:
        return attempt
    with context.span("gateway retrieve", gateway=attempt.gateway):
        answer = gateway.retrieve(attempt.gateway_id)
    crash_point("look.after-retrieve")
    if answer.agreed and attempt.state in OPEN_STATES and not _expired(attempt):
        return _take(gift, attempt, gateway)
    if answer.status in (Status.CREATED, Status.ACTION_REQUIRED) and _abandoned(attempt, answer):
        if answer.status == Status.CREATED and still_wanted(gift, attempt):
            return _take(gift, attempt, gateway)
        answer = gateway.cancel(attempt.gateway_id)
        crash_point("look.after-cancel")
    return absorb(gift, attempt, answer, code=code)


def _take(gift: Gift, attempt: Attempt, gateway: Gateway) -> Attempt:
    """The donor has agreed, on the gateway's page or to a plan: take the money. That it is about to be taken is
    committed first: of two who want this, or one who wants it and one who cancels, only one moves the attempt.

    Raises `TryLater`; the next look takes it.
    """
    if attempt.state in LEFT_OPEN_STATES:
        attempt = advance(gift, attempt, "confirming", code="agreed")
    if attempt.state not in (State.CONFIRMING, State.UNKNOWN):
        return attempt
    crash_point("take.before-call")
    try:
        with context.span("gateway confirm", gateway=attempt.gateway):
            answer = gateway.confirm(attempt.gateway_id or "", order=order_of(gift, attempt))
    except AnswerLost:
        if attempt.state == State.CONFIRMING:
            return advance(gift, attempt, "unknown", code="answer_lost")
        raise
    except Refused:
        return advance(gift, attempt, "failed", code="refused", decline_code="refused")
    crash_point("take.after-call")
    return absorb(gift, attempt, answer, code="agreed")


def absorb(gift: Gift, attempt: Attempt, answer: Answer, *, code: str) -> Attempt:
    """Commit what a gateway said. If somebody else moved the attempt meanwhile, our answer may be the older one: the
    gateway is asked again, and if it can't say, what they wrote stands."""
    try:
        with transaction.atomic():
            plan = plan_of(gift)
            change = progress.apply(attempt, answer, at=now(), code=code)
            follow(gift, change, plan)
            crash_point("settle.before-commit")
    except Moved:
        with suppress(GatewayError):
            return look(attempt.pk, code=code)
        return Attempt.objects.get(pk=attempt.pk)
    except AmountsDiffer:
        Gift.objects.filter(pk=gift.pk).update(flag="amounts_differ")
        raise
    crash_point("settle.after-commit")
    return change.attempt


def order_of(gift: Gift, attempt: Attempt, *, given: Mapping[str, str] | None = None) -> Order:
    """What the gateway is asked to make: from the rows alone, so that who repeats it sends the same. `given` is what
    the payment step brought for the confirmation."""
    kept = attempt.order or {}
    return Order(
        key=str(attempt.pk),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        method=attempt.method,
        description=kept.get("description", ""),
        reference=gift.reference,
        return_url=kept.get("return_url", ""),
        language=gift.language,
        input=given or {},
        save_method=bool(kept.get("save_method")),
        saved_method=unseal(kept.get("saved_method", ""), order_place(attempt.pk)),
        charge_on=date.fromisoformat(kept["charge_on"]) if kept.get("charge_on") else None,
        payer=payer_of(gift),
    )


def order_place(attempt_id: uuid.UUID) -> str:
    """Where the token of a saved method stands sealed in an order."""
    return place("payments_attempt", "order", attempt_id)


def payer_of(gift: Gift) -> Payer:
    """Who pays, for the gateway's own pages and mandates."""
    contact = gift.contact
    address = contact.address
    return Payer(
        given_name=contact.given_name,
        family_name=contact.family_name or contact.organisation,
        email=contact.email,
        country=str(address.get("country", "")) if address else "",
        address=address,
    )


def keep_object(gift: Gift, attempt: Attempt, answer: Answer, *, confirms: bool) -> Attempt:
    """Keep the gateway's object, together with what comes next: the donor's act, waiting, or (if the caller `confirms`
    it) its confirmation."""
    events = {
        Status.AWAITING: ("awaiting",),
        Status.ACTION_REQUIRED: ("created", "action_required"),
        Status.PROCESSING: ("created", "processing"),
    }.get(answer.status, ("created", "confirming") if confirms else ("created",))
    action = answer.next_action
    next_action = (
        {"kind": action.kind, "url": action.url, "client_secret": action.client_secret} if action else None
    )
    # What charges a saved method is needed until the charge is settled: whoever finds it half done goes on with it.
    order = attempt.order if off_session(attempt) else None
    return advance(
        gift,
        attempt,
        *events,
        answer=answer,
        gateway_id=answer.gateway_id,
        next_action=next_action,
        order=order,
    )


def _look_for_new(gift: Gift, attempt: Attempt, gateway: Gateway) -> Attempt:
    """The answer to the create call was lost: the same again under the same key, until its gateway may have forgotten
    it. Then no other is made: the gateway is asked for what carries the key, where it can be, and what it tells of
    later is booked all the same.

    A refusal of the repeat says nothing about the first call, which may have been executed: the attempt stays new.
    A plan's charge is given up only when its gateway refuses it by then, for another with a new key follows: a gateway
    that charges as it creates keeps its keys for longer, and of others nothing is charged unconfirmed.

    Raises `TryLater` of a plan's charge after a restore, until it is known what the gateway holds.
    """
    if attempt.state != State.NEW or now() - attempt.updated_at < _ABANDONED_AFTER:
        return attempt
    planned = off_session(attempt)
    can = gateway.capabilities()
    last = min(progress.GIVE_UP_AFTER, can.keys_last - _BEFORE_KEYS_END)
    late = now() - attempt.created_at > last and not can.by_hand
    if late and not planned:
        return _given_up(gift, attempt, gateway)
    if planned and restoring.held(attempt.gateway):
        raise TryLater("a backup was restored")
    found = restoring.found_under(attempt.gateway, str(attempt.pk)) if planned else None
    try:
        answer = gateway.retrieve(found) if found is not None else gateway.create(order_of(gift, attempt))
    except TooLate:
        # The gateway has looked whether the first call was in time.
        return advance(gift, attempt, "refused", code=TOO_LATE, decline_code=TOO_LATE)
    except Refused:
        if late and found is None:
            return advance(gift, attempt, "given_up")
        progress.postpone(attempt.pk, at=now())
        return attempt
    crash_point("look.after-create")
    wanted = still_wanted(gift, attempt)
    attempt = keep_object(gift, attempt, answer, confirms=wanted)
    if found is not None and answer.status != Status.CREATED:
        return absorb(gift, attempt, answer, code="found")
    if wanted:
        return _take(gift, attempt, gateway)
    if attempt.state == State.AWAITING:
        return attempt
    # The donor is no longer there to confirm: nothing is charged behind anybody's back.
    answer = gateway.cancel(answer.gateway_id)
    crash_point("look.after-withdrawal")
    return absorb(gift, attempt, answer, code="abandoned")


def _given_up(gift: Gift, attempt: Attempt, gateway: Gateway) -> Attempt:
    """A backup may be older than what its attempt came to: it is asked for by its key before it is given up."""
    if isinstance(gateway, Finds):
        try:
            paid = gateway.find_charge(str(attempt.pk), since=attempt.created_at)
        except Refused:
            # Not allowed to see the list: a webhook, or the day's look at the gateway's events, tells of it.
            paid = None
        if paid is not None:
            attempt = keep_object(gift, attempt, paid, confirms=True)
            return absorb(gift, attempt, paid, code="found")
    return advance(gift, attempt, "given_up")


def still_wanted(gift: Gift, attempt: Attempt) -> bool:
    """Nobody has to be there for a plan's later gift: it was promised, and its charge goes on where it was cut off,
    unless the plan was paused or cancelled meanwhile, or the gift skipped or changed."""
    if not off_session(attempt) or gift.plan_id is None or withdrawing.asked_of(attempt.pk) is not None:
        return False
    return Plan.objects.filter(pk=gift.plan_id, state__in=CHARGEABLE_STATES).exists()


def _expire_awaiting(gift: Gift, attempt: Attempt) -> Attempt:
    if attempt.look_at is None or attempt.look_at > now():
        return attempt
    return advance(gift, attempt, "expired")


def _abandoned(attempt: Attempt, answer: Answer) -> bool:
    """Nobody will confirm this object any more: it is cancelled at the gateway first, and only then here."""
    if answer.status == Status.ACTION_REQUIRED:
        return _expired(attempt)
    return attempt.state in OPEN_STATES and now() - attempt.updated_at > _ABANDONED_AFTER


def _expired(attempt: Attempt) -> bool:
    return now() - attempt.updated_at > _EXPIRE_AFTER
