"""Packages of npm's that a test compares with: fetched once as their lock has them."""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support import templates


def installed(reader: Path, *, otherwise: str) -> Path:
    """A folder with what stands in `reader` and its packages. The test is skipped, saying `otherwise`, where they can't
    be had."""
    files = sorted(reader.iterdir())
    state = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = templates.CACHE / f"{reader.name}_{state}"
    with templates.lock(reader.name):
        if not (folder / "node_modules").is_dir():
            missing = [name for name in ("node", "npm") if shutil.which(name) is None]
            if missing:
                pytest.skip(f"{otherwise}: {' and '.join(missing)} missing (apt-get install nodejs npm)")
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                shutil.copy(file, folder)
            done = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder, capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            if done.returncode:
                shutil.rmtree(folder)
                pytest.skip(f"{otherwise}: npm could not fetch its package: {done.stderr[-300:]}")
    return folder
