"""Where a figure stands can be looked at again; and a source that is known is found in the menu."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.config.wiring import HANDLERS
from almoner.impact import importing
from almoner.impact.models import Indicator, Observation, Source
from almoner.impact.register import enter
from almoner.impact.tests.making import make_figure, make_indicator, make_result, make_source
from almoner.kernel.clock import now
from almoner.outbox.worker import drain

NOWHERE = "Say where the source can be looked at: its address, its file, or where it is kept on paper."
HEAD = "programme,indicator,first,last,as_of,value,source_title,source_date"
ROW = "rescue,rescued,2011-01-01,{0},{0},{1},October report,2026-11-05"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def indicator(world: World) -> Indicator:
    """Its programme cites one source, of before a source had to have a place."""
    figure = make_figure(world.tide.charity)
    enter(figure, actor=world.users["field worker"])
    return figure.indicator


@pytest.fixture
def field(world: World) -> Client:
    return world.client("field worker")


def month_url(indicator: Indicator) -> str:
    return reverse("backoffice:figures_of_month", args=[indicator.result.programme_id]) + "?month=2026-10"


def typed(indicator: Indicator, **more: Any) -> dict[str, Any]:
    pk = indicator.pk
    return {
        f"value_{pk}": "1,200", f"bound_{pk}": "exact", f"as_of_{pk}": "2026-10-31",
        "source_title": "October report", "source_dated": "2026-11-05", "source_access": "internal",
    } | more  # fmt: skip


def rows() -> tuple[int, int]:
    return Observation.objects.count(), Source.objects.count()


@pytest.mark.parametrize(
    "place",
    [
        {"source_url": "https://example.org/october"},
        {"source_kept_at": "Office in Manila, folder 12"},
        {"source_file": b"%PDF-1.7"},
    ],
)
def test_a_new_source_has_an_address_a_file_or_a_place(
    indicator: Indicator, field: Client, place: dict[str, Any]
) -> None:
    before = rows()
    for nothing in ({}, {"source_kept_at": "  "}):
        refused = field.post(month_url(indicator), typed(indicator, **nothing))
        assert (refused.status_code, refused.content.decode().count(NOWHERE), rows()) == (200, 2, before)
        # It stands at a field, to which the form's head leads.
        assert f'<a href="#id_source_url">Address</a>: {NOWHERE}' in refused.content.decode()
        assert refused.context["form"].errors == {"source_url": [NOWHERE]}
    if "source_file" in place:
        place = {"source_file": SimpleUploadedFile("october.pdf", place["source_file"])}
    assert field.post(month_url(indicator), typed(indicator, **place)).status_code == 302
    assert rows() == (before[0] + 1, before[1] + 1)
    kept = Source.objects.latest("pk")
    assert [bool(kept.url), bool(kept.kept_at), bool(kept.file_sha256)].count(True) == 1


def test_an_old_one_without_a_place_may_still_be_cited(indicator: Indicator, field: Client) -> None:
    old = Source.objects.get()
    assert (old.url, old.file_sha256, old.kept_at) == ("", "", "")
    named = {"source": old.pk, "source_title": "", "source_dated": ""}
    assert field.post(month_url(indicator), typed(indicator, **named)).status_code == 302
    assert rows() == (2, 1)


def test_a_row_of_a_file_says_where_its_source_is(world: World, indicator: Indicator, field: Client) -> None:
    """One that the register has stays known; of others that stand nowhere none is taken, nor is its source kept."""
    old = Source.objects.get()
    lines = [
        ROW.format("2026-08-31", 1100) + ",",
        ROW.format("2026-09-30", 1150) + ',"Office in Manila, folder 12"',
        f"rescue,rescued,2011-01-01,2022-09-30,2022-09-30,1001,{old.title},{old.dated},",
    ]
    content = "\n".join([HEAD + ",source_kept_at", *lines]).encode()
    Source.objects.create(
        charity=old.charity, title=old.title, dated=old.dated, access="internal", created_at=now()
    )
    sent = {"charity": world.tide.charity.pk, "file": SimpleUploadedFile("october.csv", content)}
    url = field.post(reverse("backoffice:figure_files"), sent).headers["Location"]
    report = field.get(url).content.decode()
    assert (report.count(NOWHERE), "Enter 2 figures" in report) == (1, True)
    field.post(url)
    drain({importing.JOB: HANDLERS[importing.JOB]})
    entered = Observation.objects.filter(as_of__year__gte=2022).exclude(as_of=date(2022, 9, 15))
    assert sorted(entered.values_list("value", "source__kept_at")) == [
        (1001, ""), (1150, "Office in Manila, folder 12"),
    ]  # fmt: skip
    assert Source.objects.count() == 3


def menu(html: str) -> list[tuple[str, list[str]]]:
    """Each group with its sources, in order."""
    chosen = re.search(r'<select[^>]* name="source"[^>]*>.*?</select>', html, re.DOTALL)
    assert chosen is not None
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', chosen[0], re.DOTALL)
    return [(label, re.findall(r"<option[^>]*>([^<]+)</option>", inside)) for label, inside in groups]


def test_the_programmes_own_sources_come_first_then_the_newest(
    world: World, indicator: Indicator, field: Client
) -> None:
    charity = world.tide.charity
    for title, dated in (("Audit", "2025-03-01"), ("Census", "2026-02-01"), ("Survey", "2026-05-01")):
        Source.objects.create(
            charity=charity, title=title, dated=date.fromisoformat(dated), kept_at="Office", created_at=now()
        )
    make_source(world.river.charity)
    expected = [
        ("Of this programme", ["Annual report, 31 December 2022"]),
        ("Others of 2026", ["Survey, 1 May 2026", "Census, 1 February 2026"]),
        ("Others of 2025", ["Audit, 1 March 2025"]),
    ]
    assert menu(field.get(month_url(indicator)).content.decode()) == expected
    wrong = Observation.objects.get()
    correction = field.get(reverse("backoffice:correct_figure", args=[wrong.pk])).content.decode()
    assert menu(correction) == expected
    # Else a browser would send the file's name alone.
    assert 'enctype="multipart/form-data"' in correction
    assert f'<option value="{wrong.source_id}" selected>' in correction
    other = make_indicator(charity, result=make_result(charity, "wells")).result.programme
    wells = field.get(reverse("backoffice:figures_of_month", args=[other.pk])).content.decode()
    assert [label for label, _ in menu(wells)] == ["Others of 2026", "Others of 2025", "Others of 2022"]
