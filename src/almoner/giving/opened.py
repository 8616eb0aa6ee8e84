"""Which of a charity's forms take gifts, and what they are called in addresses."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from almoner.charities.models import Charity
from almoner.giving.models import DonationForm, FormFund
from almoner.giving.ways import Way, can_pay, ways_of


def open_forms(charity: Charity) -> list[DonationForm]:
    """Those by which somebody can give now, the oldest first: switched on, with a fund to give to and a way to pay.
    Two queries."""
    offered = FormFund.objects.filter(form=OuterRef("pk"), fund__active=True)
    default = charity.funds.filter(is_default=True, active=True)
    forms = DonationForm.objects.filter(Exists(offered) | Exists(default), charity=charity, active=True)
    return [
        form
        for form in forms.order_by("pk").prefetch_related("numbers")
        if payable(form.currencies.split(), ways_of(form, charity))
    ]


def payable(currencies: Iterable[str], ways: Iterable[Way]) -> list[str]:
    """Those of the currencies that can be paid in one of these ways, in their order."""
    kept = tuple(ways)
    return [each for each in currencies if any(can_pay(way, each) for way in kept)]


def key_of(form: DonationForm) -> str:
    """What a form is called in its address: the first of its numbers, else its word."""
    first = min(form.numbers.all(), key=lambda row: row.pk, default=None)
    return str(first.number) if first is not None else form.slug
