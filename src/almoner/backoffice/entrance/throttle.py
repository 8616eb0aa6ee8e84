"""How often one may try a password. The rows stand in the database, so that the count holds over all processes.

A person is never locked out for longer than the window: tries that are refused aren't counted. Whoever attacks an
account from many networks can't shut its owner out of one from which they have signed in before.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from almoner.backoffice.models import SignInTry
from almoner.giving.limits import network_of
from almoner.kernel.clock import now

WINDOW: Final = timedelta(minutes=5)
_OF_ACCOUNT_HERE: Final = 5
_OF_ACCOUNT: Final = 20
_OF_NETWORK: Final = 30
_REMEMBERED_FOR: Final = timedelta(days=30)


def begin(account: str, address: str) -> SignInTry | None:
    """Count one try, before the password is looked at; None when there were too many. `account` is whatever was typed.

    The row is written first and counted after, so that fifty tries at once don't all find none before them.
    """
    mine = SignInTry.objects.create(
        at=now(),
        account=_key("account", account.strip().casefold()),
        network=_key("network", network_of(address)),
    )
    if _too_many(mine):
        mine.delete()
        return None
    return mine


def succeeded(mine: SignInTry) -> None:
    """The try was its owner's: it no longer counts, and the network is known from now on."""
    SignInTry.objects.filter(pk=mine.pk).update(succeeded=True)


def prune() -> int:
    """Forget what no longer matters; returns how many rows."""
    at = now()
    failed = SignInTry.objects.filter(succeeded=False, at__lt=at - timedelta(days=1)).delete()[0]
    return failed + SignInTry.objects.filter(at__lt=at - _REMEMBERED_FOR).delete()[0]


def _too_many(mine: SignInTry) -> bool:
    failed = SignInTry.objects.filter(succeeded=False, at__gt=mine.at - WINDOW).exclude(pk=mine.pk)
    of_account = failed.filter(account=mine.account)
    if _reaches(of_account.filter(network=mine.network), _OF_ACCOUNT_HERE):
        return True
    if _reaches(failed.filter(network=mine.network), _OF_NETWORK):
        return True
    return _reaches(of_account, _OF_ACCOUNT) and not _known_here(mine)


def _reaches(tries: QuerySet[SignInTry], limit: int) -> bool:
    return tries[:limit].count() >= limit


def _known_here(mine: SignInTry) -> bool:
    return SignInTry.objects.filter(
        account=mine.account, network=mine.network, succeeded=True, at__gt=mine.at - _REMEMBERED_FOR
    ).exists()


def _key(kind: str, value: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"sign-in {kind} {value}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest)[:22].decode()
