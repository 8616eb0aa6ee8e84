"""Gifts: read, entered when they came another way, and given back."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Query, Router

from almoner.api.calling import Caller, Key, Outcome, caller_of, once, takes
from almoner.api.paging import Cursor, Limit, Page, moment, page_of
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.api.shapes import GiftOut, RefundOut
from almoner.api.taking import GiftIn, Moment, RefundIn, today
from almoner.charities.models import Fund
from almoner.giving import actions, desk
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.kernel.references import normalise_reference, valid_reference
from almoner.payments.models import Attempt, Refund
from almoner.payments.refunds import NotRefundable

router = Router(tags=["gifts"])
JOINED: Final = ("fund", "form", "plan", "source", "contact")
_WRONG: Final = {409: ProblemBody, 422: ProblemBody}


@router.get("", **takes(Scope.GIFTS_READ), response=Page[GiftOut], operation_id="list_gifts")
def listing(
    request: HttpRequest,
    cursor: Cursor = "",
    limit: Limit = 50,
    status: Annotated[GiftStatus | None, Query(description="Only these.")] = None,
    given_since: Moment | None = None,
    given_before: Moment | None = None,
    settled_since: Moment | None = None,
) -> Page[GiftOut]:
    """The newest first. To keep a copy up to date, ask for `settled_since`."""
    caller = caller_of(request)
    asked = {
        "status": status,
        "given_at__gte": given_since,
        "given_at__lt": given_before,
        "settled_at__gte": settled_since,
    }
    gifts = Gift.objects.filter(charity=caller.charity, **_given(asked)).select_related(*JOINED)
    found, after = page_of(gifts, by={"given_at": moment, "id": uuid.UUID}, cursor=cursor, limit=limit)
    return Page[GiftOut](items=[_shown(gift, caller) for gift in found], next=after)


@router.post("", **takes(Scope.GIFTS_WRITE), response={201: GiftOut, **_WRONG}, operation_id="enter_gift")
def enter(request: HttpRequest, sent: GiftIn, key: Key) -> Outcome:
    """One that has been received by phone, cheque, cash, transfer or at an event. Its donor gets the receipt."""
    caller = caller_of(request)

    def act(gift_id: uuid.UUID) -> GiftOut:
        if sent.given_on > today(caller.charity):
            raise Problem(422, "given_on", "given_on: this day is still to come.")
        benefit = _benefit_of(sent)
        try:
            gift = desk.enter_gift(
                charity=caller.charity,
                fund=_fund(caller, sent.fund),
                details=sent.person.details(),
                amount_minor=sent.amount_minor,
                currency=sent.currency,
                channel=sent.channel,
                given_on=sent.given_on,
                actor=caller.actor,
                form=_form(caller, sent.form) if sent.form else None,
                appeal=sent.appeal,
                note=sent.note,
                gift_id=gift_id,
                benefit=sent.benefit,
                benefit_minor=benefit,
            )
        except desk.EnteredAlready:
            raise Problem(422, "key_taken", "This Idempotency-Key named another gift before.") from None
        return _read(caller, gift.reference)

    return once(request, key, act, status=201)


@router.get(
    "/{reference}",
    **takes(Scope.GIFTS_READ),
    response={200: GiftOut, 404: ProblemBody},
    operation_id="get_gift",
)
def one(request: HttpRequest, reference: str) -> GiftOut:
    return _read(caller_of(request), reference)


@router.get(
    "/{reference}/refunds",
    **takes(Scope.GIFTS_READ),
    response={200: list[RefundOut], 404: ProblemBody},
    operation_id="list_refunds",
)
def refunds_of(request: HttpRequest, reference: str) -> list[RefundOut]:
    gift = _find(caller_of(request), reference)
    attempts = Attempt.objects.filter(gift_id=gift.pk).values("pk")
    found = Refund.objects.filter(attempt__in=attempts).order_by("created_at", "pk")
    return [RefundOut.of(each, gift) for each in found]


@router.post(
    "/{reference}/refunds",
    **takes(Scope.REFUNDS_WRITE),
    response={201: RefundOut, 404: ProblemBody, **_WRONG},
    operation_id="refund_gift",
)
def refund(request: HttpRequest, reference: str, sent: RefundIn, key: Key) -> Outcome:
    """In whole or part. One whose gateway doesn't answer at once is asked about until it does: see its state."""
    caller = caller_of(request)
    gift = _find(caller, reference)

    def act(refund_id: uuid.UUID) -> RefundOut:
        try:
            asked = actions.refund(
                gift_id=gift.pk,
                amount_minor=sent.amount_minor,
                reason=sent.reason,
                actor=caller.actor,
                refund_id=refund_id,
            )
        except NotRefundable as refusal:
            raise Problem(422, "not_refundable", str(refusal)) from None
        return RefundOut.of(asked, gift)

    return once(request, key, act, status=201)


def _given(asked: dict[str, datetime | GiftStatus | None]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


def _find(caller: Caller, reference: str) -> Gift:
    if not valid_reference(reference):
        raise not_found()
    gifts = Gift.objects.filter(charity=caller.charity, reference=normalise_reference(reference))
    gift = gifts.select_related(*JOINED).first()
    if gift is None:
        raise not_found()
    return gift


def _read(caller: Caller, reference: str) -> GiftOut:
    return _shown(_find(caller, reference), caller)


def _shown(gift: Gift, caller: Caller) -> GiftOut:
    return GiftOut.of(gift, people=caller.may(Scope.SUPPORTERS_READ))


def _fund(caller: Caller, code: str) -> Fund:
    fund = Fund.objects.filter(charity=caller.charity, code=code).first()
    if fund is None:
        raise Problem(422, "fund", f"fund: this charity has none with the code {code}.")
    return fund


def _form(caller: Caller, slug: str) -> DonationForm:
    form = DonationForm.objects.filter(charity=caller.charity, slug=slug).first()
    if form is None:
        raise Problem(422, "form", f"form: this charity has none called {slug}.")
    return form


def _benefit_of(sent: GiftIn) -> int | None:
    """What the donor got in return is said whole, and of an event said at all."""
    if sent.channel == "event" and sent.benefit_minor is None:
        raise Problem(
            422, "benefit", "benefit_minor: say what was given in return at the event; 0 is nothing."
        )
    if bool(sent.benefit) != bool(sent.benefit_minor):
        raise Problem(
            422, "benefit", "benefit and benefit_minor: what was given in return, and what it is worth."
        )
    if sent.benefit_minor and sent.benefit_minor > sent.amount_minor:
        raise Problem(422, "benefit", "benefit_minor: it is worth more than the gift.")
    return sent.benefit_minor
