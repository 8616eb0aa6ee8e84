"""ALMONER_DATABASE_URL as Django's settings: SQLite for one machine, PostgreSQL for more."""

from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote

from almoner.kernel.environment import Environment

# A writer takes the lock at BEGIN and waits its turn: DEFERRED transactions fail with "locked" when two upgrade at
# once. FULL: a committed gift survives a power cut. recursive_triggers: INSERT OR REPLACE must not walk round the
# append-only triggers.
_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-20000; PRAGMA journal_size_limit=67108864; "
    # The log is folded by config.sqlite.folding, and by nobody else.
    "PRAGMA wal_autocheckpoint=0;"
)
_TIMEOUT_SECONDS: Final = 20


def read(env: Environment, *, default: str = "") -> dict[str, Any]:
    """The settings of the one database. `sqlite:////srv/almoner.sqlite3`, or `postgresql://user:word@host/name`."""
    url = env.url("ALMONER_DATABASE_URL", default, schemes=("sqlite", "postgresql"))
    if url is None:
        return {}
    return _sqlite(url) if url.scheme == "sqlite" else _postgresql(env, url)


def _sqlite(url: SplitResult) -> dict[str, Any]:
    return {
        "ENGINE": "almoner.config.sqlite",
        "NAME": unquote(url.path.removeprefix("/")),
        # Opening costs more than keeping: each thread holds its own.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": _TIMEOUT_SECONDS,
            "init_command": _SQLITE_PRAGMAS,
        },
    }


def _postgresql(env: Environment, url: SplitResult) -> dict[str, Any]:
    pooled = env.flag("ALMONER_DATABASE_PGBOUNCER", False)
    options: dict[str, Any] = {
        "connect_timeout": _TIMEOUT_SECONDS,
        # A pooler in transaction mode hands each transaction to another server, which knows no prepared statement.
        "prepare_threshold": None if pooled else 5,
        **dict(parse_qsl(url.query)),
    }
    return {
        "ENGINE": "almoner.config.postgresql",
        "NAME": unquote(url.path.removeprefix("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", "") or url.hostname or "",
        "PORT": str(url.port or options.pop("port", "")),
        "CONN_MAX_AGE": env.integer("ALMONER_DATABASE_KEEP_SECONDS", 600, at_least=0, at_most=86_400),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": options,
    }
