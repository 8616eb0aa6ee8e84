"""Collecting static files once a version: it takes seconds, and the demo starts often."""

import hashlib
from importlib.metadata import distributions
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_needed() -> bool:
    """Collect when a file or a package changed since the last time; returns whether it did."""
    mark = Path(settings.STATIC_ROOT) / ".collected"
    state = _state()
    if mark.exists() and mark.read_text() == state:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state)
    return True


def _state() -> str:
    total = hashlib.sha256()
    for name, version in sorted({(found.name, found.version) for found in distributions()}):
        total.update(f"{name}={version}\n".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            total.update(f"{path} {Path(storage.path(path)).stat().st_mtime_ns}\n".encode())
    return total.hexdigest()
