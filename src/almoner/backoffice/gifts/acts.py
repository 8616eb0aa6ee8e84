"""What staff do to one gift's money: refund it, or say that its transfer has arrived."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from almoner.backoffice import access
from almoner.backoffice.gifts.detail import gift_of
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.money import MoneyField, MoneyForm, money
from almoner.backoffice.pages import crumbs
from almoner.giving import actions, desk
from almoner.giving.models import Gift
from almoner.kernel.money import format_plain
from almoner.kernel.references import shown_reference
from almoner.payments.gateways import GatewayUnknown, gateway
from almoner.payments.models import Attempt
from almoner.payments.refunds import NotRefundable
from almoner.payments.transitions import RefundState

PAGE = require_http_methods(["GET", "HEAD", "POST"])
_REFUND_SAID: Final = {
    RefundState.SUCCEEDED: "{amount} refunded.",
    RefundState.SUBMITTED: "Refund of {amount} sent. The payment service will say when it is done.",
    RefundState.UNKNOWN: "The payment service did not answer. We keep asking: don’t refund this gift again.",
    RefundState.FAILED: "The payment service refused the refund of {amount}. Nothing was given back.",
}


class RefundForm(MoneyForm, forms.Form):
    amount = MoneyField(label="Amount to give back")
    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="For your records and the auditor. The donor doesn’t see it. Don’t name people here.",
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, story: Story, **kwargs: Any) -> None:
        self._story = story
        super().__init__(*args, **kwargs)
        self.initial.setdefault("amount", story.left_minor)
        self.show_amounts()

    def currency_for(self, name: str) -> str:
        return self._story.gift.currency

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.read_amounts()
        amount_minor = self.cleaned_data.get("amount")
        if amount_minor and amount_minor > self._story.left_minor:
            left = money(self._story.left_minor, self._story.gift.currency)
            again = " Its other payment is refunded by itself." if self._story.paid_again else ""
            of = "the payment that is refunded next" if again else "this gift"
            self.add_error("amount", f"Only {left} is left of {of}.{again}")
        return self.cleaned_data


@PAGE
@access.needs(access.REFUND_GIFTS)
def refund(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    story = Story(gift_of(request, gift_id))
    if story.paid is None or not story.left_minor:
        messages.error(request, "Nothing is left of this gift that could be refunded.")
        return redirect("backoffice:gift", gift_id)
    form = RefundForm(request.POST or None, story=story)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.refund(
                gift_id=gift_id,
                amount_minor=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
                actor=request.user,
            )
        except NotRefundable as refused:
            form.add_error("amount", str(refused))
        else:
            _say(request, done.state, money(done.amount_minor, done.currency))
            return redirect("backoffice:gift", gift_id)
    context = act_page(story.gift, "Refund", form=form, action="Refund") | {
        "consequences": _refund_consequences(story),
        "danger": True,
    }
    return render(request, "backoffice/act.html", context)


def _say(request: HttpRequest, state: str, amount: str) -> None:
    text = _REFUND_SAID[RefundState(state)].format(amount=amount)
    if state in (RefundState.SUCCEEDED, RefundState.SUBMITTED):
        messages.success(request, text)
    else:
        messages.warning(request, text)


def _refund_consequences(story: Story) -> list[str]:
    """What will happen, before it does."""
    gift, paid = story.gift, story.paid
    left = money(story.left_minor, gift.currency)
    said = [
        f"Up to {left} can be given back. What you enter goes back whole: fees that were kept are not returned."
    ]
    if story.paid_again:
        said.append(
            "This gift was paid more than once. Each payment is refunded by itself, the newer one first."
        )
    said.append(_way_back(paid))
    if story.receipt_to_send is not None:
        said.append(
            "If you refund all of it, the receipt is cancelled. If you refund a part, it is cancelled and replaced by "
            "one over what remains. The donor is told by email."
        )
    said.append("The refund is posted to the ledger and stands in the audit log under your name.")
    return said


def _way_back(paid: Attempt | None) -> str:
    try:
        by_hand = paid is not None and gateway(paid.gateway).capabilities().by_hand
    except GatewayUnknown:
        return "The payment service of this gift is no longer set up here: the refund can’t be sent."
    if by_hand:
        return "No machine sends this money back: pay it to the donor first, then record it here."
    return "The money goes back the way it came. It reaches the donor in about 5 to 10 working days."


class ReceivedForm(MoneyForm, forms.Form):
    received_on = forms.DateField(label="Date on the statement", widget=AdminDateInput)
    amount = MoneyField(label="Amount that arrived")
    text = forms.CharField(
        label="Text on the statement", max_length=200, required=False, widget=forms.TextInput
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        self._currency = currency
        super().__init__(*args, **kwargs)
        self.show_amounts()

    def currency_for(self, name: str) -> str:
        return self._currency

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.read_amounts()
        return self.cleaned_data

    def clean_received_on(self) -> Any:
        return not_in_the_future(self.cleaned_data["received_on"])


def not_in_the_future(day: Any) -> Any:
    """Raises when a day is to come; a day ahead passes, for the bank may stand east of the charity."""
    if day > timezone.localdate() + timedelta(days=1):
        raise forms.ValidationError("This day is in the future. Enter the day on which the money came.")
    return day


@PAGE
@access.needs(access.ENTER_GIFTS)
def receive_transfer(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Book the credit and match it to this gift, in one."""
    story = Story(gift_of(request, gift_id))
    gift = story.gift
    if story.awaiting is None:
        messages.error(request, "This gift does not wait for a transfer.")
        return redirect("backoffice:gift", gift_id)
    initial = {"received_on": timezone.localdate(), "amount": gift.total_minor, "text": gift.reference}
    form = ReceivedForm(request.POST or None, currency=gift.currency, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _receive(request, gift, form.cleaned_data)
        except desk.NotMatchable as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Transfer received. The receipt is on its way to the donor.")
            return redirect("backoffice:gift", gift_id)
    context = act_page(gift, "Mark transfer received", form=form, action="Mark as received") | {
        "consequences": [
            "Enter what the bank’s statement shows. If the amount differs from what was promised, what arrived counts.",
            "The gift becomes paid, is posted to the ledger, and the donor gets a receipt over what arrived.",
        ]
    }
    return render(request, "backoffice/act.html", context)


def _receive(request: HttpRequest, gift: Gift, entered: dict[str, Any]) -> None:
    with transaction.atomic():
        credit = desk.record_credit(
            charity=gift.charity,
            received_on=entered["received_on"],
            amount_minor=entered["amount"],
            currency=gift.currency,
            text=entered["text"],
            actor=request.user,
        )
        desk.match_credit(credit_id=credit.pk, gift_id=gift.pk, actor=request.user)


def act_page(gift: Gift, title: str, *, form: forms.Form, action: str) -> dict[str, Any]:
    """What a page of one act on one gift shows: which gift it is, the form, and the way back."""
    reference = shown_reference(gift.reference)
    back = reverse("backoffice:gift", args=[gift.pk])
    donor = gift.contact.name or gift.contact.email or "a donor without a name"
    amount = f"{format_plain(gift.total_minor, gift.currency)} {gift.currency}"
    return {
        "title": title,
        "lead": f"{amount} from {donor}, gift {reference}.",
        "breadcrumbs_items": crumbs(("Gifts", reverse("backoffice:gifts")), (reference, back), (title, "")),
        "form": form,
        "media": form.media,
        "action": action,
        "back_url": back,
    }
