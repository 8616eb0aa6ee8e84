"""The sandbox's side of its webhooks: signed, over a socket, repeated until they are taken."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from almoner.kernel import trusted
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.gateways.sandbox.store import event_body

_TRIES: Final = 20


def deliver_due(gateway: Sandbox, url: str, *, limit: int = 50) -> int:
    """Send the events whose time has come; returns how many were taken."""
    now = datetime.now(UTC)
    waiting = gateway.store.rows(
        "SELECT * FROM event WHERE delivered_at IS NULL AND next_at <= ? AND tries < ? ORDER BY next_at LIMIT ?",
        now.isoformat(timespec="microseconds"),
        _TRIES,
        limit,
    )
    if not waiting:
        return 0
    taken = 0
    with httpx.Client(timeout=10, trust_env=False, verify=trusted.authorities()) as client:
        for event in waiting:
            delivered = _send(client, gateway, url, event_body(event))
            taken += delivered
            _note(gateway, event["id"], delivered=delivered, tries=event["tries"] + 1)
    return taken


def _send(client: httpx.Client, gateway: Sandbox, url: str, body: bytes) -> bool:
    headers = {
        "Content-Type": "application/json",
        "Sandbox-Signature": gateway.sign(body, int(time.time())),
    }
    try:
        return client.post(url, content=body, headers=headers).is_success
    except httpx.HTTPError:
        return False


def _note(gateway: Sandbox, event_id: str, *, delivered: bool, tries: int) -> None:
    now = datetime.now(UTC)
    later = now + timedelta(seconds=min(3600, 2**tries))
    with gateway.store.write() as connection:
        connection.execute(
            "UPDATE event SET tries = ?, delivered_at = ?, next_at = ? WHERE id = ?",
            (
                tries,
                now.isoformat() if delivered else None,
                later.isoformat(timespec="microseconds"),
                event_id,
            ),
        )
