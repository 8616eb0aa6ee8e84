"""The thank-you: where a gift stands, read from the database and never from what a browser says."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, UUIDField
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from almoner.charities.amounts import in_words
from almoner.charities.models import Charity, Fund
from almoner.charities.rows import Given, Select
from almoner.giving import limits
from almoner.giving.catalogue import (
    FormSpec,
    charity_look,
    form_with_id,
    language_root,
    phrases_of,
    reached_by,
    related_stories,
)
from almoner.giving.drafts import Draft
from almoner.giving.framing import Frame, claimed_page
from almoner.giving.hooks import hooks
from almoner.giving.models import Gift, GiftStatus
from almoner.giving.reaching import in_words as reached_in_words
from almoner.giving.regular import often_in_words
from almoner.giving.unpaid import draft_again
from almoner.giving.views_model import (
    Decline,
    FormLook,
    Line,
    ReachedFigure,
    RelatedStory,
    Thanks,
    ThanksStatus,
    plain_amount,
)
from almoner.giving.wording import decline_elsewhere, method_name
from almoner.kernel.clock import now
from almoner.kernel.references import shown_reference, transfer_reference
from almoner.payments import gateways
from almoner.payments.models import Attempt
from almoner.payments.transitions import State
from almoner.plans.transitions import PlanState

_STATUS: dict[str, ThanksStatus] = {
    GiftStatus.SETTLED: "thanks",
    GiftStatus.AWAITING: "awaiting_bank",
    GiftStatus.PROCESSING: "processing",
    GiftStatus.PENDING: "unknown",
    GiftStatus.UNKNOWN: "unknown",
    GiftStatus.FAILED: "declined",
    GiftStatus.RETURNED: "declined",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows of a gift, and nothing else of it. Amounts in minor units."""

    charity: Charity
    gift_id: uuid.UUID
    public_key: str
    reference: str
    status: str
    total_minor: int
    cover_minor: int
    refunded_minor: int
    currency: str
    given_at: datetime
    form_id: int | None
    fund_id: int
    email: str
    story_id: int | None
    host_url: str | None = None
    # Of a regular gift, as its plan stands now: months between two gifts, and when the next one comes.
    every: int | None = None
    next_on: date | None = None
    plan_state: str | None = None


_seen = Select[tuple[Any, ...]](
    lambda: Gift.objects.filter(public_key=Given("public_key", CharField()))
    .filter(charity_id=Given("charity_id", BigIntegerField()))
    .values_list(
        "id", "public_key", "reference", "status", "total_minor", "cover_minor", "refunded_minor", "currency",
        "given_at", "form_id", "fund_id", "contact__email", "source__story_id", "source__page_url",
        "plan__every", "plan__next_on", "plan__state",
    )
)  # fmt: skip
# So many figures stand on the page, for it to stay small.
_MOST_REACHED: Final = 3
# Of these nothing was taken, and the donor may try again.
_UNPAID: Final = frozenset({"unfinished", "declined"})
# How the newest attempt was paid, how it stands, and why it was declined if it was.
_paid = Select[tuple[int, str, str, str]](
    lambda: (
        Attempt.objects.filter(gift_id=Given("gift_id", UUIDField()))
        .order_by("-ordinal")
        .values_list("ordinal", "method", "state", "decline_code")[:1]
    )
)


def address(public_key: str, language: str, *, frame: Frame | None = None) -> str:
    """The page of a gift: its key is all the authority there is."""
    return f"{language_root(language)}/give/thanks/{public_key}/{frame.path if frame else ''}"


def gift_at(public_key: str, charity: Charity) -> Seen | None:
    """The gift at an address of this charity."""
    row = _seen.first(public_key=public_key, charity_id=charity.pk)
    return Seen(charity, *row) if row is not None else None


def _reached(gift: Seen, language: str) -> tuple[ReachedFigure, ...]:
    return reached_in_words(reached_by(gift.fund_id)[:_MOST_REACHED], gift.charity, language)


def _reference(gift: Seen, status: str) -> str:
    if status == "awaiting_bank":
        return transfer_reference(gift.reference, gift.currency)
    return shown_reference(gift.reference)


def thanks_of(gift: Seen, language: str, *, awaited: bool = False, frame: Frame | None = None) -> Thanks:
    """Where a gift stands; `awaited` if its gateway has just been asked and could not say. In a frame, if its form may
    stand in one."""
    ordinal, method, state, decline_code = _paid.first(gift_id=gift.gift_id) or (0, "", "", "")
    status = _STATUS[gift.status] if awaited else _status(gift, state)
    spec = form_with_id(gift.charity, gift.form_id) if gift.form_id is not None else None
    # To a site that may no longer show the form, nobody is led back either.
    host_url = claimed_page(gift.host_url or "", spec.sites) if spec and not frame else ""
    spec, shown_in = (spec.framed(frame), frame) if spec else (None, None)
    receipt = hooks.receipt_link(gift.gift_id) if gift.status == GiftStatus.SETTLED else None
    again = _again(gift, ordinal) if spec and status in _UNPAID else None
    return Thanks(
        look=spec.plain_look(language) if spec else charity_look(gift.charity, language),
        status=status,
        reference=_reference(gift, status),
        amount_minor=gift.total_minor,
        currency=gift.currency,
        page_url=address(gift.public_key, language, frame=shown_in),
        look_url=f"{language_root(language)}/give/return/{gift.public_key}/{shown_in.path if shown_in else ''}",
        keep_url=address(gift.public_key, language),
        host_url=host_url,
        form_title=spec.say(spec.title, language) if spec else "",
        email=gift.email,
        lines=_lines(gift, spec, method, language),
        bank=_bank(gift) if status == "awaiting_bank" else (),
        receipt_url=receipt.url if receipt else "",
        message=spec.say(spec.thanks_text, language) if spec else "",
        next_steps=_next_steps(gift, status, receipt_number=receipt.number if receipt else ""),
        decline=_decline(gift, decline_code, method=method, kept=again is not None)
        if status == "declined"
        else None,
        again_url=spec.prefix(language) + ("submit/" if again else "") if spec and status in _UNPAID else "",
        promise=_promise(gift, status),
        donor_page_url=hooks.donor_page(language) if gift.every and status not in _UNPAID else "",
        again_token=again.seal() if again is not None else "",
        reached=_reached(gift, language) if status not in _UNPAID else (),
        related=tuple(
            RelatedStory(title=story.title, url=story.url, summary=story.summary, image_url=story.image_url)
            for story in (related_stories(gift.story_id, gift.charity.pk) if status not in _UNPAID else ())
        ),
    )


def _status(gift: Seen, state: str) -> ThanksStatus:
    """Of a gift that waits for its donor, the gateway has been asked: they left its page before the end."""
    left_open = gift.status == GiftStatus.PENDING and state == State.ACTION_REQUIRED
    return "unfinished" if left_open else _STATUS[gift.status]


def _again(gift: Seen, ordinal: int) -> Draft | None:
    """What was declined is tried by another attempt; what was left open, by the one that stands. What came back after
    it was taken is over."""
    if gift.status == GiftStatus.RETURNED:
        return None
    return draft_again(gift.gift_id, ordinal=ordinal + (gift.status == GiftStatus.FAILED))


def _promise(gift: Seen, status: ThanksStatus) -> str:
    """What a regular gift promised, and when it comes again."""
    if not gift.every or status in _UNPAID:
        return ""
    if gift.next_on is None or gift.plan_state == PlanState.PAUSED:
        return often_in_words(gift.every)
    return _("%(often)s. The next gift is on %(next)s.") % {
        "often": often_in_words(gift.every),
        "next": date_format(gift.next_on, "DATE_FORMAT"),
    }


def _decline(gift: Seen, code: str, *, method: str, kept: bool) -> Decline:
    if gift.status == GiftStatus.RETURNED:
        amount = in_words(gift.total_minor, gift.currency)
        taken_back = _("Your bank has taken back the payment of your gift of %(amount)s.")
        return Decline(_("Your bank took it back"), taken_back % {"amount": amount})
    guarded = gift.form_id is not None and limits.under_attack(gift.form_id, at=now())
    return decline_elsewhere(code, guarded=guarded, kept=kept, debit=_is_debit(method))


def _is_debit(method: str) -> bool:
    try:
        return gateways.method(method)[1].kind == "debit"
    except gateways.MethodUnknown:
        return False


def amount_values(look: FormLook, draft: Draft, *, fund_codes: Mapping[int, str]) -> dict[str, str]:
    """The first step's fields as the donor left them."""
    values = {"currency": draft.currency, "fund": fund_codes.get(draft.fund_id, ""), **draft.source}
    values["referrer"] = draft.source.get("referrer_host", "")
    values["frequency"] = draft.frequency
    plain = plain_amount(draft.amount_minor, draft.currency)
    return values | _amount_fields(look, plain, draft.currency, draft.frequency)


def prefilled(look: FormLook, values: Mapping[str, str]) -> dict[str, str]:
    """Values for a fresh first step, from a link such as ?amount=50: only what the form itself offers is taken."""
    choice = look.choice_in(values.get("currency", ""))
    chosen = {"currency": choice.currency}
    if values.get("frequency") in choice.frequencies:
        chosen["frequency"] = values["frequency"]
    if values.get("fund") in {fund.code for fund in look.funds}:
        chosen["fund"] = values["fund"]
    amount = values.get("amount", "")
    if amount.isascii() and amount.replace(".", "", 1).isdigit() and len(amount) < 10:
        frequency = chosen.get("frequency") or choice.frequency or "once"
        chosen |= _amount_fields(look, amount, choice.currency, frequency)
    return chosen


def _amount_fields(look: FormLook, plain: str, currency: str, frequency: str) -> dict[str, str]:
    group = look.choice_in(currency).group(frequency)
    if plain in group.plain_amounts:
        return {f"amount{group.suffix}": plain}
    return {f"amount{group.suffix}": "other", f"other_amount{group.suffix}": plain}


def _fund_name(gift: Seen, spec: FormSpec | None, language: str) -> str:
    """From the form in memory; a fund that the form offers no more is read."""
    named = spec.fund_name(gift.fund_id, language) if spec is not None else ""
    own = Fund.objects.get(pk=gift.fund_id).name if not named else ""
    return named or phrases_of(gift.charity, language).say(own)


def _lines(gift: Seen, spec: FormSpec | None, method: str, language: str) -> tuple[Line, ...]:
    day = gift.given_at.astimezone(ZoneInfo(gift.charity.timezone)).date()
    lines = [Line(_("Amount"), f"{in_words(gift.total_minor, gift.currency)} {gift.currency}")]
    if gift.cover_minor:
        lines.append(Line(_("Of this, to cover the cost"), in_words(gift.cover_minor, gift.currency)))
    if gift.refunded_minor:
        lines.append(Line(_("Given back"), in_words(gift.refunded_minor, gift.currency)))
    lines += [
        Line(_("For"), _fund_name(gift, spec, language)),
        Line(_("Date"), date_format(day, "DATE_FORMAT")),
    ]
    if paid_by := method_name(method):
        lines.append(Line(_("Paid by"), paid_by))
    return tuple(lines)


def _bank(gift: Seen) -> tuple[Line, ...]:
    details = [Line(row["label"], row["value"]) for row in gift.charity.bank_details]
    return (*details, Line(_("Amount"), f"{in_words(gift.total_minor, gift.currency)} {gift.currency}"))


def _next_steps(gift: Seen, status: ThanksStatus, *, receipt_number: str) -> tuple[str, ...]:
    email = gift.email
    if status == "thanks":
        sent = _("Your receipt %(number)s is on its way to %(email)s.") % {
            "number": receipt_number,
            "email": email,
        }
        return (sent,) if receipt_number and email else ()
    if status == "awaiting_bank":
        return (
            _("We have sent these details to %(email)s too.") % {"email": email},
            _("When your transfer arrives, usually within two working days, we send your receipt."),
        )
    if status == "processing":
        return (_("When your bank has paid, we send your receipt to %(email)s.") % {"email": email},)
    return ()
