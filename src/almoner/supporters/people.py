"""Find or make the person behind a gift, and keep what they agreed to."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from almoner.charities.rows import insert
from almoner.kernel.cards import scrub
from almoner.supporters.models import Consent, ConsentWording, Contact, Supporter


@dataclass(frozen=True, slots=True)
class Details:
    """Who gives, as typed and already checked. `address` is PostalAddress.to_dict() or None."""

    given_name: str
    family_name: str
    email: str
    phone: str = ""
    organisation: str = ""
    address: dict[str, Any] | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        """Whoever typed it, wherever: a card number is not kept."""
        for name in ("given_name", "family_name", "email", "phone", "organisation"):
            object.__setattr__(self, name, scrub(getattr(self, name)))
        if self.address is not None:
            lines = {
                name: scrub(text) if isinstance(text, str) else text for name, text in self.address.items()
            }
            object.__setattr__(self, "address", lines)

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.given_name, self.family_name) if part) or self.organisation


def email_key(email: str) -> str:
    """The form under which an address is looked up. Only case and blanks are folded: dots and tags are the
    mailbox's own affair."""
    return email.strip().lower()


def name_key(*names: str) -> str:
    """Names as they are searched: without case, accents and punctuation. "O’Connor", "Élodie" -> "oconnor elodie"."""
    text = unicodedata.normalize("NFKD", " ".join(name for name in names if name)).casefold()
    bare = "".join(
        char if char.isalnum() else " "
        for char in text
        if char not in "'’ʼ`" and not unicodedata.combining(char)
    )
    return " ".join(bare.split())


def add_contact(details: Details, *, charity_id: int, at: datetime) -> Contact:
    """Insert what was typed and join it to its person. Inside the caller's transaction."""
    supporter = _supporter(details, charity_id=charity_id, at=at)
    contact = Contact(
        charity_id=charity_id,
        supporter=supporter,
        given_name=details.given_name,
        family_name=details.family_name,
        organisation=details.organisation,
        name_key=name_key(details.family_name, details.given_name, details.organisation)[:402],
        email=details.email,
        phone=details.phone,
        address=details.address,
        language=details.language,
        created_at=at,
    )
    insert(contact)
    return contact


def copy_contact(contact: Contact, *, at: datetime) -> Contact:
    """The same details for something else of the same person's, such as the next gift of a plan."""
    copied = Contact(
        charity_id=contact.charity_id,
        supporter_id=contact.supporter_id,
        given_name=contact.given_name,
        family_name=contact.family_name,
        organisation=contact.organisation,
        name_key=contact.name_key,
        email=contact.email,
        phone=contact.phone,
        address=contact.address,
        language=contact.language,
        created_at=at,
        bounced_at=contact.bounced_at,
        erased_at=contact.erased_at,
    )
    insert(copied)
    return copied


def correct(contact: Contact, details: Details, *, at: datetime) -> list[str]:
    """Put right what was typed with one gift; the person it belongs to follows the address. Returns what changed.

    Inside the caller's transaction. A new address is worth a try, so it no longer counts as bounced.
    """
    names = ("given_name", "family_name", "organisation", "email", "phone", "address")
    changed = [name for name in names if getattr(contact, name) != getattr(details, name)]
    if not changed:
        return []
    for name in changed:
        setattr(contact, name, getattr(details, name))
    contact.name_key = name_key(details.family_name, details.given_name, details.organisation)[:402]
    if "email" in changed:
        contact.bounced_at = None
        contact.supporter = _supporter(details, charity_id=contact.charity_id, at=at)
    contact.save(update_fields=[*changed, "name_key", "bounced_at", "supporter"])
    return changed


def record_consents(
    contact: Contact, answers: Mapping[int, tuple[str, bool]], *, source: str, at: datetime
) -> None:
    """Keep answers: wording id -> (channel, granted). An unticked box is an answer too."""
    insert(
        *(
            Consent(
                contact=contact, wording_id=wording_id, channel=channel, granted=granted, at=at, source=source
            )
            for wording_id, (channel, granted) in answers.items()
        )
    )


def wording(charity_id: int, *, channel: str, basis: str, text: str, at: datetime) -> ConsentWording:
    """The newest version of a channel's words in the charity's language; a new version when they changed."""
    newest = ConsentWording.objects.filter(charity_id=charity_id, channel=channel, of=None).order_by(
        "-version"
    )
    found = newest.first()
    if found is not None and found.text == text and found.basis == basis:
        return found
    return ConsentWording.objects.create(
        charity_id=charity_id, channel=channel, basis=basis, version=_next_version(charity_id, channel), text=text,
        created_at=at,
    )  # fmt: skip


def wording_in(own: ConsentWording, language: str, text: str, *, at: datetime) -> ConsentWording:
    """The same question in another language: a version of its own, for an answer is given to words that were read."""
    found = own.said.filter(language=language, text=text).order_by("-version").first()
    if found is not None:
        return found
    return ConsentWording.objects.create(
        charity_id=own.charity_id, channel=own.channel, basis=own.basis, text=text, language=language, of=own,
        version=_next_version(own.charity_id, own.channel), created_at=at,
    )  # fmt: skip


def _next_version(charity_id: int, channel: str) -> int:
    versions = ConsentWording.objects.filter(charity_id=charity_id, channel=channel)
    return (versions.aggregate(Max("version"))["version__max"] or 0) + 1


def _supporter(details: Details, *, charity_id: int, at: datetime) -> Supporter:
    """By email, or a new one: one statement, and the unique index decides races. A known person's name stays."""
    person = Supporter(
        charity_id=charity_id,
        email_key=email_key(details.email) or None,
        # Two names of the greatest length and the space between them are one character more than a column holds.
        name=details.name[:200],
        created_at=at,
    )
    insert(
        person,
        # An update that changes nothing, so that the key comes back.
        on_conflict="ON CONFLICT (charity_id, email_key) DO UPDATE SET email_key = EXCLUDED.email_key",
    )
    return person
