"""The how-tos for a server, walked through in order in a temporary root: their own commands, by a real shell.

What belongs to the machine itself (packages, users, units, containers) is written down instead of done. `STUBBED` says
why; all else really happens: folders, files, the wrapper in its place, the database, a backup, an upgrade, a restore.
"""

import getpass
import grp
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import DOCS, ROOT, commands_of
from tests.support import templates
from tests.support.databases import database_name

pytestmark = pytest.mark.once

# In the order in which somebody meets them.
WALK: Final = ("deploy.md", "backup.md", "upgrade.md")
STUBBED: Final = {
    "apt-get": "changes the machine's packages; script/setup's test asks which it names",
    "useradd": "makes a user of the machine",
    "sudo": "is PostgreSQL's own user, who makes the role and the database; the test's database takes their place",
    "systemctl": "wants systemd as the first process; tests/test_deploy.py has the units verified",
    "docker": "wants a daemon and a registry; tests/test_deploy.py reads compose.yaml and the Containerfile",
}
# script/setup fetches every package anew into the clone: minutes, and the registries. CI runs it, in a fresh checkout.
SETUP: Final = re.compile(r"(?:/opt/almoner/)?script/setup --base")
OURS: Final = re.compile(r"(?<![\w.])/(opt|etc|usr/local|var/lib|tmp/drill)\b")
SECRETS: Final = ("ALMONER_SECRET_KEY", "ALMONER_RECEIPT_KEYS")
# What would ask a person, and what would ask the example's mail server.
ASKS: Final = {"almoner manage createsuperuser": " --noinput", "almoner check": " --no-mail"}


class Walk:
    """A machine as small as a folder. `run` gives a shell one command of a how-to; where it goes by `cd`, it stays."""

    def __init__(self, root: Path, env: dict[str, str]) -> None:
        self.root = root
        self.env = env
        self._cwd = root
        self._exported = root / "exported"
        self._exported.touch()

    def set_up(self, command: str) -> "subprocess.CompletedProcess[str]":
        """The clone gets the packages that the tests run with, and the files of deploy/ as they are now."""
        clone = self.root / "opt/almoner"
        if not (clone / ".venv").exists():
            (clone / ".venv").symlink_to(sys.prefix)
        shutil.copytree(ROOT / "deploy", clone / "deploy", dirs_exist_ok=True)
        assert (clone / "script/setup").exists(), command
        return subprocess.CompletedProcess([command], 0, "", "")

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        line = OURS.sub(rf"{self.root}/\1", self._ours(command))
        script = (
            f'set -ea; . "{self._exported}"; {line}\nexport -p >"{self._exported}"; pwd >"{self.root}/cwd"'
        )
        done = subprocess.run(
            ["bash", "-c", script], cwd=self._cwd, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            self._cwd = Path((self.root / "cwd").read_text().strip())
        return done

    def _ours(self, command: str) -> str:
        """The command with this machine's user, and with what the how-to leaves open filled in."""
        group = grp.getgrgid(os.getgid()).gr_name
        command = command.replace("-o almoner -g almoner", f"-o {getpass.getuser()} -g {group}")
        if command.startswith("ALMONER_DATA_DIR=/tmp/drill"):
            # "With the other variables of almoner.env set, and on PostgreSQL with an empty database instead."
            command = re.sub(r"sqlite:////tmp/drill/\S+", self.env["EMPTY"] or r"\g<0>", command)
            command = f'. "{self.env["ALMONER_ENV_FILE"]}"; {command}'
        command = command.replace("-o 10001", f"-o {getpass.getuser()}")
        command = command.replace("git clone REPOSITORY", f"git clone --quiet --shared {ROOT}")
        return command.replace("checkout VERSION", "checkout --quiet HEAD") + ASKS.get(command, "")

    @property
    def stubbed(self) -> list[str]:
        return (self.root / "stubbed").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Walk]:
    """Folders that every Debian has, and those of packages that are installed first."""
    root = tmp_path / "root"
    for folder in ("bin", "opt", "etc/systemd/system", "etc/caddy", "usr/local/sbin", "var/lib", "tmp"):
        (root / folder).mkdir(parents=True)
    for name in STUBBED:
        stub = root / "bin" / name
        stub.write_text(f'#!/bin/sh\necho "{name} $*" >>"{root}/stubbed"\n')
        stub.chmod(0o755)
    # PostgreSQL's; SQLite's first one stands in a folder that the how-to makes.
    urls = [
        templates.MIGRATED.copy(database_name("walk"), tmp_path),
        templates.empty(database_name("drill"), tmp_path),
    ]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("ALMONER_", "DJANGO_"))}
    yield Walk(
        root,
        bare
        | {
            "PATH": f"{root}/bin:{root}/usr/local/sbin:{os.environ['PATH']}",
            "ALMONER_ENV_FILE": f"{root}/etc/almoner/almoner.env",
            "ALMONER_COMMAND": f"{root}/opt/almoner/.venv/bin/almoner",
            "ALMONER_USER": getpass.getuser(),
            "DJANGO_SUPERUSER_USERNAME": "grace",
            "DJANGO_SUPERUSER_PASSWORD": "a long password here",
            "DJANGO_SUPERUSER_EMAIL": "grace@example.org",
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            "DATABASE": urls[0], "EMPTY": urls[1] if templates.base_url() else "",
        },
    )  # fmt: skip
    for url in urls:
        templates.drop(url)


def fill_in(machine: Walk, made: dict[str, str]) -> None:
    """Step 3: the file that step 2 put there, with the secrets that the commands printed. The database is there
    already: how an empty one is made, tests/test_demo.py sees, and how an old one is brought along, test_upgrade.py.
    """
    path = machine.root / "etc/almoner/almoner.env"
    assert path.stat().st_mode & 0o777 == 0o600
    text = OURS.sub(rf"{machine.root}/\1", path.read_text())
    for name, value in made.items():
        text, count = re.subn(rf"(?m)^{name}=''$", f"{name}='{value}'", text)
        assert count == 1, name
    text += f"ALMONER_STATIC_DIR='{templates.static_dir()}'\n"
    if templates.base_url():
        text += f"ALMONER_DATABASE_URL='{machine.env['DATABASE']}'\n"
    else:
        Path(machine.env["DATABASE"].removeprefix("sqlite:///")).rename(
            machine.root / "var/lib/almoner/almoner.sqlite3"
        )
    path.write_text(text)


def test_the_how_tos_in_their_order(machine: Walk) -> None:
    secrets: list[str] = []
    for document in WALK:
        for command in commands_of(DOCS / "how-to" / document):
            if command.startswith("ALMONER_DATABASE_URL="):
                continue  # A line of almoner.env, which `fill_in` writes.
            done = machine.set_up(command) if SETUP.fullmatch(command) else machine.run(command)
            said = f"{document}: {command}\n{done.stdout}{done.stderr}"
            if command.startswith("almoner restore /"):
                # This machine isn't new: it holds something.
                assert done.returncode == 1 and "--force overwrites it" in said, said
                continue
            assert done.returncode == 0, said
            if command.startswith("openssl rand -base64"):
                secrets.append(done.stdout.strip())
                if len(secrets) == len(SECRETS):
                    fill_in(machine, dict(zip(SECRETS, secrets, strict=True)))
    look(machine)


def look(machine: Walk) -> None:
    """What stands where the how-tos say that it stands."""
    root = machine.root
    for path, mode in {
        "var/lib/almoner": 0o750, "var/lib/almoner-backups": 0o750, "etc/almoner/almoner.env": 0o600,
        "usr/local/sbin/almoner": 0o755,
    }.items():  # fmt: skip
        assert (root / path).stat().st_mode & 0o777 == mode, path
    backups = {path.name for path in (root / "var/lib/almoner-backups").iterdir()}
    assert backups == {"before-the-appeal.tar", "before-the-upgrade.tar"}
    units = {path.name for path in (root / "etc/systemd/system").iterdir()}
    assert units == {path.name for path in (ROOT / "deploy/systemd").iterdir()}
    assert (root / "etc/caddy/Caddyfile").read_text() == (ROOT / "deploy/Caddyfile").read_text()
    # Every unit that the how-tos start, stop or enable is one that was put there.
    for line in machine.stubbed:
        words = shlex.split(line)
        if words[0] == "systemctl" and words[1] in ("enable", "start", "stop"):
            named = {
                word if "." in word else f"{word}.service" for word in words[2:] if not word.startswith("-")
            }
            assert named <= units, line


def test_nothing_is_stubbed_that_no_how_to_asks_for() -> None:
    first = {shlex.split(line)[0] for document in WALK for line in commands_of(DOCS / "how-to" / document)}
    assert set(STUBBED) <= first
