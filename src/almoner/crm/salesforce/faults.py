"""What each of Salesforce's refusals means: try again, leave it alone for a while, or have a person mend something."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# What passes by itself: another wrote the same household, or it was too much at once.
_PASSING: Final = frozenset(
    {
        "UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION",
    }
)  # fmt: skip
# Two who made the same donor at once, which passes, or another field that is unique, which doesn't.
SOON_HELD: Final = frozenset({"DUPLICATE_VALUE"})
# What is so for whatever is sent.
_FOR_ALL: Final = frozenset(
    {
        "REQUEST_LIMIT_EXCEEDED", "STORAGE_LIMIT_EXCEEDED", "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED",
        "INVALID_SESSION_ID", "FUNCTIONALITY_NOT_ENABLED",
    }
)  # fmt: skip
# Codes whose message is what an administrator of the charity's wrote, not what was sent.
_SAYS_RULE: Final = frozenset({"FIELD_CUSTOM_VALIDATION_EXCEPTION", "DUPLICATES_DETECTED"})
# NPSP's triggers wrap what stopped them into one of these.
_WRAPS: Final = ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER")


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is Salesforce's, or a word of ours in small letters; `about` its object, such as Contact."""

    code: str
    about: str = ""
    fields: tuple[str, ...] = ()
    said: str = ""


class SalesforceError(Exception):
    """It wasn't done, or nobody knows. Texts hold codes, never what was sent or received."""

    def __init__(self, fault: Fault | str) -> None:
        self.fault = Fault(fault) if isinstance(fault, str) else fault
        super().__init__(self.fault.code)


class Unclear(SalesforceError):
    """No answer, or one that passes: send it again in a while. What was done already is there once."""


class PutOff(SalesforceError):
    """Whatever is sent is refused for now. `after_seconds` is how long Salesforce asks us to wait, if it said so."""

    def __init__(self, fault: Fault | str, *, after_seconds: float | None = None) -> None:
        super().__init__(fault)
        self.after_seconds = after_seconds


class Held(SalesforceError):
    """Refused, and will be again until a person has mended something here or there."""


def meaning(status: int, body: Any, headers: Mapping[str, str], *, about: str = "") -> SalesforceError:
    """What an answer that is no success means."""
    fault = _fault(body, about)
    if fault.code in _FOR_ALL or status in (429, 503):
        return PutOff(
            fault if fault.code else Fault("busy"), after_seconds=_seconds(headers.get("Retry-After", ""))
        )
    if fault.code in _PASSING | SOON_HELD or status >= 500 or status in (0, 408) or not fault.code:
        return Unclear(fault if fault.code else Fault("no_answer"))
    return Held(fault)


def _fault(body: Any, about: str) -> Fault:
    """The first error of an answer, by its code."""
    first = next((each for each in body if isinstance(each, dict)), {}) if isinstance(body, list) else {}
    code, message = str(first.get("errorCode") or ""), str(first.get("message") or "")
    if code in _WRAPS and "UNABLE_TO_LOCK_ROW" in message:
        code = "UNABLE_TO_LOCK_ROW"
    names = first.get("fields")
    return Fault(
        code=code[:60],
        about=about,
        fields=tuple(str(name)[:80] for name in names[:10]) if isinstance(names, list) else (),
        said=message[:300] if code in _SAYS_RULE else "",
    )


def _seconds(value: str) -> float | None:
    """A Retry-After in seconds; a date is rare enough to be left to our own pause."""
    value = value.strip()
    return float(value[:6]) if value.isascii() and value.isdigit() else None
