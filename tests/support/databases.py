"""`db` (rolled back, as pytest-django has it, over a migrated copy) and `live_db` (a copy of its own, real commits)."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, connections
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from almoner.charities.sites import forget_stamps
from almoner.config import database
from almoner.giving import catalogue, limits
from almoner.kernel.environment import Environment
from almoner.ledger import books
from almoner.stories import presenting
from tests.support import templates


@dataclass(frozen=True, slots=True)
class LiveDb:
    """A database with real commits. `url` is what a process of its own needs as ALMONER_DATABASE_URL."""

    url: str
    vendor: str


# What a test asks for that has a database; whoever asks for none is refused one by pytest-django.
_DATABASES: Final = {"db", "transactional_db", "live_db", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what runs once, unless nothing else was asked for: it ran on SQLite.

    The whole system's tests come before the rooms', which are short: in the end no worker waits long for another.
    """
    items.sort(key=lambda item: templates.ROOT / "src" in item.path.parents)
    once = [item for item in items if not runs_on_both(item)] if templates.base_url() else []
    if 0 < len(once) < len(items):
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if runs_on_both(item)]


def runs_on_both(item: pytest.Item) -> bool:
    """Whether PostgreSQL could have another answer than SQLite; CONTRIBUTING.md says the rule in words.

    Of a room's tests pytest-django says what has a database. Those of `config` and of the whole system start processes,
    which have one. What a browser makes of a page is the same over either, unless the test is marked `both`.
    """
    if item.get_closest_marker("both") is not None:
        return True
    if item.get_closest_marker("once") is not None or item.get_closest_marker("browser") is not None:
        return False
    named = getattr(item, "fixturenames", _DATABASES)
    if item.get_closest_marker("django_db") is not None or not _DATABASES.isdisjoint(named):
        return True
    return templates.ROOT / "src" not in item.path.parents or "config" in item.path.parts


@pytest.fixture(scope="session")
def django_db_setup(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Take the place of pytest-django's own: a copy of the template instead of a migration."""
    with django_db_blocker.unblock():
        url = templates.MIGRATED.copy(database_name("db"), tmp_path_factory.mktemp("db"))
        before = _point_at(url)
        yield
        _restore(before)
        templates.drop(url)


@pytest.fixture
def live_db(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LiveDb]:
    """A copy for this test alone. Commits are real, and other threads and processes see them."""
    url = templates.MIGRATED.copy(database_name("live"), tmp_path)
    with django_db_blocker.unblock():
        yield from borrowed(url)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A password is hashed once and not a million times, in this process: what is slow on purpose says nothing here.
    Servers and workers that tests start hash as in production."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    """No test meets what another's rows left in memory."""
    _forget()


def borrowed(url: str, *, keep: bool = False) -> Iterator[LiveDb]:
    """Point Django at the database at `url` for the time of a test, then drop it unless the caller does."""
    before = _point_at(url)
    _forget()
    try:
        yield LiveDb(url=url, vendor=connection.vendor)
    finally:
        _restore(before)
        _forget()
        if not keep:
            templates.drop(url)


def database_name(kind: str) -> str:
    """A name that no other worker and no other test takes."""
    return f"almoner_{kind}_{os.getpid()}_{uuid.uuid4().hex[:8]}"


def _point_at(url: str) -> dict[str, Any]:
    """Every connection of this process goes to `url` from now on; returns where they went."""
    connections.close_all()
    # Threads make their connections from this one dict, so it is changed in place.
    current = connection.settings_dict
    before = dict(current)
    current.update(database.read(Environment({"ALMONER_DATABASE_URL": url})))
    assert connections.settings["default"] is current
    return before


def _restore(before: dict[str, Any]) -> None:
    connections.close_all()
    connection.settings_dict.update(before)


def _forget() -> None:
    """What processes remember of a database's rows."""
    ContentType.objects.clear_cache()
    cache.clear()
    forget_stamps()
    presenting.forget()
    catalogue.forget()
    limits.forget()
    books.forget_accounts()
