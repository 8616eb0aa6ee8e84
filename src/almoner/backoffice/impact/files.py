"""Figures from a file: the template, the dry run with each row's verdict, and how far entering it is."""

import uuid
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from almoner.addresses.countries import every_name
from almoner.backoffice import access
from almoner.backoffice.exports import csv_response
from almoner.backoffice.pages import crumbs
from almoner.backoffice.tables import chip_html
from almoner.backoffice.words import Chip
from almoner.charities.models import Charity
from almoner.impact import importing, tables
from almoner.impact.entering import fingerprint
from almoner.impact.models import FigureFile, Programme
from almoner.impact.tables import Judged, Unreadable, Verdict
from almoner.kernel.clock import now
from almoner.outbox import queue

_LISTED: Final = 50
_SHOWN: Final = 200
State = FigureFile.State
_CHIPS: Final = {
    State.DRAFT: Chip("To be checked", "wait"),
    State.READING: Chip("Being entered", "wait"),
    State.DONE: Chip("Entered", "good"),
}
_VERDICTS: Final = {
    Verdict.NEW: Chip("Will be entered", "good"),
    Verdict.KNOWN: Chip("Known", "quiet"),
    Verdict.WRONG: Chip("Not taken", "bad"),
}
_FIRST: Final = (Verdict.WRONG, Verdict.NEW, Verdict.KNOWN)


class FileForm(forms.Form):
    charity = forms.ModelChoiceField(label="Charity", queryset=Charity.objects.none(), empty_label=None)
    file = forms.FileField(
        label="File",
        max_length=200,
        help_text="A programme’s template with its values filled in, as CSV in UTF-8, up to 5 MB. "
        "You see what would become of each row before anything is entered.",
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty: begin with the template.",
        },
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = access.charities(request)
        charity = self.fields["charity"]
        charity.queryset = Charity.objects.filter(pk__in=[each.pk for each in own])  # type: ignore[attr-defined]
        if len(own) == 1:
            self.initial["charity"] = own[0].pk
            charity.widget = charity.hidden_widget()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > tables.MOST_BYTES:
            raise forms.ValidationError("That is more than 5 MB. Divide it.")
        return file


@require_safe
@access.needs(access.ENTER_FIGURES)
def figures_template(request: HttpRequest, programme_id: int) -> StreamingHttpResponse:
    """Last month's rows of a programme, their values empty."""
    programme = access.one_of(Programme.objects.select_related("charity"), request, pk=programme_id)
    today = now().astimezone(ZoneInfo(programme.charity.timezone)).date()
    last_month = today.replace(day=1) - timedelta(days=1)
    rows = tables.template(programme, last_month)
    return csv_response(f"figures-{programme.slug}-{last_month:%Y-%m}.csv", tables.COLUMNS, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_FIGURES)
def figure_files(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None, request=request)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            file = importing.hand_in(
                charity=entered["charity"],
                file_name=entered["file"].name,
                content=entered["file"].read(),
                actor=request.user,
            )
            return redirect("backoffice:figure_file", file.pk)
        except Unreadable as unreadable:
            form.add_error("file", str(unreadable))
    files = access.within(FigureFile.objects.defer("content"), request).order_by("-created_at")
    context = {
        "title": "Figures from a file",
        "breadcrumbs_items": crumbs(("Programmes", reverse("backoffice:programmes")), ("From a file", "")),
        "form": form,
        "media": form.media,
        "programmes": access.within(Programme.objects.order_by("title"), request),
        "rows": [(each, chip_html(_CHIPS[State(each.state)])) for each in files[:_LISTED]],
    }
    return render(request, "backoffice/impact/files.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ENTER_FIGURES)
def figure_file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """The dry run of one that was handed in; then how far it is, and what became of it."""
    found = access.one_of(FigureFile.objects.select_related("charity"), request, pk=file_id)
    judged = _judged(found) if found.state == State.DRAFT else []
    doubts = tables.doubted_places(judged)
    doubted = fingerprint(doubts) if doubts else ""
    if request.method == "POST" and (not doubted or request.POST.get("sure") == doubted):
        with transaction.atomic():
            if importing.submit(file_id=found.pk, actor=request.user):
                queue.enqueue(importing.JOB, f"figures:{found.pk}", {"file": str(found.pk)})
        return redirect("backoffice:figure_file", found.pk)
    context: dict[str, Any] = {
        "title": found.file_name,
        "breadcrumbs_items": crumbs(
            ("Programmes", reverse("backoffice:programmes")),
            ("From a file", reverse("backoffice:figure_files")),
            (found.file_name, ""),
        ),
        "file": found,
        "chip": chip_html(_CHIPS[State(found.state)]),
        "doubts": doubts,
        "doubted": doubted,
        "unsure": request.method == "POST",
    }
    if found.state == State.DRAFT:
        context |= _dry_run(judged)
    return render(request, "backoffice/impact/file.html", context)


def _judged(file: FigureFile) -> list[Judged]:
    lines = tables.read(bytes(file.content or b""))
    return list(tables.judge(lines, file.charity, countries=every_name()))


def _dry_run(judged: list[Judged]) -> dict[str, Any]:
    counts = {each: sum(row.verdict == each for row in judged) for each in Verdict}
    # What needs a person first: rows that aren't taken, then those that look like a slip.
    ordered = sorted(judged, key=lambda row: (_FIRST.index(row.verdict), not row.doubts, row.number))
    return {
        "counts": [(chip_html(_VERDICTS[each]), counts[each]) for each in _FIRST if counts[each]],
        "new": counts[Verdict.NEW],
        "verdicts": [(row, chip_html(_VERDICTS[row.verdict])) for row in ordered[:_SHOWN]],
        "more": max(0, len(judged) - _SHOWN),
    }
