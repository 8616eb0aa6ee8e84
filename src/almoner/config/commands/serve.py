"""`almoner serve`: granian, with the workers and threads that the settings name."""

import argparse
import os
import signal
import sys
import threading
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from almoner.config import draining, ports, presence
from almoner.kernel.environment import Environment

_LOG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "almoner.config.logs.JsonLines"}},
    "handlers": {
        "stdout": {"class": "almoner.config.logs.Scrubbed", "stream": "ext://sys.stdout", "formatter": "json"}
    },
    "loggers": {"_granian": {"handlers": ["stdout"], "level": "INFO", "propagate": False}},
}


class _Server(Granian):  # type: ignore[misc,valid-type]
    """Told to stop, it says first that it isn't ready, and stops when balancers have had the time to hear it."""

    drain_seconds = 0

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        stop = super().signal_handler_interrupt
        # Ctrl-C is a person's, who doesn't wait; nor does one who says it twice.
        if not self.drain_seconds or args[:1] == (signal.SIGINT,) or draining.draining():
            stop(*args, **kwargs)
            return
        draining.begin()
        later = threading.Timer(self.drain_seconds, stop)
        later.daemon = True
        later.start()


def run(options: argparse.Namespace) -> int:
    try:
        presence.hold()
    except presence.InUse as refused:
        print(refused, file=sys.stderr)
        return 1
    env = Environment(os.environ)
    host = options.host or env.text("ALMONER_HOST", "127.0.0.1")
    port = options.port if options.port is not None else env.integer("PORT", 8000, at_least=1, at_most=65535)
    try:
        ports.free(host, port)
    except OSError as error:
        print(f"The server can't listen at {host}, port {port} ({error.strerror}).", file=sys.stderr)
        return 1
    except ports.PortTaken as taken:
        print(taken, file=sys.stderr)
        return 1
    serve("almoner.config.wsgi:application", env, host=host, port=port)
    return 0


def serve(target: str, env: Environment, *, host: str, port: int) -> None:
    """Serve a WSGI application, "module:name", until told to stop. Benchmarks serve their floors with it too."""
    workers = env.integer("ALMONER_WORKERS", 2, at_least=1, at_most=64)
    threads = env.integer("ALMONER_THREADS", 16, at_least=1, at_most=256)
    drain_seconds = env.integer("ALMONER_DRAIN_SECONDS", 0, at_least=0, at_most=300)
    env.finish()
    server = _Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # Each thread may hold a connection to the database, and waits for gateways: enough to wait, few enough to hold.
        blocking_threads=threads,
        backlog=1024,
        backpressure=256,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        websockets=False,
        # A worker that dies is replaced; one that won't stop is killed after its requests had their time.
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=35,
        log_dictconfig=_LOG,
    )
    server.drain_seconds = drain_seconds
    with draining.run_folder():
        server.serve()
