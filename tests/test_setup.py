"""script/setup on machines that differ: with stand-ins for apt-get, for Python's packages and for who asks."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from script.chromium import NoChromium, chromium_path

from tests.support.templates import ROOT

pytestmark = pytest.mark.once

# What the script calls that is no stand-in; nothing else is on its PATH, so no browser either.
REAL = ("bash", "cat", "dirname", "env", "find", "grep", "ls", "mkdir", "rm", "sha256sum")
PYTHON = Path(sys.executable).resolve()
NEEDED = (
    "script/setup",
    "script/chromium.py",
    "requirements/base.txt",
    "requirements/dev.txt",
    "pyproject.toml",
)


@dataclass
class Machine:
    """A clone in a folder, and the few commands around it. `calls` are those of the stand-ins."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def stand_in(self, path: str, script: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        # A link to this machine's own command would be written through.
        place.unlink(missing_ok=True)
        place.write_text(f'#!/bin/bash\necho "{place.name} $*" >>"{self.root}/calls"\n{script}\n')
        place.chmod(0o755)

    def setup(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        (self.root / "calls").unlink(missing_ok=True)
        return subprocess.run(
            [self.root / "script/setup", *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        said = self.root / "calls"
        return said.read_text().splitlines() if said.exists() else []

    def called(self, words: str) -> list[str]:
        return [call for call in self.calls if words in call]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Ubuntu, as root: apt-get brings everything but Chromium; Playwright can fetch one."""
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    browsers = tmp_path / "browsers"
    made = Machine(
        tmp_path,
        {"PATH": f"{tmp_path}/bin", "HOME": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(browsers)},
    )
    for name in ("apt-get", "id", "initdb", "firefox", "pdftoppm", "mariadbd", "php-fpm8.2", "apache2"):
        made.stand_in(f"bin/{name}", "")
    made.stand_in("bin/id", "echo 0")
    made.stand_in("bin/apt-get", '[[ "$*" != *chromium* ]]')
    made.stand_in("bin/chromium-browser", "exit 1")  # Ubuntu's, which names the snap.
    browser = browsers / "chromium-1234/chrome-linux/chrome"
    made.stand_in(
        ".venv/bin/python",
        f'[[ "$*" == *"playwright install"* ]] && mkdir -p "{browser.parent}" '
        f'&& echo "#!/bin/bash" >"{browser}" && /bin/chmod +x "{browser}"; true',
    )
    for name in REAL:
        found = shutil.which(name)
        assert found, name
        (tmp_path / "bin" / name).symlink_to(found)
    (tmp_path / "bin/python3").symlink_to(PYTHON)
    return made


def test_where_apt_has_no_chromium_playwright_fetches_one(machine: Machine) -> None:
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert "could not install chromium" in done.stderr
    assert machine.called("playwright install") == ["python -m playwright install --with-deps chromium"]


def test_a_second_run_does_nothing_and_says_nothing(machine: Machine) -> None:
    # The fonts may be missing here, which a machine with them isn't told of.
    machine.stand_in("bin/find", "echo found")
    machine.setup()
    again = machine.setup()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert machine.called("apt-get") == machine.called("pip install") == machine.called("playwright") == []


def test_without_any_chromium_it_fails_and_names_it(machine: Machine) -> None:
    machine.stand_in(".venv/bin/python", '[[ "$*" != *"playwright install"* ]]')
    done = machine.setup()
    assert done.returncode == 1
    assert "no Chromium on this machine: apt-get install chromium" in done.stderr


def test_who_is_not_root_is_told_the_packages_and_goes_on(machine: Machine) -> None:
    machine.stand_in("bin/id", "echo 1000")
    machine.stand_in(".venv/bin/python", '[[ "$*" != *"playwright install"* ]]')
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert "only root may install them" in done.stderr and "apt-get install" in done.stderr
    assert "chromium" in done.stderr.partition("apt-get install")[2].splitlines()[0]
    assert machine.called("apt-get install") == []
    assert machine.called("playwright install") == ["python -m playwright install chromium"]


def test_a_server_needs_no_browser(machine: Machine) -> None:
    done = machine.setup("--base")
    assert done.returncode == 0, done.stderr
    assert machine.called("chromium") == machine.called("playwright") == []


def test_wordpress_is_unpacked_and_not_installed(machine: Machine) -> None:
    # A package that was downloaded is a file here; one that is unpacked leaves a folder.
    machine.stand_in("bin/apt-get", '[ "$1" = download ] && echo >wordpress_6.deb; [[ "$*" != *chromium* ]]')
    machine.stand_in("bin/dpkg-deb", 'mkdir -p "$3/usr/share/$(echo "$2" | grep -o "^[a-z]*")"')
    assert machine.setup().returncode == 0
    assert list((machine.root / ".venv/wordpress").iterdir()) == [machine.root / ".venv/wordpress/usr"]
    assert [call for call in machine.called("wordpress") if "apt-get install" in call] == []
    machine.setup()
    assert machine.called("apt-get download") == machine.called("dpkg-deb") == []


def test_without_wordpress_it_says_so_and_goes_on(machine: Machine) -> None:
    machine.stand_in("bin/apt-get", '[[ "$*" != *chromium* && "$1" != download ]]')
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert "its plugin will not be tried" in done.stderr
    assert not (machine.root / ".venv/wordpress").exists()


def test_supply_chain_an_environment_that_was_cut_short_is_made_again(machine: Machine) -> None:
    machine.stand_in(".venv/bin/python", "exit 1")
    (machine.root / "bin/python3").unlink()
    machine.stand_in(
        "bin/python3",
        '[[ "$*" == "-m venv --clear .venv" ]] && echo "#!/bin/bash" >.venv/bin/python && exit\n'
        f'exec {PYTHON} "$@"',
    )
    done = machine.setup("--base")
    assert done.returncode == 0, done.stderr
    assert machine.called("-m venv") == ["python3 -m venv --clear .venv"]


def test_a_browser_is_one_that_starts(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in machine.env.items():
        monkeypatch.setenv(name, value)
    # Past the memory of the browser that this run has found already.
    look = chromium_path.__wrapped__
    with pytest.raises(NoChromium, match="apt-get install chromium"):
        look()
    machine.stand_in("bin/google-chrome", "")
    assert look() == os.path.join(machine.root, "bin/google-chrome")  # noqa: PTH118 (what `which` answers)
