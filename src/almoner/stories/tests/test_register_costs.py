"""What the register in public costs: the same number of queries however much it holds, and what caches may keep."""

import random
from datetime import date
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from almoner.charities.models import Charity
from almoner.charities.sites import stamps
from almoner.impact import disclosing, releasing
from almoner.impact.models import Indicator, Observation, Partner, Partnership, Programme, Target
from almoner.impact.tests.making import Person
from almoner.stories.models import StoryPage
from almoner.stories.tests import fetched

pytestmark = pytest.mark.django_db
# Of a programme with its figures, breakdowns, targets and partners.
QUERIES: Final = {
    "/data/programmes.json": 11,
    "/data/figures.csv": 9,
    "/data/iati-activities.xml": 13,
    "/data/iati-organisation.xml": 3,
    "/programmes/": 9,
    "/programmes/wells/": 16,
    # One of them asks how stories say it.
    "/figures/wells/i0/": 12,
}


def grow(indicators: int) -> Programme:
    """A programme of that many indicators, each with two tables, a target, and a source of its own."""
    charity = Charity.objects.get()
    dice = random.Random(1)
    made, series = fetched._made(dice, charity, indicators)
    Programme.objects.filter(pk=made.pk).update(slug="wells", title="Wells")
    for each in series:
        for _ in range(2):
            fetched._publish(dice, each)
        Target.objects.create(
            indicator=each.indicator, first=date(2016, 1, 1), last=date(2030, 12, 31), value=500
        )
    for number in range(indicators):
        partner = Partner.objects.create(charity=charity, name=f"Partner {made.slug} {number}", kind="21")
        Partnership.objects.create(programme=made, partner=partner, role="4")
    return made


def asked(reader: Client, path: str) -> int:
    assert reader.get(path).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(path).status_code == 200
    return len(queries)


def test_as_many_queries_for_two_indicators_as_for_forty(first_story: StoryPage, reader: Client) -> None:
    few = grow(2)
    assert {path: asked(reader, path) for path in QUERIES} == QUERIES
    Programme.objects.filter(pk=few.pk).update(public=False, slug="few")
    grow(40)
    assert {path: asked(reader, path) for path in QUERIES} == QUERIES


def test_as_many_queries_for_one_programme_as_for_many(first_story: StoryPage, reader: Client) -> None:
    few = grow(2)
    for at in range(6):
        Programme.objects.filter(pk=few.pk).update(slug=f"more{at}")
        few = grow(2)
    assert {path: asked(reader, path) for path in QUERIES} == QUERIES


@pytest.mark.parametrize("path", QUERIES)
def test_what_caches_keep_follows_the_register(first_story: StoryPage, reader: Client, path: str) -> None:
    """A shared cache keeps it a minute; a browser asks each time, and hears that nothing changed."""
    grow(2)
    first = reader.get(path)
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert not first.cookies
    again = reader.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    if not path.startswith("/data/"):
        assert first.ready is True  # type: ignore[attr-defined]


def test_a_figure_that_is_let_out_and_taken_back_changes_the_tags_and_the_stamp(
    first_story: StoryPage, reader: Client
) -> None:
    indicator = Indicator.objects.get(slug="restored")
    source = Observation.objects.get(indicator=indicator).source
    few = Observation.objects.create(
        indicator=indicator, first=date(2010, 1, 1), last=date(2010, 3, 1), as_of=date(2010, 3, 1), value=2,
        bound="exact", source=source, entered_by_id=-1, entered_by_name="ana", entered_at=timezone.now(),
    )  # fmt: skip
    fetched.Verification.objects.create(
        observation=few, accepted=True, role="Lead", by_id=-2, by_name="ben", at=timezone.now()
    )
    disclosing.settle(indicator)
    programme = indicator.result.programme.slug
    paths = (
        "/data/programmes.json",
        "/data/figures.csv",
        "/data/iati-activities.xml",
        f"/programmes/{programme}/",
    )

    def tags() -> list[str]:
        return [reader.get(path)["ETag"] for path in paths]

    hidden, before = tags(), stamps()
    asked_for = releasing.release(few, reason="In its source.", actor=Person(-1, "ana"))
    assert (tags(), stamps()) == (hidden, before)
    releasing.approve(asked_for, actor=Person(-2, "ben"))
    out, after = tags(), stamps()
    assert after != before and [one for one, other in zip(out, hidden, strict=True) if one == other] == []
    releasing.take_back(asked_for, reason="Withdrawn.", actor=Person(-2, "ben"))
    assert tags() == hidden and stamps() != after
