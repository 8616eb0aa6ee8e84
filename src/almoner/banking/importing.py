"""From a file to booked lines, and back: handed in, checked by a person, booked by the worker line by line, and taken
back whole by reversal.

Each line is booked in a transaction of its own, which also says so in its row: a worker that is killed goes on where it
was, and no line is booked twice.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from almoner.banking import matching, reading, twins
from almoner.banking.models import BankAccount, Statement, StatementLine
from almoner.banking.tables import ColumnMap
from almoner.charities import audit
from almoner.giving import desk
from almoner.giving.models import Gift
from almoner.kernel.cards import scrub
from almoner.kernel.clock import now
from almoner.kernel.crashpoint import crash_point
from almoner.kernel.money import format_money
from almoner.outbox import queue
from almoner.payments import banked
from almoner.payments.models import IN_SUSPENSE, BankCredit, Payout, PayoutEvent
from almoner.payments.transitions import UNBANKED_STATES

JOB: Final = "banking.book"
UNDO_JOB: Final = "banking.undo"
# What one may hand in.
MOST_BYTES: Final = 20_000_000
_DRAFTS_KEPT: Final = timedelta(days=7)
# For so long a credit in suspense is held against payouts that are told later.
_PAYOUTS_LATE: Final = timedelta(days=30)
# Reasons that are kept of rows that could not be read; the rest is counted.
_REASONS_KEPT: Final = 50

State = Statement.State
Outcome = StatementLine.Outcome


class TwinsFound(ValueError):
    """Some lines may be in the books already, in other words, and nobody said what they are; the message does."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} line{'s have' if count != 1 else ' has'} the day and amount of what is in the books already, in "
            "other words."
        )


class NotNow(ValueError):
    """The statement is not where that can be done; the message says why, for staff."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Who handed the statement in, as the audit log needs it: the person may be gone when it is booked, or be no member
    of staff but whoever is at the command line."""

    pk: int
    username: str

    def get_username(self) -> str:
        return self.username


def hand_in(*, account: BankAccount, file_name: str, content: bytes, actor: audit.Actor) -> Statement:
    """Keep a file for a person to check. Nothing is booked."""
    with transaction.atomic():
        statement = Statement.objects.create(
            account=account,
            charity=account.charity,
            file_name=scrub(file_name)[:200],
            content=content,
            imported_by_id=actor.pk,
            imported_by_name=actor.get_username(),
            created_at=now(),
        )
        _record(statement, "hand in statement", actor)
    return statement


def submit(
    *,
    statement_id: uuid.UUID,
    columns: ColumnMap | None,
    actor: audit.Actor,
    again: twins.Again | None = None,
    seen: str | None = None,
) -> Statement:
    """Keep the file's lines, once each, and ask the worker to book them. Pressed twice, it is done once. `again` says
    what becomes of lines that may be in the books in other words; `seen` is the mark of those that were shown to the
    person who says so, or None where it was said of any.

    Raises `StatementUnreadable`, or `TwinsFound` where nobody answered for these twins, with nothing changed.
    """
    with transaction.atomic():
        statement = _locked(statement_id)
        if statement.state != State.DRAFT:
            return statement
        account = statement.account
        contents = reading.read(bytes(statement.content or b""), account, columns)
        found = twins.overlap(account, contents.lines)
        if found.twins and (again is None or seen not in (None, found.mark)):
            raise TwinsFound(len(found.twins))
        left = {twin.fingerprint for twin in found.twins} if again == twins.Again.LEAVE else set()
        wanted = [
            StatementLine(
                statement=statement,
                account=account,
                number=line.number,
                booked_on=line.booked_on,
                amount_minor=line.amount_minor,
                text=scrub(line.whole_text),
                fingerprint=fingerprint,
            )
            for line, fingerprint in found.marked
            if fingerprint not in left
        ]
        StatementLine.objects.bulk_create(wanted, batch_size=500, ignore_conflicts=True)
        booked = statement.lines.count()
        statement.known = len(found.marked) - booked
        statement.pending = contents.pending
        statement.left_out = [asdict(each) for each in contents.left_out[:_REASONS_KEPT]]
        statement.left_out_count = len(contents.left_out)
        statement.state, statement.content, statement.asked_at = State.READING, None, now()
        statement.imported_by_id, statement.imported_by_name = actor.pk, actor.get_username()
        statement.save()
        if columns is not None:
            account.columns = columns.as_json()
            account.save(update_fields=["columns"])
        queue.enqueue(JOB, f"book:{statement.pk}", {"statement": str(statement.pk)})
        _record(statement, "book statement", actor, lines=booked)
    return statement


def book(payload: dict[str, Any], *, after: Callable[[], object] = lambda: None) -> None:
    """Book what is left of a statement's lines, and call `after` each. The worker's handler; safe to repeat."""
    statement = Statement.objects.select_related("account", "charity").get(pk=payload["statement"])
    for line_id in _left(statement, Outcome.NEW):
        _book(statement, line_id)
        crash_point("statement.after-commit")
        after()
    _finish(statement, State.READING, State.DONE)


def undo(*, statement_id: uuid.UUID, actor: audit.Actor) -> Statement:
    """Ask the worker to take a booked statement back, line by line, by reversal. Raises `NotNow`."""
    with transaction.atomic():
        statement = _locked(statement_id)
        if statement.state in (State.UNDOING, State.UNDONE):
            return statement
        if statement.state != State.DONE:
            raise NotNow("It is not booked to its end yet.")
        statement.state, statement.asked_at = State.UNDOING, now()
        statement.save(update_fields=["state", "asked_at"])
        queue.enqueue(
            UNDO_JOB,
            f"undo:{statement.pk}",
            {"statement": str(statement.pk), "by": actor.pk, "name": actor.get_username()},
        )
        _record(statement, "take statement back", actor, lines=statement.lines.count())
    return statement


def take_back(payload: dict[str, Any], *, after: Callable[[], object] = lambda: None) -> None:
    """Take a statement's lines back, and call `after` each. The worker's handler; safe to repeat."""
    statement = Statement.objects.select_related("account", "charity").get(pk=payload["statement"])
    actor = Importer(payload["by"], payload["name"])
    for line_id in _left(statement, Outcome.MATCHED, Outcome.PAYOUT, Outcome.SUSPENSE, Outcome.LEFT):
        _take_back(line_id, actor)
        crash_point("take-back.after-commit")
        after()
    _finish(statement, State.UNDOING, State.UNDONE)


def discard(*, statement_id: uuid.UUID, actor: audit.Actor) -> None:
    """Throw a file away that was handed in and not booked. Raises `NotNow`."""
    with transaction.atomic():
        statement = _locked(statement_id)
        if statement.state != State.DRAFT:
            raise NotNow("It is booked already: take it back instead.")
        _record(statement, "throw statement away", actor)
        statement.delete()


def prune() -> int:
    """Throw away files that were handed in and forgotten; returns how many. They name people."""
    dropped, _ = Statement.objects.filter(state=State.DRAFT, created_at__lt=now() - _DRAFTS_KEPT).delete()
    return dropped


def _locked(statement_id: uuid.UUID) -> Statement:
    rows = Statement.objects.select_for_update(of=("self",)).select_related("account", "charity")
    return rows.get(pk=statement_id)


def _left(statement: Statement, *outcomes: str) -> Iterator[int]:
    yield from statement.lines.filter(outcome__in=outcomes).order_by("number").values_list("pk", flat=True)


def _book(statement: Statement, line_id: int) -> None:
    with transaction.atomic():
        line = StatementLine.objects.select_for_update().get(pk=line_id)
        if line.outcome != Outcome.NEW:
            return
        actor = Importer(statement.imported_by_id, statement.imported_by_name)
        if line.amount_minor < 0:
            _book_debt(statement, line, actor)
        else:
            line.credit = desk.record_credit(
                charity=statement.charity,
                received_on=line.booked_on,
                amount_minor=line.amount_minor,
                currency=statement.account.currency,
                text=line.text,
                actor=actor,
            )
            line.outcome, line.note = _match(line.credit, line.text, actor)
            line.text = ""
        line.save(update_fields=["outcome", "note", "text", "credit", "payout"])
        crash_point("statement.before-commit")


def _book_debt(statement: Statement, line: StatementLine, actor: audit.Actor) -> None:
    """Money that left: a payout below 0, if it is one for sure, else none of our books'."""
    seen = banked.Seen(
        statement.charity_id, statement.account.currency, line.amount_minor, line.booked_on, line.text
    )
    sure = next((each.payout for each in banked.candidates(seen) if each.sure), None)
    line.outcome = Outcome.LEFT
    if sure is not None:
        line.payout = banked.match_debt(payout_id=sure.pk, actor=actor)
        line.outcome, line.note = Outcome.PAYOUT, sure.gateway_id[:200]
    if line.payout is not None or not banked.names_gateway(line.text):
        line.text = ""


def _match(credit: BankCredit, text: str, actor: audit.Actor) -> tuple[str, str]:
    """Match a fresh credit to the gift that its whole text names, or to the payout that it is, if it is one for sure;
    what became of it, and why."""
    gifts = matching.named_in(text, charity_id=credit.charity_id, currency=credit.currency)
    if len(gifts) > 1:
        return Outcome.SUSPENSE, "It names more than one gift."
    if not gifts:
        return _match_payout(credit, actor, text=text)
    try:
        desk.match_credit(credit_id=credit.pk, gift_id=gifts[0].pk, actor=actor)
    except desk.NotMatchable as refused:
        return Outcome.SUSPENSE, str(refused)[:200]
    return Outcome.MATCHED, _difference(credit, gifts[0])


def _match_payout(
    credit: BankCredit, actor: audit.Actor, *, text: str = "", among: QuerySet[Payout] | None = None
) -> tuple[str, str]:
    sure = next((each.payout for each in banked.candidates(banked.seen(credit, text)) if each.sure), None)
    if sure is None or (among is not None and not among.filter(pk=sure.pk).exists()):
        return Outcome.SUSPENSE, ""
    try:
        banked.match(credit_id=credit.pk, payout_id=sure.pk, actor=actor)
    except banked.NotMatchable as refused:
        return Outcome.SUSPENSE, str(refused)[:200]
    return Outcome.PAYOUT, sure.gateway_id[:200]


def match_payouts() -> int:
    """Payouts that the gateway told of after their statement was booked: the same rule, for what waits in suspense. One
    that was parted from a credit before is a person's to match. Returns how many were matched."""
    matched = 0
    parted = PayoutEvent.objects.filter(payout=OuterRef("pk"), name="unbanked")
    fresh = Payout.objects.filter(~Exists(parted), state__in=UNBANKED_STATES)
    lines = StatementLine.objects.select_related("credit", "statement").filter(
        credit__in=BankCredit.objects.filter(IN_SUSPENSE),
        booked_on__gte=(now() - _PAYOUTS_LATE).astimezone(UTC).date(),
        outcome=Outcome.SUSPENSE,
        # Without a payout that waits for its credit nothing is looked at.
        credit__amount_minor__in=fresh.values("amount_minor"),
        note="",
    )
    for line in lines.order_by("pk"):
        if line.credit is not None:
            actor = Importer(line.statement.imported_by_id, line.statement.imported_by_name)
            matched += _match_payout(line.credit, actor, among=fresh)[0] == Outcome.PAYOUT
    return matched + _match_debts(fresh)


def _match_debts(fresh: QuerySet[Payout]) -> int:
    """The same of what left: its line kept its text because that names a gateway."""
    lines = StatementLine.objects.filter(
        ~Q(text=""),
        outcome=Outcome.LEFT,
        booked_on__gte=(now() - _PAYOUTS_LATE).astimezone(UTC).date(),
        amount_minor__in=fresh.values("amount_minor"),
    )
    matched = 0
    for line_id in lines.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            line = _locked_line(line_id)
            if line.outcome == Outcome.LEFT:
                by = Importer(line.statement.imported_by_id, line.statement.imported_by_name)
                _book_debt(line.statement, line, by)
                line.save(update_fields=["outcome", "note", "text", "payout"])
                matched += line.payout is not None
    return matched


def match_debt(*, line_id: int, payout_id: uuid.UUID, actor: audit.Actor) -> None:
    """A person says that money that left is this payout below 0. Raises `banked.NotMatchable`."""
    with transaction.atomic():
        line = _locked_line(line_id)
        payout = Payout.objects.get(pk=payout_id)
        theirs = (payout.charity_id, payout.currency, payout.amount_minor)
        if theirs != (line.statement.charity_id, line.statement.account.currency, line.amount_minor):
            raise banked.NotMatchable("The line is of another charity, currency or amount than the payout.")
        if line.outcome != Outcome.LEFT:
            raise banked.NotMatchable("This line is matched already, or was taken back.")
        line.payout = banked.match_debt(payout_id=payout.pk, actor=actor)
        line.outcome, line.note, line.text = Outcome.PAYOUT, payout.gateway_id[:200], ""
        line.save(update_fields=["outcome", "note", "text", "payout"])


def part_debt(*, line_id: int, actor: audit.Actor) -> None:
    """It was not this payout: money that left, as before, and a person's to match from then on. Raises
    `banked.NotMatchable`."""
    with transaction.atomic():
        line = _locked_line(line_id)
        if line.payout_id is None:
            raise banked.NotMatchable("This line is matched to no payout.")
        banked.part_debt(payout_id=line.payout_id, actor=actor)
        line.outcome, line.note, line.payout = Outcome.LEFT, "", None
        line.save(update_fields=["outcome", "note", "payout"])


def _locked_line(line_id: int) -> StatementLine:
    rows = StatementLine.objects.select_for_update(of=("self",)).select_related("statement__account")
    return rows.get(pk=line_id)


def _difference(credit: BankCredit, gift: Gift) -> str:
    off_minor = credit.amount_minor - gift.total_minor
    if not off_minor:
        return ""
    amount = format_money(abs(off_minor), credit.currency, home="")
    return f"{amount} {'more' if off_minor > 0 else 'less'} than promised"


def _take_back(line_id: int, actor: audit.Actor) -> None:
    with transaction.atomic():
        line = StatementLine.objects.select_for_update().get(pk=line_id)
        line.outcome, line.note, line.text = Outcome.UNDONE, "", ""
        if line.payout_id is not None:
            banked.part_debt(payout_id=line.payout_id, actor=actor)
            line.payout = None
        if line.credit_id is not None:
            try:
                desk.withdraw_credit(credit_id=line.credit_id, actor=actor)
            except desk.NotMatchable as refused:
                line.outcome, line.note = Outcome.KEPT, str(refused)[:200]
        line.save(update_fields=["outcome", "note", "text", "payout"])
        crash_point("take-back.before-commit")


def _finish(statement: Statement, before: str, after: str) -> None:
    Statement.objects.filter(pk=statement.pk, state=before).update(state=after, finished_at=now())


def _record(statement: Statement, action: str, actor: audit.Actor, **more: int) -> None:
    audit.record(
        actor=actor,
        charity=statement.charity,
        action=action,
        object_type="statement",
        object_id=statement.pk,
        detail={"account": statement.account.name, "file": statement.file_name, **more},
    )
