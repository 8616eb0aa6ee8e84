"""Card testers against one form, with honest donors among them: script/bench attack [--attempts 100000] [--quick].

The product's own server and worker, over HTTP. Testers come from 5,000 addresses, five tries at a time from one, with
a fresh form, another email and a small amount each time; some press again where the decline left them, some take the
gateway's own page where that is what is offered, some do the proof of work, some show an old one again (rig/testers).
500 donors give meanwhile as browsers do, 50 of them from one address, which testers use too. `reached_gateway` are
cards that were tried in the page, `hosted_opened` the gateway's own pages, which guard themselves. The bar: no honest
gift lost. It stops by itself, after `--minutes` at the latest; a run that was cut short fails.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT)]

from rig import processes, report, sites  # noqa: E402
from rig.noise import Noise  # noqa: E402
from rig.testers import DONORS, TESTERS  # noqa: E402

# A production's limits: a demonstration's are wider, for whoever plays with it.
_LIMITS: Final = {
    "ALMONER_LIMIT_ATTEMPTS": "5",
    "ALMONER_LIMIT_DECLINES_WORK": "3",
    "ALMONER_LIMIT_DECLINES": "5",
    "ALMONER_LIMIT_EMAIL_ATTEMPTS": "10",
}
# Half a hundred donors behind one address, of five hundred.
_SHARED_OF: Final = 10


def main() -> int:
    given = _options()
    postgresql = os.environ.get("ALMONER_DATABASE_URL", "") if given.database == "postgresql" else ""
    if given.database == "postgresql" and not postgresql:
        script = ROOT / "script" / "with-postgres"
        os.execv(script, [str(script), sys.executable, *sys.argv])  # noqa: S606
    if given.quick:
        given.attempts, given.addresses, given.honest = 600, 30, 30
    folder = Path(tempfile.mkdtemp(prefix="almoner-attack-"))
    noise = Noise()
    noise.listen()
    try:
        figures = _measure(given, folder, postgresql)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    noise.listen()
    report.table(["what", "how many"], [[name, value] for name, value in figures.items()])
    told = report.noise(noise)
    report.result(figures | {"database": given.database, "quick": given.quick, "noise": told}, given.out)
    return 0 if figures["whole"] and not figures["honest_lost"] else 1


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--attempts", type=int, default=100_000)
    options.add_argument("--addresses", type=int, default=5_000, help="of testers")
    options.add_argument("--honest", type=int, default=500, help="donors; a tenth of them behind one address")
    options.add_argument("--clients", type=int, default=8, help="connections of each process (default 8)")
    options.add_argument("--processes", type=int, default=2, help="of clients (default 2)")
    options.add_argument(
        "--minutes", type=float, default=45, help="the longest that it may take (default 45)"
    )
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--quick", action="store_true", help="600 attempts, 30 donors: does it run at all?")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    return options.parse_args()


def _measure(given: argparse.Namespace, folder: Path, postgresql: str) -> dict[str, Any]:
    env = sites.prepared("attack", folder, postgresql) | _LIMITS
    begun = time.monotonic()
    with ExitStack() as stack:
        server = stack.enter_context(sites.almoner(env))
        stack.enter_context(processes.beside("worker", env))
        print(f"attacking: {given.attempts:,} attempts, {given.honest} donors", flush=True)
        before = processes.cpu_seconds(server.pid)
        counts, whole = _attack(given, server.port)
        cpu_ms = 1000 * (processes.cpu_seconds(server.pid) - before)
    seconds = time.monotonic() - begun
    return (
        {"attempts": counts["pressed"], "whole": whole}
        | _stored(env)
        | {
            "solved": counts["solved"],
            "honest": counts["honest"],
            "honest_at_once": counts["honest at once"],
            "honest_delayed": counts["honest delayed"],
        }
        | _lost(env, given.honest)
        | {
            "answers_503": sum(count for name, count in counts.items() if name.endswith("503")),
            "seconds": round(seconds, 1),
            "attempts_per_s": round(counts["pressed"] / seconds, 1),
            "server_cpu_ms_per_attempt": round(cpu_ms / max(1, counts["pressed"]), 2),
        }
    )


class _Pack:
    """The processes of clients, each of which says every few seconds what it has counted so far."""

    def __init__(self, given: argparse.Namespace, port: int) -> None:
        self._told: list[dict[str, int]] = [{} for _ in range(given.processes)]
        self._processes = [self._start(given, port, number) for number in range(given.processes)]
        self._readers = [
            threading.Thread(target=self._read, args=(number,), daemon=True)
            for number in range(given.processes)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def counts(self) -> Counter[str]:
        return sum((Counter(told) for told in self._told), Counter())

    @property
    def running(self) -> bool:
        return any(process.poll() is None for process in self._processes)

    def end(self) -> bool:
        """Whether each came to its end by itself, with all of its share done."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
        codes = [process.wait() for process in self._processes]
        for reader in self._readers:
            reader.join()
        return not any(codes)

    def _start(self, given: argparse.Namespace, port: int, number: int) -> "subprocess.Popen[str]":
        def share(of: int) -> int:
            return of // given.processes + (number < of % given.processes)

        told = {
            "port": port, "attempts": share(given.attempts), "addresses": given.addresses,
            "honest": share(given.honest), "shared": given.honest // _SHARED_OF, "process": number,
            "processes": given.processes, "clients": given.clients, "seconds": 60 * given.minutes,
        }  # fmt: skip
        arguments = [f"--{name}={value}" for name, value in told.items()]
        return subprocess.Popen(
            [sys.executable, "-m", "rig.testers", *arguments], cwd=processes.BENCH, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def _read(self, number: int) -> None:
        lines = self._processes[number].stdout
        assert lines is not None
        for line in lines:
            self._told[number] = json.loads(line)


def _attack(given: argparse.Namespace, port: int) -> tuple[Counter[str], bool]:
    pack, begun, shown = _Pack(given, port), time.monotonic(), 0.0
    # Each process ends by itself; this is for one that hangs.
    latest = begun + 60 * given.minutes + 120
    try:
        while pack.running and time.monotonic() < latest:
            time.sleep(0.5)
            if time.monotonic() - shown > 10:
                shown = time.monotonic()
                _tell(pack.counts, given.attempts, shown - begun)
    finally:
        whole = pack.end()
    _tell(pack.counts, given.attempts, time.monotonic() - begun)
    return pack.counts, whole


def _tell(counts: Counter[str], attempts: int, seconds: float) -> None:
    done = counts["pressed"]
    left = f"{(attempts - done) * seconds / done / 60:.0f} min left" if done else "beginning"
    print(
        f"{seconds:6.0f} s  {done:,} of {attempts:,} ({done / max(1.0, seconds):.0f}/s), {left}; "
        f"donors {counts['honest']}, delayed {counts['honest delayed']}, lost {counts['honest lost']}",
        flush=True,
    )


def _stored(env: dict[str, str]) -> dict[str, Any]:
    """What testers reached, as the database has it."""
    return _asked(
        env,
        f"""
from collections import Counter
from almoner.giving.models import Attack, Course, Gift, LimitHit
from almoner.payments.models import Attempt
from django.db.models import Count
theirs = Attempt.objects.filter(gift_id__in=Gift.objects.filter(contact__email__endswith="@{TESTERS}").values("pk"))
tried = Counter(theirs.values_list("method", flat=True))
reached = LimitHit.objects.filter(attempt_id__in=theirs.filter(method="sandbox_card").values("pk"))
spread = list(reached.order_by().values("address").annotate(n=Count("id")).values_list("n", flat=True))
print(json.dumps(dict(
    reached_gateway=tried["sandbox_card"], hosted_opened=tried["sandbox_hosted"],
    turned_back=LimitHit.objects.filter(course=Course.TURNED).count(), attacks=Attack.objects.count(),
    addresses=LimitHit.objects.values("address").distinct().count(),
    addresses_that_reached=len(spread), most_from_one_address=max(spread, default=0),
)))
""",
    )


def _lost(env: dict[str, str], honest: int) -> dict[str, Any]:
    """Donors without exactly one settled gift, whatever they were told."""
    return _asked(
        env,
        f"""
from collections import Counter
from almoner.giving.models import Gift
settled = Counter(Gift.objects.filter(contact__email__endswith="@{DONORS}", status="settled").values_list(
    "contact__email", flat=True))
print(json.dumps(dict(
    honest_lost={honest} - len(settled), honest_doubled=sum(1 for times in settled.values() if times > 1))))
""",
    )


def _asked(env: dict[str, str], code: str) -> dict[str, Any]:
    printed = processes.python(
        "-m", "almoner", "manage", "shell", "--no-imports", "-c", f"import json\n{code}", env=env
    )
    told: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return told


if __name__ == "__main__":
    sys.exit(main())
