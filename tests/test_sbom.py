"""The bill of materials: all of the locks and nothing else, and what the schema's own validator takes."""

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.support.templates import ROOT

pytestmark = pytest.mark.once


def made(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(root / "script/sbom.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def locked(name: str) -> set[tuple[str, str]]:
    return set(re.findall(r"(?m)^(\S+?)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text()))


def test_supply_chain_the_bill_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    file = tmp_path / "bill.json"
    assert made(ROOT, str(file)).returncode == 0
    text = file.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill: dict[str, Any] = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "almoner"
    components = {(each["name"], each["version"]): each for each in bill["components"]}
    base, spans = locked("base"), locked("telemetry")
    assert set(components) == base | spans and len(components) == len(bill["components"])
    for (name, version), each in components.items():
        required = (name, version) in base
        assert each["scope"] == ("required" if required else "optional"), name
        assert each["purl"] == f"pkg:pypi/{name}@{version}"
        lock = (ROOT / f"requirements/{'base' if required else 'telemetry'}.txt").read_text()
        assert (
            all(f"--hash=sha256:{hashed['content']}" in lock for hashed in each["hashes"]) and each["hashes"]
        )
    # What this very process runs on is in it, at that version.
    assert ("django", importlib.metadata.version("django")) in components
    # The same locks, the same file.
    assert made(ROOT).stdout == text


def test_a_package_without_a_hash_is_refused(tmp_path: Path) -> None:
    for part in (
        "script/sbom.py",
        "src/almoner/__init__.py",
        "requirements/base.txt",
        "requirements/telemetry.txt",
    ):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / "requirements/base.txt").write_text("django==5.2.8\n")
    done = made(tmp_path)
    assert done.returncode == 1 and "django has no hash" in done.stderr and done.stdout == ""
