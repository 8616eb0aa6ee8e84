"""What must hold in this room, for `almoner prove`."""

from collections.abc import Iterator

from django.db import connection

from almoner.charities import appendonly, audit
from almoner.kernel.proof import Check


def checks() -> list[Check]:
    return [
        Check(
            "append-only", "Every append-only table has its triggers.", lambda: appendonly.missing(connection)
        ),
        Check("audit chain", "No row of the audit log was changed or removed.", _chain),
    ]


def _chain() -> Iterator[str]:
    yield from audit.broken_links()
