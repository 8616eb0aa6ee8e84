"""`almoner demo`: database, demonstration, web server and worker in one command, stopped by Ctrl-C."""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from django.conf import settings

from almoner.config import demo_seed, ports
from almoner.config.commands import upgrade
from almoner.kernel.environment import Environment

_HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 60
_STOP_SECONDS: Final = 40


def run(options: argparse.Namespace) -> int:
    env = Environment(os.environ)
    port = options.port if options.port is not None else env.integer("PORT", 8000, at_least=0, at_most=65535)
    env.finish()
    try:
        port = ports.free(_HOST, port)
    except ports.PortTaken:
        print(
            f"Port {port} is taken. Choose another one: PORT={port + 1} script/demo (0 takes a free one).",
            file=sys.stderr,
        )
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    _prepare()
    demo = demo_seed.seed(port=port)
    demo_seed.tell()
    return _serve(demo, port=port, stop=stop)


def _prepare() -> None:
    data = Path(settings.DATA_DIR)
    data.mkdir(parents=True, exist_ok=True)
    print(f"Data folder: {data}", flush=True)
    print("Bringing the database up to date ...", flush=True)
    upgrade.apply(verbosity=0)


def _serve(demo: demo_seed.Demo, *, port: int, stop: threading.Event) -> int:
    log = Path(settings.DATA_DIR) / "demo.log"
    base = f"http://{_HOST}:{port}"
    env = os.environ | {"PORT": str(port), "ALMONER_SITE_URL": base, "ALMONER_LOG_LEVEL": "INFO"}
    with log.open("ab") as out:
        children = [
            # A session of their own: Ctrl-C reaches us alone, and we stop them in order.
            subprocess.Popen(
                [sys.executable, "-m", "almoner", name],
                env=env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
            for name in ("serve", "worker")
        ]
    try:
        if not _ready(base, children, stop):
            if not stop.is_set():
                print(f"The demo did not start. Its log: {log}", file=sys.stderr)
                return 1
            return 0
        _say(demo, base, log)
        while not stop.wait(0.5):
            if any(child.poll() is not None for child in children):
                print(f"The demo stopped by itself. Its log: {log}", file=sys.stderr)
                return 1
        print("Stopping. The data stays; the next start goes on with it.", flush=True)
        return 0
    finally:
        _stop(children)


def _ready(base: str, children: "list[subprocess.Popen[bytes]]", stop: threading.Event) -> bool:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and not stop.wait(0.1):
        if any(child.poll() is not None for child in children):
            return False
        try:
            with urllib.request.urlopen(f"{base}/health/ready", timeout=2):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            continue
    return False


def _say(demo: demo_seed.Demo, base: str, log: Path) -> None:
    print(
        f"\nReady: {base}/\n\n"
        f"  A story to give from   {base}{demo.story_path}\n"
        f"  Its form alone         {base}{demo.form_path}\n"
        f"  What it has reached    {base}/programmes/\n"
        f"  The story in German    {base}/de{demo.story_path}\n"
        f"  The form in Arabic     {base}/ar{demo.form_path}\n"
        f"  Staff                  {base}/admin/   user {demo.staff}, password {demo.password}\n"
        f"  Mail the demo sent     {base}/sandbox/mail/\n"
        f"  The sandbox's truth    {base}/sandbox/\n\n"
        f"No money moves here. Log: {log}. Ctrl-C stops it.",
        flush=True,
    )


def _stop(children: "list[subprocess.Popen[bytes]]") -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + _STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            # The server's workers are in its session, and go with it.
            os.killpg(child.pid, signal.SIGKILL)
