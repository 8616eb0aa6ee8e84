"""Forgetting a person: all that one charity keeps of who they are. What they agreed to stays, and is nobody's."""

from datetime import datetime

from django.db.models import QuerySet

from almoner.supporters.models import Contact, Supporter


def contacts_of_person(contact: Contact) -> QuerySet[Contact]:
    """Everything that the person behind a contact ever typed for this charity: theirs is one address of email."""
    if contact.supporter_id is None:
        return Contact.objects.filter(pk=contact.pk)
    return Contact.objects.filter(supporter=contact.supporter_id, charity=contact.charity_id)


def erase(contact: Contact, *, at: datetime) -> list[int]:
    """Empty a person and their contacts, inside the caller's transaction; returns the contacts' keys. Safe to repeat.

    Who gives again from the same address is a new person from then on.
    """
    # The person's row first: whoever gives this very moment either is among the contacts, or is somebody new.
    behind = Contact.objects.filter(pk=contact.pk).values("supporter")
    person = Supporter.objects.select_for_update().filter(pk__in=behind).first()
    found = contacts_of_person(contact).select_for_update().order_by("pk")
    keys = list(found.values_list("pk", flat=True))
    Contact.objects.filter(pk__in=keys, erased_at__isnull=True).update(
        given_name="", family_name="", organisation="", name_key="", email="", phone="", address=None,
        bounced_at=None, erased_at=at,
    )  # fmt: skip
    if person is not None and person.erased_at is None:
        person.email_key, person.name, person.erased_at = None, "", at
        person.save(update_fields=["email_key", "name", "erased_at"])
    return keys


def drop_if_alone(supporter_id: int | None) -> None:
    """A person whose last contact went over to another one leaves no mistyped address behind."""
    if supporter_id is not None:
        Supporter.objects.filter(pk=supporter_id, contacts=None).delete()
