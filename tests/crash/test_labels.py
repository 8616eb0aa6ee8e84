"""The points at which the drills kill are those that the source has, and at each a drill sees a death."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from almoner.kernel.crashpoint import LABELS
from tests.crash import (
    test_agreed_crashes,
    test_giving_crashes,
    test_import_crashes,
    test_key_crashes,
    test_plan_crashes,
    test_reached_crashes,
    test_salesforce_crashes,
    test_set_up_crashes,
    test_statement_crashes,
    test_stripe_crashes,
    test_webhook_crashes,
    test_wordpress_crashes,
    test_worker_crashes,
)

SOURCE = Path(__file__).parents[2] / "src"


def _killed_in(module: ModuleType) -> Iterator[str]:
    """The labels that a module's drills are run with. Each of them fails unless its process dies there."""
    for test in vars(module).values():
        for mark in getattr(test, "pytestmark", ()) if callable(test) else ():
            if mark.name == "parametrize" and mark.args[0] == "label":
                yield from mark.args[1]


def test_every_point_in_the_source_is_a_label_and_stands_once() -> None:
    found = Counter(
        label
        for file in SOURCE.rglob("*.py")
        if "tests" not in file.parts
        for label in re.findall(r'crash_point\("([^"]+)"\)', file.read_text())
    )
    assert found == Counter(LABELS)


def test_every_label_is_killed_at_by_a_drill() -> None:
    drills = (
        *(test_giving_crashes, test_worker_crashes, test_plan_crashes, test_import_crashes),
        *(test_stripe_crashes, test_agreed_crashes, test_set_up_crashes, test_wordpress_crashes),
        *(test_webhook_crashes, test_statement_crashes, test_reached_crashes),
        *(test_salesforce_crashes, test_key_crashes),
    )
    assert {label for drill in drills for label in _killed_in(drill)} == set(LABELS)
