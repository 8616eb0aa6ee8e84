"""`almoner statements import|list|undo`: the bank's statements without a browser, for whoever fetches them by night."""

import argparse
import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum

from almoner.banking import importing, reading, tables, twins
from almoner.banking.importing import Importer
from almoner.banking.lines import Contents, StatementUnreadable
from almoner.banking.models import BankAccount, Statement, StatementLine
from almoner.banking.tables import ColumnMap
from almoner.kernel.money import format_plain

_WRONG, _FAULTY_ARGUMENTS = 1, 2
# Nobody of the staff: the audit log says so.
_WHO: Final = Importer(0, "command line")
_TOLD_EVERY: Final = 500
_NAMED: Final = 20


class ArgumentsWrong(ValueError):
    """What was typed can't be meant; the message says what to type."""


def run(options: argparse.Namespace) -> int:
    act = {"import": _import, "list": _list, "undo": _undo}[options.action]
    try:
        return act(options)
    except ArgumentsWrong as wrong:
        return _said(str(wrong), _FAULTY_ARGUMENTS)
    except importing.TwinsFound as found:
        said = "Say `--again leave` if they are the same payments, `--again book` if they are others."
        return _said(f"{found} {said} Nothing was changed.", _WRONG)
    except (StatementUnreadable, importing.NotNow) as refused:
        return _said(f"{refused} Nothing was changed.", _WRONG)
    except OSError as error:
        return _said(f"{error.filename or 'the file'}: {error.strerror or error}", _WRONG)


def _import(options: argparse.Namespace) -> int:
    account, path = _account(options.account, options.charity), Path(options.file)
    content = path.read_bytes()
    if len(content) > importing.MOST_BYTES:
        raise StatementUnreadable("The file has more than 20 MB. Fetch a shorter time from the bank.")
    columns = _columns(options, account, content)
    contents = reading.read(content, account, columns)
    found = twins.overlap(account, contents.lines)
    if options.dry_run:
        print("A dry run: nothing was booked.")
        _tell_read(contents, account)
        _tell_overlap(found)
        if columns is not None:
            print(f"columns: {json.dumps(columns.as_json())}")
        return 0
    again = twins.Again(options.again) if options.again else None
    if found.twins and again is None:
        _tell_overlap(found)
        raise importing.TwinsFound(len(found.twins))
    statement = importing.hand_in(account=account, file_name=path.name, content=content, actor=_WHO)
    statement = importing.submit(statement_id=statement.pk, columns=columns, actor=_WHO, again=again)
    importing.book({"statement": str(statement.pk)}, after=_progress(statement.lines.count()))
    _report(statement)
    return 0


def _list(options: argparse.Namespace) -> int:
    statements = Statement.objects.select_related("account", "charity").defer("content")
    if options.charity:
        statements = statements.filter(charity__slug=options.charity)
    waits = Q(lines__outcome=StatementLine.Outcome.SUSPENSE, lines__credit__matched_at=None)
    counted = statements.annotate(
        line_count=Count("lines"), waiting=Count("lines", filter=waits & Q(lines__credit__sent_back_at=None))
    )
    for each in counted.order_by("-created_at")[: options.limit]:
        waiting = f", {each.waiting} in suspense" if each.waiting else ""
        print(
            f"{each.pk}  {each.created_at:%Y-%m-%d %H:%M}  {Statement.State(each.state).label}, "
            f"{each.line_count} lines{waiting}  {each.account.name} ({each.charity.slug})  {each.file_name}"
        )
    return 0


def _undo(options: argparse.Namespace) -> int:
    try:
        wanted = Statement.objects.get(pk=uuid.UUID(options.statement))
    except (Statement.DoesNotExist, ValueError, ValidationError):
        raise ArgumentsWrong("there is no such statement; `almoner statements list` names them") from None
    statement = importing.undo(statement_id=wanted.pk, actor=_WHO)
    payload = {"statement": str(statement.pk), "by": _WHO.pk, "name": _WHO.username}
    importing.take_back(payload, after=_progress(statement.lines.count()))
    _report(statement)
    return 0


def _account(name: str, charity: str | None) -> BankAccount:
    accounts = BankAccount.objects.select_related("charity").filter(name=name)
    found = list(accounts.filter(charity__slug=charity) if charity else accounts)
    if len(found) == 1:
        return found[0]
    if found:
        raise ArgumentsWrong(f"more than one charity has an account “{name}”: name it with --charity")
    raise ArgumentsWrong(f"there is no account “{name}”: staff add one under Statements, Bank accounts")


def _columns(options: argparse.Namespace, account: BankAccount, content: bytes) -> ColumnMap | None:
    """As told, else as kept of the account's last file. What is only guessed is shown by a dry run, and not booked."""
    if not reading.is_table(content):
        return None
    if options.map:
        try:
            return ColumnMap.from_json(json.loads(Path(options.map).read_text(encoding="utf-8")))
        except (TypeError, ValueError, AttributeError) as error:
            raise ArgumentsWrong(f"{options.map} is no map of columns ({error})") from None
    if (kept := reading.kept_columns(account)) is not None:
        return kept
    if options.dry_run:
        return tables.guessed(tables.rows_of(content))
    raise ArgumentsWrong(
        "which column says what is not known of this account: --dry-run shows a guess, and --map takes it"
    )


def _progress(total: int) -> Callable[[], object]:
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        if done % _TOLD_EVERY == 0:
            print(f"{done} of {total} lines", file=sys.stderr)

    return one_more


def _tell_read(contents: Contents, account: BankAccount) -> None:
    currency = account.currency
    for what, amounts in (
        ("came in", [line.amount_minor for line in contents.lines if line.amount_minor > 0]),
        ("left", [-line.amount_minor for line in contents.lines if line.amount_minor < 0]),
    ):
        print(f"{what}: {len(amounts)} lines, {format_plain(sum(amounts), currency)} {currency}")
    if ahead := contents.ahead(account.charity):
        print(f"of a day to come: {ahead} lines; is the day read as the month?")
    for row in contents.left_out[:_NAMED]:
        print(f"row {row.number} can't be read: {row.why}")
    if len(contents.left_out) > _NAMED:
        print(f"and {len(contents.left_out) - _NAMED} rows more")


def _tell_overlap(found: twins.Overlap) -> None:
    if found.known:
        print(f"known from an earlier file: {found.known}")
    for twin in found.twins[:_NAMED]:
        where = twin.earlier.file_name or "entered by hand"
        print(f"in the books already? line {twin.line.number} of {twin.line.booked_on}: {where}")
    if len(found.twins) > _NAMED:
        print(f"and {len(found.twins) - _NAMED} lines more")


def _report(statement: Statement) -> None:
    """What became of the lines, with their sums."""
    statement.refresh_from_db()
    currency = statement.account.currency
    print(f"{statement.pk}  {statement.file_name}: {Statement.State(statement.state).label}")
    tally = statement.lines.values_list("outcome").annotate(Count("pk"), Sum("amount_minor"))
    for outcome, count, total_minor in tally.order_by("outcome"):
        label = StatementLine.Outcome(outcome).label
        print(f"{label}: {count} lines, {format_plain(abs(total_minor), currency)} {currency}")
    _tell_rest(statement)


def _tell_rest(statement: Statement) -> None:
    for label, count in (
        ("known from an earlier file", statement.known),
        ("announced, not booked by the bank yet", statement.pending),
        ("rows that could not be read", statement.left_out_count),
    ):
        if count:
            print(f"{label}: {count}")
    row: dict[str, Any]
    for row in statement.left_out[:_NAMED]:
        print(f"row {row['number']}: {row['why']}")


def _said(text: str, code: int) -> int:
    print(f"almoner statements: {text}", file=sys.stderr)
    return code
