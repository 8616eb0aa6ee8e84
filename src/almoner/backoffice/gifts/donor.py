"""What staff do for one gift's donor: send the receipt again, or put right what was typed."""

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.desk.fields import DonorFields, KeyedForm
from almoner.backoffice.desk.postal import ADDRESS
from almoner.backoffice.gifts.acts import PAGE, act_page
from almoner.backoffice.gifts.detail import gift_of
from almoner.backoffice.gifts.story import Story
from almoner.charities import audit
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.receipts import desk
from almoner.receipts.models import Receipt
from almoner.supporters import erasing, people


@PAGE
@access.needs(access.RESEND_RECEIPTS)
def resend_receipt(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    story = Story(gift_of(request, gift_id))
    receipt, contact = story.receipt_to_send, story.gift.contact
    if receipt is None:
        messages.error(request, "There is no receipt that holds, or no address to send it to.")
        return redirect("backoffice:gift", gift_id)
    form = KeyedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _sent(request, gift_id, form.cleaned_data["key"]):
        return redirect("backoffice:gift", gift_id)
    context = act_page(story.gift, "Send receipt again", form=form, action="Send") | {
        "consequences": [
            f"Receipt {receipt.shown_number} goes to {contact.email} once more, as it is, with its document.",
            *(
                ["Mail to this address came back before. Put it right first, if you can."]
                if contact.bounced_at
                else []
            ),
        ]
    }
    return render(request, "backoffice/act.html", context)


def _sent(request: HttpRequest, gift_id: uuid.UUID, key: uuid.UUID) -> bool:
    try:
        desk.resend(gift_id=gift_id, asked=key, actor=request.user)
    except desk.NotSendable as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, "The receipt is on its way again.")
    return True


class CorrectionForm(DonorFields):
    """The donor's details as they ought to be."""

    anew = forms.BooleanField(
        label="Cancel the receipt and issue it anew with these details",
        required=False,
        help_text="A receipt is never edited. Needed when the name or the address on it is wrong.",
    )

    # Which receipt the page spoke of, so that pressing twice doesn't replace what has just been issued.
    replacing = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, receipt: Receipt | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if receipt is None:
            del self.fields["anew"], self.fields["replacing"]
        else:
            self.initial["replacing"] = receipt.pk
        self.offer_finder()
        self.fields["email"].help_text = "After a change the next mail is tried at the new address."


@PAGE
@access.needs(access.ENTER_GIFTS)
def correct_donor(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Put right a misspelt name, a mistyped email, a wrong street: on this gift alone."""
    story = Story(gift_of(request, gift_id))
    gift, contact = story.gift, story.gift.contact
    if contact.erased_at is not None:
        messages.error(request, "This person’s details were erased.")
        return redirect("backoffice:gift", gift_id)
    form = CorrectionForm(request.POST or None, receipt=story.standing_receipt, initial=_typed(gift))
    if request.method == "POST" and form.is_valid():
        changed = _correct(request, gift, form)
        messages.success(request, "The donor’s details are put right." if changed else "Nothing was changed.")
        return redirect("backoffice:gift", gift_id)
    context = act_page(gift, "Correct the donor’s details", form=form, action="Save") | {
        "consequences": [
            "This changes what stands with this gift, not with others that the same person made."
        ]
    }
    return render(request, "backoffice/act.html", context)


def _typed(gift: Gift) -> dict[str, Any]:
    contact = gift.contact
    names = ("given_name", "family_name", "organisation", "email", "phone")
    stored = contact.address or {"country": gift.charity.country}
    return {name: getattr(contact, name) for name in names} | {
        name: stored.get(name, "") for name in ("country", *ADDRESS)
    }


def _correct(request: HttpRequest, gift: Gift, form: CorrectionForm) -> list[str]:
    details = form.details(language=gift.contact.language)
    if details.address is not None and _same_place(details.address, gift.contact.address):
        # Nobody touched it: where it came from (a finder, with its licence) stays with it.
        details = replace(details, address=gift.contact.address)
    with transaction.atomic():
        before = gift.contact.supporter_id
        changed = people.correct(gift.contact, details, at=now())
        if changed:
            erasing.drop_if_alone(before)
            audit.record(
                actor=request.user,
                charity=gift.charity,
                action="correct donor",
                object_type="gift",
                object_id=gift.pk,
                # The names of the fields only: what stood in them would outlive an erasure here.
                detail={"fields": changed},
            )
        anew = form.cleaned_data.get("anew") and _issued_anew(request, gift, form.cleaned_data["replacing"])
    return changed or (["receipt"] if anew else [])


def _issued_anew(request: HttpRequest, gift: Gift, replacing: int) -> bool:
    try:
        desk.reissue(gift_id=gift.pk, replacing=replacing, actor=request.user)
    except desk.NotSendable as refused:
        messages.warning(request, str(refused))
        return False
    return True


def _same_place(one: dict[str, Any], other: dict[str, Any] | None) -> bool:
    return other is not None and all(one.get(name) == other.get(name) for name in ("country", *ADDRESS))
