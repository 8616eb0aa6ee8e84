"""A hundred thousand gifts in some seconds: rows as real gifts leave them, written in bulk past the actions.

They are for measuring lists and reports. `almoner prove` would rightly complain: attempts have no events here.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm, Gift, GiftSource
from almoner.kernel.references import new_public_key, new_reference, new_uuid
from almoner.ledger.models import Account, Posting
from almoner.payments.models import Attempt
from almoner.supporters.models import Contact, Supporter
from almoner.supporters.people import name_key

_GIVEN = (
    "Ada",
    "Aoife",
    "Élodie",
    "José",
    "Grace",
    "Tom",
    "Priya",
    "美咲",
    "Олена",
    "Lachlan",
    "Mbali",
    "Noor",
)
_FAMILY = (
    "O’Connor",
    "Nguyễn",
    "Smith",
    "García",
    "Hale",
    "Raman",
    "田中",
    "Шевченко",
    "Stewart",
    "Okafor",
    "Lee",
)
_STATUSES = ("settled",) * 90 + ("failed",) * 6 + ("awaiting",) * 3 + ("unknown",)
_METHODS = ("sandbox_card",) * 9 + ("bank_transfer",)
_SOURCES = (
    {"appeal": "WINTER26"}, {"utm_source": "newsletter", "utm_campaign": "winter"}, {"story_title": "A lamp"},
    {"referrer_host": "www.example.com"}, None, None,
)  # fmt: skip
_AT_ONCE = 2000


def make_gifts(
    charity: Charity, fund: Fund, form: DonationForm, *, count: int, until: datetime, days: int = 730
) -> None:
    """Add `count` gifts of the last `days` days, by a seeded dice: the same rows' shape each time."""
    dice = random.Random(4840)
    clearing = Account.objects.get_or_create(
        charity=charity, code="clearing:sandbox", currency=charity.currency, defaults={"kind": "asset"}
    )[0]
    income = Account.objects.get_or_create(
        charity=charity, code=f"income:{fund.code}", currency=charity.currency, defaults={"kind": "income"}
    )[0]
    moments = sorted(until - timedelta(seconds=dice.random() * days * 86_400) for _ in range(count))
    for start in range(0, count, _AT_ONCE):
        chunk = moments[start : start + _AT_ONCE]
        contacts = make_contacts(charity, dice, chunk)
        gifts = [
            _gift(charity, fund, form, contact, dice, at) for contact, at in zip(contacts, chunk, strict=True)
        ]
        Gift.objects.bulk_create(gifts)
        GiftSource.objects.bulk_create(_sources(gifts, dice))
        attempts = [_attempt(gift, dice) for gift in gifts]
        Attempt.objects.bulk_create(attempts)
        Posting.objects.bulk_create(
            Posting(
                charity=charity, debit=clearing, credit=income, amount_minor=attempt.amount_minor,
                currency=attempt.currency, source="attempt", source_id=str(attempt.pk), kind="charge",
                tag=f"form:{form.pk}", at=attempt.created_at,
            )
            for attempt in attempts
            if attempt.state == "succeeded"
        )  # fmt: skip


def make_waiting(
    charity: Charity, fund: Fund, form: DonationForm, *, count: int, amount_minor: int, at: datetime
) -> list[str]:
    """Gifts that wait for their transfer; their references."""
    dice, references = random.Random(4841), []
    for start in range(0, count, _AT_ONCE):
        moments = [at] * min(_AT_ONCE, count - start)
        gifts = [
            Gift(
                id=new_uuid(), charity=charity, form=form, fund=fund, contact=contact, reference=new_reference(),
                public_key=new_public_key(), amount_minor=amount_minor, total_minor=amount_minor,
                currency=charity.currency, status="awaiting", given_at=at,
            )
            for contact in make_contacts(charity, dice, moments)
        ]  # fmt: skip
        Gift.objects.bulk_create(gifts)
        Attempt.objects.bulk_create(_attempt(gift, dice) for gift in gifts)
        references += [gift.reference for gift in gifts]
    return references


def make_contacts(charity: Charity, dice: random.Random, moments: list[datetime]) -> list[Contact]:
    people, contacts = [], []
    for at in moments:
        given, family = dice.choice(_GIVEN), dice.choice(_FAMILY)
        email = f"{uuid.UUID(int=dice.getrandbits(128)).hex[:12]}@example.org"
        person = Supporter(charity=charity, email_key=email, name=f"{given} {family}", created_at=at)
        people.append(person)
        contacts.append(
            Contact(
                charity=charity, supporter=person, given_name=given, family_name=family, email=email,
                name_key=name_key(family, given), created_at=at,
            )
        )  # fmt: skip
    Supporter.objects.bulk_create(people)
    for contact in contacts:
        contact.supporter_id = contact.supporter.pk if contact.supporter is not None else None
    return Contact.objects.bulk_create(contacts)


def _gift(
    charity: Charity, fund: Fund, form: DonationForm, contact: Contact, dice: random.Random, at: datetime
) -> Gift:
    status, amount_minor = dice.choice(_STATUSES), dice.choice((1000, 2500, 5000, 10_000, 25_000))
    settled = status == "settled"
    return Gift(
        id=new_uuid(), charity=charity, form=form, fund=fund, contact=contact, reference=new_reference(),
        public_key=new_public_key(), amount_minor=amount_minor, total_minor=amount_minor, currency=charity.currency,
        status=status, given_at=at, settled_at=at if settled else None, settled_minor=amount_minor if settled else None,
    )  # fmt: skip


def _sources(gifts: list[Gift], dice: random.Random) -> Iterator[GiftSource]:
    for gift in gifts:
        chosen = dice.choice(_SOURCES)
        if chosen is not None:
            yield GiftSource(gift=gift, **chosen)


_STATES = {"settled": "succeeded", "failed": "failed", "awaiting": "awaiting", "unknown": "unknown"}


def _attempt(gift: Gift, dice: random.Random) -> Attempt:
    method = "bank_transfer" if gift.status == "awaiting" else dice.choice(_METHODS)
    return Attempt(
        gift_id=gift.pk,
        ordinal=1,
        charity_id=gift.charity_id,
        gateway="bank" if method == "bank_transfer" else "sandbox",
        method=method,
        amount_minor=gift.total_minor,
        currency=gift.currency,
        income_code="income:general",
        state=_STATES[gift.status],
        settled_minor=gift.settled_minor,
        created_at=gift.given_at,
        updated_at=gift.given_at,
    )
