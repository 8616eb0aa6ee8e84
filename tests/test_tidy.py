"""What script/tidy.py finds, and what it leaves alone."""

import runpy
from pathlib import Path

import pytest

from tests.support.templates import ROOT

pytestmark = pytest.mark.once

TIDY = runpy.run_path(str(ROOT / "script/tidy.py"))


def faults(path: Path) -> list[str]:
    return [fault.partition(": ")[2] for fault in TIDY["_faults"](path)]


@pytest.mark.parametrize("folder", ["root", "work", "home/ada"])
def test_a_path_of_one_machine(tmp_path: Path, folder: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Read /{folder}/shared/seed.txt first.\n")
    assert faults(page) == ["a path of one machine"]


PLACED = "a day of no time zone: say whose, by astimezone()"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("now().date()", [PLACED]),
        ("gift.given_at.date()", [PLACED]),
        ("now().replace(hour=0, minute=0)", [PLACED]),
        ('f"{gift.given_at:%-d %B %Y}"', [PLACED]),
        ('f"{at:%Y-%m-%d}"', [PLACED]),
        ('TruncDate("settled_at")', [PLACED]),
        ("gifts.filter(given_at__date=day)", [PLACED]),
        ("gifts.filter(given_at__date__gte=day)", [PLACED]),
        ("now().astimezone(zone).date()", []),
        ("now().astimezone(UTC).date()", []),
        ("now().astimezone(zone).replace(hour=0)", []),
        ("now().replace(microsecond=0)", []),
        ('f"{localtime(gift.given_at):%-d %B %Y}"', []),
        ('f"{claim.expires_on:%-d %B %Y}"', []),
        ('f"{at:%Y-%m-%d %H:%M} UTC"', []),
        ('TruncDate("settled_at", tzinfo=zone)', []),
        ("gifts.filter(given_at__gte=begin)", []),
    ],
)
def test_a_day_is_somewheres(tmp_path: Path, line: str, found: list[str]) -> None:
    code = tmp_path / "src/room.py"
    code.parent.mkdir()
    code.write_text(f"{line}\n")
    assert faults(code) == found


@pytest.mark.parametrize(
    "path", ["docs/work/plan.md", "/var/lib/almoner/", "https://example.org/work/", "../work/x"]
)
def test_other_paths_are_left_alone(tmp_path: Path, path: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"See {path} for more.\n")
    assert faults(page) == []
