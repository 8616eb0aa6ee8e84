"""Requests and answers held against what a gateway's published description lets them hold.

A description is an object by its names (`REQUIRED` says which must be there), a list by what it is of, a text by its
pattern, or `bool` or `int`. A field that it doesn't name is a fault, so that a misspelt one is not taken for one that
may be left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REQUIRED = "*"


@dataclass(frozen=True)
class Texts:
    """An object of texts whose names the sender chooses."""

    most: int
    name: str
    value: str


def fault_in(given: Any, allowed: Any, path: str = "") -> str:
    """The path of the first thing that the description doesn't allow; "" when all is well."""
    match allowed:
        case dict():
            return _object_fault(given, allowed, path)
        case Texts():
            texts = given if isinstance(given, dict) and len(given) <= allowed.most else None
            each = dict.fromkeys(texts or (), allowed.value)
            wrong = texts is None or any(not re.fullmatch(allowed.name, name) for name in texts)
            return (path or "/") if wrong else _object_fault(given, each, path)
        case list():
            if not isinstance(given, list) or not given:
                return path
            return next((found for each in given if (found := fault_in(each, allowed[0], f"{path}/0"))), "")
        case type():
            return "" if type(given) is allowed else path
        case _:
            return "" if isinstance(given, str) and re.fullmatch(allowed, given, re.DOTALL) else path


def _object_fault(given: Any, allowed: Mapping[str, Any], path: str) -> str:
    if not isinstance(given, dict):
        return path or "/"
    for name in sorted(set(allowed.get(REQUIRED, ())) - set(given)):
        return f"{path}/{name}"
    for name, value in given.items():
        if name == REQUIRED or name not in allowed:
            return f"{path}/{name}"
        if found := fault_in(value, allowed[name], f"{path}/{name}"):
            return found
    return ""
