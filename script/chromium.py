"""Where this machine's Chromium is. Run as a script it prints the path, or says what is missing and exits 1.

The standard library alone: script/setup asks before there are any packages.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

# The same engine without what draws windows: it needs less of the processor, and heeds no settings of a profile.
_SHELL: Final = "chromium-headless-shell"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


class NoChromium(RuntimeError):
    """No browser for the tests."""


@cache
def chromium_path(*, shell: bool = True) -> str:
    """The system's own, as a shell where that will do, else the one that `playwright install chromium` fetched.

    Raises `NoChromium`.
    """
    for path in _candidates((_SHELL, *_NAMES) if shell else _NAMES):
        if _runs(path):
            return path
    raise NoChromium(
        "no Chromium on this machine: apt-get install chromium, or where that is only a snap (Ubuntu): "
        ".venv/bin/python -m playwright install --with-deps chromium"
    )


def _candidates(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if found := shutil.which(name):
            yield found
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    # The newest first: the folder's name ends in its number.
    for found in sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True):
        yield str(found)


def _runs(path: str) -> bool:
    """Ubuntu has a chromium-browser that only says which snap to install."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    try:
        print(chromium_path())
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
