"""What staff do by hand: gifts that came by phone, cheque, cash or at an event, and transfers that reached the bank.

They go into the same ledger with the same receipts as gifts made online.
"""

import uuid
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from almoner.charities import audit
from almoner.charities.models import Charity, Fund
from almoner.giving.actions import follow
from almoner.giving.models import BatchLine, DonationForm, Gift, GiftBatch, GiftSource
from almoner.kernel.cards import scrub
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.references import new_public_key, new_reference, new_uuid
from almoner.payments import banked, credits, progress
from almoner.payments.credits import NotMatchable as NotMatchable
from almoner.payments.models import Attempt, BankCredit, Refund
from almoner.payments.progress import Moved
from almoner.payments.transitions import IllegalMove, RefundState, State
from almoner.supporters.people import Details, add_contact

# What makes two entries of one identifier the same gift.
_SAME_GIFT: Final = (
    "charity_id", "fund_id", "amount_minor", "currency", "channel", "given_at", "message", "entered_by_id",
    "benefit", "benefit_minor",
)  # fmt: skip
_SAME_PERSON: Final = ("given_name", "family_name", "organisation", "email")


class ControlTotalsDiffer(ValueError):
    """A batch's lines don't come to the count and total that were made by hand; nothing was posted."""


class EnteredAlready(ValueError):
    """The identifier that was minted with staff's page is taken by something else than what the page now sends."""


def enter_gift(
    *,
    charity: Charity,
    fund: Fund,
    details: Details,
    amount_minor: int,
    currency: str,
    channel: str,
    given_on: date,
    actor: audit.Actor,
    form: DonationForm | None = None,
    appeal: str = "",
    note: str = "",
    batch: GiftBatch | None = None,
    gift_id: uuid.UUID | None = None,
    benefit: str = "",
    benefit_minor: int | None = None,
) -> Gift:
    """Enter one gift that has already been received: paid, posted and receipted in one transaction.

    `benefit_minor`: what the donor got in return is worth that much, GST or the like included; 0 is nothing, and None
    that nobody asked. The same `gift_id` again returns the first gift; raises `EnteredAlready` if that is another one.
    """
    if fund.charity_id != charity.pk:
        raise ValueError("the fund belongs to another charity")
    gift = Gift(
        id=gift_id or new_uuid(),
        charity=charity,
        form=form,
        fund=fund,
        amount_minor=amount_minor,
        total_minor=amount_minor,
        currency=currency,
        message=scrub(note),
        language=details.language,
        channel=channel,
        given_at=_noon(given_on, charity),
        entered_by_id=actor.pk,
        batch=batch,
        benefit=scrub(benefit),
        benefit_minor=benefit_minor,
    )
    try:
        with transaction.atomic():
            _save(gift, details, appeal=scrub(appeal))
            _receive(gift, fund, channel)
            audit.record(
                actor=actor,
                charity=charity,
                action="enter gift",
                object_type="gift",
                object_id=gift.pk,
                detail={"amount_minor": amount_minor, "currency": currency, "channel": channel},
            )
    except IntegrityError:
        first = Gift.objects.select_related("contact").filter(pk=gift.pk).first()
        if first is None:
            raise
        return _same(first, gift, details)
    return gift


def post_batch(*, batch_id: int, actor: audit.Actor) -> list[Gift]:
    """Turn every line of a batch into a gift, all or none. Raises `ControlTotalsDiffer`."""
    with transaction.atomic():
        batch = GiftBatch.objects.select_for_update().select_related("charity").get(pk=batch_id)
        if batch.state == GiftBatch.State.POSTED:
            return list(batch.gifts.all())
        sums = batch.lines.aggregate(count=Count("id"), total=Sum("amount_minor"))
        if (sums["count"], sums["total"] or 0) != (batch.control_count, batch.control_total_minor):
            raise ControlTotalsDiffer("The lines don't match the count and the total made by hand.")
        gifts = [_post_line(batch, line, actor) for line in batch.lines.select_related("fund").order_by("id")]
        batch.state, batch.posted_at = GiftBatch.State.POSTED, now()
        batch.save(update_fields=["state", "posted_at"])
        audit.record(
            actor=actor,
            charity=batch.charity,
            action="post batch",
            object_type="batch",
            object_id=batch.pk,
            detail={
                "count": len(gifts),
                "total_minor": batch.control_total_minor,
                "currency": batch.currency,
            },
        )
    return gifts


def record_credit(
    *,
    charity: Charity,
    received_on: date,
    amount_minor: int,
    currency: str,
    text: str,
    actor: audit.Actor,
    credit_id: uuid.UUID | None = None,
) -> BankCredit:
    """Book a credit that staff saw on the bank account. Until it is matched it waits in suspense.

    The same `credit_id` again returns the first credit; raises `EnteredAlready` if that is another one.
    """
    at = now()
    seen = {
        "charity_id": charity.pk,
        "received_on": received_on,
        "amount_minor": amount_minor,
        "currency": currency,
        "text": scrub(text)[:500],
        "entered_by_id": actor.pk,
    }
    with transaction.atomic():
        credit, booked = BankCredit.objects.get_or_create(
            pk=credit_id or new_uuid(), defaults={**seen, "created_at": at}
        )
        if not booked and any(getattr(credit, name) != value for name, value in seen.items()):
            raise EnteredAlready("This identifier is another credit's.")
        if not booked:
            return credit
        credits.book(credit, at=at)
        _record(credit, "record bank credit", actor)
    return credit


def match_credit(*, credit_id: uuid.UUID, gift_id: uuid.UUID, actor: audit.Actor) -> Gift:
    """A credit was a gift's transfer: what arrived is what settles, whatever was promised. Raises `NotMatchable`."""
    with transaction.atomic():
        credit = credits.locked_in_suspense(credit_id)
        gift = Gift.objects.select_for_update().get(pk=gift_id)
        if (credit.charity_id, credit.currency) != (gift.charity_id, gift.currency):
            raise NotMatchable("The credit is of another charity or currency.")
        promised = Attempt.objects.filter(gift_id=gift.pk, gateway="bank").order_by("ordinal").last()
        if promised is None:
            raise NotMatchable("This gift does not wait for a transfer.")
        _settle(gift, promised, credit)
        _record_of(credit, gift, action="match bank credit", actor=actor)
        crash_point("match.before-commit")
    crash_point("match.after-commit")
    return gift


def gift_of_credit(*, credit_id: uuid.UUID, fund: Fund, details: Details, actor: audit.Actor) -> Gift:
    """Nobody had promised this credit, and staff know whose it is: a gift over what arrived, on the day it did, paid,
    posted and receipted in one transaction. Raises `NotMatchable`."""
    with transaction.atomic():
        credit = credits.locked_in_suspense(credit_id)
        if fund.charity_id != credit.charity_id:
            raise NotMatchable("The fund belongs to another charity than the credit.")
        gift = Gift(
            id=new_uuid(),
            charity=credit.charity,
            fund=fund,
            amount_minor=credit.amount_minor,
            total_minor=credit.amount_minor,
            currency=credit.currency,
            language=details.language,
            channel=Gift.Channel.TRANSFER,
            given_at=_noon(credit.received_on, credit.charity),
            entered_by_id=actor.pk,
        )
        _save(gift, details, appeal="")
        attempt = _begin(gift, fund, gateway="bank", method="bank_transfer")
        progress.move(attempt, "awaiting", at=now(), code="staff")
        _settle(gift, attempt, credit)
        _record_of(credit, gift, action="make gift of bank credit", actor=actor)
    return gift


def unmatch_credit(*, credit_id: uuid.UUID, actor: audit.Actor) -> BankCredit:
    """A credit was not the gift's or the payout's that it was matched to: it is in suspense again, the gift waits
    again, and its receipt holds no more. A gift that staff had made of the credit is given up with it.

    Raises `NotMatchable`."""
    with transaction.atomic():
        credit = credits.locked(credit_id)
        if credit.payout_id is not None:
            banked.part(credit, actor=actor)
        else:
            _unmatch(credit, actor)
    return credit


def withdraw_credit(*, credit_id: uuid.UUID, actor: audit.Actor) -> BankCredit:
    """The statement that showed a credit is taken back, whatever the credit had become. Repeating changes nothing.
    Raises `NotMatchable` for one that was sent back to the bank, or whose gift was refunded."""
    with transaction.atomic():
        credit = credits.locked(credit_id)
        if credit.withdrawn_at is not None:
            return credit
        if credit.sent_back_at is not None:
            raise NotMatchable("This credit was sent back.")
        if credit.payout_id is not None:
            banked.part(credit, actor=actor)
        elif credit.attempt_id is not None:
            _unmatch(credit, actor)
        credits.withdraw(credit, at=now())
        _record(credit, "withdraw bank credit", actor)
    return credit


def send_back_credit(*, credit_id: uuid.UUID, actor: audit.Actor) -> BankCredit:
    """The bank returned a credit that was nobody's gift: it leaves suspense. Raises `NotMatchable`."""
    with transaction.atomic():
        credit = credits.locked_in_suspense(credit_id)
        credits.send_back(credit, at=now())
        _record(credit, "send back bank credit", actor)
    return credit


def _unmatch(credit: BankCredit, actor: audit.Actor) -> None:
    """Part a locked credit from its gift, inside the caller's transaction."""
    attempt = credit.attempt
    if attempt is None:
        raise NotMatchable("This credit is matched to no gift.")
    gift = Gift.objects.select_for_update().get(pk=attempt.gift_id)
    if Refund.objects.filter(attempt=attempt).exclude(state=RefundState.FAILED).exists():
        raise NotMatchable("Some of this gift was given back: its match can't be undone.")
    at = now()
    try:
        follow(gift, progress.move(attempt, "unmatched", at=at, code="staff"))
        if gift.channel == Gift.Channel.TRANSFER:
            # Nobody had promised it: it was made of this credit, and waits for no other.
            follow(gift, progress.move(attempt, "expired", at=at, code="staff"))
    except (Moved, IllegalMove):
        raise NotMatchable("Somebody else changed this gift just now. Look at it again.") from None
    credit.attempt, credit.matched_at = None, None
    credit.save(update_fields=["attempt", "matched_at"])
    _record_of(credit, gift, action="unmatch bank credit", actor=actor)


def _record(credit: BankCredit, action: str, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=credit.charity,
        action=action,
        object_type="bank credit",
        object_id=credit.pk,
        detail={"amount_minor": credit.amount_minor, "currency": credit.currency},
    )


def _settle(gift: Gift, attempt: Attempt, credit: BankCredit) -> None:
    """The transfer that the gift waits for has come, or came after it was given up: then it is a correction."""
    event = {State.AWAITING: "received", State.CANCELLED: "corrected"}.get(State(attempt.state))
    if event is None:
        raise NotMatchable("This gift does not wait for a transfer.")
    at = now()
    try:
        change = progress.move(attempt, event, at=at, code="staff", amount_minor=credit.amount_minor)
    except Moved:
        raise NotMatchable("Somebody else changed this gift just now. Look at it again.") from None
    credit.attempt, credit.matched_at = change.attempt, at
    credit.save(update_fields=["attempt", "matched_at"])
    follow(gift, change)


def _record_of(credit: BankCredit, gift: Gift, *, action: str, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=credit.charity,
        action=action,
        object_type="gift",
        object_id=gift.pk,
        detail={
            "credit": str(credit.pk),
            "amount_minor": credit.amount_minor,
            "currency": credit.currency,
        },
    )


def _save(gift: Gift, details: Details, *, appeal: str) -> None:
    gift.contact = add_contact(details, charity_id=gift.charity_id, at=now())
    gift.reference, gift.public_key = new_reference(), new_public_key()
    gift.save(force_insert=True)
    if appeal:
        GiftSource.objects.create(gift=gift, appeal=appeal[:60])


def _same(first: Gift, again: Gift, details: Details) -> Gift:
    """The gift that took this identifier first; raises `EnteredAlready` if what comes again is another one."""
    same_gift = all(getattr(first, name) == getattr(again, name) for name in _SAME_GIFT)
    same_person = all(getattr(first.contact, name) == getattr(details, name) for name in _SAME_PERSON)
    if not (same_gift and same_person):
        raise EnteredAlready("This identifier is another gift's.")
    return first


def _receive(gift: Gift, fund: Fund, channel: str) -> None:
    attempt = _begin(gift, fund, gateway="offline", method=channel)
    follow(gift, progress.move(attempt, "awaiting", "received", at=now(), code="staff"))


def _begin(gift: Gift, fund: Fund, *, gateway: str, method: str) -> Attempt:
    return progress.begin(
        attempt_id=uuid.uuid5(gift.pk, "attempt 1"),
        gift_id=gift.pk,
        ordinal=1,
        charity_id=gift.charity_id,
        gateway=gateway,
        method=method,
        amount_minor=gift.total_minor,
        currency=gift.currency,
        income_code=f"income:{fund.code}",
        ledger_tag=f"form:{gift.form_id}" if gift.form_id else "",
        at=now(),
    )


def _post_line(batch: GiftBatch, line: BatchLine, actor: audit.Actor) -> Gift:
    details = Details(
        given_name=line.given_name,
        family_name=line.family_name,
        organisation=line.organisation,
        email=line.email,
        address=line.address,
    )
    return enter_gift(
        charity=batch.charity,
        fund=line.fund,
        details=details,
        amount_minor=line.amount_minor,
        currency=batch.currency,
        channel=line.channel,
        given_on=line.given_on,
        actor=actor,
        note=line.note,
        batch=batch,
        gift_id=line.key,
        benefit=line.benefit,
        benefit_minor=line.benefit_minor,
    )


def _noon(day: date, charity: Charity) -> datetime:
    """A day without a time, as a moment: noon where the charity is, so that no zone's midnight shifts it."""
    return datetime.combine(day, time(12), ZoneInfo(charity.timezone))
