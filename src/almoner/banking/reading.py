"""A file of either kind, read as its account asks."""

from almoner.banking import camt, tables
from almoner.banking.lines import Contents, StatementUnreadable
from almoner.banking.models import BankAccount
from almoner.banking.tables import ColumnMap


def is_table(content: bytes) -> bool:
    """Whether the file needs a map of columns."""
    return not camt.looks_like(content)


def kept_columns(account: BankAccount) -> ColumnMap | None:
    """The map of the account's last file."""
    try:
        return ColumnMap.from_json(account.columns) if account.columns else None
    except TypeError:
        return None


def read(content: bytes, account: BankAccount, columns: ColumnMap | None) -> Contents:
    """All that the file says. Raises `StatementUnreadable`; a table needs `columns`."""
    if not is_table(content):
        contents = camt.read(content, number=account.number, currency=account.currency)
    elif columns is None:
        raise StatementUnreadable("Say which column holds the date, and which the amount.")
    else:
        contents = tables.read(tables.rows_of(content), columns, currency=account.currency)
    if not contents.lines and not contents.pending:
        why = contents.left_out[0].why if contents.left_out else "It is empty."
        raise StatementUnreadable(f"No line of this file could be read. {why}")
    return contents
