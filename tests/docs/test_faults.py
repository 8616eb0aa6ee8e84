"""Every test that the tables of faults and of security name stands where it says."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

pytestmark = pytest.mark.once

PAGE = ROOT / "docs" / "explanation" / "crashes.md"
SECURITY = ROOT / "docs" / "reference" / "security.md"
# What a donation platform has of OWASP's ASVS, level 2.
ROWS = [
    "Object access", "Webhook forgery", "Amount tampering", "Card testing", "Proxies", "Magic links", "Enumeration",
    "Email injection", "CSV and spreadsheets", "SSRF", "XSS", "Uploads", "Framing", "Embeds", "CSRF", "Staff",
    "Audit log", "Personal data", "Supply chain", "Configuration",
]  # fmt: skip
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def named_in(path: str) -> set[str]:
    """The tests of a file, those of its classes included."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", [PAGE, SECURITY], ids=lambda page: page.stem)
def test_each_named_test_exists(page: Path) -> None:
    named = _NAMED.findall(page.read_text())
    assert len(named) > 30
    assert [f"{path}::{name}" for path, name in named if name not in named_in(path)] == []


def test_each_fault_names_a_test() -> None:
    _, _, table = PAGE.read_text().partition("## The faults, and the tests that hold them")
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if not _NAMED.search(row)] == []


def test_each_row_of_security_has_tests_that_bear_its_name() -> None:
    text = SECURITY.read_text().partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    tests = {row.split("|")[1].strip(): [name for _, name in _NAMED.findall(row)] for row in rows}
    assert list(tests) == ROWS
    for row, named in tests.items():
        begins = "test_" + re.sub(r"[^a-z]+", "_", row.lower())
        assert named, row
        assert [name for name in named if not name.startswith(f"{begins}_")] == [], row
