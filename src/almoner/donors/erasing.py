"""Forgetting a donor: their visits end, and links that they asked for open nothing. The mails' rows hold no person."""

from collections.abc import Iterable

from almoner.donors.models import LinkRequest, Visit


def erase(supporter_ids: Iterable[int]) -> None:
    """Drop all that points at these people, inside the caller's transaction. Safe to repeat."""
    keys = list(supporter_ids)
    Visit.objects.filter(supporter__in=keys).delete()
    LinkRequest.objects.filter(supporter__in=keys).delete()
