"""Corruptions of statements, and of days that were closed."""

from datetime import date

from django.contrib.auth.models import User

from almoner.banking import accounts, importing
from almoner.banking.models import StatementLine
from almoner.banking.tables import ColumnMap
from almoner.kernel.clock import now
from almoner.ledger.models import Closing, Posting
from almoner.payments import payouts
from almoner.payments.models import Payout
from tests.prove.history import History
from tests.prove.planting import edited, plants


def _line(history: History, rows: bytes = b"2026-11-20,12.00,A SMITH\n") -> StatementLine:
    """The one line of a statement that was booked: by itself, a credit in suspense."""
    staff = User.objects.create_superuser("statement treasurer")
    account = accounts.keep(
        None, charity=history.charity, name="Everyday", number="", currency="AUD", actor=staff
    )
    content = b"Date,Amount,Text\n" + rows
    statement = importing.hand_in(account=account, file_name="may.csv", content=content, actor=staff)
    columns = ColumnMap(date=0, amount=1, text=(2,), date_order="ymd")
    importing.submit(statement_id=statement.pk, columns=columns, actor=staff)
    importing.book({"statement": str(statement.pk)})
    return statement.lines.get()


@plants("statements booked")
def a_line_that_was_never_booked(history: History) -> str:
    line = _line(history)
    edited(line, outcome="new")
    return f"statement line {line.pk}"


@plants("statement lines")
def a_line_of_another_amount_than_its_credit(history: History) -> str:
    line = _line(history)
    edited(line, amount_minor=1201)
    return f"statement line {line.pk}"


@plants("statement lines")
def a_line_without_its_credit(history: History) -> str:
    line = _line(history)
    edited(line, credit=None)
    return f"statement line {line.pk}: no credit"


def _debt(history: History) -> Payout:
    """A payout below 0, banked with its line."""
    made = Payout.objects.create(
        charity=history.charity, gateway="gone", account="", gateway_id="po_1", amount_minor=-1_300, currency="AUD",
        arrives_on=date(2026, 11, 20), created_at=now(), updated_at=now(),
    )  # fmt: skip
    payouts.move(made, "made", at=now())
    _line(history, rows=b"2026-11-20,-13.00,gone po_1 0000\n")
    made.refresh_from_db()
    assert made.state == "banked"
    return made


@plants("debts banked")
def a_debt_of_another_amount_than_its_line(history: History) -> str:
    payout = _debt(history)
    edited(payout.line, amount_minor=-1_301)
    return f"payout {payout.pk}"


@plants("debts banked", "statement lines")
def a_debt_whose_line_is_lost(history: History) -> str:
    payout = _debt(history)
    edited(payout.line, payout=None)
    return f"payout {payout.pk}"


@plants("ledger from events", "payouts banked")
def a_debt_that_never_left_the_bank(history: History) -> str:
    payout = _debt(history)
    edited(Posting.objects.get(source="payout", source_id=str(payout.pk), kind="banked"), amount_minor=1_299)
    return f"payout {payout.pk}: banked"


@plants("closed books")
def a_balance_that_was_kept_and_changed(history: History) -> str:
    Closing.objects.create(
        charity=history.charity, until=date(2020, 1, 31), zone=history.charity.timezone, balances={"bank AUD": 1},
        closed_at=now(), closed_by_id=1, closed_by_name="treasurer",
    )  # fmt: skip
    return "closing of 2020-01-31: bank AUD"
