"""The suite's fixtures live in tests/support; naming them here gives them to every room's tests."""

pytest_plugins = [
    "tests.support.databases",
    "tests.support.server",
    "tests.support.browser",
    "tests.support.hosts",
    "tests.support.mailsink",
    "tests.support.addresses",
]
