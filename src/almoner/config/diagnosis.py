"""Questions that `almoner check` asks about an installation. Each answers with findings that say what to do."""

import ctypes
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.urls import reverse

from almoner.addresses.index.container import Container, IndexUnusable
from almoner.addresses.index_finder import SUFFIX
from almoner.backoffice.editor.charities import unreachable
from almoner.charities import appendonly
from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.outbox.models import Periodic
from almoner.payments import gateways
from almoner.payments.gateways.advice import PASSING, advice, problems_of

OK: Final = "ok"
LOOK: Final = "look"
WRONG: Final = "wrong"

_MEBIBYTE: Final = 1024 * 1024
_FULL_MEBIBYTES: Final = 200
_LOW_MEBIBYTES: Final = 1024
_CLOCK_UNSYNCHRONISED: Final = 5
_WORKER_SILENT: Final = timedelta(minutes=5)
# G-NAF comes out every quarter; two releases are missed by then.
_ADDRESSES_OLD: Final = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` is "ok", "look" (a person should) or "wrong"; `do` says what to do about it."""

    about: str
    state: str
    says: str
    do: str = ""


def configuration() -> Iterator[Finding]:
    """Django's own checks, with those for deployment in production."""
    found = checks.run_checks(include_deployment_checks=settings.MODE == "production")
    serious = [message for message in found if message.level >= checks.WARNING and not message.is_silenced()]
    for message in serious:
        state = WRONG if message.level >= checks.ERROR else LOOK
        yield Finding("configuration", state, f"{message.msg} ({message.id})", message.hint or "")
    if not serious:
        yield Finding("configuration", OK, f"{settings.MODE} settings are sound")


def database() -> Iterator[Finding]:
    """Whether it answers, keeps what it commits, is migrated, and has its append-only triggers."""
    try:
        yield from _durability()
    except DatabaseError as error:
        yield Finding(
            "database", WRONG, f"does not answer ({type(error).__name__})", "see ALMONER_DATABASE_URL"
        )
        return
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding("migrations", WRONG, f"{len(waiting)} are not applied", "run: almoner upgrade")
        return
    yield Finding("migrations", OK, "all are applied")
    missing = list(appendonly.missing(connection))
    if missing:
        yield Finding(
            "append-only", WRONG, f"triggers are missing: {', '.join(missing)}", "run: almoner upgrade"
        )
    else:
        yield Finding("append-only", OK, f"{len(appendonly.protected_tables())} tables are protected")
    yield _worker()


def _durability() -> Iterator[Finding]:
    wanted = (
        {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1"}
        if connection.vendor == "sqlite"
        else {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    )
    question = "PRAGMA" if connection.vendor == "sqlite" else "SHOW"
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"{question} {name}")
            (stands,) = cursor.fetchone()
            if str(stands) != value and not (name == "synchronous_commit" and stands.startswith("remote")):
                yield Finding(
                    "database", LOOK, f"{name} is {stands}: a power cut may lose gifts", f"set it to {value}"
                )
    yield Finding("database", OK, f"{connection.display_name} answers")


def _worker() -> Finding:
    last = Periodic.objects.aggregate(last=Max("last_finished_at"))["last"]
    if last is None or now() - last > _WORKER_SILENT:
        said = "has never run" if last is None else f"was last seen {last:%Y-%m-%d %H:%M} UTC"
        return Finding("worker", LOOK, said, "start it: almoner worker; without it no receipt is sent")
    return Finding("worker", OK, "runs")


def charities() -> Iterator[Finding]:
    """Whether there is one, and whether donors can get to each."""
    try:
        every = list(Charity.objects.order_by("pk"))
    except DatabaseError:
        # What is wrong with the database was said already.
        return
    if not every:
        todo = f"sign in at {settings.SITE_URL.rstrip('/')}/admin/ and make it: its site comes with it"
        yield Finding("charities", LOOK, "there is none yet", todo)
    lost = [(charity, said) for charity in every if (said := unreachable(charity))]
    for charity, said in lost:
        yield Finding(f"charity {charity.slug}", WRONG, said)
    if every and not lost:
        yield Finding("charities", OK, f"{len(every)}, each at a host of its own or at what is nobody's")


def disk() -> Iterator[Finding]:
    """Room for the database and uploads, and leave to write there."""
    folder = Path(settings.DATA_DIR)
    if not folder.is_dir():
        yield Finding("data folder", WRONG, f"{folder} does not exist", "make it, or set ALMONER_DATA_DIR")
        return
    if not os.access(folder, os.W_OK):
        yield Finding(
            "data folder", WRONG, f"{folder} can't be written", "give it to the user that runs almoner"
        )
    free = shutil.disk_usage(folder).free // _MEBIBYTE
    state = WRONG if free < _FULL_MEBIBYTES else LOOK if free < _LOW_MEBIBYTES else OK
    yield Finding("disk", state, f"{free:,} MiB are free", "" if state == OK else "make room: gifts need it")


def addresses() -> Iterator[Finding]:
    """A finding for each country's address file. Without one donors type their address, which is no fault."""
    folder = Path(settings.ADDRESSES_DIR)
    files = sorted(folder.glob(f"*{SUFFIX}"))
    for path in files:
        yield _address_file(path)
    if not files:
        yield Finding(
            "addresses",
            LOOK,
            f"no file in {folder}: donors type their address",
            "to have it found: docs/how-to/addresses.md",
        )


def _address_file(path: Path) -> Finding:
    about, again = (
        f"addresses {path.stem}",
        f"build it again: almoner addresses build … --country {path.stem}",
    )
    try:
        file = Container(path)
    except (IndexUnusable, OSError) as error:
        return Finding(
            about,
            WRONG,
            str(error),
            f"{again}; what a server has open stays in use until it is started again",
        )
    meta = file.meta
    if meta["country"] != path.stem:
        return Finding(about, WRONG, f"{path} is of {meta['country']}", f"name it {meta['country']}{SUFFIX}")
    age = now() - datetime.fromisoformat(meta["built_at"])
    count, days = meta["counts"]["addresses"], max(age.days, 0)
    says = f"{meta['source']} {meta['release']}, {count:,} addresses, built {days} days ago"
    if age > _ADDRESSES_OLD:
        return Finding(about, LOOK, says, f"is there a newer release? Then {again}")
    return Finding(about, OK, says)


def clock() -> Iterator[Finding]:
    """Whether the machine's clock is kept right: receipts, webhooks' stamps and two factors hang on it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "adjtimex"):
        yield Finding("clock", LOOK, "this system doesn't say whether its clock is kept right")
        return
    # All zero: only a question. The kernel's answer is whether time is synchronised.
    state = libc.adjtimex(ctypes.create_string_buffer(512))
    if state == _CLOCK_UNSYNCHRONISED or state < 0:
        yield Finding("clock", LOOK, "is not synchronised", "run an NTP client, such as systemd-timesyncd")
    else:
        yield Finding("clock", OK, "is synchronised")


def payment_gateways() -> Iterator[Finding]:
    """Asks each gateway that money goes through whether its keys, its mode and its webhook are right."""
    for code, gateway in gateways.gateways().items():
        able = gateway.capabilities()
        if able.by_hand or able.sandbox:
            continue
        hook = settings.SITE_URL.rstrip("/") + reverse("webhook", args=[code])
        found = [(problem, advice(problem)) for problem in problems_of(gateway, webhook_url=hook)]
        for problem, said in found:
            about = f" ({said.about})" if said.about else ""
            # One that can't be asked now is no fault of the setup, as far as we know.
            state = LOOK if problem.code in PASSING else WRONG
            yield Finding(f"gateway {code}", state, f"{said.wrong}{about}", said.todo)
        if not found:
            yield Finding(f"gateway {code}", OK, "answers, and is set up as it must be")
