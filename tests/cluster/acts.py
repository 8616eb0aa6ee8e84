"""What is done to the cluster while donors give. Each act leaves it whole again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.cluster import cutting
from tests.cluster.cluster import Cluster
from tests.cluster.layout import Node
from tests.cluster.processes import children, kill_all, wait_until

_SETTLE_GIFTS: Final = 10
_FROZEN_SECONDS: Final = 4.0
_CUT_SECONDS: Final = 20.0

Act = Callable[[Cluster, Callable[[], int]], None]


def kill_primarys_node(cluster: Cluster, given: Callable[[], int]) -> None:
    """SIGKILL to all of the primary's node; it comes back when another has taken its place."""
    old = cluster.await_primary()
    cluster.kill_node(old)
    cluster.await_primary(other_than=old)
    _gifts_go_on(given)
    cluster.start_node(old)
    cluster.await_standbys()


def freeze_then_kill(cluster: Cluster, given: Callable[[], int]) -> None:
    """Replication is stopped first: what the primary says yes to meanwhile is on no other disk."""
    old = cluster.await_primary()
    with frozen(senders(cluster, old)):
        time.sleep(_FROZEN_SECONDS / 2)
        cluster.kill_node(old)
    cluster.await_primary(other_than=old)
    _gifts_go_on(given)
    cluster.start_node(old)
    cluster.await_standbys()


def freeze_replication(cluster: Cluster, given: Callable[[], int]) -> None:
    """Both lines stand still for some seconds, and go on."""
    with frozen(senders(cluster, cluster.await_primary())):
        time.sleep(_FROZEN_SECONDS)
    _gifts_go_on(given)
    cluster.await_standbys()


def restart_primary(cluster: Cluster, given: Callable[[], int]) -> None:
    """PostgreSQL alone is ended, as by an out-of-memory killer: Patroni starts it again, or gives its place away."""
    node = cluster.await_primary()
    postmaster = cluster.postmaster(node)
    assert postmaster is not None
    kill_all([postmaster])
    wait_until(lambda: cluster.primary() is not None, "there is a primary")
    _gifts_go_on(given)
    cluster.await_standbys()


def partition(cluster: Cluster, given: Callable[[], int]) -> None:
    """The primary's node is cut off for longer than its lease, then comes back to a cluster that has another."""
    old = cluster.await_primary()
    others = [node for node in cluster.nodes if node != old]
    with cut_off(cluster, old, others):
        wait_until(
            lambda: any(cluster.is_primary(node) for node in others), "another takes its place", seconds=60
        )
        time.sleep(_CUT_SECONDS / 4)
        _gifts_go_on(given)
    cluster.await_standbys()


def kill_web_and_worker(cluster: Cluster, given: Callable[[], int]) -> None:
    """One host's web server and another's worker die by SIGKILL; a supervisor starts them again."""
    first, second = cluster.nodes[:2]
    cluster.book.kill([f"{first.name}-web", f"{second.name}-worker"])
    _gifts_go_on(given)
    cluster.start_web(first)
    cluster.start_worker(second)


def senders(cluster: Cluster, primary: Node) -> list[int]:
    """The primary's processes that send to its standbys."""
    postmaster = cluster.postmaster(primary)
    assert postmaster is not None
    found = []
    for pid in children(postmaster):
        if b"walsender" in Path(f"/proc/{pid}/cmdline").read_bytes():
            found.append(pid)
    assert found, "nothing is sent to a standby"
    return found


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    """Stopped by SIGSTOP, and woken again, those that still live."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


@contextmanager
def cut_off(cluster: Cluster, node: Node, others: list[Node]) -> Iterator[None]:
    """By the kernel's filter; where it can't be had, the node's etcd and Patroni are stopped instead."""
    if cutting.possible():
        cutting.cut(node, others)
        try:
            yield
        finally:
            cutting.heal()
        return
    with frozen([cluster.book.of(f"{node.name}-{each}").pid for each in ("etcd", "patroni")]):
        yield


def _gifts_go_on(given: Callable[[], int]) -> None:
    before = given()
    wait_until(lambda: given() >= before + _SETTLE_GIFTS, "gifts go on", seconds=90)


ACTS: Final[list[tuple[str, Act]]] = [
    ("node of the primary killed", kill_primarys_node),
    ("replication frozen", freeze_replication),
    ("PostgreSQL killed", restart_primary),
    ("primary cut off", partition),
    ("web and worker killed", kill_web_and_worker),
    ("frozen, then killed", freeze_then_kill),
]
CONTROL: Final[list[tuple[str, Act]]] = [("frozen, then killed", freeze_then_kill)]
