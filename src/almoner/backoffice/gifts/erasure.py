"""Erasing a person: what goes, what stays and why, said before it is done, for it can't be taken back."""

import uuid
from dataclasses import dataclass
from typing import Final

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.gifts.acts import PAGE, act_page
from almoner.backoffice.gifts.detail import gift_of
from almoner.charities import audit
from almoner.donors import erasing as donors_erasing
from almoner.giving import erasing as giving_erasing
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.clock import now
from almoner.payments import erasing as payments_erasing
from almoner.plans import changing
from almoner.plans import erasing as plans_erasing
from almoner.plans.models import Plan
from almoner.plans.progress import Actor
from almoner.plans.transitions import LIVING_STATES
from almoner.receipts import erasing as receipts_erasing
from almoner.receipts.models import Receipt
from almoner.supporters import erasing as supporters_erasing
from almoner.webhooks import erasing as webhooks_erasing

_WORD: Final = "erase"
_UNDER_WAY: Final = (GiftStatus.PENDING, GiftStatus.PROCESSING, GiftStatus.UNKNOWN, GiftStatus.AWAITING)


class EraseForm(forms.Form):
    typed = forms.CharField(
        label=f"Type “{_WORD}” to confirm",
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().strip("“”\"'").lower() != _WORD:
            raise forms.ValidationError(f"Type the word {_WORD}. Nothing was erased.")
        return typed


@dataclass(frozen=True, slots=True)
class _Erased:
    gifts: int
    receipts: int


@PAGE
@access.needs(access.ERASE_DONORS)
def erase_donor(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    gift = gift_of(request, gift_id)
    if gift.contact.erased_at is not None:
        messages.error(request, "This person’s details were erased.")
        return redirect("backoffice:gift", gift_id)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        erased = _erase(request, gift)
        messages.success(
            request, f"Erased from {_counted(erased.gifts, 'gift')}. The books stay as they are."
        )
        return redirect("backoffice:gift", gift_id)
    context = act_page(gift, "Erase this person", form=form, action="Erase for good") | {
        "consequences": _consequences(gift),
        "danger": True,
    }
    return render(request, "backoffice/act.html", context)


def _gifts_of_person(gift: Gift) -> QuerySet[Gift]:
    return Gift.objects.filter(contact__in=supporters_erasing.contacts_of_person(gift.contact))


def _plans_of_person(gift: Gift) -> QuerySet[Plan]:
    contacts = supporters_erasing.contacts_of_person(gift.contact)
    return Plan.objects.filter(contact__in=contacts, state__in=LIVING_STATES)


def _consequences(gift: Gift) -> list[str]:
    """In plain words, in the order in which one asks."""
    gifts = _gifts_of_person(gift)
    number, receipts = gifts.count(), Receipt.objects.filter(gift__in=gifts).count()
    of = f"all {number} gifts" if number > 1 else "this gift"
    said = [
        "This can’t be undone, by anybody.",
        f"What goes, of {of} that this person made to {gift.charity.name}: name, organisation, email, phone and "
        "address; message and dedication; the notes and names on lines of a batch; the text of the bank’s statement.",
    ]
    if receipts:
        said.append(
            f"The documents of {_counted(receipts, 'receipt')} go too, and the name on them. A copy that the donor "
            "kept can still be checked. If your tax law makes you keep copies with names, don’t erase before that "
            "time is over, or keep them elsewhere first."
        )
    said.append(
        "What stays, because the books and the tax law need it: amounts, dates, funds and references, fees and "
        "refunds, the numbers and amounts of receipts, and what was agreed to, without a name."
    )
    if plans := _plans_of_person(gift).count():
        said.append(
            f"{_counted(plans, 'regular gift')} {'ends' if plans == 1 else 'end'} now, and the payment service is "
            "told to forget the card or the mandate. The person is not told of it by mail."
        )
    if under_way := gifts.filter(status__in=_UNDER_WAY).count():
        said.append(
            f"{_counted(under_way, 'gift')} {'is' if under_way == 1 else 'are'} not paid yet. When the money comes it "
            "is booked, and its receipt carries no name and is mailed to nobody."
        )
    said.append(
        "What is not here stays where it is: at the payment service, in mail that was sent, in downloaded lists, and "
        "in backups until they are deleted."
    )
    said.append("The audit log keeps that you did this, and for how many gifts. It keeps no name.")
    return said


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _erase(request: HttpRequest, gift: Gift) -> _Erased:
    """The person's plans first, for gateways are told to forget what they charge; then all of it or nothing, with its
    line in the log."""
    by = Actor.of_staff(request.user)
    for plan_id in _plans_of_person(gift).values_list("pk", flat=True):
        changing.cancel(plan_id, by=by, reason="erased")
    with transaction.atomic():
        if gift.contact.supporter_id is not None:
            donors_erasing.erase([gift.contact.supporter_id])
        contacts = supporters_erasing.erase(gift.contact, at=now())
        gifts = list(Gift.objects.filter(contact__in=contacts).values_list("pk", flat=True))
        plans_erasing.erase(contacts)
        giving_erasing.erase(gifts)
        payments_erasing.erase(gifts)
        receipts_erasing.erase(gifts)
        webhooks_erasing.erase(gift.charity)
        erased = _Erased(len(gifts), Receipt.objects.filter(gift__in=gifts).count())
        audit.record(
            actor=request.user,
            charity=gift.charity,
            action="erase donor",
            object_type="gift",
            object_id=gift.pk,
            detail={"gifts": erased.gifts, "receipts": erased.receipts},
        )
    return erased
