"""`almoner upgrade`: the database and the files at this version, then the checks. Safe to repeat."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from almoner.backoffice import roles
from almoner.charities import appendonly
from almoner.config import statics
from almoner.stories import founding

# A change of a table waits for whoever uses it, and everybody else behind it: so it waits briefly, and often.
_LOCK_SECONDS: Final = 3
_TURNS: Final = 40
_BETWEEN_SECONDS: Final = 2.0


def run(options: argparse.Namespace) -> int:
    apply(verbosity=1)
    missing = list(appendonly.missing(connection))
    for name in missing:
        print(f"missing trigger: {name}")
    call_command("check", deploy=settings.MODE == "production", fail_level="ERROR")
    return 1 if missing else 0


def apply(*, verbosity: int, tell: Callable[[str], object] = print) -> None:
    """Migrate (which installs the append-only triggers again), give each charity its site, make staff's
    roles, and collect the static files."""
    for turn in range(1, _TURNS + 1):
        try:
            with _short_locks():
                call_command("migrate", interactive=False, verbosity=verbosity)
            break
        except OperationalError as error:
            # What was migrated stands; the next turn goes on from there.
            if not isinstance(error.__cause__, LockNotAvailable) or turn == _TURNS:
                raise
            tell("A table is in use. Trying again ...")
            time.sleep(_BETWEEN_SECONDS)
    founding.follow_all()
    roles.ensure_roles()
    statics.collect_if_needed()


@contextmanager
def _short_locks() -> Iterator[None]:
    """While inside, no statement waits long for a lock, for gifts would wait behind it. SQLite has no such queue."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS:d}s'")
    try:
        yield
    finally:
        # The connection goes with its setting, whatever became of it.
        connection.close()
