"""What import-linter is told: no room is forgotten, and every exception stands there by its name."""

import re
import tomllib

import pytest

from tests.support.templates import ROOT

pytestmark = pytest.mark.once

WAGTAILS_ROOMS = {"stories", "backoffice"}


def contract(name: str) -> dict[str, list[str]]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    found: dict[str, list[str]] = next(each for each in told if each["name"] == name)
    return found


def test_every_room_but_two_is_kept_from_wagtail() -> None:
    held = contract("Only stories and backoffice import Wagtail")
    rooms = {path.parent.name for path in (ROOT / "src/almoner").glob("*/__init__.py")}
    assert set(held["source_modules"]) == {
        f"almoner.{name}" for name in (rooms - WAGTAILS_ROOMS) | {"__main__"}
    }
    excepted = {line.partition(" -> ")[0] for line in held["ignore_imports"]}
    assert excepted == {
        "almoner.config.urls",
        "almoner.config.middleware",
        "almoner.*.tests.*",
    }


def test_no_model_is_asked_for_by_its_name() -> None:
    """A string in the place of an import goes round the layers that are held. A migration has no other way."""
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "src/almoner").rglob("*.py")
        if "migrations" not in path.parts
        and "tests" not in path.parts
        and re.search(r"(?<!_state\.apps)\.get_model\(", path.read_text())
    ]
    assert found == []
