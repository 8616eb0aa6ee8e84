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


@pytest.mark.parametrize(
    "path", ["docs/work/plan.md", "/var/lib/almoner/", "https://example.org/work/", "../work/x"]
)
def test_other_paths_are_left_alone(tmp_path: Path, path: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"See {path} for more.\n")
    assert faults(page) == []
