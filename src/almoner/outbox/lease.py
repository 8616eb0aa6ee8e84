"""Leases that are renewed while work goes on, by a thread that sleeps unless something is held."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Model

from almoner.kernel.clock import now

LEASE: Final = timedelta(seconds=60)
# Work that runs longer than this is taken for hung: its lease lapses and another worker may begin it again.
_LONGEST_RUN: Final = timedelta(minutes=15)

# What a database that goes away raises. The second is no kind of the first.
DATABASE_GONE: Final = (DatabaseError, InterfaceError)

_log = logging.getLogger(__name__)


class Leases:
    """What one worker holds. Rows need the columns `lease_owner` and `lease_until`."""

    def __init__(self, owner: str, *, renew_after_seconds: float = LEASE.total_seconds() / 3) -> None:
        self.owner = owner
        self._renew_after_seconds = renew_after_seconds
        self._held: tuple[type[Model], Sequence[Any], datetime] | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"leases of {owner}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def held(self, model: type[Model], keys: Sequence[Any]) -> Iterator[None]:
        """While inside, the leases on these rows don't run out."""
        with self._lock:
            self._held = (model, keys, now() + _LONGEST_RUN)
        try:
            yield
        finally:
            with self._lock:
                self._held = None

    def _keep(self) -> None:
        while not self._over.wait(self._renew_after_seconds):
            with self._lock:
                held = self._held
            if held is not None and now() < held[2]:
                self._renew(held[0], held[1])
        connection.close()

    def _renew(self, model: type[Model], keys: Sequence[Any]) -> None:
        try:
            model._default_manager.filter(pk__in=keys, lease_owner=self.owner).update(
                lease_until=now() + LEASE
            )
        except DATABASE_GONE as error:
            # Worst case the lease lapses and the work is repeated, which handlers bear.
            _log.warning("a lease could not be renewed: %s", type(error).__name__)
            connection.close()
