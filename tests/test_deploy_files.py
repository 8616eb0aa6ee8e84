"""The files of deploy/, asked of the tools that will read them, and read here where no such tool stands."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from almoner.config.cli import parser
from tests.support.templates import ROOT

pytestmark = pytest.mark.once

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


def verified(folder: Path, unit: str) -> str:
    """What systemd says of a unit in `folder`; "" when it has nothing to say."""
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", str(folder / unit)],
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin", "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Of other units on this machine it may have much to say.
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "almoner" in line]
    return "\n".join(ours) + ("" if done.returncode == 0 else f"\nexit code {done.returncode}")


def standing(folder: Path) -> Path:
    """The units, with the command where it stands on this machine."""
    for unit in UNITS:
        text = unit.read_text().replace("/opt/almoner/.venv/bin/almoner", f"{sys.prefix}/bin/almoner")
        (folder / unit.name).write_text(text)
    return folder


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_systemd_takes_the_unit(tmp_path: Path, unit: str) -> None:
    assert verified(standing(tmp_path), unit).strip() == ""


def test_systemd_would_say_what_is_wrong(tmp_path: Path) -> None:
    unit = standing(tmp_path) / "almoner-web.service"
    unit.write_text(unit.read_text().replace("Restart=always", "Restart=sometimes"))
    assert "restart specifier" in verified(tmp_path, unit.name)


def test_caddy_takes_the_caddyfile() -> None:
    caddy = tool("caddy")
    file = str(DEPLOY / "Caddyfile")
    done = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_caddyfile_closes_what_it_opens() -> None:
    """What can be said without Caddy: braces, and that each of its variables is one that somebody sets."""
    text = re.sub(r"(?m)#.*$", "", (DEPLOY / "Caddyfile").read_text())
    assert text.count("{") == text.count("}")
    used = set(re.findall(r"\{\$(\w+)", text))
    assert used == {"ALMONER_DOMAIN", "ALMONER_UPSTREAM"}
    assert used == set(compose()["services"]["caddy"]["environment"])


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_compose_names_only_what_there_is() -> None:
    told = compose()
    services = told["services"]
    assert set(services) == {"web", "worker", "upgrade", "db", "caddy"}
    for name, service in services.items():
        waits = service.get("depends_on", [])
        assert set(waits) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in told["volumes"] or (DEPLOY / source).exists(), f"{name}: {source}"
        if "build" in service:
            context = DEPLOY / service["build"]["context"]
            assert (context / service["build"]["dockerfile"]).exists()
            assert service["env_file"] == "almoner.env" and (DEPLOY / "almoner.env.example").exists()
    ours = {name: service["command"] for name, service in services.items() if "build" in service}
    assert set(ours) == {"web", "worker", "upgrade"}
    for name, (command, *arguments) in ours.items():
        assert command == "almoner", name
        parser().parse_args(arguments)
    # Whom others wait for says when it is ready.
    assert services["web"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert "healthcheck" in services["db"]


def test_every_variable_of_compose_is_in_the_how_to() -> None:
    used = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    how_to = (ROOT / "docs/how-to/deploy.md").read_text()
    assert used == {"POSTGRES_PASSWORD", "ALMONER_DOMAIN"}
    assert all(f"{name}=" in how_to for name in used)


def instructions() -> list[tuple[str, str]]:
    """(instruction, its words) of the Containerfile, lines that go on joined."""
    text = re.sub(r"(?m)^#.*\n", "", (DEPLOY / "Containerfile").read_text())
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split()[0], line.partition(" ")[2]) for line in lines if line.strip()]


def test_the_containerfile_copies_what_there_is() -> None:
    copied = []
    for instruction, words in instructions():
        if instruction == "COPY" and "--from=" not in words:
            *sources, _ = words.split()
            copied += sources
    assert {"requirements/base.txt", "src", "pyproject.toml"} <= set(copied)
    assert [source for source in copied if not (ROOT / source).exists()] == []
    # What the build reads beside the code: its metadata name these.
    pyproject = (ROOT / "pyproject.toml").read_text()
    for named in re.findall(r'(?:readme = |license-files = \[)"([^"]+)"', pyproject):
        assert named in copied


def test_the_container_and_the_host_have_the_same_tools() -> None:
    """Fonts for receipts and PostgreSQL's client for backups, in the image as in script/setup."""
    installed = next(words for instruction, words in instructions() if "apt-get install" in words)
    for package in ("fonts-noto-core", "fonts-noto-cjk", "postgresql-client"):
        assert package in installed
    commands = [words for instruction, words in instructions() if instruction == "CMD"]
    assert commands == ['["almoner", "serve"]']
