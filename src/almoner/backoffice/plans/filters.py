"""What the list of regular gifts can be narrowed by. The list, the export and the reports' links share it."""

from datetime import date, timedelta
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone
from wagtail.admin.filters import DateRangePickerWidget

from almoner.backoffice import words
from almoner.backoffice.donor_lists import OwnFilters
from almoner.charities.models import Charity, Fund
from almoner.giving.models import DonationForm
from almoner.payments.gateways import gateways
from almoner.plans.models import Every, Plan, PlanEvent
from almoner.plans.transitions import CHARGEABLE_STATES, PlanState

_STATES: Final = [
    (PlanState.ACTIVE.value, "Active"),
    (PlanState.RETRYING.value, "Payment failed, tried again"),
    ("gave_up", "Paused: payments failed"),
    (PlanState.PAUSED.value, "Paused"),
    (PlanState.STARTING.value, "Waits for its first payment"),
    ("phone", "Begun by phone, not finished"),
    ("ending", "Ends within 60 days, or with the next gift"),
    (PlanState.COMPLETED.value, "Completed"),
    (PlanState.CANCELLED.value, "Cancelled"),
]
_ENDING: Final = timedelta(days=60)


class PlanFilters(OwnFilters):
    """Narrows a queryset of plans. Its choices are those of the reader's charities."""

    charity = django_filters.ModelChoiceFilter(
        queryset=Charity.objects.none(), empty_label="All", label="Charity"
    )
    state = django_filters.MultipleChoiceFilter(
        choices=_STATES, widget=forms.CheckboxSelectMultiple, label="State", method="by_state"
    )
    next = django_filters.DateFromToRangeFilter(
        field_name="next_on", widget=DateRangePickerWidget, label="Next gift"
    )
    begun = django_filters.DateFromToRangeFilter(
        field_name="created_at", widget=DateRangePickerWidget, label="Begun"
    )
    failed = django_filters.DateFromToRangeFilter(
        widget=DateRangePickerWidget, label="A payment due then was declined", method="by_failed"
    )
    every = django_filters.ChoiceFilter(
        choices=[(str(e.value), e.label.capitalize()) for e in Every], empty_label="All", label="How often"
    )
    currency = django_filters.CharFilter(label="Currency", method="by_currency")
    form = django_filters.ModelChoiceFilter(
        queryset=DonationForm.objects.none(), empty_label="All", label="Form", method="by_form"
    )
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.none(), empty_label="All", label="Fund")
    gateway = django_filters.ChoiceFilter(choices=[], empty_label="All", label="Payment service")
    method = django_filters.ChoiceFilter(choices=[], empty_label="All", label="Paid by")

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()

    def __init__(
        self, data: Any = None, queryset: Any = None, *, request: Any = None, prefix: Any = None
    ) -> None:
        super().__init__(data, queryset, request=request, prefix=prefix)
        self.filters["gateway"].extra["choices"] = [
            (code, code.capitalize())
            for code, gateway in gateways().items()
            if not gateway.capabilities().by_hand
        ]
        self.filters["method"].extra["choices"] = [
            (method.code, words.method(method.code))
            for gateway in gateways().values()
            for method in gateway.capabilities().methods
            if method.repeats
        ]

    def by_state(self, plans: QuerySet[Plan], name: str, chosen: list[str]) -> QuerySet[Plan]:
        if not chosen:
            return plans
        failed = Q(state=PlanState.PAUSED) & ~Q(decline_code="")
        meanings = {
            PlanState.PAUSED.value: Q(state=PlanState.PAUSED, decline_code=""),
            "gave_up": failed,
            "phone": Q(state=PlanState.STARTING, source__appeal="phone"),
            "ending": _ending(),
        }
        wanted = Q()
        for code in chosen:
            wanted |= meanings.get(code, Q(state=code))
        return plans.filter(wanted)

    def by_failed(self, plans: QuerySet[Plan], name: str, days: Any) -> QuerySet[Plan]:
        """`days` holds times; a decline's event writes the due date as an ISO text."""
        first = timezone.localdate(days.start) if days.start is not None else date.min
        last = timezone.localdate(days.stop) if days.stop is not None else date.max
        declined = PlanEvent.objects.filter(name="declined").annotate(on=KT("detail__on"))
        declined = declined.filter(on__range=(first.isoformat(), last.isoformat()))
        return plans.filter(pk__in=declined.values("plan"))

    def by_currency(self, plans: QuerySet[Plan], name: str, code: str) -> QuerySet[Plan]:
        return plans.filter(currency=code.replace("\0", "").strip().upper()[:3])

    def by_form(self, plans: QuerySet[Plan], name: str, form: DonationForm | None) -> QuerySet[Plan]:
        return plans.filter(form_id=form.pk) if form is not None else plans


def _ending() -> Q:
    last = Q(ends_after__isnull=False, given_count__gte=F("ends_after") - 1)
    soon = Q(ends_on__isnull=False, ends_on__lte=timezone.localdate() + _ENDING)
    return Q(state__in=CHARGEABLE_STATES) & (last | soon)
