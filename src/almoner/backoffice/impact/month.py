"""A month's figures of a programme on one form: each indicator a row, with what it was before; one source for all."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from almoner.addresses.countries import every_name
from almoner.backoffice import access
from almoner.backoffice.impact import words
from almoner.backoffice.impact.citing import SourceForm, date_field
from almoner.backoffice.impact.numbers import NumberField
from almoner.backoffice.pages import again, crumbs
from almoner.impact import register
from almoner.impact.due import calendar_of, period_of
from almoner.impact.entering import Known, enter_new, fingerprint, part_doubts
from almoner.impact.models import Dimension, Indicator, Observation, Programme, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotEntered
from almoner.kernel.clock import now

_DAY: Final = timedelta(days=1)
_NO_NAMES: Final = "In general words: no person, no case."


@dataclass(slots=True)
class Cell:
    """A group of a breakdown, with its field, unless its figure is there already."""

    category: str
    name: str
    there: Observation | None
    before: Observation | None
    field: forms.BoundField | None = None


@dataclass(slots=True)
class Row:
    """An indicator on the form. `there` is what was entered for this time already: it is corrected elsewhere."""

    indicator: Indicator
    first: date
    last: date
    there: Observation | None
    before: Observation | None
    breakdowns: list[tuple[Dimension, list[Cell]]]
    doubts: list[str] = field(default_factory=list)
    # One of them.
    place_doubt: str = ""
    fields: dict[str, forms.BoundField] = field(default_factory=dict)

    @property
    def days(self) -> str:
        return words.days(self.first, self.last)

    @property
    def was(self) -> str:
        return words.said(self.before)

    @property
    def stands(self) -> str:
        return words.said(self.there)

    def cells(self) -> Iterator[tuple[Dimension, Cell]]:
        for dimension, cells in self.breakdowns:
            for cell in cells:
                yield dimension, cell


class MonthForm(SourceForm):
    """What is left empty is not entered. `figures` are ready when it is valid, but for their source."""

    def __init__(self, *args: Any, rows: list[Row], known: Known, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self._known, self.figures = rows, known, list[Figure]()
        # Names what looks like a slip: whoever ticks the box has seen these doubts and no others.
        self.doubted = ""
        for row in rows:
            self._add(row, min(row.last, today))
        # The page says once that what is left empty is not entered.
        self.asked_at_times += tuple(name for name in self.fields if name.startswith(("value_", "cell_")))

    def _add(self, row: Row, as_of: date) -> None:
        key = row.indicator.pk
        if row.there is None:
            row.fields = {
                "value": self._bound(f"value_{key}", NumberField(label=row.indicator.title, required=False)),
                "bound": self._bound(f"bound_{key}", forms.ChoiceField(label="Is", choices=words.BOUNDS)),
            }
            self.initial.setdefault(f"bound_{key}", Bound.EXACT.value)
        for dimension, cell in row.cells():
            if cell.there is None:
                label = f"{dimension.name}: {cell.category}"
                cell.field = self._bound(cell.name, NumberField(label=label, required=False))
        if row.there is None or any(cell.field for _, cell in row.cells()):
            more = {
                "as_of": date_field("As of"),
                "place": forms.CharField(
                    label="Place",
                    max_length=80,
                    required=False,
                    help_text="A country or region, never a town.",
                ),
                "method": forms.CharField(
                    label="How it was counted", max_length=500, required=False, help_text=_NO_NAMES
                ),
            }
            row.fields |= {name: self._bound(f"{name}_{key}", each) for name, each in more.items()}
            before = row.before or row.there
            self.initial.setdefault(f"as_of_{key}", row.there.as_of if row.there is not None else as_of)
            self.initial.setdefault(f"place_{key}", before.place if before is not None else "")
            self.initial.setdefault(f"method_{key}", before.method if before is not None else "")

    def _bound(self, name: str, made: forms.Field) -> forms.BoundField:
        self.fields[name] = made
        return self[name]

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        for row in self.rows:
            read = list(self._read(row))
            # A row's figures are of one place.
            row.place_doubt = self._known.place_doubt(row.indicator, read[0].place) if read else ""
            row.doubts += [row.place_doubt] if row.place_doubt else []
            self.figures += read
        if not self.errors and not self.figures:
            self.add_error(None, "Enter at least one figure.")
        if not self.errors:
            doubts = [f"{row.indicator.pk} {each}" for row in self.rows for each in row.doubts]
            self.doubted = fingerprint(doubts) if doubts else ""
            if doubts and self.data.get("sure") != self.doubted:
                self.add_error(None, "Look again at what is marked below. Nothing was entered yet.")
        return entered

    def _read(self, row: Row) -> Iterator[Figure]:
        """The row's figures, each of which could stand."""
        whole = self._figure(row, f"value_{row.indicator.pk}")
        if whole is not None:
            whole = replace(whole, bound=Bound(self.cleaned_data.get(f"bound_{row.indicator.pk}") or "exact"))
            row.doubts += self._known.value_doubts(whole)
            yield whole
        for dimension, cells in row.breakdowns:
            parts = [
                self._figure(row, each.name, dimension=dimension.name, category=each.category)
                for each in cells
                if each.field is not None
            ]
            told = [each for each in parts if each is not None]
            for part in told:
                row.doubts += (f"{part.category}: {doubt}" for doubt in self._known.value_doubts(part))
            if whole is not None and dimension.adds_up and len(told) == len(dimension.categories):
                row.doubts += part_doubts(whole, told, by=dimension.name)
            yield from told

    def _figure(self, row: Row, name: str, *, dimension: str = "", category: str = "") -> Figure | None:
        entered, key = self.cleaned_data, row.indicator.pk
        value, as_of = entered.get(name), entered.get(f"as_of_{key}")
        if not isinstance(value, Decimal) or as_of is None:
            return None
        figure = Figure(
            indicator=row.indicator,
            first=row.first,
            # A figure in the middle of its time counts so far as it goes.
            last=min(row.last, as_of) if as_of >= row.first else row.last,
            as_of=as_of,
            value=value,
            # Its own comes when everything else is right.
            source=Source(charity=self._charity),
            dimension=dimension,
            category=category,
            place=entered.get(f"place_{key}", ""),
            method=entered.get(f"method_{key}", ""),
        )
        try:
            register.check(figure)
            self._known.check(figure)
        except NotEntered as refused:
            where = f"as_of_{key}" if refused.field in ("as_of", "last") else name
            self.add_error(where, str(refused))
            return None
        return figure


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_FIGURES)
def month(request: HttpRequest, programme_id: int) -> HttpResponse:
    programme = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    today = now().astimezone(ZoneInfo(programme.charity.timezone)).date()
    first = _month_of(request, today)
    known, rows = _rows(programme, first)
    form = MonthForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        programme=programme,
        rows=rows,
        known=known,
        today=today,
    )
    if request.method == "POST" and form.is_valid() and (count := _entered(request, programme, form)):
        figures = "1 figure waits" if count == 1 else f"{count} figures wait"
        messages.success(request, f"Entered: {figures} for somebody else to look at the source.")
        return redirect("backoffice:programme", programme.pk)
    back, open_ = reverse("backoffice:programme", args=[programme.pk]), any(row.fields for row in rows)
    following = _first_after(first)
    context = {
        "title": f"Figures of {first:%B %Y}",
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")),
            (programme.title, back),
            (f"{first:%B %Y}", ""),
        ),
        "programme": programme,
        "form": form,
        "media": form.media,
        "earlier": again(request, month=f"{first - _DAY:%Y-%m}"),
        "later": again(request, month=f"{following:%Y-%m}") if following <= today else "",
        "open": open_,
        "back_url": back if open_ else "",
    }
    return render(request, "backoffice/impact/month.html", context)


def _entered(request: HttpRequest, programme: Programme, form: MonthForm) -> int:
    """How many were entered; 0 with an error on the form where somebody else was quicker."""
    try:
        with transaction.atomic():
            source = form.keep()
            figures = [replace(each, source=source) for each in form.figures]
            return len(enter_new(figures, programme_id=programme.pk, actor=request.user))
    except NotEntered as refused:
        form.add_error(None, str(refused))
        return 0


def _month_of(request: HttpRequest, today: date) -> date:
    """The first day of the month that is asked for; else of the last one that is over."""
    newest = today.replace(day=1)
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return (newest - _DAY).replace(day=1)
    return min(asked, newest)


def _first_after(first: date) -> date:
    return (first + 32 * _DAY).replace(day=1)


def _rows(programme: Programme, month_first: date) -> tuple[Known, list[Row]]:
    indicators = list(
        Indicator.objects.filter(result__programme=programme)
        .select_related("result__programme__charity")
        .prefetch_related("dimensions")
        .order_by("result__ordinal", "result_id", "ordinal", "pk")
    )
    known = Known(indicators, countries=every_name())
    return known, [_row(each, known, month_first) for each in indicators]


def _row(indicator: Indicator, known: Known, month_first: date) -> Row:
    first, last = period_of(indicator, month_first)
    begins = calendar_of(indicator, month_first)[0]
    whole = (indicator.pk, "", "")
    breakdowns = []
    for dimension in sorted(indicator.dimensions.all(), key=lambda each: (each.ordinal, each.pk)):
        cells = []
        for at, category in enumerate(dimension.categories):
            cell = (indicator.pk, dimension.name, category)
            there = known.of_period(cell, first, begins, last)
            before = known.before(cell, begins)
            cells.append(Cell(category, f"cell_{dimension.pk}_{at}", there, before))
        breakdowns.append((dimension, cells))
    there = known.of_period(whole, first, begins, last)
    return Row(indicator, first, last, there, known.before(whole, begins), breakdowns)
