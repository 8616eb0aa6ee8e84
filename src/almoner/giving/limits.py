"""Limits that escalate and never shut a place out: whoever passes one pays on the gateway's hosted page instead.

A hall, a mobile carrier, a call centre share one address, so an address that tried often is no reason to refuse a
gift. Hits hold keyed hashes, and are written in the transaction that saves the gift's intent: no commit of their own.
"""

import base64
import hashlib
import hmac
import ipaddress
import time
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import CharField, Count, DateTimeField, Q

from almoner.charities.rows import Given, Select, insert
from almoner.giving.models import LimitHit

_ATTEMPTS_FOR: Final = timedelta(minutes=10)
_DECLINES_FOR: Final = timedelta(hours=1)
_EMAIL_FOR: Final = timedelta(days=1)
_ATTACK_DECLINED_PERCENT: Final = 40
# A second or so of a phone's time, and about ten times that while a form is under attack.
_WORK_BITS: Final = 14
_WORK_BITS_ATTACKED: Final = 17
# A form's own figure is a count over all its donors: a process works it out at most this often.
_FORM_AGE_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """`work_bits`: what a browser has to work out before it may pay in the page (0: nothing). `hosted_only`: paying in
    the page isn't offered now. `guarded`: all declines share one wording."""

    work_bits: int = 0
    hosted_only: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a submit is counted for."""

    address: str
    email: str
    form_id: int


# The newest hits of an address and of an email, as many as can matter.
_of_address = Select[tuple[datetime, bool]](
    lambda: (
        LimitHit.objects.filter(address=Given("address", CharField()))
        .filter(at__gt=Given("since", DateTimeField()))
        .order_by("-at")
        .values_list("at", "declined")[: settings.LIMIT_ATTEMPTS * 10]
    )
)
_of_email = Select[tuple[int]](
    lambda: (
        LimitHit.objects.filter(email=Given("email", CharField()))
        .filter(at__gt=Given("since", DateTimeField()))
        .order_by("-at")
        .values_list("id")[: settings.LIMIT_EMAIL_ATTEMPTS]
    )
)


class _Memory:
    """Form -> (when it was worked out, whether it is under attack)."""

    attacked: dict[int, tuple[float, bool]] = {}


def forget() -> None:
    _Memory.attacked = {}


def who(*, address: str, email: str, form_id: int) -> Who:
    return Who(_hash("address", network_of(address)), _hash("email", email.strip().lower()), form_id)


def network_of(address: str) -> str:
    """An IPv4 address as it is; an IPv6 address as its /64, which is one household or one server."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def judge(person: Who, *, at: datetime) -> Verdict:
    """What the last hour and day say of an address and an email, and the last minutes of the form."""
    recent = _of_address.all(address=person.address, since=at - _DECLINES_FOR)
    attempts = sum(1 for when, _ in recent if when > at - _ATTEMPTS_FOR)
    declines = sum(1 for _, declined in recent if declined)
    suspect = attempts >= settings.LIMIT_ATTEMPTS or declines >= settings.LIMIT_DECLINES
    if not suspect:
        mine = _of_email.all(email=person.email, since=at - _EMAIL_FOR)
        suspect = len(mine) >= settings.LIMIT_EMAIL_ATTEMPTS
    attacked = under_attack(person.form_id, at=at)
    bits = _WORK_BITS_ATTACKED if attacked else _WORK_BITS if declines >= settings.LIMIT_DECLINES_WORK else 0
    return Verdict(work_bits=bits, hosted_only=suspect, guarded=attacked)


def in_the_page(verdict: Verdict) -> Verdict:
    """For a form whose only ways stand in the page: whoever would be sent elsewhere works for the attempt instead."""
    bits = max(verdict.work_bits, _WORK_BITS) if verdict.hosted_only else verdict.work_bits
    return replace(verdict, work_bits=bits, hosted_only=False)


def work_salt(gift_id: uuid.UUID, ordinal: int) -> str:
    """What a browser works on. Bound to one attempt of one draft, and an attempt is made once: it can't be replayed."""
    return _hash("work", f"{gift_id} {ordinal}")


def work_done(salt: str, answer: str, bits: int) -> bool:
    """Whether SHA-256 of "salt:answer" begins with so many zero bits."""
    if not answer.isascii() or not answer.isdigit() or len(answer) > 12:
        return False
    digest = hashlib.sha256(f"{salt}:{answer}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - bits) == 0


def under_attack(form_id: int, *, at: datetime) -> bool:
    """More than 40 % declines among ten minutes' submits, once there are enough of them (LIMIT_ATTACK_FROM).

    Worked out at most every ten seconds.
    """
    worked_out_at, attacked = _Memory.attacked.get(form_id, (float("-inf"), False))
    if time.monotonic() - worked_out_at > _FORM_AGE_SECONDS:
        counts = LimitHit.objects.filter(form_id=form_id, at__gt=at - _ATTEMPTS_FOR).aggregate(
            all=Count("id"), declined=Count("id", filter=Q(declined=True))
        )
        attacked = (
            counts["all"] >= settings.LIMIT_ATTACK_FROM
            and counts["declined"] * 100 > counts["all"] * _ATTACK_DECLINED_PERCENT
        )
        _Memory.attacked[form_id] = (time.monotonic(), attacked)
    return attacked


def count_submit(person: Who, *, attempt_id: uuid.UUID, at: datetime) -> None:
    """One more submit. Inside the transaction that saves the gift's intent."""
    insert(
        LimitHit(
            attempt_id=attempt_id, at=at, address=person.address, email=person.email, form_id=person.form_id
        )
    )


def mark_declined(attempt_id: uuid.UUID) -> None:
    """The submit ended in a decline. Inside the transaction that commits the decline."""
    LimitHit.objects.filter(attempt_id=attempt_id).update(declined=True)


def prune(*, at: datetime) -> int:
    """Forget hits older than two days; returns how many."""
    return LimitHit.objects.filter(at__lt=at - timedelta(days=2)).delete()[0]


def _hash(kind: str, value: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"limit {kind} {value}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest)[:22].decode()
