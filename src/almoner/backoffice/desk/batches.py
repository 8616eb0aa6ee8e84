"""Batches: a stack of cheques or a cash box, counted by hand first, entered line by line, posted when both agree."""

from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from almoner.backoffice import access, words
from almoner.backoffice.desk.fields import (
    BENEFIT,
    BY_HAND,
    BenefitFields,
    CharityMoneyForm,
    KeyedForm,
    PersonFields,
    fund_choice,
)
from almoner.backoffice.desk.postal import POSTAL, AddressFields
from almoner.backoffice.gifts.acts import not_in_the_future
from almoner.backoffice.money import MoneyField, money, money_html
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import (
    HtmlColumn,
    RoomList,
    chip_html,
    link,
    made_at,
)
from almoner.backoffice.words import Chip
from almoner.charities import audit
from almoner.giving import desk
from almoner.giving.models import BatchLine, Gift, GiftBatch
from almoner.kernel.clock import now


class BatchList(RoomList):
    model = GiftBatch
    permission = access.VIEW_GIFTS
    page_title = "Batches"
    header_icon = "table"
    index_url_name = "backoffice:batches"
    index_results_url_name = "backoffice:batches_results"
    default_ordering = "-created_at"
    explanation = (
        "A batch is a stack of cheques or a cash box. Count it by hand first; its gifts are posted when the lines "
        "come to the same count and total."
    )

    def get_base_queryset(self) -> QuerySet[GiftBatch]:
        batches = super().get_base_queryset().select_related("charity")
        return batches.annotate(line_count=Count("lines"), line_total=Sum("lines__amount_minor"))

    @cached_property
    def columns(self) -> list[HtmlColumn]:
        columns = [
            HtmlColumn("title", label="Batch", cell=_title, sort_key="title", classname="title"),
            HtmlColumn("state", label="State", cell=_state),
            HtmlColumn("count", label="Lines", cell=_count, classname="bo-number"),
            HtmlColumn("total", label="Counted by hand", cell=_total, classname="bo-number"),
            made_at("Begun"),
        ]
        return self.with_charity(columns)

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not access.may(self.request.user, access.ENTER_GIFTS):
            return []
        return [HeaderButton("Begin a batch", url=reverse("backoffice:new_batch"), icon_name="plus")]


def _title(batch: GiftBatch) -> object:
    return link(reverse("backoffice:batch", args=[batch.pk]), batch.title)


def _state(batch: GiftBatch) -> object:
    return chip_html(
        Chip("Posted", "good") if batch.state == GiftBatch.State.POSTED else Chip("Open", "wait")
    )


def _count(batch: Any) -> str:
    return f"{batch.line_count} of {batch.control_count}"


def _total(batch: GiftBatch) -> object:
    return money_html(batch.control_total_minor, batch.currency)


class BatchForm(CharityMoneyForm):
    """What was counted by hand, before anything is entered."""

    title = forms.CharField(label="Name", max_length=120, help_text="Such as: cheques of 24 November.")
    control_count = forms.IntegerField(label="How many, counted by hand", min_value=1, max_value=10_000)
    control_total = MoneyField(label="Total, added up by hand")

    in_order = ("title", "charity", "control_count", "control_total", "currency")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_GIFTS)
def new_batch(request: HttpRequest) -> HttpResponse:
    initial = {"title": f"Batch of {timezone.localdate():%-d %B %Y}"}
    form = BatchForm(request.POST or None, request=request, initial=initial)
    if request.method == "POST" and form.is_valid():
        return redirect("backoffice:batch", _begin(request, form.cleaned_data).pk)
    context = {
        "title": "Begin a batch",
        "lead": "Count the stack and add it up before you enter it: the two are held against each other.",
        "breadcrumbs_items": crumbs(("Batches", reverse("backoffice:batches")), ("Begin a batch", "")),
        "form": form,
        "media": form.media,
        "action": "Begin",
        "back_url": reverse("backoffice:batches"),
    }
    return render(request, "backoffice/act.html", context)


def _begin(request: HttpRequest, entered: dict[str, Any]) -> GiftBatch:
    with transaction.atomic():
        batch = GiftBatch.objects.create(
            charity=entered["charity"],
            title=entered["title"],
            currency=entered["currency"],
            control_count=entered["control_count"],
            control_total_minor=entered["control_total"],
            created_at=now(),
            created_by_id=request.user.pk,
        )
        _record(
            request,
            batch,
            "begin batch",
            {"count": batch.control_count, "total_minor": batch.control_total_minor},
        )
    return batch


class LineForm(KeyedForm, BenefitFields, AddressFields, PersonFields):
    """One cheque of the stack. Fields stand in the order in which one reads a cheque."""

    amount = MoneyField(label="Amount")
    channel = forms.ChoiceField(choices=BY_HAND, label="How")
    given_on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label="Note", max_length=200, required=False)

    def __init__(self, *args: Any, request: HttpRequest, batch: GiftBatch, **kwargs: Any) -> None:
        self._batch = batch
        super().__init__(*args, **kwargs)
        self.show_amounts()
        self.fields["fund"] = fund_choice(request, charity=batch.charity)
        self.fields["email"].help_text = ""
        self.order_fields(
            [
                "amount",
                "given_name",
                "family_name",
                "organisation",
                "email",
                "fund",
                "channel",
                "given_on",
                "note",
                *POSTAL,
                *BENEFIT,
            ]
        )
        self.initial.setdefault("country", batch.charity.country)
        self.offer_finder()
        self.fields["amount"].widget.attrs["autofocus"] = True

    def currency_for(self, name: str) -> str:
        return self._batch.currency

    def clean_given_on(self) -> Any:
        return not_in_the_future(self.cleaned_data["given_on"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.read_amounts()
        self.read_benefit()
        return self.cleaned_data

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in (*BENEFIT, *POSTAL)]

    @property
    def address_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in POSTAL]

    @property
    def shows_address(self) -> bool:
        """Most cheques carry none, so it is folded away until something stands there."""
        others = [field for field in self.address_fields if field.name != "country"]
        return self.asks_only or any(field.value() or field.errors for field in others)

    @property
    def benefit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in BENEFIT]

    @property
    def shows_benefit(self) -> bool:
        """Most lines have none, so it is folded away; what is wrong in it never is."""
        event = self["channel"].value() == Gift.Channel.EVENT
        return event or any(self[name].value() or self[name].errors for name in BENEFIT)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VIEW_GIFTS)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The lines, and the form for the next one. The cursor stands in the amount, so that a stack goes by keyboard."""
    found = access.one_of(GiftBatch.objects.select_related("charity"), request, pk=batch_id)
    may_enter = access.may(request.user, access.ENTER_GIFTS) and found.state == GiftBatch.State.OPEN
    lines = list(found.lines.select_related("fund").order_by("id"))
    form = LineForm(_posted(request, may_enter), request=request, batch=found, initial=_like(lines))
    if form.is_bound and form.is_valid() and _add_line(request, found, form):
        return redirect("backoffice:batch", batch_id)
    return render(
        request, "backoffice/batch.html", _batch_page(request, found, lines, form, may_enter=may_enter)
    )


def _posted(request: HttpRequest, may_enter: bool) -> Any:
    if request.method != "POST":
        return None
    if not may_enter:
        raise PermissionDenied
    return request.POST


def _like(lines: list[BatchLine]) -> dict[str, Any]:
    """The next line is mostly like the last one."""
    if not lines:
        return {"given_on": timezone.localdate(), "channel": "cheque"}
    last = lines[-1]
    alike = {"given_on": last.given_on, "channel": last.channel, "fund": last.fund_id}
    if last.benefit_minor is None:
        return alike
    something = {"benefit": last.benefit, "benefit_value": last.benefit_minor} if last.benefit_minor else {}
    return alike | {"in_return": "something" if something else "nothing"} | something


_OF_LINE: Final = (
    "fund", "channel", "given_on", "given_name", "family_name", "organisation", "email", "address", "note", "benefit",
    "benefit_minor",
)  # fmt: skip


def _add_line(request: HttpRequest, batch: GiftBatch, form: LineForm) -> bool:
    """Whether all is done; False, with the form saying so, when this page has added another line before."""
    entered = form.cleaned_data
    typed = {name: entered[name] for name in _OF_LINE} | {"amount_minor": entered["amount"]}
    with transaction.atomic():
        # Locked and read again: a batch that was posted meanwhile takes no more lines.
        open_still = (
            GiftBatch.objects.select_for_update().filter(pk=batch.pk, state=GiftBatch.State.OPEN).exists()
        )
        if not open_still:
            messages.error(request, "This batch was posted meanwhile. Nothing was added.")
            return True
        line, added = BatchLine.objects.get_or_create(key=entered["key"], defaults={"batch": batch, **typed})
        if added:
            _record(request, batch, "add line to batch", _of_audit(line))
    if line.batch_id == batch.pk and all(getattr(line, name) == value for name, value in typed.items()):
        return True
    form.say_used("a line")
    return False


def _batch_page(
    request: HttpRequest, batch: GiftBatch, lines: list[BatchLine], form: LineForm, *, may_enter: bool
) -> dict[str, Any]:
    total_minor = sum(line.amount_minor for line in lines)
    missing_minor, missing = batch.control_total_minor - total_minor, batch.control_count - len(lines)
    return {
        "title": batch.title,
        "breadcrumbs_items": crumbs(("Batches", reverse("backoffice:batches")), (batch.title, "")),
        "batch": batch,
        "posted": batch.state == GiftBatch.State.POSTED,
        "lines": [
            (
                line,
                money_html(line.amount_minor, batch.currency),
                words.channel(line.channel),
                _in_return(line),
            )
            for line in lines
        ],
        "form": form,
        "media": form.media,
        "may_enter": may_enter,
        "count": len(lines),
        "total": money(total_minor, batch.currency),
        "control_total": money(batch.control_total_minor, batch.currency),
        "difference": _difference(missing, missing_minor, batch.currency),
        "agrees": not missing and not missing_minor,
        "gifts": list(batch.gifts.select_related("contact").order_by("id")) if not may_enter else [],
    }


def _in_return(line: BatchLine) -> str:
    return words.in_return(line.benefit, line.benefit_minor, line.batch.currency)


def _difference(missing: int, missing_minor: int, currency: str) -> list[str]:
    """What is between the lines and the count, as sentences."""
    said = []
    if missing:
        noun = "line" if abs(missing) == 1 else "lines"
        said.append(f"{abs(missing)} {noun} {'to go' if missing > 0 else 'too many'}")
    if missing_minor:
        said.append(f"{money(abs(missing_minor), currency)} {'to go' if missing_minor > 0 else 'too much'}")
    return said


@require_POST
@access.needs(access.ENTER_GIFTS)
def remove_line(request: HttpRequest, batch_id: int, line_id: int) -> HttpResponse:
    found = access.one_of(GiftBatch.objects.all(), request, pk=batch_id)
    with transaction.atomic():
        locked = GiftBatch.objects.select_for_update(of=("self",)).select_related("charity").get(pk=found.pk)
        line = access.one_of(locked.lines.all(), request, path="batch__charity_id", pk=line_id)
        if locked.state == GiftBatch.State.POSTED:
            messages.error(request, "This batch is posted: its gifts can be refunded, not removed.")
        else:
            _record(request, locked, "remove line from batch", _of_audit(line))
            line.delete()
    return redirect("backoffice:batch", batch_id)


@require_POST
@access.needs(access.ENTER_GIFTS)
def post_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    found = access.one_of(GiftBatch.objects.all(), request, pk=batch_id)
    try:
        gifts = desk.post_batch(batch_id=found.pk, actor=request.user)
    except desk.ControlTotalsDiffer:
        messages.error(request, "The lines don’t come to what was counted by hand. Nothing was posted.")
    else:
        noun = "gift" if len(gifts) == 1 else "gifts"
        messages.success(request, f"Posted: {len(gifts)} {noun}. Receipts go to those with an email address.")
    return redirect("backoffice:batch", batch_id)


def _of_audit(line: BatchLine) -> dict[str, Any]:
    """A line without its person, who might be erased: the log never forgets."""
    return {
        "line": line.pk,
        "amount_minor": line.amount_minor,
        "fund": line.fund.code,
        "channel": line.channel,
        "given_on": line.given_on.isoformat(),
    }


def _record(request: HttpRequest, batch: GiftBatch, action: str, detail: dict[str, Any]) -> None:
    audit.record(
        actor=request.user,
        charity=batch.charity,
        action=action,
        object_type="batch",
        object_id=batch.pk,
        detail=detail | {"currency": batch.currency},
    )
