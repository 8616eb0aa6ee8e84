"""Limits that escalate, and never shut a place out: allow, ask for a proof of work, send to the gateway's hosted page,
and in the end refuse, with words, whoever doesn't do the work.

A hall, a mobile carrier, a call centre share one address, so an address that tried often is no reason to refuse a
gift: a browser does its work by itself, and passes. Hits hold keyed hashes, and are written in the transaction that
saves the gift's intent: no commit of their own. Counters that can't be read or written stop nobody.
"""

import base64
import hashlib
import hmac
import ipaddress
import logging
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import CharField, DateTimeField

from almoner.charities.rows import Given, Select, insert
from almoner.giving import attacks
from almoner.giving.models import Course, LimitHit

_ATTEMPTS_FOR: Final = timedelta(minutes=10)
_DECLINES_FOR: Final = timedelta(hours=1)
_EMAIL_FOR: Final = timedelta(days=1)
# The most hashes of a proof of work, half as many on average: a second or so of a phone's time, and ten times that
# while a form is under attack.
_WORK: Final = 30_000
_WORK_ATTACKED: Final = 300_000
# So many times a limit, and the hosted page too is opened only after the work.
_CLOSED_FACTOR: Final = 4
# Under attack the hosted page too is opened only after the work; or, for who can't do it, after a wait, so many times
# in ten minutes on each form. Testers who wait take no more than these.
WAIT_SECONDS: Final = 60
_WAITED_MOST: Final = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`work`: the most hashes that a browser has to try before it may pay in the page (0: none). `hosted_only`: paying
    in the page isn't offered now. `closed`: without the work the hosted page isn't either. `guarded`: all declines
    share one wording."""

    work: int = 0
    hosted_only: bool = False
    closed: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a submit is counted for, and as what: less than the form suggests, and how it was met."""

    address: str
    email: str
    form_id: int
    small: bool = False
    course: Course = Course.HERE


class CountersDead(Exception):
    """The hit can't be written. The transaction is lost with it; the gift can be saved without."""


# The newest hits of an address and of an email, as many as can matter. What was turned back is none of them: who
# presses once more, after the work, has not tried twice.
_of_address = Select[tuple[datetime, bool]](
    lambda: (
        LimitHit.objects.filter(address=Given("address", CharField()))
        .filter(at__gt=Given("since", DateTimeField()))
        .exclude(course=Course.TURNED)
        .order_by("-at")
        .values_list("at", "declined")[: settings.LIMIT_ATTEMPTS * 10]
    )
)
_of_email = Select[tuple[int]](
    lambda: (
        LimitHit.objects.filter(email=Given("email", CharField()))
        .filter(at__gt=Given("since", DateTimeField()))
        .exclude(course=Course.TURNED)
        .order_by("-at")
        .values_list("id")[: settings.LIMIT_EMAIL_ATTEMPTS * _CLOSED_FACTOR]
    )
)


def forget() -> None:
    attacks.forget()


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
    """What the last hour and day say of an address and an email, and the last minutes of the form and the site."""
    try:
        return _judge(person, at=at)
    except DatabaseError:
        _log.exception("the limits can't be read: nobody is held back by them")
        return Verdict()


def _judge(person: Who, *, at: datetime) -> Verdict:
    attacked = attacks.under_attack(person.form_id, at=at)
    recent = _of_address.all(address=person.address, since=at - _DECLINES_FOR)
    attempts = sum(1 for when, _ in recent if when > at - _ATTEMPTS_FOR)
    declines = sum(1 for _, declined in recent if declined)
    times = max(attempts / settings.LIMIT_ATTEMPTS, declines / settings.LIMIT_DECLINES)
    if times < _CLOSED_FACTOR:
        mine = _of_email.all(email=person.email, since=at - _EMAIL_FOR)
        times = max(times, len(mine) / settings.LIMIT_EMAIL_ATTEMPTS)
    # Under attack one decline is enough to pay elsewhere, and what else leads there closes that too.
    suspect = times >= 1 or (attacked and declines > 0)
    closed = times >= (1 if attacked else _CLOSED_FACTOR)
    asked = closed or declines >= settings.LIMIT_DECLINES_WORK
    return Verdict(
        work=_WORK_ATTACKED if attacked else _WORK if asked else 0,
        hosted_only=suspect,
        closed=closed,
        guarded=attacked,
    )


def in_the_page(verdict: Verdict) -> Verdict:
    """For a form whose only ways stand in the page: whoever would be sent elsewhere works for the attempt instead."""
    work = max(verdict.work, _WORK) if verdict.hosted_only else verdict.work
    return replace(verdict, work=work, hosted_only=False)


def may_go_on_without_work(form_id: int, *, at: datetime) -> bool:
    """Whether one more who waited may be sent to the hosted page of a form under attack."""
    try:
        waited = LimitHit.objects.filter(form_id=form_id, at__gt=at - _ATTEMPTS_FOR, course=Course.WAITED)
        return waited.count() < _WAITED_MOST
    except DatabaseError:
        _log.exception("who waited can't be counted: nobody is held back by it")
        return True


def bound_to(form_id: int, gift_id: uuid.UUID, ordinal: int) -> str:
    """What a proof of work is for: one attempt at one draft of one form."""
    return _hash("work", f"{form_id} {gift_id} {ordinal}")


def under_attack(form_id: int, *, at: datetime) -> bool:
    """Whether a form is under attack; not, when that can't be told."""
    try:
        return attacks.under_attack(form_id, at=at)
    except DatabaseError:
        _log.exception("whether form %s is under attack can't be told", form_id)
        return False


def count_submit(person: Who, *, attempt_id: uuid.UUID, at: datetime) -> None:
    """One more submit. Inside the transaction that saves the gift's intent. Raises `CountersDead`."""
    try:
        insert(
            LimitHit(
                attempt_id=attempt_id, at=at, address=person.address, email=person.email, form_id=person.form_id,
                small=person.small, course=person.course,
            )
        )  # fmt: skip
    except IntegrityError:
        raise
    except DatabaseError as fault:
        raise CountersDead from fault


def count_turned(person: Who, *, at: datetime) -> None:
    """One who was turned back before anything was tried. A commit of its own."""
    try:
        with transaction.atomic():
            count_submit(replace(person, course=Course.TURNED), attempt_id=uuid.uuid4(), at=at)
    except CountersDead:
        _log.exception("a submit that was turned back can't be counted")


def mark_declined(attempt_id: uuid.UUID, *, form_id: int | None) -> None:
    """The submit ended in a decline. Inside the transaction that commits the decline, which stands in any case."""
    if form_id is not None:
        attacks.hear_decline(form_id)
    try:
        with transaction.atomic():
            LimitHit.objects.filter(attempt_id=attempt_id).update(declined=True)
    except DatabaseError:
        _log.exception("the decline of attempt %s can't be counted", attempt_id)


def prune(*, at: datetime) -> int:
    """Forget hits older than two days; returns how many."""
    return LimitHit.objects.filter(at__lt=at - timedelta(days=2)).delete()[0]


def _hash(kind: str, value: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"limit {kind} {value}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest)[:22].decode()
