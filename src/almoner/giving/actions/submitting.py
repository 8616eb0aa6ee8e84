"""Give: save the intent, pay, save the outcome."""

import logging
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from almoner.charities.rows import insert
from almoner.giving import limits
from almoner.giving.actions.following import advance
from almoner.giving.actions.looking import absorb, keep_object, order_of
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift, GiftSource, GiftStatus
from almoner.kernel import context
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_reference
from almoner.payments import gateways, progress
from almoner.payments.gateways.port import AnswerLost, GatewayError, Order, Refused, TryLater
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer
from almoner.payments.transitions import State
from almoner.plans import beginning
from almoner.plans.models import Period
from almoner.supporters.models import Contact
from almoner.supporters.people import Details, add_contact, record_consents

_log = logging.getLogger(__name__)

# Months between two gifts -> how a gift says it.
FREQUENCIES: Final = {0: "once", 1: "monthly", 3: "quarterly", 12: "yearly"}


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
    # A regular gift: months between two gifts (1, 3 or 12); 0: one gift. This one is the first of its plan.
    every: int = 0
    # The day of the month of the later gifts (None: this one's), and when they end: by date, or after so many in all.
    day: int | None = None
    ends_on: date | None = None
    ends_after: int | None = None

    @property
    def plan_id(self) -> uuid.UUID | None:
        """Made from the gift's identifier, so that the same draft can't be two plans. None: it is one gift."""
        return uuid.uuid5(self.gift_id, "plan") if self.every else None

    @property
    def total_minor(self) -> int:
        return self.amount_minor + self.cover_minor

    @property
    def attempt_id(self) -> uuid.UUID:
        """Made from the gift's own, so that the same submit can't become two attempts."""
        return uuid.uuid5(self.gift_id, f"attempt {self.ordinal}")


class StandsAlready(Exception):
    """The gift was submitted before, and isn't now to be tried again with this content. Nothing was changed."""


def submit(intent: Intent) -> tuple[Gift, Attempt]:
    """Give: save the intent, pay, save the outcome. The same identifier again raises `StandsAlready`."""
    crash_point("submit.before-intent")
    try:
        gift, attempt = _save_intent(intent)
    except IntegrityError as collision:
        if not Gift.objects.filter(pk=intent.gift_id).exists():
            raise
        raise StandsAlready(str(intent.gift_id)) from collision
    crash_point("submit.after-intent")
    try:
        return gift, pay(gift, attempt, order_of(gift, attempt, given=intent.input))
    except AmountsDiffer:
        # Flagged for a person; the donor is told that the answer is awaited.
        return standing(gift.pk)


def _save_intent(intent: Intent) -> tuple[Gift, Attempt]:
    """One commit. If only the limits' counters are dead, the gift is saved without being counted."""
    at = now()
    try:
        with transaction.atomic():
            gift, attempt = _save(intent, at=at) if intent.ordinal == 1 else _save_again(intent, at=at)
            crash_point("submit.before-commit")
    except limits.CountersDead:
        _log.exception("gift %s is not counted for the limits", intent.gift_id)
        return _save_intent(replace(intent, who=None))
    return gift, attempt


def standing(gift_id: uuid.UUID) -> tuple[Gift, Attempt]:
    """The gift and its newest attempt, as they stand together in the database."""
    gift = Gift.objects.get(pk=gift_id)
    while True:
        attempt = Attempt.objects.filter(gift_id=gift_id).latest("ordinal")
        # Between the two reads another process may have declined one attempt, or begun the next: a pair that never was.
        again = Gift.objects.get(pk=gift_id)
        if again.status == gift.status:
            return again, attempt
        gift = again


def let_go(gift: Gift, attempt: Attempt) -> tuple[Gift, Attempt]:
    """Before the donor pays in another way: what they left open on a gateway's page is cancelled there, and only then
    here. If they had paid it first, the gateway says so and the gift is settled; if it can't say, it stays open."""
    with suppress(GatewayError, gateways.GatewayUnknown, AmountsDiffer):
        gateway = gateways.gateway(attempt.gateway, attempt.account)
        absorb(gift, attempt, gateway.cancel(attempt.gateway_id or ""), code="other_way")
    return standing(gift.pk)


def pay(gift: Gift, attempt: Attempt, order: Order) -> Attempt:
    """Take a new attempt through its gateway, as far as it goes without the donor."""
    context.about_gift(gift.reference)
    gateway = gateways.gateway(attempt.gateway)
    try:
        with context.span("gateway create", gateway=attempt.gateway):
            answer = gateway.create(order)
    except AnswerLost:
        return attempt
    except (Refused, TryLater) as refusal:
        return advance(gift, attempt, "refused", code=_code(refusal), decline_code=_code(refusal))
    crash_point("create.after-call")
    attempt = keep_object(gift, attempt, answer, confirms=True)
    crash_point("create.after-commit")
    if attempt.state != State.CONFIRMING:
        return attempt
    try:
        with context.span("gateway confirm", gateway=attempt.gateway):
            answer = gateway.confirm(answer.gateway_id, order=order)
    except AnswerLost:
        return advance(gift, attempt, "unknown", code="answer_lost")
    except (Refused, TryLater) as refusal:
        return advance(gift, attempt, "failed", code=_code(refusal), decline_code=_code(refusal))
    crash_point("confirm.after-call")
    return absorb(gift, attempt, answer, code="answer")


def _save(intent: Intent, *, at: datetime) -> tuple[Gift, Attempt]:
    contact = add_contact(intent.details, charity_id=intent.charity_id, at=at)
    title = _story_title(intent.source, intent.charity_id)
    period = _promise(intent, contact, title, at=at)
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
        frequency=FREQUENCIES[intent.every],
        plan_id=period.plan_id if period is not None else None,
        period_on=period.on if period is not None else None,
        content_digest=intent.digest,
        tribute_kind=intent.tribute_kind,
        tribute_name=intent.tribute_name,
        message=intent.message,
        anonymous=intent.anonymous,
        language=intent.language,
        given_at=at,
    )
    insert(gift)
    save_source(gift, intent.source, title)
    record_consents(contact, intent.consents, source=intent.source_name, at=at)
    return gift, _begin(gift, intent, at=at)


def _promise(intent: Intent, contact: Contact, story_title: str, *, at: datetime) -> Period | None:
    """The plan that a regular gift begins; None for one gift."""
    if intent.plan_id is None:
        return None
    promise = beginning.Promise(
        plan_id=intent.plan_id,
        first_gift_id=intent.gift_id,
        charity_id=intent.charity_id,
        fund_id=intent.fund_id,
        form_id=intent.form_id,
        amount_minor=intent.amount_minor,
        cover_minor=intent.cover_minor,
        currency=intent.currency,
        every=intent.every,
        gateway=intent.gateway,
        account=gateways.gateway(intent.gateway).account,
        method=intent.method,
        language=intent.language,
        day=intent.day,
        ends_on=intent.ends_on,
        ends_after=intent.ends_after,
        source=dict(intent.source) | ({"story_title": story_title} if story_title else {}),
    )
    period = beginning.begin(promise, contact, at=at)
    crash_point("plan.begun")
    return period


def _story_title(source: Mapping[str, str], charity_id: int) -> str:
    story_id = int(source.get("story") or 0) or None
    return hooks.story_title(story_id, charity_id) if story_id is not None else ""


def save_source(gift: Gift, source: Mapping[str, str], title: str) -> None:
    """Where a gift came from. A story is named only if it has a title here."""
    if not any(source.values()):
        return
    story_id = int(source.get("story") or 0) or None
    texts = {name: value for name, value in source.items() if name not in ("story", "story_title")}
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
        account=gateways.gateway(intent.gateway).account,
        method=intent.method,
        amount_minor=intent.total_minor,
        currency=intent.currency,
        income_code=f"income:{intent.fund_code}",
        ledger_tag=f"form:{intent.form_id}" if intent.form_id else "",
        order={"description": intent.description, "return_url": intent.return_url}
        | ({"save_method": "1"} if intent.every else {}),
        at=at,
    )


def _code(refusal: Refused | TryLater) -> str:
    return "try_later" if isinstance(refusal, TryLater) else "refused"
