"""Which tests a worker runs together: a file's that share a running site, and all of WordPress's."""

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

# What their files start once: a site and its gateway, or a page that is compared with itself.
_BY_FILE: Final = ("tests/browser/", "src/almoner/giving/tests/test_script")
_TOGETHER: Final = "tests/wordpress/"


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
