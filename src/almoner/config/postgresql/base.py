"""A commit whose wait for the standby was cut short is not taken for one that is safe.

Where replication is synchronous, COMMIT waits until a standby has it. If that wait is cancelled (a time-out, an
administrator), the server answers with success and a warning: committed here, and perhaps nowhere else. Nobody may be
thanked on that, so it is raised as an error: whether it stands is not known, and whoever asked asks again.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import OperationalError
from django.db.backends.postgresql import base
from psycopg.errors import Diagnostic

# The server's own function that warns: its words are in whatever language the server speaks.
_WARNS: Final = "SyncRepWaitForLSN"


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unwaited = False
        # Statements outside a transaction commit by themselves.
        self.execute_wrappers.append(self._waited)

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.add_notice_handler(self._notice)
        return connection

    def _notice(self, said: Diagnostic) -> None:
        self._unwaited = self._unwaited or said.source_function == _WARNS

    # The stubs don't know the methods that backends share among themselves.
    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._refuse()

    def _waited(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        result = execute(sql, params, many, context)
        self._refuse()
        return result

    def _refuse(self) -> None:
        if self._unwaited:
            self._unwaited = False
            raise OperationalError("a commit was not waited for: no standby may have it")
