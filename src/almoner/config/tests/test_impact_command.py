"""`almoner impact import`: a table of figures, looked at and entered without a browser."""

from datetime import date
from pathlib import Path

import pytest

from almoner.charities.models import AuditEntry, Charity
from almoner.config.cli import run
from almoner.impact.models import FigureFile, Observation
from almoner.impact.tests.making import make_charity, make_indicator

pytestmark = pytest.mark.django_db
HEAD = "programme;indicator;first;last;as_of;value;source_title;source_date;source_kept_at"
ROW = "rescue;rescued;2011-01-01;{day};{day};{value};Report;2023-01-31;Office"


@pytest.fixture(autouse=True)
def charity(monkeypatch: pytest.MonkeyPatch) -> Charity:
    monkeypatch.setenv("ALMONER_MODE", "test")
    made = make_charity()
    make_indicator(made, since=date(2011, 1, 1))
    return made


def test_a_dry_run_says_what_the_import_then_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [ROW.format(day=f"2022-{month:02}-28", value=month * 100) for month in range(1, 11)]
    rows.append(ROW.format(day="2022-11-28", value=11_000))
    path = tmp_path / "october.csv"
    path.write_text("\n".join((HEAD, *rows, rows[0], ROW.format(day="2022-12-28", value="none"))), "utf-8")
    assert run(["impact", "import", str(path), "--dry-run"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1]) == (
        "A dry run: nothing was entered.", "11 will be entered, 1 known, 1 not taken",
    )  # fmt: skip
    assert "row 12: look again: It was 1,000 on 28 October 2022: this is ten times as many, or more." in said
    assert not Observation.objects.exists()
    assert not FigureFile.objects.exists()
    assert run(["impact", "import", str(path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "row 14: not taken: value is a number such as 1234 or 12.5, without signs between, not “none”.",
        "11 entered, 1 known, 1 not taken",
        "They stand once somebody of the staff has verified them.",
    ]
    assert Observation.objects.filter(entered_by_name="command line").count() == 11
    assert AuditEntry.objects.filter(action="enter figure", actor_name="command line").count() == 11
    # Again, and without the row that was wrong: everything is known.
    path.write_text("\n".join((HEAD, *rows)), "utf-8")
    assert run(["impact", "import", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == ["0 entered, 11 known, 0 not taken"]
    assert Observation.objects.count() == 11


def test_a_place_that_may_show_who_is_meant_is_entered_on_a_word_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        f"{ROW.format(day=f'2022-0{at}-28', value=at)};{place}" for at, place in ((1, "Cebu"), (2, "Kenya"))
    ]
    path = tmp_path / "october.csv"
    path.write_text("\n".join((f"{HEAD};place", *rows)), "utf-8")
    doubt = (
        "“Cebu” is no country, and no place that figures of this programme stand for already. "
        "A place so small may show who is meant: name the country or region."
    )
    assert run(["impact", "import", str(path), "--dry-run"]) == 0
    assert f"row 2: look again: {doubt}" in capsys.readouterr().out.splitlines()
    assert run(["impact", "import", str(path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        doubt,
        "Nothing was entered. Where each may be read by everybody, add --places-confirmed.",
    ]
    assert not FigureFile.objects.exists() and not Observation.objects.exists()
    assert run(["impact", "import", str(path), "--places-confirmed"]) == 0
    assert [*Observation.objects.order_by("as_of").values_list("place", flat=True)] == ["Cebu", "Kenya"]


def test_what_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["impact", "import", str(tmp_path / "none.csv")]) == 1
    assert "No such file" in capsys.readouterr().err
    make_charity("river")
    assert run(["impact", "import", "any.csv"]) == 2
    assert "Say whose with --charity. There are: river, tidelight." in capsys.readouterr().err
