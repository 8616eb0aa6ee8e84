"""`almoner statements`: imported, listed and taken back without a browser."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from almoner.banking import accounts
from almoner.banking.importing import Importer
from almoner.banking.models import BankAccount, Statement
from almoner.charities.models import AuditEntry, Charity
from almoner.config.cli import run
from almoner.giving.models import Gift
from almoner.giving.tests.conftest import Donor
from almoner.ledger.books import balance_minor
from almoner.payments.models import BankCredit

COLUMNS = {"date": 0, "amount": 2, "text": [1], "date_order": "ymd", "decimal": ".", "skip": 1}


@pytest.fixture(autouse=True)
def account(charity: Charity, monkeypatch: pytest.MonkeyPatch) -> BankAccount:
    monkeypatch.setenv("ALMONER_MODE", "test")
    return accounts.keep(
        None, charity=charity, name="Everyday", number="", currency="AUD", actor=Importer(0, "test")
    )


@pytest.fixture
def file(donor: Donor, tmp_path: Path) -> Path:
    """A gift that is awaited, a stranger's credit, a fee, and a row that is none."""
    donor.give(donor.to_payment(), method="bank_transfer")
    path = tmp_path / "may.csv"
    path.write_text(
        f"Date,Text,Amount\n2026-11-20,{Gift.objects.get().reference},50.00\n2026-11-20,A SMITH,12.00\n"
        "2026-11-21,FEE,-1.00\nTOTAL,,61.00\n"
    )
    return path


def test_a_dry_run_shows_the_columns_that_the_import_then_takes(
    file: Path, tmp_path: Path, charity: Charity, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["statements", "import", str(file), "--account", "Everyday"]
    assert run(command) == 2, "a guess is never booked"
    assert "--dry-run shows a guess" in capsys.readouterr().err
    assert run([*command, "--dry-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "A dry run: nothing was booked.", "came in: 2 lines, 62.00 AUD", "left: 1 lines, 1.00 AUD",
    ]  # fmt: skip
    assert not Statement.objects.exists()
    columns = tmp_path / "map.json"
    columns.write_text(said[-1].removeprefix("columns: "))
    assert run([*command, "--map", str(columns)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1:] == [
        "money that left: 1 lines, 1.00 AUD", "matched to a gift: 1 lines, 50.00 AUD",
        "in suspense: 1 lines, 12.00 AUD", "rows that could not be read: 1", "row 5: “TOTAL” is no date.",
    ]  # fmt: skip
    assert Gift.objects.get().status == "settled"
    assert AuditEntry.objects.filter(action="book statement", actor_name="command line").count() == 1
    assert [balance_minor(charity.pk, code, "AUD") for code in ("bank", "suspense")] == [6_200, -1_200]
    # The map is kept, and what is known is left.
    assert run(command) == 0
    assert "known from an earlier file: 3" in capsys.readouterr().out


def test_a_dry_run_names_days_to_come(
    file: Path, charity: Charity, capsys: pytest.CaptureFixture[str]
) -> None:
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        assert run(["statements", "import", str(file), "--account", "Everyday", "--dry-run"]) == 0
    assert "of a day to come: 3 lines; is the day read as the month?" in capsys.readouterr().out


@pytest.mark.parametrize(("again", "lines", "bank"), [("leave", 0, 6_200), ("book", 2, 12_400)])
def test_what_may_be_in_the_books_already_is_named_and_not_booked(
    file: Path, tmp_path: Path, charity: Charity, capsys: pytest.CaptureFixture[str],
    again: str, lines: int, bank: int,
) -> None:  # fmt: skip
    columns = tmp_path / "map.json"
    columns.write_text(json.dumps(COLUMNS))
    command = ["statements", "import", str(file), "--account", "Everyday"]
    run([*command, "--map", str(columns)])
    other = file.read_text().replace("A SMITH", "Mr Smith").replace(",FEE,-1.00", ",FEE,-2.00")
    file.write_text(other.replace("TOTAL,,61.00", "").replace(",50.00", " THANKS,50.00"))
    assert run([*command, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "in the books already? line 3 of 2026-11-20: may.csv" in out, out.splitlines()
    assert run(command) == 1
    assert "2 lines have the day and amount" in capsys.readouterr().err
    assert Statement.objects.count() == 1
    assert run([*command, "--again", again]) == 0
    statement = Statement.objects.latest("created_at")
    assert statement.lines.filter(amount_minor__gt=0).count() == lines
    assert statement.lines.filter(amount_minor=-200).count() == 1
    assert balance_minor(charity.pk, "bank", "AUD") == bank


def test_one_is_listed_and_taken_back(
    file: Path, tmp_path: Path, charity: Charity, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = tmp_path / "map.json"
    columns.write_text(json.dumps(COLUMNS))
    run(["statements", "import", str(file), "--account", "Everyday", "--map", str(columns)])
    number = str(Statement.objects.get().pk)
    capsys.readouterr()
    assert run(["statements", "list", "--charity", charity.slug]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(number)
    assert "booked, 3 lines, 1 in suspense  Everyday" in line
    assert run(["statements", "undo", number]) == 0
    assert "taken back: 3 lines" in capsys.readouterr().out
    assert Gift.objects.get().status == "awaiting"
    assert not BankCredit.objects.filter(withdrawn_at=None).exists()
    assert balance_minor(charity.pk, "bank", "AUD") == 0
    assert run(["statements", "undo", number]) == 0, "the same again"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["import", "FILE", "--account", "Savings"], 2, "there is no account “Savings”"),
        (["import", "FILE", "--account", "Everyday", "--charity", "no"], 2, "there is no account"),
        (["import", "/none.csv", "--account", "Everyday"], 1, "/none.csv: No such file"),
        (["import", "FILE", "--account", "Everyday", "--map", "FILE"], 2, "is no map of columns"),
        (["undo", "7"], 2, "there is no such statement"),
        (["undo", "00000000-0000-0000-0000-000000000000"], 2, "there is no such statement"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    file: Path, arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["statements", *(str(file) if each == "FILE" else each for each in arguments)]) == code
    assert says in capsys.readouterr().err
    assert not Statement.objects.exists()


def test_a_file_that_is_no_statement_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.xml"
    path.write_text("<rss/>")
    assert run(["statements", "import", str(path), "--account", "Everyday"]) == 1
    assert "Nothing was changed." in capsys.readouterr().err
    assert not Statement.objects.exists()
