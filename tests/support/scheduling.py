"""Which tests a worker runs together (a file's that share a running site, and all of WordPress's), and what is made for
all of them while they are still collected.
"""

import subprocess
import sys
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support import leftovers, templates

# What their files start once: a site and its gateway, a page that is compared with itself, the whole demonstration in
# a database, the manifests that Helm's engine makes, rows of every kind for many short tests.
_BY_FILE: Final = (
    "tests/browser/",
    "tests/prove/",
    "src/almoner/backoffice/tests/test_every_act.py",
    "src/almoner/giving/tests/test_script",
    "src/almoner/stories/tests/test_demo_own.py",
    "src/almoner/stories/tests/test_every_number.py",
    "tests/test_deployment.py",
)
_TOGETHER: Final = "tests/wordpress/"
# Kept, so that its number is nobody else's while it may still be killed by it.
_BUILDING: Final = pytest.StashKey["subprocess.Popen[bytes]"]()


class Together(LoadScopeScheduling):
    """Every test by itself but for those. Not by marks: pytest 9.2 reads nothing of `xdist_group`."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_TOGETHER):
            return _TOGETHER
        return nodeid.partition("::")[0] if nodeid.startswith(_BY_FILE) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    """For `--dist loadscope`, which script/test asks for."""
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_configure(config: pytest.Config) -> None:
    """Before the whole suite, build what its tests copy, beside the workers' collecting: each of them would otherwise
    come to a first test that waits until one of them has built it, with all cores but one idle.
    """
    if begins_the_whole_suite(config):
        config.stash[_BUILDING] = building = subprocess.Popen(
            [sys.executable, "-c", "from tests.support import templates; templates.build_all()"],
            cwd=templates.ROOT,
            # A failure is said by the first test that builds it again.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        leftovers.ends_with_us(groups=[building.pid])


def begins_the_whole_suite(config: pytest.Config) -> bool:
    """Whether this is the process that hands all tests out: no worker, and no run of a chosen few."""
    several = bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")
    return several and config.args_source is pytest.Config.ArgsSource.TESTPATHS
