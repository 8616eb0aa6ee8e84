"""A goal's bar through two whole applications, as two workers answer: the same bytes and the same ETag all minute."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signals
from django.db import close_old_connections

from almoner.charities.models import Charity
from almoner.config import wiring
from almoner.giving import catalogue, demo, goals
from almoner.giving.models import DonationForm
from almoner.kernel.clock import now
from almoner.ledger.books import Entry, post

MINUTE = datetime(2030, 3, 4, 5, 6, tzinfo=UTC)


class Worker:
    """A server process: its own ready pages and its own forms in memory."""

    def __init__(self) -> None:
        self._application = wiring.application()
        self._known = catalogue._Known(None)

    def get(self, path: str, method: str = "GET") -> tuple[str, bytes]:
        """(the ETag, the body)"""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "testserver",
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "REMOTE_ADDR": "198.51.100.7",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        }  # fmt: skip
        memory = catalogue._Memory
        others, memory.known = memory.known, self._known
        try:
            body = b"".join(self._application(environ, lambda *answer: begun.append(answer)))
        finally:
            self._known, memory.known = memory.known, others
        return dict(begun[0][1])["ETag"], body


@pytest.fixture
def charity(db: None, monkeypatch: pytest.MonkeyPatch) -> Charity:
    """The demonstration, in a transaction that a request's end leaves open, as Django's own client has it."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    return demo.seed()


@pytest.fixture(autouse=True)
def _signals_again() -> Any:
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


def give(charity: Charity, nth: int) -> None:
    form = DonationForm.objects.get(charity=charity)
    post(
        [Entry("clearing:sandbox", "income:children", 4_200, "charge")],
        charity_id=charity.pk, currency="AUD", source="test", source_id=str(nth), tag=f"form:{form.pk}", at=now(),
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/give/4840/", "/give/4840/?amount=50"])
def test_two_workers_never_disagree(charity: Charity, path: str) -> None:
    early, late = Worker(), Worker()
    seen = set()
    with time_machine.travel(MINUTE + timedelta(seconds=6), tick=False) as clock:
        for second in range(6, 200, 7):
            clock.move_to(MINUTE + timedelta(seconds=second))
            # The one is asked all the time and the other now and then, and both hear of each gift only by the books.
            answer = early.get(path)
            if second % 3 == 0:
                assert late.get(path) == answer == Worker().get(path), second
            seen.add((goals.goal_time(now()), answer))
            give(charity, second)
        assert early.get(path, "HEAD") == (answer[0], b"")
    assert len(seen) == 4, "the bar moves once a minute"
    assert len({etag for _, (etag, _) in seen}) == 4
