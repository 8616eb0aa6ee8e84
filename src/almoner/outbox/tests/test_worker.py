import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from tests.support.databases import LiveDb
from tests.support.server import wait_until

from almoner.kernel.clock import now
from almoner.outbox import periodic, proof, worker
from almoner.outbox.lease import LEASE, Leases
from almoner.outbox.models import Job, Periodic, State
from almoner.outbox.queue import Dead, Retry, enqueue


def fail(error: Exception) -> Callable[[dict[str, Any]], None]:
    def handler(payload: dict[str, Any]) -> None:
        raise error

    return handler


@pytest.fixture
def time_stands() -> Iterator[None]:
    """How long something waits is told exactly, however slow the machine is."""
    with time_machine.travel(now(), tick=False):
        yield


@pytest.mark.django_db
class TestDrain:
    def test_runs_what_is_ready_oldest_first_and_what_that_asks_for(self) -> None:
        ran: list[int] = []

        def note(payload: dict[str, Any]) -> None:
            ran.append(payload["number"])
            if payload["number"] == 1:
                enqueue("note", "three", {"number": 3})

        enqueue("note", "two", {"number": 2})
        enqueue("note", "one", {"number": 1}, run_at=now() - timedelta(minutes=1))
        enqueue("note", "later", {"number": 9}, run_at=now() + timedelta(minutes=1))
        assert worker.drain({"note": note}) == 3
        assert ran == [1, 2, 3]
        assert sorted(Job.objects.values_list("dedupe_key", "state", "attempts")) == [
            ("later", "ready", 0),
            ("one", "done", 1),
            ("three", "done", 1),
            ("two", "done", 1),
        ]
        assert Job.objects.filter(state=State.DONE, finished_at__isnull=True).count() == 0

    def test_leaves_a_kind_that_it_does_not_know(self) -> None:
        enqueue("newer", "one")
        assert worker.drain({"note": lambda payload: None}) == 0
        assert Job.objects.values_list("state", "attempts").get() == ("ready", 0)

    def test_stops_at_its_limit(self) -> None:
        for number in range(3):
            enqueue("note", str(number))
        assert worker.drain({"note": lambda payload: None}, 2) == 2
        assert Job.objects.filter(state=State.READY).count() == 1

    def test_retry_waits_as_long_as_the_handler_says(self, time_stands: None) -> None:
        enqueue("mail", "one")
        worker.drain({"mail": fail(Retry("greylisted", after_seconds=300))})
        job = Job.objects.get()
        assert (job.state, job.attempts, job.last_error, job.lease_owner) == ("ready", 1, "greylisted", "")
        assert timedelta(seconds=295) < job.run_at - now() <= timedelta(seconds=300)

    def test_a_retry_without_a_time_backs_off_longer_each_time(self, time_stands: None) -> None:
        enqueue("look", "one")
        waits = []
        for _ in range(worker.MOST_ATTEMPTS - 1):
            worker.drain({"look": fail(Retry("the gateway is down"))})
            waits.append((Job.objects.get().run_at - now()).total_seconds())
            Job.objects.update(run_at=now())
        assert waits[0] <= 5 and 10_000 < waits[-1] <= 14_400
        assert Job.objects.get().state == "ready"
        # An outage of a day is outlived.
        assert sum(waits) > 24 * 3600

    def test_dead_is_dead_at_once_and_proof_names_it(self) -> None:
        enqueue("mail", "one")
        worker.drain({"mail": fail(Dead("no such mailbox"))})
        job = Job.objects.get()
        assert (job.state, job.attempts, job.last_error) == ("dead", 1, "no such mailbox")
        assert job.finished_at is not None
        dead_check = next(check for check in proof.checks() if check.name == "outbox")
        assert list(dead_check.run()) == [f"job {job.pk} mail: no such mailbox"]

    def test_a_bug_backs_off_longer_each_time_then_is_dead(self, time_stands: None) -> None:
        enqueue("mail", "one")
        waits = []
        for _ in range(worker.MOST_ATTEMPTS):
            worker.drain({"mail": fail(ValueError("pat@example.org is odd"))})
            waits.append((Job.objects.get().run_at - now()).total_seconds())
            Job.objects.update(run_at=now())
        job = Job.objects.get()
        assert job.state == "dead"
        assert "ValueError at test_worker.py:" in job.last_error
        # What a donor typed is in the exception's text, and must not come to rest here.
        assert "pat@example.org" not in job.last_error
        assert 3 < waits[0] <= 5 and 6 < waits[1] <= 10 and 10_000 < waits[-2] <= 14_400

    def test_a_job_costs_one_commit_and_a_share_of_the_claim(self) -> None:
        for number in range(10):
            enqueue("note", str(number))
        with CaptureQueriesContext(connection) as queries:
            worker.drain({"note": lambda payload: None})
        commits = [query["sql"] for query in queries if query["sql"].startswith("RELEASE SAVEPOINT")]
        # One claim of ten, ten finishes, each with the beginning of the next.
        assert len(commits) == 11
        assert not [query for query in queries if query["sql"].startswith(("INSERT", "DELETE"))]

    def test_idle_costs_one_read_and_no_write_lock(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            assert worker.drain({"note": lambda payload: None}) == 0
        assert [query["sql"][:6] for query in queries] == ["SELECT"]

    def test_work_that_waits_an_hour_past_its_time_is_named(self) -> None:
        enqueue("newer", "one", run_at=now() - timedelta(hours=2))
        late_check = next(check for check in proof.checks() if check.name == "outbox in time")
        assert [name.split(",")[0] for name in late_check.run()] == [f"job {Job.objects.get().pk} newer"]


@pytest.mark.django_db
class TestReap:
    def leased(self, *, attempts: int, until: timedelta) -> Job:
        enqueue("note", f"{attempts} {until}")
        Job.objects.update(
            state=State.LEASED,
            lease_owner="gone",
            lease_until=now() + until,
            attempts=attempts,
            started_at=now(),
        )
        return Job.objects.get()

    def test_a_lease_that_ran_out_is_ready_again(self) -> None:
        self.leased(attempts=1, until=-timedelta(seconds=1))
        assert worker.reap() == 1
        assert Job.objects.values_list("state", "lease_owner", "last_error").get() == (
            "ready",
            "",
            "its worker died",
        )

    def test_what_waited_in_a_dead_workers_hands_has_lost_no_attempt(self) -> None:
        self.leased(attempts=0, until=-timedelta(seconds=1))
        Job.objects.update(started_at=None)
        assert worker.reap() == 1
        assert Job.objects.values_list("state", "attempts", "deaths", "last_error").get() == (
            "ready", 0, 0, "",
        )  # fmt: skip

    def test_a_poisoned_job_costs_the_others_nothing_and_is_soon_alone(self) -> None:
        """It kills its worker each time; nine others are leased with it."""
        for number in range(10):
            enqueue("note", str(number), {"poison": number == 0})
        ran: list[int] = []

        def note(payload: dict[str, Any]) -> None:
            if payload["poison"]:
                raise KeyboardInterrupt  # the end of a worker, as far as a test can bear it
            ran.append(1)

        leased_with_it, waits = [], []
        for _ in range(4):
            with pytest.raises(KeyboardInterrupt):
                worker.drain({"note": note})
            leased_with_it.append(Job.objects.filter(state=State.LEASED).count() - 1)
            Job.objects.filter(state=State.LEASED).update(lease_until=now() - timedelta(seconds=1))
            worker.reap()
            poisoned = Job.objects.get(payload={"poison": True})
            waits.append(poisoned.run_at > now() + timedelta(minutes=9))
            Job.objects.filter(payload={"poison": True}).update(run_at=now() - timedelta(hours=1))
        assert (leased_with_it, waits) == ([9, 9, 0, 0], [False, True, True, True])
        poisoned, others = Job.objects.get(deaths=4), Job.objects.filter(deaths=0)
        assert (poisoned.attempts, set(others.values_list("attempts", flat=True))) == (4, {0})
        Job.objects.filter(pk=poisoned.pk).update(run_at=now() + timedelta(hours=1))
        assert worker.drain({"note": note}) == len(ran) == 9

    def test_a_lease_that_runs_is_left(self) -> None:
        self.leased(attempts=1, until=timedelta(seconds=30))
        assert worker.reap() == 0
        assert Job.objects.get().state == "leased"

    def test_a_job_that_kills_each_worker_is_given_up(self) -> None:
        self.leased(attempts=worker.MOST_ATTEMPTS, until=-timedelta(seconds=1))
        assert worker.reap() == 1
        assert Job.objects.values_list("state", "last_error").get() == ("dead", "its worker died each time")

    def test_a_worker_that_outlived_its_lease_changes_nothing(self) -> None:
        enqueue("note", "one")

        def slow(payload: dict[str, Any]) -> None:
            # Meanwhile the lease ran out and another worker took the job.
            Job.objects.update(lease_owner="another", attempts=2)

        worker.drain({"note": slow})
        assert Job.objects.values_list("state", "lease_owner", "attempts").get() == ("leased", "another", 2)


@pytest.mark.django_db
class TestPeriodic:
    def test_runs_at_once_then_when_its_time_has_come(self) -> None:
        ran: list[int] = []
        tasks = [("sweep", 60.0, lambda: ran.append(1))]
        leases = Leases("one")
        assert periodic.run_due(tasks, leases) == 1
        assert periodic.run_due(tasks, leases) == 0
        Periodic.objects.update(next_at=now() - timedelta(seconds=1))
        assert periodic.run_due(tasks, leases) == 1
        assert len(ran) == 2

    def test_one_that_another_worker_runs_is_left_until_its_lease_is_over(self) -> None:
        ran: list[int] = []
        tasks = [("sweep", 60.0, lambda: ran.append(1))]
        Periodic.objects.create(
            name="sweep", next_at=now() - timedelta(hours=1), lease_owner="other", lease_until=now() + LEASE
        )
        assert periodic.run_due(tasks, Leases("one")) == 0
        Periodic.objects.update(lease_until=now() - timedelta(seconds=1))
        assert periodic.run_due(tasks, Leases("one")) == 1

    def test_a_fault_is_kept_and_the_next_turn_comes(self) -> None:
        def broken() -> None:
            raise KeyError("pat@example.org")

        assert periodic.run_due([("sweep", 60.0, broken)], Leases("one")) == 1
        row = Periodic.objects.get()
        assert row.last_error.startswith("KeyError at test_worker.py:")
        assert row.next_at > now() and row.lease_until is None

    def test_a_daily_task_that_failed_is_not_left_until_tomorrow(self) -> None:
        def broken() -> None:
            raise KeyError("x")

        periodic.run_due([("daily", 86_400.0, broken)], Leases("one"))
        assert Periodic.objects.get().next_at < now() + timedelta(minutes=11)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_ends_no_worker(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    """`InterfaceError` is no `DatabaseError` to Django: a closed connection raises it."""
    stop = threading.Event()
    asked: list[int] = []

    def gone(*args: object, **more: object) -> int:
        asked.append(1)
        if len(asked) == 3:
            stop.set()
        raise fault("the connection is closed")

    monkeypatch.setattr(worker, "_work", gone)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    worker.run({}, stop=stop, owner="one")
    assert len(asked) == 3


class TestProcesses:
    @contextmanager
    def worker(self, db: LiveDb, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
        env = os.environ | {
            "ALMONER_MODE": "test",
            "ALMONER_DATABASE_URL": db.url,
            "DJANGO_SETTINGS_MODULE": "almoner.config.settings",
        }
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "almoner.outbox.tests.worker_process", str(folder)],
                env=env,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait(timeout=60)

    @pytest.mark.crash
    def test_what_a_killed_worker_held_runs_again(self, live_db: LiveDb, tmp_path: Path) -> None:
        enqueue("hang", "one")
        with self.worker(live_db, tmp_path) as first:
            wait_until((tmp_path / "hanging").exists, says=(tmp_path / "log").read_text)
            first.send_signal(signal.SIGKILL)
            assert first.wait(timeout=60) == -signal.SIGKILL
        job = Job.objects.get()
        assert (job.state, job.attempts) == ("leased", 1)
        assert job.lease_until is not None and job.lease_until > now()

        # The clock is the lease's, not the test's: say that it ran out.
        Job.objects.update(kind="note", payload={"number": 1}, lease_until=now() - timedelta(seconds=1))
        with self.worker(live_db, tmp_path):
            wait_until(Job.objects.filter(state=State.DONE).exists, says=(tmp_path / "log").read_text)
        assert (tmp_path / "notes").read_text() == "1\n"
        assert Job.objects.get().attempts == 2

    @pytest.mark.crash
    def test_two_workers_share_the_work_and_one_runs_the_task(self, live_db: LiveDb, tmp_path: Path) -> None:
        for number in range(200):
            enqueue("note", str(number), {"number": number})
        with self.worker(live_db, tmp_path), self.worker(live_db, tmp_path):
            wait_until(
                lambda: Job.objects.filter(state=State.DONE).count() == 200, says=(tmp_path / "log").read_text
            )
            wait_until(lambda: Periodic.objects.filter(last_finished_at__isnull=False).exists())
        ran = sorted(int(line) for line in (tmp_path / "notes").read_text().split())
        assert ran == list(range(200))
        assert len((tmp_path / "ticks").read_text().split()) == 1

    def test_stops_when_told_and_gives_back_what_it_had_not_begun(self, live_db: LiveDb) -> None:
        for number in range(3):
            enqueue("note", str(number))
        stop = threading.Event()
        worker.run({"note": lambda payload: stop.set()}, stop=stop, owner="one")
        assert sorted(Job.objects.values_list("state", "attempts")) == [
            ("done", 1),
            ("ready", 0),
            ("ready", 0),
        ]

    def test_a_lease_is_renewed_while_work_goes_on(self, live_db: LiveDb) -> None:
        enqueue("note", "one")
        near = now() + timedelta(seconds=5)
        Job.objects.update(state=State.LEASED, lease_owner="one", lease_until=near)
        with Leases("one", renew_after_seconds=0.02) as leases, leases.held(Job, [Job.objects.get().pk]):
            wait_until(Job.objects.filter(lease_until__gt=near).exists)
