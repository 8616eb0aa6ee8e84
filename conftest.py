"""The suite's fixtures live in tests/support; naming them here gives them to every room's tests."""

import gc

import pytest
from hypothesis import settings

# What is imported and collected stays until the end: to look through it again and again is a quarter of collecting.
gc.disable()

# How long one example takes says nothing where three tests share two cores.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest_plugins = [
    "tests.support.leftovers",
    "tests.support.logs",
    "tests.support.scheduling",
    "tests.support.contexts",
    "tests.support.databases",
    "tests.support.small_disk",
    "tests.support.server",
    "tests.support.browser",
    "tests.support.hosts",
    "tests.support.mailsink",
    "tests.support.addresses",
]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """In workers, and in the process that hands tests out to them and collects none itself."""
    gc.freeze()
    gc.enable()
