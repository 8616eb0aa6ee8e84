"""What `bench/books.py` measures: a statement of many lines, and the books over many gifts, each beside its floor.

A floor is what the same database does with no program around it: a transaction a line with as many rows, one SELECT for
a report, the same rows written as CSV.
"""

import csv
import io
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from almoner.backoffice import roles
from almoner.banking import accounts, importing
from almoner.banking.models import Statement
from almoner.banking.tables import ColumnMap
from almoner.banking.twins import Again
from almoner.charities.models import Charity, StaffScope
from almoner.giving import demo
from almoner.giving.models import DonationForm
from almoner.kernel.clock import now
from tests.bench.gifts import make_gifts, make_waiting

# Of a hundred lines so many name a gift that waits, and so many are money that left; others wait in suspense.
_NAMING, _LEFT = 60, 10
_COLUMNS: Final = ColumnMap(date=0, text=(1,), amount=2, date_order="ymd")


class Desk:
    """A charity with so many gifts of two years, as many waiting as a statement of so many lines names, and a
    treasurer."""

    def __init__(self, *, gifts: int, lines: int) -> None:
        self.charity: Charity = demo.seed()
        roles.ensure_roles()
        form = DonationForm.objects.filter(charity=self.charity).earliest("id")
        fund, at = self.charity.funds.earliest("id"), now()
        make_gifts(self.charity, fund, form, count=gifts, until=at)
        # A hundred lines more, to be counted.
        count = (lines + 100) * _NAMING // 100
        self._waiting = iter(make_waiting(self.charity, fund, form, count=count, amount_minor=2_500, at=at))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute(
                "CREATE TABLE bench_floor (id integer, line integer, text varchar(500), minor bigint)"
            )
        self.user = User.objects.create_user("treasurer")
        self.user.groups.add(Group.objects.get(name=roles.TREASURERS))
        StaffScope.objects.create(user=self.user, charity=self.charity)
        self.client = Client()
        self.client.force_login(self.user)
        self._account = accounts.keep(
            None,
            charity=self.charity,
            name="Everyday",
            number="",
            currency=self.charity.currency,
            actor=self.user,
        )
        self._lines = 0
        self.today: date = at.astimezone(ZoneInfo(self.charity.timezone)).date()

    def hand_in(self, lines: int) -> Statement:
        """A statement of so many lines."""
        rows = io.StringIO()
        writer = csv.writer(rows)
        writer.writerow(("Date", "Text", "Amount"))
        for number in range(self._lines, self._lines + lines):
            of = number % 100
            if of < _NAMING:
                writer.writerow(
                    (self.today, f"DIRECT CREDIT {next(self._waiting)} THANK YOU {number}", "25.00")
                )
            else:
                amount = "-9.50" if of < _NAMING + _LEFT else "12.00"
                writer.writerow((self.today, f"TRANSFER {number}", amount))
        self._lines += lines
        return importing.hand_in(
            account=self._account, file_name="many.csv", content=rows.getvalue().encode(), actor=self.user
        )

    def submit(self, statement: Statement) -> None:
        importing.submit(statement_id=statement.pk, columns=_COLUMNS, actor=self.user, again=Again.BOOK)

    def book(self, statement: Statement) -> None:
        importing.book({"statement": str(statement.pk)})

    def take_back(self, statement: Statement) -> None:
        importing.undo(statement_id=statement.pk, actor=self.user)
        by = {"by": self.user.pk, "name": self.user.username}
        importing.take_back({"statement": str(statement.pk), **by})

    def page(self, path: str) -> int:
        """Bytes of a page of staff's, read to its end."""
        response = self.client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return sum(map(len, response)) if response.streaming else len(response.content)

    @property
    def books(self) -> str:
        return f"/admin/giving-reports/books/?first={self.today - timedelta(days=800)}&last={self.today}"

    @property
    def income(self) -> str:
        first = self.today - timedelta(days=800)
        return f"/admin/giving-reports/income/?by=appeal&first={first}&last={self.today}"


def queries_of(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [each["sql"] for each in captured.captured_queries]


def writes_of(queries: list[str]) -> int:
    return sum(sql.lstrip("( ").startswith(("INSERT", "UPDATE")) for sql in queries)


# ---- The floors ---------------------------------------------------------------------------------------------------


def floor_lines(lines: int, rows: int, *, alone: bool) -> None:
    """So many rows for each line, in a transaction a line where each stands `alone`, else all in one."""
    sql = "INSERT INTO bench_floor (id, line, text, minor) VALUES (%s, %s, %s, %s)"
    text = "DIRECT CREDIT K7Q2M9XTB4 THANK YOU"
    with connection.cursor() as cursor, nullcontext() if alone else transaction.atomic():
        for line in range(lines):
            with transaction.atomic() if alone else nullcontext():
                for row in range(rows):
                    cursor.execute(sql, (row, line, text, 2_500))


def _all(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def floor_sums() -> None:
    """What a trial balance needs: each side of each account."""
    for side in ("debit_id", "credit_id"):
        _all(f"SELECT {side}, sum(amount_minor) FROM ledger_posting GROUP BY {side}")  # noqa: S608


def floor_income() -> None:
    _all(
        "SELECT s.appeal, g.currency, count(*), sum(g.settled_minor - g.refunded_minor) FROM giving_gift g "
        "LEFT JOIN giving_giftsource s ON s.gift_id = g.id WHERE g.status = 'settled' GROUP BY s.appeal, g.currency"
    )


def floor_csv() -> None:
    """Each posting with its accounts and its gift's reference, oldest first."""
    # SQLite keeps a UUID without its dashes.
    same = "a.id::text" if connection.vendor == "postgresql" else (
        "lower(substr(a.id,1,8)||'-'||substr(a.id,9,4)||'-'||substr(a.id,13,4)||'-'||substr(a.id,17,4)||'-'||substr(a.id,21))"
    )  # fmt: skip
    references = dict(
        _all(f"SELECT {same}, g.reference FROM payments_attempt a JOIN giving_gift g ON g.id = a.gift_id")  # noqa: S608
    )
    rows = _all(
        "SELECT p.at, d.code, c.code, p.amount_minor, p.currency, p.kind, p.id, p.source, p.source_id "
        "FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit_id JOIN ledger_account c ON c.id = p.credit_id "
        "ORDER BY p.at, p.id"
    )
    writer = csv.writer(io.StringIO())
    for row in rows:
        writer.writerow((*row, references.get(row[-1], "")))
