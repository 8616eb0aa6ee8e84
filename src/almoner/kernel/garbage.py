"""Python's search for cycles that nobody holds any more: rarer where it finds nothing, or costs more than it frees."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# New objects between two searches, instead of some hundreds. A migration throws away whole sets of models: those that
# wait to be found take a hundred megabytes more.
_RARELY: Final = 50_000


@contextmanager
def kept() -> Iterator[None]:
    """While modules are imported, all that is made stays: to look through it again and again is a sixth of a start."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def sought_rarely() -> Iterator[None]:
    """For work that makes much that refers to itself: it takes a tenth off the migration of an empty database."""
    before = gc.get_threshold()
    gc.set_threshold(_RARELY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
