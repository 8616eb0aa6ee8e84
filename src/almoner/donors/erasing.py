"""Forgetting a donor: their visits end, links that they asked for open nothing, and pages on which they were saving
another card are closed. The mails' and the set-ups' rows hold no person."""

from collections.abc import Iterable

from almoner.donors.models import LinkRequest, MethodSetUp, Visit
from almoner.donors.transitions import SetUpState
from almoner.kernel.clock import now


def erase(supporter_ids: Iterable[int]) -> None:
    """Drop all that points at these people, inside the caller's transaction. Safe to repeat."""
    keys = list(supporter_ids)
    Visit.objects.filter(supporter__in=keys).delete()
    LinkRequest.objects.filter(supporter__in=keys).delete()
    # Their plans are over, so whoever looks at these closes them; that is soon.
    open_ones = MethodSetUp.objects.filter(plan__contact__supporter__in=keys, state=SetUpState.OPEN)
    open_ones.update(look_at=now())
