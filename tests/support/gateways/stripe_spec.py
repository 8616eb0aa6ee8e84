"""Requests held against Stripe's own API description, where it is present: it isn't in this repository."""

import importlib.util
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.support.gateways.stripe_server import Request

_ROOT = Path(__file__).resolve().parents[3]


def missing() -> str:
    """Why requests can't be held against the description; "" when they can."""
    lacking = [path for path in (_tool(), _description()) if not path.is_file()]
    return f"{lacking[0].name} is not beside this project" if lacking else ""


def errors(requests: Iterable[Request]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each request that departs from the description, and how."""
    spec = _spec()
    found = [(each, spec.check(each.method, each.path, each.body)) for each in requests]
    return [(f"{each.line} {each.body}", wrong) for each, wrong in found if wrong]


def _shared() -> Path:
    given = os.environ.get("ALMONER_SHARED_DATA", "")
    return Path(given).parents[1] if given else _ROOT.parent / "shared"


def _tool() -> Path:
    return _shared() / "tools" / "stripe_strict.py"


def _description() -> Path:
    return _shared() / "data" / "stripe-spec3.json.gz"


@lru_cache(maxsize=1)
def _spec() -> Any:
    loaded = importlib.util.spec_from_file_location("stripe_strict", _tool())
    assert loaded is not None
    assert loaded.loader is not None
    module = importlib.util.module_from_spec(loaded)
    loaded.loader.exec_module(module)
    return module.Spec(_description())
