"""What happens to a gift: submitted, paid, looked after, refunded.

The order is always the same: an intent is committed, the gateway is called outside any transaction, its answer is
committed. Whoever repeats a step finds what stands and changes nothing. A payment of three commits:

1. gift, donor, consents and the attempt `new`;
2. the gateway's object, and that its confirmation is about to be sent (`created`, `confirming`);
3. the outcome, with its event, postings, receipt number and outbox rows.
"""

import logging
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from almoner.charities import audit
from almoner.charities.rows import insert, update
from almoner.giving import limits
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift, GiftSource, GiftStatus
from almoner.giving.status import derive
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_reference
from almoner.payments import gateways, progress, refunds
from almoner.payments.gateways.port import (
    Answer,
    AnswerLost,
    Gateway,
    GatewayError,
    Order,
    RefundAnswer,
    Refused,
    Status,
    TryLater,
)
from almoner.payments.models import Attempt, Refund
from almoner.payments.progress import AmountsDiffer, Change, Moved
from almoner.payments.transitions import OPEN_STATES, State
from almoner.supporters.people import Details, add_contact, record_consents

_log = logging.getLogger(__name__)

# An attempt whose process has not moved it for this long is nobody's any more: gateways' time-outs are far shorter.
_ABANDONED_AFTER = timedelta(minutes=1)
# A donor may come back from a bank's page late; after a day the object is cancelled at the gateway.
_EXPIRE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Intent:
    """A gift as it was submitted, checked and complete. Amounts in minor units of `currency`."""

    gift_id: uuid.UUID
    public_key: str
    ordinal: int
    charity_id: int
    form_id: int | None
    fund_id: int
    fund_code: str
    details: Details
    amount_minor: int
    cover_minor: int
    currency: str
    gateway: str
    method: str
    digest: str
    language: str
    description: str
    return_url: str
    input: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    source_name: str = ""
    who: limits.Who | None = None
    tribute_kind: str = ""
    tribute_name: str = ""
    message: str = ""
    anonymous: bool = False

    @property
    def total_minor(self) -> int:
        return self.amount_minor + self.cover_minor

    @property
    def attempt_id(self) -> uuid.UUID:
        """Made from the gift's own, so that the same submit can't become two attempts."""
        return uuid.uuid5(self.gift_id, f"attempt {self.ordinal}")


def submit(intent: Intent) -> tuple[Gift, Attempt]:
    """Give: save the intent, pay, save the outcome. The same identifier again returns the first gift as it stands."""
    crash_point("submit.before-intent")
    at = now()
    try:
        with transaction.atomic():
            gift, attempt = _save(intent, at=at) if intent.ordinal == 1 else _save_again(intent, at=at)
    except IntegrityError:
        return standing(intent.gift_id)
    crash_point("submit.after-intent")
    try:
        return gift, pay(gift, attempt, _order(gift, attempt, intent))
    except AmountsDiffer:
        # Flagged for a person; the donor is told that the answer is awaited.
        return standing(gift.pk)


def standing(gift_id: uuid.UUID) -> tuple[Gift, Attempt]:
    """The gift and its newest attempt, as they are in the database."""
    gift = Gift.objects.get(pk=gift_id)
    return gift, Attempt.objects.filter(gift_id=gift_id).latest("ordinal")


def pay(gift: Gift, attempt: Attempt, order: Order) -> Attempt:
    """Take a new attempt through its gateway, as far as it goes without the donor."""
    gateway = gateways.gateway(attempt.gateway)
    try:
        answer = gateway.create(order)
    except AnswerLost:
        return attempt
    except (Refused, TryLater) as refusal:
        return _advance(gift, attempt, "refused", code=_code(refusal), decline_code=_code(refusal))
    crash_point("create.after-call")
    attempt = _created(gift, attempt, answer)
    crash_point("create.after-commit")
    if attempt.state != State.CONFIRMING:
        return attempt
    try:
        answer = gateway.confirm(answer.gateway_id, order=order)
    except AnswerLost:
        return _advance(gift, attempt, "unknown", code="answer_lost")
    except (Refused, TryLater) as refusal:
        return _advance(gift, attempt, "failed", code=_code(refusal), decline_code=_code(refusal))
    crash_point("confirm.after-call")
    return absorb(gift, attempt, answer, code="answer")


def absorb(gift: Gift, attempt: Attempt, answer: Answer, *, code: str) -> Attempt:
    """Commit what a gateway said. If somebody else moved the attempt meanwhile, our answer may be the older one: the
    gateway is asked again, and if it can't say, what they wrote stands."""
    try:
        with transaction.atomic():
            change = progress.apply(attempt, answer, at=now(), code=code)
            follow(gift, change)
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


def look(attempt_id: uuid.UUID, *, code: str = "look") -> Attempt:
    """Ask the gateway how an attempt stands, and commit what it says. Harmless to repeat, at any time.

    Raises `AnswerLost` or `TryLater` when the gateway can't say now.
    """
    attempt = Attempt.objects.get(pk=attempt_id)
    gift = Gift.objects.get(pk=attempt.gift_id)
    gateway = gateways.gateway(attempt.gateway)
    if attempt.state == State.AWAITING:
        return _expire_awaiting(gift, attempt)
    if attempt.gateway_id is None:
        return _look_for_new(gift, attempt, gateway)
    if gateway.capabilities().by_hand:
        return attempt
    answer = gateway.retrieve(attempt.gateway_id)
    if answer.status in (Status.CREATED, Status.ACTION_REQUIRED) and _abandoned(attempt, answer):
        answer = gateway.cancel(attempt.gateway_id)
    return absorb(gift, attempt, answer, code=code)


def look_at_due(limit: int = 100) -> int:
    """The sweep: ask about every open attempt and refund whose time has come. Returns how many were asked about."""
    at = now()
    due = list(
        Attempt.objects.filter(look_at__lte=at).order_by("look_at").values_list("pk", flat=True)[:limit]
    )
    for attempt_id in due:
        try:
            look(attempt_id, code="sweep")
        except (GatewayError, gateways.GatewayUnknown, AmountsDiffer) as fault:
            # One that can't be asked about must not stand in the way of the others.
            _log.warning("attempt %s could not be asked about: %s", attempt_id, type(fault).__name__)
            progress.postpone(attempt_id, at=now())
    waiting = list(
        Refund.objects.filter(look_at__lte=at).order_by("look_at").values_list("pk", flat=True)[:limit]
    )
    for refund_id in waiting:
        try:
            send_refund(refund_id)
        except gateways.GatewayUnknown as fault:
            _log.warning("refund %s could not be asked about: %s", refund_id, type(fault).__name__)
            refunds.postpone(refund_id, at=now())
    return len(due) + len(waiting)


def look_by_gateway_id(gateway: str, gateway_id: str) -> bool:
    """A webhook's reason to look; False when no attempt has this object (yet)."""
    attempt = Attempt.objects.filter(gateway=gateway, gateway_id=gateway_id).first()
    if attempt is None:
        return False
    look(attempt.pk, code="webhook")
    return True


def refund(*, gift_id: uuid.UUID, amount_minor: int, reason: str, actor: audit.Actor) -> Refund:
    """Give back all or part of a paid gift. Raises `NotRefundable`; the outcome is in the refund's state."""
    with transaction.atomic():
        gift = Gift.objects.select_related("charity").get(pk=gift_id)
        asked = refunds.request(
            _to_refund(gift_id), amount_minor=amount_minor, reason=reason, by_id=actor.pk, at=now()
        )
        audit.record(
            actor=actor,
            charity=gift.charity,
            action="refund gift",
            object_type="gift",
            object_id=gift.pk,
            detail={"amount_minor": amount_minor, "currency": gift.currency, "refund": str(asked.pk)},
        )
    crash_point("refund.after-intent")
    return send_refund(asked.pk)


def _to_refund(gift_id: uuid.UUID) -> uuid.UUID:
    """The newest paid attempt that has anything left: of a gift that was paid twice, the second payment goes first."""
    paid = list(Attempt.objects.filter(gift_id=gift_id, state=State.SUCCEEDED).order_by("-ordinal"))
    if not paid:
        raise refunds.NotRefundable("Only a gift that was paid can be refunded.")
    return next((each for each in paid if refunds.refundable_minor(each)), paid[0]).pk


def send_refund(refund_id: uuid.UUID) -> Refund:
    """Ask the gateway for a refund that was requested, or how it went; the same key, so never twice."""
    standing_refund = Refund.objects.select_related("attempt").get(pk=refund_id)
    attempt = standing_refund.attempt
    gateway = gateways.gateway(attempt.gateway)
    try:
        answer = _ask_refund(gateway, standing_refund, attempt)
    except (AnswerLost, TryLater):
        return _refund_moved(standing_refund, "unknown", code="answer_lost")
    except Refused:
        # Of one that the gateway once took, a refusal to speak says nothing about the money.
        taken = standing_refund.gateway_id is not None
        return _refund_moved(standing_refund, "unknown" if taken else "failed", code="refused")
    crash_point("refund.after-call")
    try:
        with transaction.atomic():
            change = refunds.apply_status(standing_refund, answer.status, answer.gateway_id, at=now())
            _follow_refund(attempt, change)
    except Moved:
        return Refund.objects.get(pk=refund_id)
    crash_point("refund.after-commit")
    return change.refund


def _ask_refund(gateway: Gateway, standing_refund: Refund, attempt: Attempt) -> RefundAnswer:
    if standing_refund.gateway_id is not None:
        return gateway.retrieve_refund(standing_refund.gateway_id)
    return gateway.refund(
        attempt.gateway_id or "",
        key=str(standing_refund.pk),
        amount_minor=standing_refund.amount_minor,
        currency=standing_refund.currency,
    )


def _refund_moved(standing_refund: Refund, event: str, *, code: str) -> Refund:
    """Commit a move that brings no money; one that is unknown already is asked about later."""
    if standing_refund.state == event:
        refunds.postpone(standing_refund.pk, at=now())
        return standing_refund
    try:
        with transaction.atomic():
            return refunds.move(standing_refund, event, at=now(), code=code).refund
    except Moved:
        return Refund.objects.get(pk=standing_refund.pk)


def _follow_refund(attempt: Attempt, change: refunds.RefundChange) -> None:
    if not change.delta_minor:
        return
    gift = Gift.objects.select_for_update().get(pk=attempt.gift_id)
    gift.refunded_minor += change.delta_minor
    gift.save(update_fields=["refunded_minor"])
    hooks.on_refunded(gift, attempt, now())


def _save(intent: Intent, *, at: datetime) -> tuple[Gift, Attempt]:
    contact = add_contact(intent.details, charity_id=intent.charity_id, at=at)
    gift = Gift(
        id=intent.gift_id,
        charity_id=intent.charity_id,
        form_id=intent.form_id,
        fund_id=intent.fund_id,
        contact=contact,
        reference=new_reference(),
        public_key=intent.public_key,
        amount_minor=intent.amount_minor,
        cover_minor=intent.cover_minor,
        total_minor=intent.total_minor,
        currency=intent.currency,
        content_digest=intent.digest,
        tribute_kind=intent.tribute_kind,
        tribute_name=intent.tribute_name,
        message=intent.message,
        anonymous=intent.anonymous,
        language=intent.language,
        given_at=at,
    )
    insert(gift)
    _save_source(gift, intent.source)
    record_consents(contact, intent.consents, source=intent.source_name, at=at)
    return gift, _begin(gift, intent, at=at)


def _save_source(gift: Gift, source: Mapping[str, str]) -> None:
    if not any(source.values()):
        return
    texts = {name: value for name, value in source.items() if name != "story"}
    story_id = int(source.get("story") or 0) or None
    title = hooks.story_title(story_id, gift.charity_id) if story_id is not None else ""
    insert(GiftSource(gift=gift, story_id=story_id if title else None, story_title=title[:200], **texts))


def _save_again(intent: Intent, *, at: datetime) -> tuple[Gift, Attempt]:
    """Another attempt at a gift whose last one was declined. Anything else raises IntegrityError: see `submit`."""
    gift = Gift.objects.select_for_update().filter(pk=intent.gift_id).first()
    if gift is None:
        # The database was restored from before the first attempt: the donor's page is all that is left of it.
        return _save(intent, at=at)
    if gift.content_digest != intent.digest or gift.status != GiftStatus.FAILED:
        raise IntegrityError("not the gift that was declined, or no longer declined")
    attempt = _begin(gift, intent, at=at)
    gift.status = GiftStatus.PENDING
    gift.save(update_fields=["status"])
    return gift, attempt


def _begin(gift: Gift, intent: Intent, *, at: datetime) -> Attempt:
    if intent.who is not None:
        limits.count_submit(intent.who, attempt_id=intent.attempt_id, at=at)
    return progress.begin(
        attempt_id=intent.attempt_id,
        gift_id=gift.pk,
        ordinal=intent.ordinal,
        charity_id=intent.charity_id,
        gateway=intent.gateway,
        method=intent.method,
        amount_minor=intent.total_minor,
        currency=intent.currency,
        income_code=f"income:{intent.fund_code}",
        ledger_tag=f"form:{intent.form_id}" if intent.form_id else "",
        at=at,
    )


def _order(gift: Gift, attempt: Attempt, intent: Intent) -> Order:
    return Order(
        key=str(attempt.pk),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        method=attempt.method,
        description=intent.description,
        reference=gift.reference,
        return_url=intent.return_url,
        language=intent.language,
        input=intent.input,
    )


def _created(gift: Gift, attempt: Attempt, answer: Answer) -> Attempt:
    """Keep the gateway's object, together with what comes next: its confirmation, the donor's act, or waiting."""
    events = {
        Status.AWAITING: ("awaiting",),
        Status.ACTION_REQUIRED: ("created", "action_required"),
        Status.PROCESSING: ("created", "processing"),
    }.get(answer.status, ("created", "confirming"))
    action = answer.next_action
    next_action = (
        {"kind": action.kind, "url": action.url, "client_secret": action.client_secret} if action else None
    )
    return _advance(gift, attempt, *events, gateway_id=answer.gateway_id, next_action=next_action)


def _advance(gift: Gift, attempt: Attempt, *events: str, code: str = "", **changes: Any) -> Attempt:
    """Commit moves of an attempt that bring no money. If somebody moved it first, such as a webhook that overtook the
    answer we waited for in vain, what they wrote stands."""
    try:
        with transaction.atomic():
            change = progress.move(attempt, *events, at=now(), code=code, **changes)
            follow(gift, change)
    except Moved:
        return Attempt.objects.get(pk=attempt.pk)
    return change.attempt


def follow(gift: Gift, change: Change) -> None:
    """Bring the gift in step with its attempt, inside the transaction that moved it."""
    attempt, at = change.attempt, now()
    if change.event is None:
        return
    paid, status = _standing_of(gift, change)
    changes: dict[str, object] = {}
    if len(paid) > 1:
        changes["flag"] = gift.flag = "paid_twice"
    if change.settled and len(paid) == 1:
        changes["settled_at"] = gift.settled_at = at
    if paid and sum(paid) != gift.settled_minor:
        changes["settled_minor"] = gift.settled_minor = sum(paid)
    if status != gift.status:
        changes["status"] = gift.status = status
    if changes:
        update(Gift, changes, id=gift.pk)
    if change.settled and len(paid) == 1:
        hooks.on_settled(gift, attempt, at)
    elif change.unsettled:
        hooks.on_returned(gift, attempt, at)
    elif change.event == "awaiting":
        hooks.on_awaiting(gift, attempt, at)
    elif change.event in ("failed", "refused"):
        limits.mark_declined(attempt.pk)


def _standing_of(gift: Gift, change: Change) -> tuple[list[int], GiftStatus]:
    """(what each attempt that is paid now has settled, the gift's status). Nearly every gift has one attempt; where
    there may be more, the gift's row is locked, so that two attempts that settle at once see each other."""
    attempt = change.attempt
    if attempt.ordinal == 1 and change.event not in ("corrected", "returned", "collected"):
        states = [(attempt.state, attempt.settled_minor)]
    else:
        fresh = Gift.objects.select_for_update().get(pk=gift.pk)
        gift.status, gift.settled_minor, gift.settled_at = fresh.status, fresh.settled_minor, fresh.settled_at
        every = Attempt.objects.filter(gift_id=gift.pk).order_by("ordinal")
        states = list(every.values_list("state", "settled_minor"))
    paid = [settled_minor or 0 for state, settled_minor in states if state == State.SUCCEEDED]
    return paid, derive(state for state, _ in states)


def _look_for_new(gift: Gift, attempt: Attempt, gateway: Gateway) -> Attempt:
    """The answer to the create call was lost: the same key again, until gateways forget keys."""
    if attempt.state != State.NEW or now() - attempt.updated_at < _ABANDONED_AFTER:
        return attempt
    if now() - attempt.created_at > progress.GIVE_UP_AFTER and not gateway.capabilities().by_hand:
        return _advance(gift, attempt, "given_up")
    order = Order(
        key=str(attempt.pk),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        method=attempt.method,
        description="",
        reference=gift.reference,
        return_url="",
        language=gift.language,
    )
    try:
        answer = gateway.create(order)
    except Refused as refusal:
        return _advance(gift, attempt, "refused", code=_code(refusal))
    attempt = _created(gift, attempt, answer)
    if attempt.state == State.AWAITING:
        return attempt
    # The donor is no longer there to confirm: nothing is charged behind anybody's back.
    return absorb(gift, attempt, gateway.cancel(answer.gateway_id), code="abandoned")


def _expire_awaiting(gift: Gift, attempt: Attempt) -> Attempt:
    if attempt.look_at is None or attempt.look_at > now():
        return attempt
    return _advance(gift, attempt, "expired")


def _abandoned(attempt: Attempt, answer: Answer) -> bool:
    """Nobody will confirm this object any more: it is cancelled at the gateway first, and only then here."""
    age = now() - attempt.updated_at
    if answer.status == Status.ACTION_REQUIRED:
        return age > _EXPIRE_AFTER
    return attempt.state in OPEN_STATES and age > _ABANDONED_AFTER


def _code(refusal: Refused | TryLater) -> str:
    return "try_later" if isinstance(refusal, TryLater) else "refused"
