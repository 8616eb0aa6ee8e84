"""Whether a person wants the yearly message: an answer like any other, kept in the same place, and never overwritten.

Nobody is asked for it beforehand. Who said no to mail on a form is taken at their word; who then asks for the yearly
message on their own page gets it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.supporters.models import Consent, ConsentWording, Contact
from almoner.supporters.people import record_consents, wording

CHANNEL: Final = "yearly"
_NEWS_BY_MAIL: Final = "email"


def refused(supporter_ids: Collection[int]) -> set[int]:
    """Of these people, those who get no yearly message. One query."""
    rows = Consent.objects.filter(
        contact__supporter__in=supporter_ids, channel__in=(CHANNEL, _NEWS_BY_MAIL)
    ).order_by("at", "pk")
    answers: dict[str, dict[int, bool]] = {CHANNEL: {}, _NEWS_BY_MAIL: {}}
    for supporter_id, channel, granted in rows.values_list("contact__supporter_id", "channel", "granted"):
        answers[channel][supporter_id] = granted
    decided = answers[_NEWS_BY_MAIL] | answers[CHANNEL]
    return {each for each, granted in decided.items() if not granted}


def wants(supporter_id: int | None) -> bool:
    return supporter_id is not None and supporter_id not in refused([supporter_id])


def choose(contact: Contact, *, wanted: bool, source: str, at: datetime) -> bool:
    """Keep what a person says. False when they had said just that: a button may be pressed twice."""
    with transaction.atomic():
        # One at a time: the first answer of all makes the words that it answers.
        charity = Charity.objects.select_for_update().get(pk=contact.charity_id)
        if _last(contact) == wanted:
            return False
        answers = {_words(charity, at).pk: (CHANNEL, wanted)}
        record_consents(contact, answers, source=source, at=at)
        audit.record(
            actor=None,
            charity=charity,
            action="want yearly message" if wanted else "stop yearly message",
            object_type="contact",
            object_id=contact.pk,
            detail={"by": source},
        )
    return True


def _last(contact: Contact) -> bool | None:
    """What the person said of it last."""
    mine = Consent.objects.filter(channel=CHANNEL)
    if contact.supporter_id is None:
        mine = mine.filter(contact=contact)
    else:
        mine = mine.filter(contact__supporter=contact.supporter_id)
    return mine.order_by("-at", "-pk").values_list("granted", flat=True).first()


def _words(charity: Charity, at: datetime) -> ConsentWording:
    """In the charity's language alone: a version for each donor's would be a new one at each answer."""
    with translation.override(charity.language):
        text = _("Once a year, a mail about what my funds have reached")
    return wording(charity.pk, channel=CHANNEL, basis=ConsentWording.Basis.SOFT_OPT_IN, text=text, at=at)
