"""Finding a gift by what somebody has in hand: a reference, an email address, a name."""

from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from almoner.kernel.references import normalise_reference, valid_reference
from almoner.supporters.models import Contact
from almoner.supporters.people import email_key, name_key

# Sorts after every character that stands in a name or an address: the end of a prefix's range.
_LAST: Final = "\U0010ffff"


def matching(text: str, charity_ids: list[int]) -> Q:
    """A condition on gifts of these charities: a reference finds one; else an address, a name, or how they begin."""
    text = text.replace("\0", "").strip()
    if valid_reference(text):
        return Q(reference=normalise_reference(text))
    people = _by_email if "@" in text else _by_name
    found = Q(contact__in=people(text, charity_ids).values("pk"))
    partial = normalise_reference(text)
    if 4 <= len(partial) < 10 and any(char.isdigit() for char in partial):
        found |= _from(partial, "reference")
    return found


def _by_name(text: str, charity_ids: list[int]) -> QuerySet[Contact]:
    """People all of whose typed words begin a word of their name. Reads one narrow index, and no row."""
    people = Contact.objects.filter(charity_id__in=charity_ids)
    words = name_key(text).split()[:6]
    if not words:
        return people.none()
    for word in words:
        people = people.filter(Q(name_key__startswith=word) | Q(name_key__contains=f" {word}"))
    return people


def _by_email(text: str, charity_ids: list[int]) -> QuerySet[Contact]:
    """People whose address begins so."""
    people = Contact.objects.filter(supporter__charity_id__in=charity_ids)
    return people.filter(_from(email_key(text), "supporter__email_key"))


def _from(prefix: str, field: str) -> Q:
    """Values that begin with `prefix`. On SQLite a range, for its LIKE reads no index; PostgreSQL's does."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + _LAST})
    return Q(**{f"{field}__startswith": prefix})
