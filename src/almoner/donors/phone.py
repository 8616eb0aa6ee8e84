"""A regular gift that staff begin on the phone: the donor finishes it by a link, on the gateway's own page.

No card number is told to anybody. Nothing falls due before the first gift is paid.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from almoner.charities import audit
from almoner.charities.models import Charity, Fund
from almoner.charities.rows import insert
from almoner.donors.paying import Way, hosted_ways
from almoner.donors.telling import tell_to_finish
from almoner.giving.actions.submitting import FREQUENCIES
from almoner.giving.models import DonationForm, Gift
from almoner.kernel.clock import now
from almoner.kernel.references import new_public_key, new_reference, new_uuid
from almoner.payments import gateways
from almoner.plans import beginning
from almoner.plans.models import Plan
from almoner.supporters.people import Details, add_contact


class NoWay(LookupError):
    """No gateway of this installation has a page of its own on which such a gift is paid."""


class AmountNotTaken(ValueError):
    """There are such pages, and none takes this amount: each takes `least_minor` at least, and multiples of
    `step_minor`."""

    def __init__(self, *, least_minor: int, step_minor: int) -> None:
        super().__init__(least_minor, step_minor)
        self.least_minor, self.step_minor = least_minor, step_minor


@dataclass(frozen=True, slots=True)
class Told:
    """What a donor said on the phone. Amounts in minor units; `every` in months; `day` None: the day of the first."""

    amount_minor: int
    currency: str
    every: int
    day: int | None = None
    ends_on: date | None = None
    ends_after: int | None = None


def start(
    told: Told,
    details: Details,
    *,
    charity: Charity,
    fund: Fund,
    form: DonationForm | None,
    plan_id: uuid.UUID,
    actor: audit.Actor,
) -> Plan:
    """Save the plan with its first gift, and mail the link with which it is finished. Raises `NoWay` and
    `AmountNotTaken`.

    `plan_id` was minted with the page that asks: sent twice, it is one plan.
    """
    ways = _ways(told, form)
    at = now()
    with transaction.atomic():
        if (begun := Plan.objects.filter(pk=plan_id, charity=charity).first()) is not None:
            return begun
        contact = add_contact(details, charity_id=charity.pk, at=at)
        promise = _promise(
            told, ways[0], plan_id=plan_id, charity=charity, fund=fund, form=form, language=details.language
        )
        period = beginning.begin(promise, contact, at=at)
        plan = Plan.objects.get(pk=period.plan_id)
        gift = Gift(
            id=promise.first_gift_id, charity=charity, form=form, fund=fund, contact=contact,
            reference=new_reference(), public_key=new_public_key(), amount_minor=told.amount_minor,
            total_minor=told.amount_minor, currency=told.currency, frequency=FREQUENCIES[told.every], plan=plan,
            period_on=period.on, language=details.language, given_at=at, entered_by_id=actor.pk,
        )  # fmt: skip
        insert(gift)
        tell_to_finish(plan, gift_id=gift.pk, at=at)
        audit.record(
            actor=actor,
            charity=charity,
            action="begin plan by phone",
            object_type="plan",
            object_id=plan.pk,
            detail={"amount_minor": told.amount_minor, "currency": told.currency, "every": told.every},
        )
    return plan


def _ways(told: Told, form: DonationForm | None) -> Sequence[Way]:
    all_ways = hosted_ways(told.currency, form)
    if not all_ways:
        raise NoWay(told.currency)
    ways = hosted_ways(told.currency, form, amount_minor=told.amount_minor)
    if not ways:
        raise AmountNotTaken(
            least_minor=min(gateways.least_minor(way.method, told.currency) for way in all_ways),
            step_minor=min(gateways.step_minor(way.method, told.currency) for way in all_ways),
        )
    return ways


def _promise(
    told: Told,
    way: Way,
    *,
    plan_id: uuid.UUID,
    charity: Charity,
    fund: Fund,
    form: DonationForm | None,
    language: str,
) -> beginning.Promise:
    return beginning.Promise(
        plan_id=plan_id,
        first_gift_id=new_uuid(),
        charity_id=charity.pk,
        fund_id=fund.pk,
        form_id=form.pk if form is not None else None,
        amount_minor=told.amount_minor,
        cover_minor=0,
        currency=told.currency,
        every=told.every,
        gateway=way.gateway,
        account=gateways.gateway(way.gateway).account,
        method=way.method,
        language=language,
        day=told.day,
        ends_on=told.ends_on,
        ends_after=told.ends_after,
        source={"appeal": "phone"},
    )
