"""A refund that the payment service never answered for: somebody looked there, and says that it was not made."""

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from wagtail.admin import messages

from almoner.backoffice import access
from almoner.backoffice.gifts.acts import PAGE, act_page
from almoner.backoffice.gifts.detail import gift_of
from almoner.backoffice.gifts.story import Story
from almoner.backoffice.money import money
from almoner.giving import actions
from almoner.payments.models import Refund


class NotMadeForm(forms.Form):
    checked = forms.CharField(
        label="Who looked at the payment service, and when",
        max_length=200,
        help_text="It stands in the audit log for good. Name a colleague, and not the donor.",
        widget=forms.TextInput,
    )


@PAGE
@access.needs(access.REFUND_GIFTS)
def refund_not_made(request: HttpRequest, gift_id: uuid.UUID, refund_id: uuid.UUID) -> HttpResponse:
    story = Story(gift_of(request, gift_id))
    refund = next((each for each in story.refunds if each.pk == refund_id), None)
    if refund is None:
        raise Http404
    if refund not in story.stuck_refunds:
        messages.error(request, "This refund does not wait for a person.")
        return redirect("backoffice:gift", gift_id)
    form = NotMadeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _say_not_made(request, refund, form.cleaned_data["checked"])
        return redirect("backoffice:gift", gift_id)
    amount = money(refund.amount_minor, refund.currency)
    context = act_page(story.gift, "Refund was not made", form=form, action="It was not made") | {
        "consequences": [
            f"The refund of {amount}, asked for on {localtime(refund.created_at):%-d %B %Y}, was never answered, and "
            "we send it no more.",
            "Look at the payment service’s dashboard first. If it shows this refund, go back: we book it when we are "
            "told, and you need do nothing.",
            "If it doesn’t, say so here. The refund counts as failed, and the money can be refunded anew.",
            "Should the payment service say later that it was made after all, it is booked then.",
        ],
        "danger": True,
    }
    return render(request, "backoffice/act.html", context)


def _say_not_made(request: HttpRequest, refund: Refund, checked: str) -> None:
    try:
        actions.refund_not_made(refund_id=refund.pk, checked=checked, actor=request.user)
    except actions.NotStuck as refused:
        messages.error(request, str(refused))
    else:
        amount = money(refund.amount_minor, refund.currency)
        messages.success(request, f"The refund of {amount} counts as not made. You can refund the gift anew.")
