"""`almoner worker`: the outbox's worker with the periodic sweeps, until it is told to stop."""

import argparse
import os
import signal
import socket
import sys
import threading

from almoner.config import presence, wiring
from almoner.kernel.environment import Environment
from almoner.outbox import worker


def run(options: argparse.Namespace) -> int:
    try:
        presence.hold()
    except presence.InUse as refused:
        print(refused, file=sys.stderr)
        return 1
    return _work(options)


def _work(options: argparse.Namespace) -> int:
    if options.once:
        worker.drain(wiring.HANDLERS, owner=_owner(0))
        return 0
    env = Environment(os.environ)
    threads = options.threads or env.integer("ALMONER_WORKER_THREADS", 2, at_least=1, at_most=64)
    env.finish()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    workers = [
        threading.Thread(
            target=worker.run,
            args=(wiring.HANDLERS, wiring.PERIODIC),
            kwargs={"stop": stop, "owner": _owner(index)},
        )
        for index in range(threads)
    ]
    for thread in workers:
        thread.start()
    # Waiting in slices lets the main thread see a worker that died, and take signals on every platform.
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in workers):
            stop.set()
            return 1
    for thread in workers:
        thread.join()
    return 0


def _owner(index: int) -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{index}"
