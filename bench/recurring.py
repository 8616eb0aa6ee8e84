"""A night of regular gifts: script/bench recurring [--plans 100000] [--database postgresql] [--quick].

So many plans are due at once. Two workers charge them at a scripted Stripe over a socket (a process of its own); after
a while without harm, in which speed and CPU are taken, one worker or the other is killed by SIGKILL, three times, and
begins again. At last the gateway's own list of charges is held against the plans: none lost, none doubled.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rig import processes, report, sites  # noqa: E402
from rig.noise import Noise  # noqa: E402

KILLS: Final = 3
_TOKENS: Final = 40
_KEY: Final = "sk_test_scripted"
_ATTEMPT: Final = "almoner_attempt"


@dataclass
class Night:
    """Where it happens: `env` is the installation's, `stripe` the scripted gateway's address ("": the sandbox)."""

    env: dict[str, str]
    folder: Path
    stripe: str


def main() -> int:
    given = _options()
    postgresql = os.environ.get("ALMONER_DATABASE_URL", "") if given.database == "postgresql" else ""
    if given.database == "postgresql" and not postgresql:
        script = ROOT / "script" / "with-postgres"
        os.environ["ALMONER_POSTGRES_FSYNC"] = "on"
        os.execv(script, [str(script), sys.executable, *sys.argv])  # noqa: S606
    plans = 400 if given.quick else given.plans
    folder = Path(tempfile.mkdtemp(prefix="almoner-recurring-", dir=given.folder or None))
    try:
        with ExitStack() as stack:
            figures = _measure(plans, folder, postgresql, given.gateway, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.result(
        figures | {"database": given.database, "gateway": given.gateway, "quick": given.quick}, given.out
    )
    return 0


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--plans", type=int, default=100_000)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--gateway", choices=("stripe", "sandbox"), default="stripe")
    options.add_argument(
        "--folder", default="", help="where the database lies (default: the system's folder)"
    )
    options.add_argument("--quick", action="store_true", help="400 plans: see that it runs")
    options.add_argument("--out", default="", help="write the result as JSON into this file too")
    return options.parse_args()


def _measure(plans: int, folder: Path, postgresql: str, gateway: str, stack: ExitStack) -> dict[str, object]:
    noise = Noise()
    noise.listen()
    env = sites.prepared("prepared", folder, postgresql)
    stripe = stack.enter_context(_stripe(folder)) if gateway == "stripe" else ""
    env |= {"DJANGO_SETTINGS_MODULE": "almoner.config.settings", "ALMONER_LOG_LEVEL": "WARNING"}
    env |= _stripe_settings(stripe) if stripe else {}
    night = Night(env, folder, stripe)
    tokens = _methods_at_stripe(stripe) if stripe else _methods_at_sandbox(night)
    (folder / "tokens.json").write_text(json.dumps(tokens))
    method = "stripe_element" if stripe else "sandbox_card"
    _rows(night, "fill", str(plans), gateway, method, str(folder / "tokens.json"))
    workers = [_worker(night, f"one-{number}") for number in range(2)]
    try:
        calm = _calm(night, plans, workers)
        _kill_now_and_then(night, plans, workers)
        seconds = _until_done(night)
    finally:
        for worker in workers:
            _end(worker)
    (folder / "charged.json").write_text(json.dumps(_charged(night)))
    found = json.loads(_rows(night, "reckon", str(folder / "charged.json")))
    noise.listen()
    report.table(
        ("a night", "plans", "plans/s", "CPU-ms a charge", "lost", "doubled"),
        [
            (
                "two workers",
                plans,
                calm["plans_per_s"],
                calm["cpu_ms_per_charge"],
                found["lost"],
                found["doubled"],
            )
        ],
    )
    return (
        calm
        | found
        | {"plans": plans, "kills": KILLS, "last_seconds": round(seconds, 1), "noise": noise.told()}
    )


def _calm(night: Night, plans: int, workers: list["subprocess.Popen[bytes]"]) -> dict[str, float]:
    """Speed and CPU until a good third is charged, after the workers have come up."""
    _await_left(night, plans - max(20, plans // 50))
    pids = [worker.pid for worker in workers]
    left, began, used = _left(night), time.monotonic(), processes.cpu_seconds(*pids)
    _await_left(night, plans - plans // 3)
    after = _left(night)
    seconds, cpu = time.monotonic() - began, processes.cpu_seconds(*pids) - used
    charged = max(1, left - after)
    return {
        "plans_per_s": round(charged / seconds, 1),
        "cpu_ms_per_charge": round(1000 * cpu / charged, 2),
    }


def _kill_now_and_then(night: Night, plans: int, workers: list["subprocess.Popen[bytes]"]) -> None:
    """One of the workers dies in the midst of its charges, and another takes its place."""
    for number in range(1, KILLS + 1):
        _await_left(night, plans - plans // 3 - number * plans // 8)
        time.sleep(random.random())
        victim = workers[number % 2]
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        workers[number % 2] = _worker(night, f"again-{number}")


def _until_done(night: Night) -> float:
    began = time.monotonic()
    _await_left(night, 0)
    return time.monotonic() - began


def _await_left(night: Night, count: int) -> None:
    while _left(night) > count:
        time.sleep(0.5)


def _left(night: Night) -> int:
    """Plans that are due, and charges that are under way: asked of the database itself, for it is asked often."""
    url, moment = night.env["ALMONER_DATABASE_URL"], datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    sql = (
        f"SELECT (SELECT count(*) FROM plans_plan WHERE next_at <= '{moment}' AND state = 'active') + "  # noqa: S608
        "(SELECT count(*) FROM payments_attempt WHERE look_at IS NOT NULL)"
    )
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as rows:
            return int(rows.execute(sql).fetchone()[0])
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        found = connection.execute(sql.encode()).fetchone()
        return int(found[0]) if found else 0


def _rows(night: Night, *arguments: str) -> str:
    return processes.python("-m", "rig.recurring_rows", *arguments, env=night.env)


def _worker(night: Night, name: str) -> "subprocess.Popen[bytes]":
    log = (night.folder / f"{name}.log").open("wb")
    return subprocess.Popen(
        [sys.executable, "-m", "rig.charger", name],
        env={**os.environ, **night.env}, cwd=processes.BENCH, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip


def _end(worker: "subprocess.Popen[bytes]") -> None:
    if worker.poll() is None:
        worker.terminate()
        try:
            worker.wait(timeout=30)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


@contextmanager
def _stripe(folder: Path) -> Iterator[str]:
    """The scripted Stripe, in a process of its own; its address."""
    address = folder / "stripe.address"
    command = [
        sys.executable, "-m", "tests.support.gateways.stripe_server", "--light", "--address-file", str(address),
    ]  # fmt: skip
    log = (folder / "stripe.log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        while not address.exists() or not address.read_text():
            if server.poll() is not None:
                raise SystemExit(f"the scripted Stripe ended:\n{(folder / 'stripe.log').read_text()[-2000:]}")
            time.sleep(0.05)
        yield address.read_text()
    finally:
        _end(server)


def _stripe_settings(base: str) -> dict[str, str]:
    return {
        "ALMONER_STRIPE_API_BASE": base,
        "ALMONER_STRIPE_ACCOUNT": "acct_1Scripted",
        "ALMONER_STRIPE_SECRET_KEY": _KEY,
        "ALMONER_STRIPE_PUBLISHABLE_KEY": "pk_test_scripted",
        "ALMONER_STRIPE_WEBHOOK_SECRETS": "whsec_scripted",
        "ALMONER_STRIPE_CURRENCIES": "AUD",
    }


def _methods_at_stripe(base: str) -> list[str]:
    """Saved methods, each made by a first payment."""
    tokens = []
    for number in range(_TOKENS):
        customer = _ask(base, "customers", {"name": f"Person {number}"})["id"]
        intent = _ask(
            base, "payment_intents",
            {"amount": "2500", "currency": "aud", "customer": customer, "setup_future_usage": "off_session",
             "payment_method_types[0]": "card"},
        )  # fmt: skip
        token = {"confirmation_token": f"ctoken_success.{number}"}
        paid = _ask(base, f"payment_intents/{intent['id']}/confirm", token)
        tokens.append(f"{customer} {paid['payment_method']}")
    return tokens


def _methods_at_sandbox(night: Night) -> list[str]:
    code = (
        "from almoner.payments import gateways; from almoner.payments.gateways.port import Order; import json\n"
        f"for n in range({_TOKENS}):\n"
        "    order = Order(key=f'first {n}', amount_minor=2500, currency='AUD', method='sandbox_card',\n"
        "        description='', reference='', return_url='/', language='en',\n"
        "        input={'sandbox_outcome': 'success'}, save_method=True)\n"
        "    sandbox = gateways.sandbox()\n"
        "    print(sandbox.confirm(sandbox.create(order).gateway_id, order=order).saved.token)\n"
    )
    printed = processes.python("-m", "almoner", "manage", "shell", "--no-imports", "-c", code, env=night.env)
    return printed.split()


def _charged(night: Night) -> list[str]:
    """The attempts that the gateway has charged, from its own books."""
    if not night.stripe:
        code = (
            "from almoner.payments import gateways\n"
            "for charge in gateways.sandbox().store.charges():\n"
            "    if charge.state == 'succeeded' and not charge.saves: print(charge.key)\n"
        )
        return processes.python(
            "-m", "almoner", "manage", "shell", "--no-imports", "-c", code, env=night.env
        ).split()
    keys, after = [], {}
    while True:
        page = _ask(night.stripe, "payment_intents?" + urlencode({"limit": "100", **after}))
        keys += [
            each["metadata"][_ATTEMPT]
            for each in page["data"]
            if each["status"] == "succeeded" and _ATTEMPT in each["metadata"]
        ]
        if not page["has_more"]:
            return keys
        after = {"starting_after": page["data"][-1]["id"]}


def _ask(base: str, path: str, form: dict[str, str] | None = None) -> Any:
    body = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(  # noqa: S310 (our own address)
        f"{base}/v1/{path}", data=body, headers={"Authorization": f"Bearer {_KEY}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
