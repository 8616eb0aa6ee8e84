"""What staff do to a regular gift on its donor’s behalf. Each act is told to the donor, as if they had done it."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from almoner.backoffice import access
from almoner.backoffice.desk.fields import DonorFields, KeyedForm
from almoner.backoffice.desk.postal import ADDRESS
from almoner.backoffice.gifts.acts import PAGE
from almoner.backoffice.money import MoneyField, MoneyForm, money
from almoner.backoffice.pages import crumbs
from almoner.backoffice.plans import wording
from almoner.backoffice.plans.detail import plan_of
from almoner.donors.telling import NothingToAsk, asked_last, tell_again
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.kernel.references import shown_reference
from almoner.payments import gateways
from almoner.plans import changing, withdrawing
from almoner.plans.changing import NotChangeable
from almoner.plans.models import Every, Plan
from almoner.plans.progress import Actor
from almoner.plans.transitions import CHARGEABLE_STATES, LIVING_STATES, PlanState
from almoner.plans.withdrawing import Standing
from almoner.supporters import people

_TOLD: Final = "The donor is told by email."
_NONE_LEFT: Final = "To have no gift come any more, cancel it."
EVERY_CHOICES: Final = [(each.value, wording.EVERY[each].capitalize()) for each in Every]


class AmountForm(MoneyForm, forms.Form):
    amount = MoneyField(label="New amount of each gift")

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        self._plan = plan
        super().__init__(*args, **kwargs)
        self.initial.setdefault("amount", plan.amount_minor)
        self.show_amounts()

    def currency_for(self, name: str) -> str:
        return self._plan.currency

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.read_amounts()
        amount_minor = self.cleaned_data.get("amount")
        step_minor = gateways.step_minor(self._plan.method, self._plan.currency)
        if amount_minor and amount_minor % step_minor:
            unit = format_plain(step_minor, self._plan.currency)
            self.add_error("amount", f"This way of paying takes multiples of {unit} {self._plan.currency}.")
        least_minor = gateways.least_minor(self._plan.method, self._plan.currency)
        if amount_minor and amount_minor < least_minor:
            least = format_plain(least_minor, self._plan.currency)
            self.add_error("amount", f"This way of paying takes no less than {least} {self._plan.currency}.")
        return self.cleaned_data


class EveryForm(forms.Form):
    every = forms.TypedChoiceField(
        choices=EVERY_CHOICES, coerce=int, widget=forms.RadioSelect, label="How often"
    )


class DayForm(forms.Form):
    day = forms.IntegerField(
        label="Day of the month",
        min_value=1,
        max_value=31,
        help_text="In a month that is too short, its last day.",
        error_messages={"min_value": "Enter a day from 1 to 31.", "max_value": "Enter a day from 1 to 31."},
    )


class EndFields(forms.Form):
    """When a plan ends: never, on a day, or after so many gifts."""

    ends = forms.ChoiceField(
        choices=[("", "When somebody stops it"), ("on", "On a day"), ("after", "After a number of gifts")],
        required=False,
        widget=forms.RadioSelect,
        label="Ends",
    )
    ends_on = forms.DateField(label="Last day", required=False, widget=AdminDateInput)
    ends_after = forms.IntegerField(
        label="Gifts in all",
        required=False,
        min_value=1,
        max_value=1200,
        help_text="The first one counts.",
        error_messages={"min_value": "Enter at least 1.", "max_value": "Enter at most 1,200."},
    )
    # For their labels: which of the two is asked follows from the choice above.
    asked_at_times: tuple[str, ...] = ("ends_on", "ends_after")

    def clean(self) -> dict[str, Any]:
        super().clean()
        entered = self.cleaned_data
        chosen = entered.get("ends", "")
        if chosen == "on" and not entered.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", "Enter the last day.")
        if chosen == "after" and not entered.get("ends_after") and "ends_after" not in self.errors:
            self.add_error("ends_after", "Enter how many gifts in all.")
        entered["ends_on"] = entered.get("ends_on") if chosen == "on" else None
        entered["ends_after"] = entered.get("ends_after") if chosen == "after" else None
        return entered


class EndForm(EndFields):
    """Of one that goes on. An end that leaves no gift to come would end it for good, which nobody asked for."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan = plan

    def clean(self) -> dict[str, Any]:
        entered, plan = super().clean(), self._plan
        after, last = entered.get("ends_after"), entered.get("ends_on")
        if after is not None and after <= plan.given_count:
            self.add_error("ends_after", f"{plan.given_count} are given already. {_NONE_LEFT}")
        if last is not None and plan.next_on is not None and last < plan.next_on:
            self.add_error("ends_on", f"The next gift is on {wording.day(plan.next_on)}. {_NONE_LEFT}")
        return entered


class PauseForm(forms.Form):
    until = forms.DateField(
        label="Goes on by itself on",
        required=False,
        widget=AdminDateInput,
        help_text="Leave it empty to pause until somebody resumes it.",
    )


class SkipForm(forms.Form):
    # The date that the page named: pressed twice, no other is left out.
    on = forms.DateField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        choices=[("", "Not said"), *wording.REASONS.items()],
        required=False,
        widget=forms.RadioSelect,
        label="What the donor said",
    )


@PAGE
@access.needs(access.ENTER_GIFTS)
def change_amount(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    form = AmountForm(request.POST or None, plan=plan)
    said = [f"From the next gift on; what was given stays as it is. {_TOLD}"]
    if plan.cover_minor:
        said.insert(
            0, f"{money(plan.cover_minor, plan.currency)} of each covers the cost: it changes in proportion."
        )

    def do(by: Actor, entered: dict[str, Any]) -> None:
        amount_minor = entered["amount"]
        cover_minor = changing.cover_for(plan, amount_minor)
        changing.change_amount(plan.pk, by=by, amount_minor=amount_minor, cover_minor=cover_minor)

    return _act(request, plan, "Change the amount", form, "Save", said, do, done="The amount is changed.")


@PAGE
@access.needs(access.ENTER_GIFTS)
def change_every(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    form = EveryForm(request.POST or None, initial={"every": plan.every})
    said = [f"The next gift stays on its date; those after it follow the new rhythm. {_TOLD}"]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.change_every(plan.pk, by=by, every=entered["every"])

    return _act(request, plan, "Change how often", form, "Save", said, do, done="The rhythm is changed.")


@PAGE
@access.needs(access.ENTER_GIFTS)
def change_day(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    form = DayForm(request.POST or None, initial={"day": plan.anchor.day})
    said = [f"From the next gift on; two gifts never come close together because of it. {_TOLD}"]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.change_day(plan.pk, by=by, day=entered["day"])

    return _act(request, plan, "Change the day", form, "Save", said, do, done="The day is changed.")


@PAGE
@access.needs(access.ENTER_GIFTS)
def change_end(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    ends = "on" if plan.ends_on else "after" if plan.ends_after else ""
    initial = {"ends": ends, "ends_on": plan.ends_on, "ends_after": plan.ends_after}
    form = EndForm(request.POST or None, initial=initial, plan=plan)
    said = [f"Given so far: {plan.given_count}. {_TOLD}"]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.change_end(plan.pk, by=by, ends_on=entered["ends_on"], ends_after=entered["ends_after"])

    return _act(request, plan, "Change its end", form, "Save", said, do, done="The end is changed.")


@PAGE
@access.needs(access.ENTER_GIFTS)
def pause(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    form = PauseForm(request.POST if request.method == "POST" else None)
    said = [f"Nothing is charged meanwhile. A payment that is under way ends as it ends. {_TOLD}"]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.pause(plan.pk, by=by, until=entered["until"])

    return _act(request, plan, "Pause", form, "Pause", said, do, done="Paused.", states=CHARGEABLE_STATES)


@PAGE
@access.needs(access.ENTER_GIFTS)
def resume(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    said = [f"It goes on with the first date that is still to come. What was missed isn’t charged. {_TOLD}"]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.resume(plan.pk, by=by)

    return _act(
        request, plan, "Resume", form, "Resume", said, do, done="It goes on.", states=(PlanState.PAUSED,)
    )


@PAGE
@access.needs(access.ENTER_GIFTS)
def skip(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    next_on = changing.skippable_on(plan)
    if next_on is None and request.method != "POST":
        messages.error(request, wording.REFUSED["no_next"])
        return redirect("backoffice:plan", plan.pk)
    form = SkipForm(request.POST if request.method == "POST" else None, initial={"on": next_on})
    said = [
        f"The gift of {wording.day(next_on)} is left out, and the one after it is given as planned. {_TOLD}"
    ]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.skip(plan.pk, by=by, on=entered["on"])

    return _act(
        request, plan, "Leave out the next gift", form, "Leave it out", said, do, done="The gift is left out.",
        states=CHARGEABLE_STATES,
    )  # fmt: skip


@PAGE
@access.needs(access.ENTER_GIFTS)
def cancel(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    plan = plan_of(request, plan_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    said = [
        "It ends for good, and nothing is charged any more. Pausing may be enough.",
        "The saved card or account is forgotten at the payment service. Then the donor is told by email.",
    ]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        changing.cancel(plan.pk, by=by, reason=entered["reason"])

    return _act(
        request, plan, "Cancel this regular gift", form, "Cancel it", said, do, done="Cancelled.", danger=True,
        states=LIVING_STATES,
    )  # fmt: skip


@PAGE
@access.needs(access.ENTER_GIFTS)
def change_contact(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    """The donor's details, for the gifts to come and their receipts."""
    plan = plan_of(request, plan_id)
    contact = plan.contact
    if contact.erased_at is not None:
        messages.error(request, "This person’s details were erased.")
        return redirect("backoffice:plan", plan.pk)
    names = ("given_name", "family_name", "organisation", "email", "phone")
    stored = contact.address or {"country": plan.charity.country}
    initial = {name: getattr(contact, name) for name in names}
    initial |= {name: stored.get(name, "") for name in ("country", *ADDRESS)}
    form = DonorFields(request.POST or None, initial=initial)
    form.offer_finder()
    said = [
        f"For the gifts to come and their receipts. Those that were given keep what was true on their day. {_TOLD}"
    ]

    def do(by: Actor, entered: dict[str, Any]) -> None:
        details = form.details(language=contact.language)
        if (
            details.address is not None
            and contact.address is not None
            and all(details.address.get(name) == contact.address.get(name) for name in ("country", *ADDRESS))
        ):
            # Nobody touched it: where it came from stays with it.
            details = replace(details, address=contact.address)
        with transaction.atomic():
            changing.change_contact(plan.pk, by=by, details=details)
            if plan.state == PlanState.STARTING:
                # Its first gift is not paid yet: the receipt goes where the link goes.
                first = Gift.objects.select_related("contact").get(plan=plan)
                people.correct(first.contact, details, at=now())

    return _act(
        request,
        plan,
        "Correct the donor’s details",
        form,
        "Save",
        said,
        do,
        done="The details are put right.",
        states=LIVING_STATES,
    )


@PAGE
@access.needs(access.ENTER_GIFTS)
def ask_again(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Send once more what asks the donor to finish, pay or confirm."""
    plan = plan_of(request, plan_id)
    asked = asked_last(plan)
    if asked is None or not plan.contact.email:
        messages.error(request, "Nothing waits for this donor, or there is no address to write to.")
        return redirect("backoffice:plan", plan.pk)
    form = KeyedForm(request.POST if request.method == "POST" else None)
    said = [
        f"“{wording.mail(asked)[0].removeprefix('Mail: ')}” goes to {plan.contact.email} once more, with its link."
    ]
    if plan.contact.bounced_at:
        said.append("Mail to this address came back before: it is only sent once the address is put right.")

    def do(by: Actor, entered: dict[str, Any]) -> None:
        tell_again(plan.pk, asked=entered["key"], actor=request.user)

    return _act(
        request,
        plan,
        "Ask the donor again",
        form,
        "Send",
        said,
        do,
        done="The mail is on its way.",
        states=LIVING_STATES,
    )


def _say(request: HttpRequest, plan: Plan, done: str) -> None:
    """That it is done; or, of a debit that is at the payment service, what is not."""
    debit = withdrawing.debit_of(plan)
    if debit is None or debit.standing == Standing.WANTED:
        messages.success(request, done)
    else:
        messages.warning(request, f"Noted. A debit is under way: {wording.debit(debit, plan.currency)}.")


def _act(
    request: HttpRequest,
    plan: Plan,
    title: str,
    form: Any,
    action: str,
    consequences: list[str],
    do: Callable[[Actor, dict[str, Any]], None],
    *,
    done: str,
    danger: bool = False,
    states: tuple[str, ...] = (PlanState.ACTIVE, PlanState.RETRYING, PlanState.PAUSED),
) -> HttpResponse:
    """A page for one change: what will follow, the form, and the way back. `do` may raise `NotChangeable`."""
    if why := _why_not(plan, states, posts=request.method == "POST"):
        messages.error(request, why)
        return redirect("backoffice:plan", plan.pk)
    if request.method == "POST" and form.is_valid():
        try:
            do(Actor.of_staff(request.user), form.cleaned_data)
        except NotChangeable as refused_for:
            form.add_error(None, wording.REFUSED[refused_for.code])
        except NothingToAsk:
            form.add_error(None, "Nothing waits for this donor any more.")
        else:
            _say(request, plan, done)
            return redirect("backoffice:plan", plan.pk)
    reference = shown_reference(plan.reference)
    back = reverse("backoffice:plan", args=[plan.pk])
    donor = plan.contact.name or plan.contact.email or "a donor without a name"
    context = {
        "title": title,
        "lead": f"{wording.promise(plan)} from {donor}, regular gift {reference}.",
        "breadcrumbs_items": crumbs(
            ("Regular gifts", reverse("backoffice:plans")), (reference, back), (title, "")
        ),
        "form": form,
        "media": form.media,
        "action": action,
        "back_url": back,
        "consequences": consequences,
        "danger": danger,
    }
    return render(request, "backoffice/act.html", context)


def _why_not(plan: Plan, states: tuple[str, ...], *, posts: bool) -> str:
    """A sentence, or "". What is sent is refused by `plans.changing`, to which a repeat is harmless; but of a plan that
    waits for its first payment nothing is changed, for that payment is asked for already."""
    if plan.state in states or (posts and plan.state != PlanState.STARTING):
        return ""
    if plan.state == PlanState.STARTING:
        return wording.REFUSED["starting"]
    if plan.state not in LIVING_STATES:
        return wording.REFUSED["ended"]
    return "That can’t be done as it stands now: look at its state."
