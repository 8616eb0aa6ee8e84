"""Two web servers are restarted one after the other under load, by a balancer that only asks who is ready: nobody sees
an error, and what is in hand is finished."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from almoner.giving import demo
from almoner.giving.models import Gift
from tests.crash.drill import page_to_submit, visitor
from tests.support.databases import LiveDb
from tests.support.server import Process, Site, new_site, wait_until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASKED_EVERY_SECONDS = 0.1


@pytest.fixture
def two(live_db: LiveDb, tmp_path: Path) -> Iterator[list[Site]]:
    demo.seed()
    sites = [new_site(live_db, tmp_path / name, ALMONER_DRAIN_SECONDS="300") for name in ("one", "other")]
    for site in sites:
        site.serve()
    yield sites
    for site in sites:
        site.end()


class Balancer:
    """What stands in front: it asks each server whether it is ready, and sends a request to one that said so."""

    def __init__(self, sites: list[Site]) -> None:
        self.bases = [site.base.removeprefix("http://") for site in sites]
        self.ready = dict.fromkeys(self.bases, True)
        self.statuses: list[int | str] = []
        self._begun: list[int] = []
        self._over = threading.Event()

    @contextmanager
    def under_load(self, donors: int = 3) -> Iterator[None]:
        threads = [threading.Thread(target=self._look)]
        self._begun = [0] * donors
        threads += [threading.Thread(target=self._give, args=(donor,)) for donor in range(donors)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def answers(self, more: int) -> None:
        """Wait until so many more were answered."""
        before = len(self.statuses)
        wait_until(lambda: len(self.statuses) > before + more, says=lambda: str(self.statuses[-3:]))

    def sends_to(self, site: Site) -> None:
        """Wait until the balancer knows that it is ready."""
        wait_until(lambda: self.ready[site.base.removeprefix("http://")])

    def sends_nobody_to(self, site: Site) -> None:
        """Wait until the balancer knows that it is not ready, and each donor has turned to another since."""
        wait_until(lambda: not self.ready[site.base.removeprefix("http://")])
        before = [*self._begun]
        wait_until(lambda: all(now > then for now, then in zip(self._begun, before, strict=True)))

    def _look(self) -> None:
        while not self._over.wait(ASKED_EVERY_SECONDS):
            for base in self.bases:
                self.ready[base] = self._ask(base, "GET", "/health/ready") == 200

    def _give(self, donor: int) -> None:
        while not self._over.is_set():
            self._begun[donor] += 1
            ready = [base for base in self.bases if self.ready[base]]
            base = ready[(donor + self._begun[donor]) % len(ready)]
            body = urlencode({"amount": "50", "fund": "children"})
            self.statuses.append(self._ask(base, "POST", "/give/4840/details/", body))

    @staticmethod
    def _ask(base: str, method: str, path: str, body: str = "") -> int | str:
        link = http.client.HTTPConnection(base, timeout=120)
        try:
            link.request(method, path, body or None, FORM)
            answer = link.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            link.close()


def told_to_stop(process: Process) -> None:
    """As a supervisor does it: the server's first process alone hears it, and sees to the others. Told twice, it lets
    balancers have no more time to hear of it."""
    os.kill(process.popen.pid, signal.SIGTERM)


@pytest.mark.once
def test_no_request_fails_over_a_rolling_restart(two: list[Site]) -> None:
    balancer = Balancer(two)
    with balancer.under_load():
        for site in two:
            balancer.answers(20)
            told_to_stop(site.processes[-1])
            balancer.sends_nobody_to(site)
            told_to_stop(site.processes[-1])
            assert site.processes[-1].wait() == 0
            site.serve()
            balancer.sends_to(site)
        balancer.answers(20)
    assert set(balancer.statuses) == {200}, [each for each in balancer.statuses if each != 200]


def test_a_gift_in_hand_is_finished_and_nobody_else_is_sent(
    new_server: Callable[..., Site],
) -> None:
    demo.seed()
    site = new_server(ALMONER_DRAIN_SECONDS="300", ALMONER_SANDBOX_STALL_SECONDS="4")
    answers: list[int] = []
    with visitor(site) as donor:
        # The gateway charges, and keeps its answer for itself for four seconds.
        form = page_to_submit(donor, "slow@example.org", sandbox_outcome="timeout_after")
        giving = threading.Thread(
            target=lambda: answers.append(donor.post("/give/4840/submit/", data=form).status_code)
        )
        giving.start()
        wait_until(Gift.objects.exists)
        told_to_stop(site.processes[-1])
        base = site.base.removeprefix("http://")
        wait_until(lambda: Balancer._ask(base, "GET", "/health/ready") == 503)
        # Who comes all the same, before balancers have heard it, is served.
        assert Balancer._ask(base, "GET", "/give/4840/") == 200
        told_to_stop(site.processes[-1])
        assert site.processes[-1].wait() == 0
        giving.join()
    assert answers == [303]


@pytest.mark.once
def test_told_once_it_stops_by_itself_when_balancers_had_their_time(new_server: Callable[..., Site]) -> None:
    site = new_server(ALMONER_DRAIN_SECONDS="1")
    begun = time.monotonic()
    told_to_stop(site.processes[-1])
    assert site.processes[-1].wait() == 0
    assert time.monotonic() - begun > 1
