"""Links to a donor's own page: asked for, sent, opened, used once.

A link is good for ten minutes from when its mail left, once, and in the browser in which it was asked for: that browser
holds a random value of which the request keeps the digest. Looking at a link changes nothing, for mail programs and
scanners follow links; only the button on its page does. Opened elsewhere it shows a code, which is good in the browser
that asked: so the mail may be read on another device, and a link that was stolen opens nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import F

from almoner.charities.models import Charity
from almoner.donors import limits
from almoner.donors.models import LinkRequest
from almoner.donors.tokens import digest_of, is_code, is_mac, mac
from almoner.kernel.references import new_public_key
from almoner.outbox.queue import enqueue
from almoner.supporters.models import Supporter
from almoner.supporters.people import email_key

JOB: Final = "donors.link"
LIFE: Final = timedelta(minutes=10)
# A mail that couldn't leave for so long answers nobody's question any more.
STALE: Final = timedelta(hours=1)
_WRONG_CODES: Final = 5
# Requests of one browser whose code may still come.
_OPEN_REQUESTS: Final = 5


class LinkState(StrEnum):
    READY = "ready"
    # In another browser than the one that asked.
    ELSEWHERE = "elsewhere"
    # Used, or too old.
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Link:
    request: LinkRequest
    state: LinkState


def new_browser_value() -> str:
    """256 random bits for the asking browser's cookie, in 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def ask(
    email: str,
    *,
    charity: Charity,
    browser: str,
    host: str,
    address: str,
    language: str,
    onward: str,
    at: datetime,
) -> None:
    """Ask for a link. An address that nobody has costs the same statements: a request for nobody, and a job that sends
    nothing. No address is stored."""
    with transaction.atomic():
        if not limits.count(email=email, address=address, at=at):
            return
        found = Supporter.objects.filter(charity=charity, email_key=email_key(email), erased_at__isnull=True)
        request = LinkRequest.objects.create(
            key=new_public_key(),
            charity=charity,
            supporter_id=found.values_list("pk", flat=True).first(),
            browser=digest_of(browser),
            host=host[:253],
            language=language,
            onward=onward,
            asked_at=at,
        )
        enqueue(JOB, f"donors.link:{request.key}", {"request": request.pk})


def look(key: str, token: str, *, charity: Charity, browser: str, at: datetime) -> Link | None:
    """What a link is worth now; None for one that we never made. Changes nothing."""
    if not is_mac("link", key, token):
        return None
    request = LinkRequest.objects.filter(key=key, charity=charity, supporter__isnull=False).first()
    if request is None:
        return None
    if not _open(request, at):
        return Link(request, LinkState.OVER)
    same = bool(browser) and request.browser == digest_of(browser)
    return Link(request, LinkState.READY if same else LinkState.ELSEWHERE)


def by_code(code: str, *, charity: Charity, browser: str, at: datetime) -> LinkRequest | None:
    """The open request of this browser whose code was typed. A wrong one is counted; after five none is taken."""
    if not browser:
        return None
    mine = LinkRequest.objects.filter(
        charity=charity, browser=digest_of(browser), used_at__isnull=True, wrong_codes__lt=_WRONG_CODES
    ).order_by("-asked_at")[:_OPEN_REQUESTS]
    requests = list(mine)
    for request in requests:
        if request.supporter_id is not None and _open(request, at) and is_code(request.key, code):
            return request
    LinkRequest.objects.filter(pk__in=[request.pk for request in requests]).update(
        wrong_codes=F("wrong_codes") + 1
    )
    return None


def use(request: LinkRequest, *, at: datetime) -> bool:
    """Use a link up; False when somebody was quicker, or its time is over. In the transaction that signs in."""
    open_still = LinkRequest.objects.filter(
        pk=request.pk, used_at__isnull=True, ends_at__gt=at, wrong_codes__lt=_WRONG_CODES
    )
    return open_still.update(used_at=at) == 1


def path_of(request: LinkRequest) -> str:
    """The link's address behind the language's root."""
    return f"/giving/enter/{request.key}/{mac('link', request.key)}/"


def prune(*, at: datetime) -> int:
    """Forget requests of yesterday; returns how many."""
    return LinkRequest.objects.filter(asked_at__lt=at - timedelta(days=1)).delete()[0]


def _open(request: LinkRequest, at: datetime) -> bool:
    in_time = request.ends_at is not None and request.ends_at > at
    return request.used_at is None and in_time and request.wrong_codes < _WRONG_CODES
