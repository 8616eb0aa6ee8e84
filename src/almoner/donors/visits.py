"""A signed-in donor's visit: a random token in a cookie, replaced as it ages, ended by time, by its owner or by theft.

The token's digest alone is kept. Every ten minutes the browser gets a new one; the one before stays good for a minute
(a second tab may be on its way), and whoever comes with it later ends the visit: two hold it, and one of them stole it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from almoner.charities.models import Charity
from almoner.donors.models import Visit
from almoner.donors.tokens import digest_of

_IDLE: Final = timedelta(minutes=30)
_LIFE: Final = timedelta(hours=12)
_REPLACED_AFTER: Final = timedelta(minutes=10)
_OVERLAP: Final = timedelta(minutes=1)
# How exactly a visit knows when it was last seen: a write a minute, not one a page.
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """`new_token` is what the browser is to send from now on; "" when it keeps what it has."""

    visit: Visit
    new_token: str = ""


def begin(*, charity_id: int, supporter_id: int, at: datetime) -> str:
    """Begin a visit; returns its token. Never an older one: what a browser brought is worth nothing."""
    token = _new_token()
    Visit.objects.create(
        token=digest_of(token),
        charity_id=charity_id,
        supporter_id=supporter_id,
        began_at=at,
        seen_at=at,
        replaced_at=at,
    )
    return token


def find(token: str, *, charity: Charity, at: datetime) -> Found | None:
    """The visit of a token at this charity, if it still runs. May replace the token, and notes that it was seen."""
    if not token:
        return None
    digest = digest_of(token)
    mine = Visit.objects.select_related("supporter").filter(charity=charity, ended_at__isnull=True)
    visit = mine.filter(Q(token=digest) | Q(token_before=digest)).first()
    if visit is None or _over(visit, at):
        return None
    if visit.token != digest:
        if at - visit.replaced_at > _OVERLAP:
            end(visit, at=at)
            return None
        return Found(visit)
    return Found(visit, _keep_up(visit, at))


def end(visit: Visit, *, at: datetime) -> None:
    Visit.objects.filter(pk=visit.pk, ended_at__isnull=True).update(ended_at=at)


def end_all(supporter_id: int, *, at: datetime) -> int:
    """End every visit of a person, in all browsers; returns how many."""
    return Visit.objects.filter(supporter=supporter_id, ended_at__isnull=True).update(ended_at=at)


def prune(*, at: datetime) -> int:
    """Forget visits that are over; returns how many."""
    return Visit.objects.filter(began_at__lt=at - _LIFE - timedelta(days=1)).delete()[0]


def _over(visit: Visit, at: datetime) -> bool:
    return at - visit.seen_at > _IDLE or at - visit.began_at > _LIFE or visit.supporter.erased_at is not None


def _keep_up(visit: Visit, at: datetime) -> str:
    if at - visit.replaced_at > _REPLACED_AFTER:
        token = _new_token()
        # Of two requests at once one replaces it; the other's token is then the one before.
        won = Visit.objects.filter(pk=visit.pk, token=visit.token).update(
            token=digest_of(token), token_before=visit.token, replaced_at=at, seen_at=at
        )
        return token if won else ""
    if at - visit.seen_at > _SEEN_EVERY:
        Visit.objects.filter(pk=visit.pk).update(seen_at=at)
    return ""


def _new_token() -> str:
    return secrets.token_urlsafe(32)
