"""A place so small that it may show who is meant is asked about wherever figures of people at risk are entered."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_impact import accept, month_url, typed
from almoner.config.wiring import HANDLERS
from almoner.impact import importing
from almoner.impact.models import Dimension, Indicator, Observation
from almoner.impact.tests.making import make_indicator
from almoner.outbox.worker import drain

VILLAGE: Final = "Barangay Santa Cruz"
ASKED: Final = "A place so small may show who is meant: name the country or region."


@pytest.fixture(autouse=True)
def _now() -> Any:
    """20 November in Sydney: October is over."""
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def indicator(world: World) -> Indicator:
    return make_indicator(world.tide.charity, since=date(2011, 1, 1))


@pytest.fixture
def field(world: World) -> Client:
    return world.client("field worker")


def at(indicator: Indicator, place: str, **more: Any) -> dict[str, Any]:
    return typed(indicator, **{f"place_{indicator.pk}": place}) | more


def sure(html: str) -> str:
    found = re.search(r'name="sure"\s+value="(\w+)"', html)
    return found[1] if found is not None else ""


def doubts(html: str) -> int:
    return html.count(ASKED)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "Philippines",
        "the philippines",
        "Philippinen",
        "الفلبين",
        "Kenya and Uganda",
        "Kenia, Uganda",
        "COTE D'IVOIRE",
    ],
)
def test_a_country_is_not_asked_about(world: World, indicator: Indicator, field: Client, place: str) -> None:
    assert field.post(month_url(indicator), at(indicator, place)).status_code == 302
    assert Observation.objects.get().place == place
    assert doubts(world.client("editor").get(reverse("backoffice:figure_queue")).content.decode()) == 0


@pytest.mark.parametrize("place", [VILLAGE, "Philippines, Santa Cruz", "Kenyaville", "and"])
def test_a_village_is_asked_about_and_seen_again_by_who_verifies(
    world: World, indicator: Indicator, field: Client, place: str
) -> None:
    asked = field.post(month_url(indicator), at(indicator, place)).content.decode()
    assert doubts(asked) == 1 and f"“{place}” is no country" in asked
    assert re.search(r'<details class="bo-more" open>', asked)
    assert Observation.objects.count() == 0
    # What was confirmed is this place, and no other.
    other = field.post(month_url(indicator), at(indicator, "Santa Maria", sure=sure(asked))).content.decode()
    assert "“Santa Maria” is no country" in other and Observation.objects.count() == 0
    assert field.post(month_url(indicator), at(indicator, place, sure=sure(asked))).status_code == 302
    queue = world.client("editor").get(reverse("backoffice:figure_queue")).content.decode()
    assert doubts(queue) == 1


def test_what_a_second_person_accepted_is_not_asked_about_again(
    world: World, indicator: Indicator, field: Client
) -> None:
    """Of the same programme, however it is written; what was sent back, or waits, was accepted by nobody."""
    for month, day in (("2026-08", "2026-08-31"), ("2026-09", "2026-09-30")):
        sent = at(indicator, "Central Visayas", **{f"as_of_{indicator.pk}": day})
        asked = field.post(month_url(indicator, month), sent).content.decode()
        assert doubts(asked) == 1
        assert field.post(month_url(indicator, month), sent | {"sure": sure(asked)}).status_code == 302
        newest = Observation.objects.latest("as_of")
        accept(world, newest, do="back" if month == "2026-08" else "accept", note="Which region?")
    assert field.post(month_url(indicator), at(indicator, "central  visayas")).status_code == 302
    elsewhere = make_indicator_of_another_programme(indicator)
    sent = at(elsewhere, "Central Visayas")
    asked = field.post(month_url(elsewhere), sent).content.decode()
    assert doubts(asked) == 1
    field.post(month_url(elsewhere), sent | {"sure": sure(asked)})
    # Both wait, each for its own programme.
    queue = world.client("editor").get(reverse("backoffice:figure_queue")).content.decode()
    assert ("Wells dug" in queue, "Children rescued" in queue, doubts(queue)) == (True, True, 1)


def make_indicator_of_another_programme(indicator: Indicator) -> Indicator:
    result = indicator.result
    programme = result.programme
    programme.pk, programme.slug = None, "wells"
    programme.save()
    result.pk, result.programme = None, programme
    result.save()
    return Indicator.objects.create(result=result, slug="dug", title="Wells dug", rule="Each once.")


def test_only_of_people_at_risk_and_once_a_row(indicator: Indicator, field: Client) -> None:
    dimension = Dimension.objects.create(indicator=indicator, name="age", categories=["child", "grown up"])
    cells = {f"cell_{dimension.pk}_0": "900", f"cell_{dimension.pk}_1": "300"}
    assert doubts(field.post(month_url(indicator), at(indicator, VILLAGE, **cells)).content.decode()) == 1
    Indicator.objects.update(at_risk=False)
    assert field.post(month_url(indicator), at(indicator, VILLAGE, **cells)).status_code == 302
    assert Observation.objects.filter(place=VILLAGE).count() == 3


def test_a_correction_is_asked_about_too(world: World, indicator: Indicator, field: Client) -> None:
    field.post(month_url(indicator), at(indicator, "Philippines"))
    wrong = Observation.objects.get()
    accept(world, wrong)
    url = reverse("backoffice:correct_figure", args=[wrong.pk])
    sent = {
        "value": "1,190", "bound": "exact", "first": "2011-01-01", "last": "2026-10-31", "as_of": "2026-10-31",
        "place": VILLAGE, "reason": "Counted twice.", "source": wrong.source_id,
    }  # fmt: skip
    asked = field.post(url, sent).content.decode()
    assert ASKED in asked and Observation.objects.count() == 1
    assert field.post(url, sent | {"sure": "another"}).status_code == 200
    assert field.post(url, sent | {"sure": sure(asked)}).status_code == 302
    assert Observation.objects.get(supersedes=wrong).place == VILLAGE


def test_a_file_waits_until_its_places_are_confirmed(
    world: World, indicator: Indicator, field: Client
) -> None:
    head = "programme,indicator,first,last,as_of,value,place,source_title,source_date,source_kept_at"
    row = "rescue,rescued,2011-01-01,{0},{0},{1},{2},Report,2026-11-05,Office"
    lines = [row.format(f"2026-{month:02}-28", 100 + month, VILLAGE) for month in range(1, 4)]
    lines.append(row.format("2026-04-28", 104, "Philippines"))
    file = SimpleUploadedFile("october.csv", "\n".join([head, *lines]).encode())
    sent = {"charity": world.tide.charity.pk, "file": file}
    url = field.post(reverse("backoffice:figure_files"), sent).headers["Location"]
    report = field.get(url).content.decode()
    # Once above the button, and in each row.
    assert doubts(report) == 1 + 3 and "Nothing was entered yet" not in report
    for unsure in ("", "another"):
        refused = field.post(url, {"sure": unsure})
        assert refused.status_code == 200 and "Nothing was entered yet" in refused.content.decode()
    drain({importing.JOB: HANDLERS[importing.JOB]})
    assert Observation.objects.count() == 0
    assert field.post(url, {"sure": sure(report)}).status_code == 302
    drain({importing.JOB: HANDLERS[importing.JOB]})
    assert Observation.objects.filter(place=VILLAGE).count() == 3 and Observation.objects.count() == 4


def test_the_queue_asks_one_question_more_for_places_however_many(
    world: World, indicator: Indicator, field: Client
) -> None:
    Indicator.objects.update(at_risk=False)
    for month in range(1, 6):
        day = f"2026-{month:02}-28"
        sent = at(indicator, f"Village {month}", **{f"as_of_{indicator.pk}": day})
        answer = field.post(month_url(indicator, day[:7]), sent)
        if month > 1:
            sent["sure"] = sure(answer.content.decode())
            answer = field.post(month_url(indicator, day[:7]), sent)
        assert answer.status_code == 302
    editor, counts = world.client("editor"), []
    for at_risk in (False, True):
        Indicator.objects.update(at_risk=at_risk)
        editor.get(reverse("backoffice:figure_queue"))
        with CaptureQueriesContext(connection) as queries:
            shown = editor.get(reverse("backoffice:figure_queue")).content.decode()
        counts.append((len(queries), doubts(shown)))
    assert [each for _, each in counts] == [0, 5]
    assert counts[1][0] == counts[0][0] + 1
