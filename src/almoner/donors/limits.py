"""How often a link may be asked for, by email address and by network. Beyond it nothing is sent, and nobody is told.

Rows stand in the database, so that the count holds over all processes, and hold keyed hashes only.
"""

from datetime import datetime, timedelta
from typing import Final

from almoner.donors.models import AskHit
from almoner.donors.tokens import mac
from almoner.giving.limits import network_of
from almoner.supporters.people import email_key

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_OF_EMAIL_IN_AN_HOUR: Final = 5
_OF_EMAIL_IN_A_DAY: Final = 12
# A hall or a mobile carrier shares one address: enough for many people, too few to mail a city.
_OF_NETWORK_IN_AN_HOUR: Final = 30


def count(*, email: str, address: str, at: datetime) -> bool:
    """Count one request; False when there were too many. Written first and counted after, so that fifty at once don't
    all find none before them. In the caller's transaction."""
    mine = AskHit.objects.create(
        at=at,
        email=mac("limit email", email_key(email))[:22],
        network=mac("limit network", network_of(address))[:22],
    )
    of_email = AskHit.objects.filter(email=mine.email)
    of_network = AskHit.objects.filter(network=mine.network, at__gt=at - _HOUR)
    return (
        of_email.filter(at__gt=at - _HOUR).count() <= _OF_EMAIL_IN_AN_HOUR
        and of_email.filter(at__gt=at - _DAY).count() <= _OF_EMAIL_IN_A_DAY
        and of_network.count() <= _OF_NETWORK_IN_AN_HOUR
    )


def prune(*, at: datetime) -> int:
    """Forget what no longer counts; returns how many rows."""
    return AskHit.objects.filter(at__lt=at - 2 * _DAY).delete()[0]
