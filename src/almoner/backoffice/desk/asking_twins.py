"""What a person is asked of a statement's lines that may be in the books already."""

from django import forms
from django.http import HttpRequest

from almoner.banking import twins


class TwinsForm(forms.Form):
    """What a person says of lines that may be in the books already."""

    again = forms.TypedChoiceField(
        label="Are they the same payments?",
        coerce=twins.Again,
        widget=forms.RadioSelect,
        choices=[
            (twins.Again.LEAVE, "Yes: leave them out"),
            (twins.Again.BOOK, "No, they are others: book them too"),
        ],
        error_messages={"required": "Say whether they are the same payments: nothing was booked yet."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


def twins_form(request: HttpRequest, overlap: twins.Overlap | None, *, booking: bool) -> TwinsForm | None:
    """None where nothing is to be asked. An answer counts for the twins that were shown: where others came since, all
    are asked about anew."""
    if overlap is None or not overlap.twins:
        return None
    seen = {"seen": overlap.mark}
    if not booking:
        return TwinsForm(initial=seen)
    return TwinsForm(request.POST if request.POST.get("seen") == overlap.mark else seen)
