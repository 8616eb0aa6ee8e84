"""The suite's fixtures live in tests/support; naming them here gives them to every room's tests."""

from hypothesis import settings

# How long one example takes says nothing where three tests share two cores.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest_plugins = [
    "tests.support.leftovers",
    "tests.support.scheduling",
    "tests.support.databases",
    "tests.support.small_disk",
    "tests.support.server",
    "tests.support.browser",
    "tests.support.hosts",
    "tests.support.mailsink",
    "tests.support.addresses",
]
