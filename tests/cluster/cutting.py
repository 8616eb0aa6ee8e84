"""A node cut off from the others: by the kernel's filter where we are root, else by stopping its keepers."""

import os
import subprocess
from collections.abc import Sequence
from typing import Final

from tests.cluster.layout import Node

_CHAIN: Final = "ALMONER_CLUSTER"


def possible() -> bool:
    """Whether packets can be told by the group of the process that sends them."""
    if os.geteuid() != 0:
        return False
    try:
        heal()
        _filter("-N", _CHAIN)
        return _filter("-A", _CHAIN, "-m", "owner", "--gid-owner", "1", "-j", "DROP", check=False) == 0
    except (FileNotFoundError, subprocess.CalledProcessError):
        return False
    finally:
        heal()


def cut(node: Node, others: Sequence[Node]) -> None:
    """Loopback, these ports and these groups alone: nobody reaches the node, and it reaches nobody."""
    _filter("-N", _CHAIN)
    ours = ("-m", "owner", "--gid-owner", str(node.group))
    theirs = ",".join(str(port) for other in others for port in other.ports)
    not_ours = ("-m", "owner", "!", "--gid-owner", str(node.group))
    tcp = ("-p", "tcp", "-m", "multiport", "--dports")
    _filter("-A", _CHAIN, *tcp, theirs, *ours, "-j", "DROP")
    _filter("-A", _CHAIN, *tcp, ",".join(map(str, node.ports)), *not_ours, "-j", "DROP")
    _filter("-I", "OUTPUT", "-o", "lo", "-j", _CHAIN)


def heal() -> None:
    """The filter as it was. Safe to repeat."""
    if os.geteuid() != 0:
        return
    try:
        for command in (("-D", "OUTPUT", "-o", "lo", "-j", _CHAIN), ("-F", _CHAIN), ("-X", _CHAIN)):
            _filter(*command, check=False)
    except FileNotFoundError:
        return


def _filter(*arguments: str, check: bool = True) -> int:
    done = subprocess.run(["iptables", "--wait", *arguments], check=check, capture_output=True)
    return done.returncode
