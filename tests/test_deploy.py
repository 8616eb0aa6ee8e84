"""A production as docs/how-to/deploy.md sets it up, on this machine: the same files, the same commands."""

import getpass
import http.client
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from almoner.config.cli import parser
from tests.support import templates
from tests.support.databases import LiveDb
from tests.support.server import Process, free_port, wait_until

DEPLOY = templates.ROOT / "deploy"
COMMAND = Path(sys.executable).with_name("almoner")


@pytest.fixture
def env_file(live_db: LiveDb, tmp_path: Path) -> Path:
    """The example, filled in as the how-to says."""
    text = (DEPLOY / "almoner.env.example").read_text()
    filled = {
        "ALMONER_SECRET_KEY": "k3Jv9sQ2xW7pL0aZ8dF5gH1nB4mC6rT-yU_eIoPqRsV+wX8tYz4AhJ2kD",
        "ALMONER_RECEIPT_KEYS": "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789+/abcde=",
        "ALMONER_DATA_DIR": str(tmp_path / "data"),
    }
    for name, value in filled.items():
        text, count = re.subn(rf"^{name}=.*$", f"{name}='{value}'", text, flags=re.MULTILINE)
        assert count == 1, name
    text += f"ALMONER_DATABASE_URL='{live_db.url}'\nALMONER_STATIC_DIR='{templates.static_dir()}'\n"
    (tmp_path / "data").mkdir()
    path = tmp_path / "almoner.env"
    path.write_text(text)
    return path


def clean(env_file: Path) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("ALMONER_", "DJANGO_"))}
    return bare | {
        "ALMONER_ENV_FILE": str(env_file),
        "ALMONER_COMMAND": str(COMMAND),
        "ALMONER_USER": getpass.getuser(),
    }


def almoner(env_file: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [DEPLOY / "almoner", *arguments], env=clean(env_file), capture_output=True, text=True, check=False
    )


@pytest.fixture
def server(env_file: Path, tmp_path: Path) -> Iterator[int]:
    """The web server with the how-to's settings; its port."""
    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as out:
        popen = subprocess.Popen(
            [DEPLOY / "almoner", "serve"],
            env=clean(env_file) | {"PORT": str(port)},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    process = Process(popen, log)

    def up() -> bool:
        try:
            return ask(port, "/health/ready").status == 200
        except OSError:
            return popen.poll() is not None

    wait_until(up, says=log.read_text)
    assert popen.poll() is None, log.read_text()
    yield port
    process.kill()


def ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return connection.getresponse()


@pytest.mark.once
def test_a_production_is_shut_where_it_should_be(server: int) -> None:
    proxied = {"Host": "give.example.org", "X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
    plain = ask(server, "/admin/login/", Host="give.example.org")
    assert (plain.status, plain.headers["Location"]) == (301, "https://give.example.org/admin/login/")

    page = ask(server, "/admin/login/", **proxied)
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrf=") and "Secure" in cookie and "HttpOnly" in cookie

    for pretend in ("/sandbox/", "/sandbox/mail/", "/sandbox/checkout/x/"):
        assert ask(server, pretend, **proxied).status == 404
    assert ask(server, "/admin/login/", **proxied | {"Host": "evil.example"}).status == 400
    assert ask(server, "/admin/", **proxied).headers["Location"] == "/admin/login/?next=/admin/"


def test_the_commands_of_the_how_tos(env_file: Path, tmp_path: Path) -> None:
    upgraded = almoner(env_file, "upgrade")
    assert upgraded.returncode == 0, upgraded.stdout + upgraded.stderr
    # Nothing to say: Django's own checks for a deployment find nothing.
    assert "WARNINGS" not in upgraded.stderr and "no issues" in upgraded.stdout

    checked = almoner(env_file, "check", "--no-mail")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "ok     configuration  production settings are sound" in checked.stdout

    proved = almoner(env_file, "prove")
    assert proved.returncode == 0, proved.stdout + proved.stderr

    backup = tmp_path / "before-the-appeal.tar"
    assert almoner(env_file, "backup", str(backup)).returncode == 0
    again = almoner(env_file, "restore", str(backup))
    assert again.returncode == 1
    assert "--force" in again.stderr
    restored = almoner(env_file, "restore", str(backup), "--force")
    assert restored.returncode == 0, restored.stdout + restored.stderr


@pytest.mark.once
def test_check_says_what_is_wrong_and_is_exit_1(env_file: Path) -> None:
    env_file.write_text(env_file.read_text() + "ALMONER_DNS_RESOLVER='127.0.0.1:1'\n")
    # The mail server of the example isn't there.
    checked = almoner(env_file, "check")
    assert checked.returncode == 1
    assert re.search(
        r"^wrong +mail server +smtp\.example\.org:587 can't be used", checked.stdout, re.MULTILINE
    )
    assert "-> see ALMONER_MAIL_URL" in checked.stdout


@pytest.mark.once
def test_every_unit_starts_a_command_that_there_is() -> None:
    units = sorted((DEPLOY / "systemd").glob("*.service"))
    assert len(units) == 3
    for unit in units:
        (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
        words = shlex.split(line.replace("%%", "%"))
        if words[0] == "/bin/sh":
            words = shlex.split(words[2])[1:]
        assert words[0] == "/opt/almoner/.venv/bin/almoner"
        parser().parse_args(words[1:])


@pytest.mark.once
def test_every_setting_is_in_the_reference_and_none_that_is_not() -> None:
    reference = (templates.ROOT / "docs/reference/settings.md").read_text()
    written = set(re.findall(r"`(ALMONER_[A-Z_]+[A-Z]|PORT)`", reference))
    source = "".join(
        path.read_text()
        for path in (templates.ROOT / "src/almoner").rglob("*.py")
        if "/tests/" not in str(path)
    )
    read = set(re.findall(r'"(ALMONER_[A-Z_]+[A-Z]|PORT)"', source))
    # A sending service's own settings are named by anymail: the source reads whatever has the prefix.
    assert read == {name for name in written if not name.startswith("ALMONER_ANYMAIL_")} - {"ALMONER_TEST_ON"}
    assert "ALMONER_TEST_ON" in (templates.ROOT / "script/test").read_text()


@pytest.mark.once
def test_the_locks_name_no_host() -> None:
    for lock in (templates.ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        # Every package is held by hashes.
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "==" in block and "--hash=sha256:" in block, block


@pytest.mark.once
def test_what_is_not_python_is_packaged_too() -> None:
    packaged = tomllib.loads((templates.ROOT / "pyproject.toml").read_text())
    patterns = packaged["tool"]["setuptools"]["package-data"]["almoner"]
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "src/almoner"],
        cwd=templates.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    files = [name for name in tracked if name and not name.endswith(".py") and "/tests/" not in name]
    assert len(files) > 20
    left_out = [
        name for name in files if not any(fnmatch(Path(name).name, pattern[3:]) for pattern in patterns)
    ]
    assert left_out == []
