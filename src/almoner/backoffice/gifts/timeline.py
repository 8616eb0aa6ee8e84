"""All that happened to one gift, in one line of time, oldest first, as a fundraiser would tell it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localtime

from almoner.backoffice import words
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.money import money
from almoner.charities.models import AuditEntry
from almoner.giving.models import Gift
from almoner.ledger.models import Posting
from almoner.payments.disputes import POSTED
from almoner.payments.models import Attempt, BankCredit, Dispute, Event, Refund, RefundEvent
from almoner.payments.refunds import MADE_THERE
from almoner.receipts.links import pdf_path
from almoner.receipts.models import Receipt, ReceiptDelivery

# Staff's acts that no event of a payment tells.
_ACTS = {
    "enter gift": "Gift entered",
    "correct donor": "Donor’s details put right",
    "match bank credit": "Bank credit matched to this gift",
    "unmatch bank credit": "Bank credit parted from this gift",
    "make gift of bank credit": "Gift made of a bank credit",
}
# Events of a refund that the books may tell of.
_BOOKED = ("succeeded", "corrected", "failed")
_ONE_ACT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line. `tone` is plain, good, bad or quiet; `notes` stand under it, `books` what was booked by it."""

    at: datetime
    title: str
    tone: str = "plain"
    by: str = ""
    notes: tuple[str, ...] = ()
    books: tuple[str, ...] = ()
    url: str = ""
    # Settles the order of what one act wrote.
    rank: int = field(default=5, compare=False)


def timeline(story: Story) -> list[Moment]:
    """Newest last."""
    moments = [
        *_begun(story),
        *(moment for attempt in story.attempts for moment in _attempt(story, attempt)),
        *(moment for refund in story.refunds for moment in _refund(story, refund)),
        *(moment for dispute in story.disputes for moment in _dispute(story, dispute)),
        *_credit(story),
        *(_act(story, entry) for entry in story.acts if entry.action in _ACTS),
        *_erasure(story),
        *(moment for receipt in story.receipts for moment in _receipt(story, receipt)),
        *(moment for mail in story.mails for moment in _mail(story, mail)),
    ]
    return in_order(moments)


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    """One act writes several rows, some milliseconds apart: within a second of its first, what follows from what
    decides."""
    acts: list[list[Moment]] = []
    for each in sorted(moments, key=lambda moment: moment.at):
        if not acts or each.at - acts[-1][0].at >= _ONE_ACT:
            acts.append([])
        acts[-1].append(each)
    return [moment for act in acts for moment in sorted(act, key=lambda moment: (moment.rank, moment.at))]


def _begun(story: Story) -> Iterator[Moment]:
    gift = story.gift
    if gift.channel != Gift.Channel.ONLINE:
        return
    at = min((attempt.created_at for attempt in story.attempts), default=gift.given_at)
    form = f" on “{gift.form.title}”" if gift.form is not None else ""
    yield Moment(at, f"{money(gift.total_minor, gift.currency)} offered{form}", rank=0)


def _attempt(story: Story, attempt: Attempt) -> Iterator[Moment]:
    several = len(story.attempts) > 1
    for event in story.events_of(attempt):
        if attempt.gateway == "offline" and event.name == "awaiting":
            # Money in hand was never waited for: the entry passes through this state in one act.
            continue
        title, tone = words.attempt_event(event, attempt)
        notes = [text for text in (words.told_by(event.code),) if text]
        if several:
            notes.insert(0, f"attempt {attempt.ordinal}, {words.method(attempt.method).lower()}")
        notes += _differing(event, attempt)
        yield Moment(
            event.at,
            title,
            "quiet" if event.name in ("created", "confirming") else tone,
            by=_staff(story, event, attempt),
            notes=tuple(notes),
            books=_booked(story, "attempt", str(attempt.pk), event.at, event.amount_minor is not None),
        )


def _differing(event: Event, attempt: Attempt) -> list[str]:
    if event.amount_minor is None:
        return []
    notes = []
    if event.amount_minor != attempt.amount_minor:
        got, asked = (money(minor, attempt.currency) for minor in (event.amount_minor, attempt.amount_minor))
        notes.append(f"{got} arrived, {asked} was promised")
    if event.fee_minor:
        notes.append(f"fee {money(event.fee_minor, attempt.currency)}")
    return notes


def _staff(story: Story, event: Event, attempt: Attempt) -> str:
    return (
        story.name_of(story.gift.entered_by_id)
        if event.code == "staff" and attempt.gateway == "offline"
        else ""
    )


def _refund(story: Story, refund: Refund) -> Iterator[Moment]:
    amount = money(refund.amount_minor, refund.currency)
    for event in story.refund_events_of(refund):
        title, tone = words.refund_event(event)
        asked = event.name == "submitted"
        if asked and refund.requested_by_id is None and refund.reason == MADE_THERE:
            yield Moment(event.at, f"Refund made at the gateway: {amount}", tone, rank=6)
            continue
        yield Moment(
            event.at,
            f"{title}: {amount}",
            tone,
            by=story.name_of(refund.requested_by_id) if asked else _who_said(story, refund, event),
            notes=(f"reason: {refund.reason}",) if asked and refund.reason else _code(event),
            books=_booked(story, "refund", str(refund.pk), event.at, event.name in _BOOKED),
            rank=6,
        )


def _who_said(story: Story, refund: Refund, event: RefundEvent) -> str:
    """Of a refund that a person says was not made."""
    if event.code != "staff":
        return ""
    said = (entry for entry in story.acts if entry.action == "refund was not made")
    return next((entry.actor_name for entry in said if entry.detail.get("refund") == str(refund.pk)), "")


def _dispute(story: Story, dispute: Dispute) -> Iterator[Moment]:
    amount = money(dispute.amount_minor, dispute.currency)
    for event in sorted(dispute.events.all(), key=lambda each: each.pk):
        title, tone = words.dispute_event(event)
        asks = event.name in ("inquiry", "opened", "reopened")
        notes = [f"reason: {dispute.reason.replace('_', ' ')}"] if asks else []
        if asks and dispute.respond_by is not None:
            notes.append(f"answer by {localtime(dispute.respond_by):%-d %B %Y}")
        if event.fee_minor:
            notes.append(f"fee {money(event.fee_minor, dispute.currency)}")
        books = _booked(story, "dispute", str(dispute.pk), event.at, event.name in POSTED)
        yield Moment(
            event.at, f"{title}: {amount}", tone, notes=tuple(notes), books=books, rank=6,
            url=reverse("backoffice:dispute", args=[dispute.pk]),
        )  # fmt: skip


def _code(event: RefundEvent) -> tuple[str, ...]:
    if event.code == "staff":
        return ("the payment service’s dashboard doesn’t show it",)
    return (words.decline(event.code),) if event.code and event.name == "failed" else ()


def _credit(story: Story) -> Iterator[Moment]:
    credit: BankCredit | None = story.credit
    if credit is not None:
        yield Moment(
            credit.created_at,
            f"Seen on the bank account: {money(credit.amount_minor, credit.currency)}",
            by=story.name_of(credit.entered_by_id),
            notes=tuple(
                text
                for text in (f"on {credit.received_on:%-d %B %Y}", f"“{credit.text}”" if credit.text else "")
                if text
            ),
            books=_lines(p for p in story.postings if p.source == "credit"),
        )


def _receipt(story: Story, receipt: Receipt) -> Iterator[Moment]:
    amount = money(receipt.amount_minor, receipt.currency)
    title = f"Receipt {receipt.shown_number} issued over {amount}"
    yield Moment(receipt.issued_at, title, url=pdf_path(receipt.token), rank=8)
    seal = getattr(receipt, "seal", None)
    if seal is not None and seal.transliterated:
        spelt = f"Receipt {receipt.shown_number}: a name on it is spelt out in Latin letters"
        yield Moment(seal.at, spelt, "bad", notes=("no font here can show it as it was written",), rank=9)
    cancellation = getattr(receipt, "cancellation", None)
    if cancellation is not None:
        newest = receipt.turn == story.receipts[-1].turn
        yield Moment(
            cancellation.at,
            f"Receipt {receipt.shown_number} {'cancelled' if newest else 'cancelled and replaced'}",
            by=story.name_of(cancellation.by_id),
            notes=(cancellation.get_reason_display(),),
            rank=8,
        )


def _mail(story: Story, mail: ReceiptDelivery) -> Iterator[Moment]:
    what = words.mail_of(mail)
    asked_by = story.name_of(mail.asked_by_id)
    if mail.sent_at is not None:
        yield Moment(
            mail.sent_at, f"{what} sent to {story.gift.contact.email or 'the donor'}", by=asked_by, rank=9
        )
    if mail.state == ReceiptDelivery.State.QUEUED:
        yield Moment(mail.created_at, f"{what} waiting to be sent", "quiet", by=asked_by, rank=9)
    elif mail.state not in (ReceiptDelivery.State.SENT, ReceiptDelivery.State.DELIVERED):
        at = mail.outcome_at or mail.sent_at or mail.created_at
        tone = "quiet" if mail.state == ReceiptDelivery.State.SKIPPED else "bad"
        yield Moment(at, f"{what}: {words.mail_state(mail)}", tone, notes=words.mail_reason(mail), rank=10)


def _erasure(story: Story) -> Iterator[Moment]:
    """Of all gifts of the person; the log's entry stands with the one from which it was done."""
    at = story.gift.contact.erased_at
    if at is not None:
        by = next((entry.actor_name for entry in story.acts if entry.action == "erase donor"), "")
        yield Moment(at, "Donor’s details erased", "quiet", by=by, rank=10)


def _act(story: Story, entry: AuditEntry) -> Moment:
    rank = 0 if entry.action == "enter gift" else 7
    return Moment(entry.at, _ACTS[entry.action], "quiet", by=entry.actor_name, rank=rank)


def _booked(story: Story, source: str, source_id: str, at: datetime, moved: bool) -> tuple[str, ...]:
    """The postings that this very event made: they carry its time."""
    if not moved:
        return ()
    return _lines(p for p in story.postings if (p.source, p.source_id, p.at) == (source, source_id, at))


def _lines(postings: Iterable[Posting]) -> tuple[str, ...]:
    return tuple(
        f"{money(posting.amount_minor, posting.currency)}: debit {words.account(posting.debit.code)}, "
        f"credit {words.account(posting.credit.code)}"
        for posting in postings
    )
