"""What script/check says of pip-audit's answer: a silent "nothing found" is the failure that matters."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    path = Path(__file__).resolve().parent.parent / "script" / "audit.py"
    spec = importlib.util.spec_from_file_location("audit", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND: dict[str, Any] = {"name": "django", "version": "5.2.8", "vulns": []}
UNKNOWN: dict[str, Any] = {"name": "anyascii", "skip_reason": "Dependency not found"}
FAULTY: dict[str, Any] = {
    "name": "pillow",
    "version": "1.0",
    "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1"]}],
}


@pytest.mark.parametrize(
    ("packages", "code", "text"),
    [
        ([SOUND], 0, "1 packages, no known vulnerability"),
        ([UNKNOWN, UNKNOWN], 0, "NOT CHECKED"),
        ([SOUND, UNKNOWN], 1, "anyascii: not known"),
        ([SOUND, FAULTY], 1, "pillow 1.0: CVE-2026-1, mended in 1.1"),
        ([FAULTY, UNKNOWN], 1, "anyascii: not known"),
    ],
)
def test_supply_chain_an_audit_that_was_not_made_does_not_read_as_clean(
    audit: ModuleType, packages: list[dict[str, Any]], code: int, text: str
) -> None:
    verdict, said = audit.judged(packages)
    assert verdict == code
    assert text in said
