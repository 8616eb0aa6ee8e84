"""Every test that the table of faults names stands where it says."""

import ast
import re

import pytest

from tests.docs.pages import ROOT

pytestmark = pytest.mark.once

PAGE = ROOT / "docs" / "explanation" / "crashes.md"
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def named_in(path: str) -> set[str]:
    """The tests of a file, those of its classes included."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_named_test_exists() -> None:
    named = _NAMED.findall(PAGE.read_text())
    assert len(named) > 30
    assert [f"{path}::{name}" for path, name in named if name not in named_in(path)] == []


def test_each_fault_names_a_test() -> None:
    _, _, table = PAGE.read_text().partition("## The faults, and the tests that hold them")
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if not _NAMED.search(row)] == []
