"""What donors were told against the rows and the gateway's own books. It shares none of the product's code."""

import sqlite3
import time
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.cluster.cluster import Cluster

_SECONDS = 150


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Numbers of donors. `lost`: thanked, and no paid gift stands. `doubled`: more than one gift, or charged more than
    once. `phantom`: charged at the gateway, and no gift says so. `stuck`: a gift that is still pending."""

    stored: int
    lost: int
    doubled: int
    phantom: int
    stuck: int


def charges_before(cluster: Cluster) -> int:
    """Where the gateway's book of charges ends now; what a run makes comes after it."""
    return int(_ask(cluster, "SELECT coalesce(max(rowid), 0) FROM charge")[0][0])


def reckon(cluster: Cluster, *, prefix: str, acknowledged: Collection[str], after: int) -> Reckoning:
    """Wait until the workers have looked into everything, then count. `after`: see `charges_before`."""
    _settle(cluster, prefix)
    with cluster.connect() as link:
        rows = link.execute(
            "SELECT c.email, g.status, a.id::text, a.state FROM giving_gift g"
            " JOIN supporters_contact c ON c.id = g.contact_id"
            " JOIN payments_attempt a ON a.gift_id = g.id WHERE c.email LIKE %s",
            [f"{prefix}%"],
        ).fetchall()
        gifts = Counter(
            email
            for (email,) in link.execute(
                "SELECT c.email FROM giving_gift g JOIN supporters_contact c ON c.id = g.contact_id"
                " WHERE c.email LIKE %s",
                [f"{prefix}%"],
            ).fetchall()
        )
    captured = Counter(
        key
        for (key,) in _ask(cluster, "SELECT key FROM charge WHERE state = 'succeeded' AND rowid > ?", after)
    )
    paid = {email for email, status, _, state in rows if status == "settled" and state == "succeeded"}
    charges = Counter(email for email, _, attempt, _ in rows for _ in range(captured[attempt]))
    known = {attempt for _, _, attempt, state in rows if state == "succeeded"}
    return Reckoning(
        stored=len(gifts),
        lost=len(set(acknowledged) - paid),
        doubled=sum(1 for email in {*gifts, *charges} if gifts[email] > 1 or charges[email] > 1),
        phantom=len(set(captured) - known),
        stuck=len({email for email, status, _, _ in rows if status == "pending"}),
    )


def _settle(cluster: Cluster, prefix: str) -> None:
    """What waits for its time is looked at now, by the workers; until nothing is left, or time is up."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        try:
            with cluster.connect() as link:
                link.execute(
                    "UPDATE payments_attempt SET look_at = now() - interval '2 hours', updated_at = now() - interval"
                    " '2 hours' WHERE look_at IS NOT NULL"
                )
                left = link.execute(
                    "SELECT (SELECT count(*) FROM giving_gift g JOIN supporters_contact c ON c.id = g.contact_id"
                    "  WHERE g.status = 'pending' AND c.email LIKE %s)"
                    " + (SELECT count(*) FROM outbox_job WHERE state IN ('ready', 'leased') AND run_at < now())",
                    [f"{prefix}%"],
                ).fetchone()
        except psycopg.OperationalError:
            left = None
        if left == (0,):
            return
        time.sleep(2)


def _ask(cluster: Cluster, query: str, *values: int) -> list[tuple[Any, ...]]:
    """Of the gateway's own file."""
    with closing(sqlite3.connect(f"file:{cluster.sandbox}?mode=ro", uri=True, timeout=20)) as link:
        return link.execute(query, values).fetchall()
