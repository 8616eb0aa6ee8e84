"""A gift that wasn't taken, as the draft it came from: so that trying again needs nothing to be typed again."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from almoner.giving.drafts import LIFE_SECONDS, Draft
from almoner.giving.models import Gift, GiftSource
from almoner.giving.regular import frequency_of
from almoner.kernel.clock import now
from almoner.supporters.models import Contact

_KEPT_FOR: Final = timedelta(seconds=LIFE_SECONDS)
_SOURCE: Final = (
    "appeal",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "referrer_host",
    "page_url",
)


def draft_again(gift_id: uuid.UUID, *, ordinal: int) -> Draft | None:
    """The draft of an unpaid gift of the last day, whose next attempt is `ordinal`. None of an older one, for a draft
    lives no longer than that, of one that staff entered, and of one whose person was erased."""
    gift = Gift.objects.select_related("contact", "source", "plan", "charity").get(pk=gift_id)
    if gift.form_id is None or gift.entered_by_id is not None or gift.contact.erased_at is not None:
        return None
    if now() - gift.given_at > _KEPT_FOR:
        return None
    answers = list(gift.contact.consents.filter(at=gift.given_at))
    ticked = {f"consent_{answer.channel}": "yes" for answer in answers if answer.granted}
    return Draft(
        gift_id=gift.pk,
        public_key=gift.public_key,
        form_id=gift.form_id,
        currency=gift.currency,
        amount_minor=gift.amount_minor,
        fund_id=gift.fund_id,
        frequency=frequency_of(gift.plan.every if gift.plan else 0),
        ordinal=ordinal,
        asked={answer.channel: answer.wording_id for answer in answers},
        values={**_typed(gift, gift.contact), **_schedule(gift), **ticked},
        source=_source(getattr(gift, "source", None)),
    )


def _typed(gift: Gift, contact: Contact) -> dict[str, str]:
    """Your Details, by field."""
    # Where the finder found an address isn't a field, and stands with the gift already.
    address: Mapping[str, str] = contact.address or {}
    values = {
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "email": contact.email,
        "phone": contact.phone,
        "country": address.get("country", ""),
        **{f"address_{name}": text for name, text in address.items() if name not in _NO_FIELDS},
        "tribute_kind": gift.tribute_kind,
        "tribute_name": gift.tribute_name,
        "message": gift.message,
        "anonymous": "yes" if gift.anonymous else "",
        "cover": "yes" if gift.cover_minor else "",
    }
    return {name: text for name, text in values.items() if text}


def _schedule(gift: Gift) -> dict[str, str]:
    """The fields of a regular gift, of which this one is the first."""
    plan = gift.plan
    if plan is None:
        return {}
    given_on = gift.given_at.astimezone(ZoneInfo(gift.charity.timezone)).date()
    day = "" if plan.anchor.day == given_on.day else str(plan.anchor.day)
    until = plan.ends_on.isoformat() if plan.ends_on is not None else ""
    return {"plan_day": day, "plan_gifts": str(plan.ends_after or ""), "plan_until": until}


_NO_FIELDS: Final = frozenset({"country", "origin", "source", "release"})


def _source(source: GiftSource | None) -> dict[str, str]:
    if source is None:
        return {}
    texts = {"story": str(source.story_id or "")} | {name: getattr(source, name) for name in _SOURCE}
    return {name: text for name, text in texts.items() if text}
