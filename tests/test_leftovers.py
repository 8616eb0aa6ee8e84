"""A run that is killed leaves no process and no folder of its own behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import wait_until
from tests.support.templates import ROOT

pytestmark = pytest.mark.once

RUN = """
import os, signal, subprocess, sys
from pathlib import Path
from tests.support import leftovers
own, others = (subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, start_new_session=True) for _ in range(2))
leftovers.ends_with_us(groups=[own.pid, others.pid], folders=[Path(sys.argv[1])])
leftovers.ended(others.pid)
print(own.pid, others.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_a_killed_run_started_ends_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    (folder / "inside").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    own, others = map(int, done.stdout.split())
    try:
        wait_until(lambda: not runs(own) and not folder.exists())
        # Its end was told: its number may be another's by now.
        assert runs(others)
    finally:
        os.kill(others, 9)
