"""Changing a regular gift, a page for each change: `plans.changing` does it, and a mail tells it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from almoner.addresses.fields import fields_for
from almoner.donors import setting_up
from almoner.donors.pages import page
from almoner.donors.paying import NotPayable, Way, give_next, hosted_ways, may_give_next, pay_again, payable
from almoner.donors.plan_pages import (
    living_plan_at,
    open_address,
    pause_until,
    plan_at,
    today_of,
    unpaid_gift,
    view_of,
)
from almoner.donors.reading import (
    ADDRESS_PREFIX,
    country_of,
    read_amount,
    read_date,
    read_day,
    read_details,
    read_end,
)
from almoner.donors.setting_up import Came
from almoner.donors.visiting import Donor, Guest, for_donors, for_guests, see_other
from almoner.donors.wording import REASONS, promise_of, reason_label
from almoner.giving.actions import look
from almoner.giving.asking import absolute
from almoner.giving.catalogue import language_root, phrases_of
from almoner.giving.entry import Invalid
from almoner.giving.models import DonationForm, Gift, GiftStatus
from almoner.giving.regular import ordinal
from almoner.giving.thanks import address as thanks_address
from almoner.giving.views_model import FieldError, plain_amount
from almoner.giving.wording import method_choice
from almoner.payments.gateways.port import GatewayError
from almoner.payments.models import Attempt
from almoner.payments.progress import AmountsDiffer
from almoner.payments.transitions import State
from almoner.plans import changing, withdrawing
from almoner.plans.changing import NotChangeable
from almoner.plans.models import Plan
from almoner.plans.progress import DONOR
from almoner.plans.withdrawing import Standing
from almoner.receipts.wording import day, money, unbroken

_PAUSES = ("1", "2", "3")
_LONGEST_PAUSE = timedelta(days=366)


@for_donors
def plan(donor: Donor, reference: str) -> HttpResponse:
    """A regular gift: where it stands, its history, and what can be done with it."""
    if donor.posts:
        return see_other(_address(donor, reference))
    found = plan_at(donor, reference)
    done = donor.request.GET.get("done", "")
    debit = withdrawing.debit_of(found)
    if done in _STOPPING and debit is not None and debit.standing != Standing.WANTED:
        # The page says what becomes of the debit: not all is done.
        done = ""
    return page(donor, "plan", _("Your regular gift"), seen=view_of(donor, found), done=_came_of(done))


@for_donors
def amount(donor: Donor, reference: str) -> HttpResponse:
    """Another amount, from the next gift on. The part that covers the cost stays in proportion."""
    found = living_plan_at(donor, reference)
    values = {"amount": plain_amount(found.amount_minor, found.currency)}
    title = _("Change the amount")
    if not donor.posts:
        return page(
            donor, "amount_of_plan", title, seen=view_of(donor, found), values=values, sign=found.currency
        )
    try:
        amount_minor = read_amount(donor.post.get("amount", ""), found)
    except Invalid as invalid:
        values = {"amount": donor.post.get("amount", "")}
        return page(
            donor, "amount_of_plan", title, errors=invalid.errors, seen=view_of(donor, found), values=values,
            sign=found.currency,
        )  # fmt: skip
    cover_minor = changing.cover_for(found, amount_minor)
    return _done(
        donor,
        found,
        "amount",
        lambda: changing.change_amount(
            found.pk, by=DONOR, amount_minor=amount_minor, cover_minor=cover_minor
        ),
    )


@for_donors
def day_of_month(donor: Donor, reference: str) -> HttpResponse:
    """Another day of the month."""
    found = living_plan_at(donor, reference)
    days = [(str(each), ordinal(each)) for each in range(1, 32)]
    values = {"day": donor.post.get("day", str(found.anchor.day))}
    if not donor.posts:
        return page(
            donor, "day_of_plan", _("Change the day"), seen=view_of(donor, found), values=values, days=days
        )
    try:
        wanted = read_day(donor.post.get("day", ""))
    except Invalid as invalid:
        return page(
            donor, "day_of_plan", _("Change the day"), errors=invalid.errors, seen=view_of(donor, found),
            values=values, days=days,
        )  # fmt: skip
    return _done(donor, found, "day", lambda: changing.change_day(found.pk, by=DONOR, day=wanted))


@for_donors
def end(donor: Donor, reference: str) -> HttpResponse:
    """Its last day, or how many gifts there are to be in all; or no end but its donor's."""
    found, title = living_plan_at(donor, reference), _("Change when it ends")
    kept = {
        "ends": "on" if found.ends_on else "after" if found.ends_after else "",
        "ends_on": found.ends_on.isoformat() if found.ends_on else "",
        "ends_after": str(found.ends_after or ""),
    }
    values = {name: donor.post.get(name, text) for name, text in kept.items()}
    context: dict[str, Any] = {"seen": view_of(donor, found), "values": values, "given": found.given_count}
    if not donor.posts:
        return page(donor, "end_of_plan", title, **context)
    try:
        ends_on, ends_after = read_end(values, found)
    except Invalid as invalid:
        return page(donor, "end_of_plan", title, errors=invalid.errors, **context)
    return _done(
        donor, found, "end",
        lambda: changing.change_end(found.pk, by=DONOR, ends_on=ends_on, ends_after=ends_after),
    )  # fmt: skip


@for_donors
def details(donor: Donor, reference: str) -> HttpResponse:
    """Name, phone and address, for the gifts to come and their receipts."""
    found = living_plan_at(donor, reference)
    contact, address = found.contact, found.contact.address or {}
    fields = fields_for(country_of(found))
    kept = {"given_name": contact.given_name, "family_name": contact.family_name, "phone": contact.phone}
    kept |= {ADDRESS_PREFIX + each.name: str(address.get(each.name, "")) for each in fields}
    values = {name: donor.post.get(name, text) for name, text in kept.items()}
    context: dict[str, Any] = {
        "seen": view_of(donor, found),
        "values": values,
        "fields": fields,
        "prefix": ADDRESS_PREFIX,
    }
    if not donor.posts:
        return page(donor, "details_of_plan", _("Change your details"), **context)
    try:
        meant = read_details(values, found)
    except Invalid as invalid:
        return page(donor, "details_of_plan", _("Change your details"), errors=invalid.errors, **context)
    return _done(donor, found, "details", lambda: changing.change_contact(found.pk, by=DONOR, details=meant))


@for_donors
def method(donor: Donor, reference: str) -> HttpResponse:
    """Another way to pay: saved alone, or with a gift, which is the one that was declined or the next one."""
    found = living_plan_at(donor, reference)
    unpaid = unpaid_gift(found)
    form = DonationForm.objects.filter(pk=found.form_id).first() if found.form_id is not None else None
    hosted = hosted_ways(found.currency, form, amount_minor=found.total_minor)
    savable, ways = setting_up.ways_to_set_up(found, hosted), hosted if may_give_next(found) else ()
    if unpaid is not None and not savable:
        return see_other(donor.to(f"pay/{unpaid.public_key}/"))
    to_save = next((way for way in savable if way.method == donor.post.get("save")), None)
    if to_save is not None:
        return _save(donor, found, to_save)
    chosen = next((way for way in ways if way.method == donor.post.get("method")), None)
    if not donor.posts or chosen is None:
        errors = (FieldError("", _("Choose how you would like to pay")),) if donor.posts and ways else ()
        return page(
            donor, "method_of_plan", _("Change how you pay"), errors=errors, leads_outside=True,
            seen=view_of(donor, found), ways=[method_choice(way.method) for way in ways],
            savable=[method_choice(way.method) for way in savable],
            amount=unbroken(money(found.total_minor, found.currency)),
        )  # fmt: skip
    try:
        gift, _attempt = give_next(found.pk, chosen, return_url=_back_url(donor, reference))
    except NotPayable:
        return see_other(_address(donor, reference))
    return see_other(open_address(gift) or _address(donor, reference))


@for_donors
def back(donor: Donor, reference: str) -> HttpResponse:
    """From the gateway's page. Coming back proves nothing: the gateway is asked, and the plan's page reads the rows."""
    found = plan_at(donor, reference)
    attempts = Attempt.objects.filter(gift_id__in=Gift.objects.filter(plan=found).values("pk"))
    waiting = attempts.filter(state__in=(State.ACTION_REQUIRED, State.UNKNOWN, State.CONFIRMING))
    for attempt in () if donor.posts else waiting[:3]:
        # If the gateway can't say now, the sweep asks again.
        with suppress(GatewayError, AmountsDiffer):
            look(attempt.pk, code="return")
    came = Came.NOTHING if donor.posts else setting_up.come_back(found)
    return see_other(_address(donor, reference) + (f"?done={came}" if came else ""))


def _save(donor: Donor, plan: Plan, way: Way) -> HttpResponse:
    try:
        there = setting_up.begin(
            plan.pk, way, return_url=_back_url(donor, plan.reference), language=donor.language
        )
    except NotPayable:
        return see_other(_address(donor, plan.reference))
    except setting_up.TooMany:
        text = _("You tried this several times today. Nothing was changed: please try again tomorrow.")
    except GatewayError:
        text = _(
            "The payment provider doesn’t answer at the moment. Nothing was changed: please try again later."
        )
    else:
        return see_other(there)
    errors = (FieldError("", text),)
    return page(donor, "plan", _("Your regular gift"), errors=errors, seen=view_of(donor, plan), done="")


def _back_url(donor: Donor, reference: str) -> str:
    return absolute(donor.request, f"{language_root(donor.language)}/giving/plans/{reference}/back/")


@for_donors
def pause(donor: Donor, reference: str) -> HttpResponse:
    """For one, two or three months, or until a date."""
    found = living_plan_at(donor, reference)
    choices = [(each, day(pause_until(found, int(each)))) for each in _PAUSES]
    values = {"months": donor.post.get("months", "1"), "until": donor.post.get("until", "")}
    context: dict[str, Any] = {"seen": view_of(donor, found), "values": values, "choices": choices}
    if not donor.posts:
        return page(donor, "pause_plan", _("Pause"), **context)
    try:
        until = _until(found, values)
    except Invalid as invalid:
        return page(donor, "pause_plan", _("Pause"), errors=invalid.errors, **context)
    return _done(donor, found, "pause", lambda: changing.pause(found.pk, by=DONOR, until=until))


@for_donors
def resume(donor: Donor, reference: str) -> HttpResponse:
    found = living_plan_at(donor, reference)
    if not donor.posts:
        return page(donor, "resume_plan", _("Go on with it"), seen=view_of(donor, found))
    return _done(donor, found, "resume", lambda: changing.resume(found.pk, by=DONOR))


@for_donors
def skip(donor: Donor, reference: str) -> HttpResponse:
    """Leave out the next gift: the one that the page named, and no other if it was pressed twice."""
    found = living_plan_at(donor, reference)
    if not donor.posts:
        next_on = changing.skippable_on(found)
        if next_on is None:
            raise Http404("Nothing is due.")
        return page(donor, "skip_plan", _("Leave out the next gift"), seen=view_of(donor, found), on=next_on)
    on = read_date(donor.post.get("on", ""))
    if on is None:
        return see_other(_address(donor, reference))
    return _done(donor, found, "skip", lambda: changing.skip(found.pk, by=DONOR, on=on))


@for_donors
def cancel(donor: Donor, reference: str) -> HttpResponse:
    """One page, one confirmation. A reason may be given, and needn't be."""
    found = living_plan_at(donor, reference)
    reasons = [(code, reason_label(code)) for code in REASONS]
    if not donor.posts:
        return page(donor, "cancel_plan", _("Stop this gift"), seen=view_of(donor, found), reasons=reasons)
    reason = donor.post.get("reason", "")
    return _done(
        donor,
        found,
        "cancel",
        lambda: changing.cancel(found.pk, by=DONOR, reason=reason if reason in REASONS else ""),
    )


@for_guests
def pay(guest: Guest, public_key: str) -> HttpResponse:
    """A regular gift that was declined, to be paid on the gateway's page. The address is the key to it: it shows the
    amount and no person, so that the mail's link leads straight there."""
    found = (
        Gift.objects.select_related("plan", "fund", "form")
        .filter(
            charity=guest.charity, public_key=public_key, plan__isnull=False, contact__erased_at__isnull=True
        )
        .first()
    )
    if found is None:
        raise Http404("No regular gift has this address.")
    if found.status in (GiftStatus.SETTLED, GiftStatus.PROCESSING):
        return see_other(thanks_address(public_key, guest.language))
    ways: Sequence[Way] = ()
    if payable(found, found.plan):
        ways = hosted_ways(found.currency, found.form, amount_minor=found.total_minor)
    chosen = next((way for way in ways if way.method == guest.post.get("method")), None)
    if not guest.posts or chosen is None:
        return _pay_page(guest, found, [method_choice(way.method) for way in ways])
    return_url = absolute(guest.request, f"{language_root(guest.language)}/give/return/{public_key}/")
    try:
        found, _attempt = pay_again(found.pk, chosen, return_url=return_url)
    except NotPayable:
        return see_other(guest.to(f"pay/{public_key}/"))
    if there := open_address(found):
        return see_other(there)
    return see_other(thanks_address(public_key, guest.language))


def _pay_page(guest: Guest, gift: Gift, ways: list[object]) -> HttpResponse:
    errors = (FieldError("", _("Choose how you would like to pay")),) if guest.posts and ways else ()
    return page(
        guest, "pay", _("Give your gift"), errors=errors, leads_outside=True, gift=gift, ways=ways,
        amount=unbroken(money(gift.total_minor, gift.currency)), there=open_address(gift),
        first=gift.plan is not None and gift.plan.first_gift_id == gift.pk,
        promise=promise_of(gift.plan) if gift.plan is not None else "",
        fund=phrases_of(guest.charity, guest.language).say(gift.fund.name),
    )  # fmt: skip


def _done(donor: Donor, plan: Plan, name: str, act: Callable[[], Plan]) -> HttpResponse:
    """Do it, and show the plan as it then is; what can't be done is said, and changed nothing."""
    try:
        act()
    except NotChangeable as refused:
        text = _REFUSED.get(refused.code, _too_late)()
        found = plan_at(donor, plan.reference)
        errors = (FieldError("", text),)
        return page(donor, "plan", _("Your regular gift"), errors=errors, seen=view_of(donor, found), done="")
    return see_other(f"{_address(donor, plan.reference)}?done={name}")


def _address(donor: Donor, reference: str) -> str:
    return donor.to(f"plans/{reference}/")


def _until(plan: Plan, values: dict[str, str]) -> date:
    if values["months"] in _PAUSES:
        return pause_until(plan, int(values["months"]))
    until, today = read_date(values["until"]), today_of(plan)
    if values["months"] != "date" or until is None:
        raise Invalid(FieldError("until", _("Choose until when, as a date such as 2027-03-01")))
    if not today < until <= today + _LONGEST_PAUSE:
        raise Invalid(FieldError("until", _("Choose a day to come, at most a year from now")))
    return until


def _came_of(done: str) -> str:
    """What a donor is told who comes from having done something; "" for anybody else."""
    if done in _DONE:
        return f"{_DONE[done]()} {_('We confirm it by email.')}"
    return _NOT_DONE[done]() if done in _NOT_DONE else ""


def _too_late() -> str:
    return _("That can’t be done any more: the gift stands as you see it here. Nothing was changed.")


# What is said when it is done; the mail says it too.
_DONE: dict[str, Callable[[], str]] = {
    "amount": lambda: _("The amount is changed."),
    "day": lambda: _("The day is changed."),
    "end": lambda: _("When your regular gift ends is changed."),
    "details": lambda: _("Your details are changed."),
    "method": lambda: _("Later gifts are taken from your new card or account."),
    "pause": lambda: _("Your regular gift is paused."),
    "resume": lambda: _("Your regular gift goes on. Thank you."),
    "skip": lambda: _("The next gift is left out."),
    "cancel": lambda: _("Your regular gift has ended. Thank you for all that you gave."),
}
# Of these, what a debit that is at the gateway already may not allow.
_STOPPING = frozenset({"amount", "pause", "skip", "cancel"})
# What is said to who comes back from having a card saved, and it isn't.
_NOT_DONE: dict[str, Callable[[], str]] = {
    Came.WAITING: lambda: _(
        "The payment provider hasn’t told us yet what became of it. We ask again by ourselves, and write to you once "
        "your gift is taken from the new card or account. Until then nothing changes."
    ),
    Came.REFUSED: lambda: _(
        "The new card or account was not accepted, and nothing was saved. Your gift is paid as before."
    ),
}
_REFUSED: dict[str, Callable[[], str]] = {
    "no_method": lambda: _("There is nothing that could be charged: give the gift that is open first."),
}
