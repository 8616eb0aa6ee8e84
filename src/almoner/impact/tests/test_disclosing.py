"""What was verified passes one gate, is judged beside all that was published, and is let out by two people."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User

from almoner.charities.models import AuditEntry
from almoner.impact import disclosing, releasing
from almoner.impact.models import Disclosure, Observation, Release, ReleaseApproval, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.releasing import NotReleasable
from almoner.impact.tests.making import make_breakdown, make_charity, make_figure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def people() -> tuple[User, User]:
    return User.objects.create_user("ana"), User.objects.create_user("ben")


def take(figures: Iterable[Figure], people: tuple[User, User]) -> None:
    for each in figures:
        decide(enter(each, actor=people[0]), accepted=True, role="Lead", actor=people[1])


def public() -> dict[str, int]:
    rows = disclosing.public().order_by("last", "pk")
    return {f"{each.category or 'all'} {each.last.year}": int(each.value) for each in rows}


def test_a_breakdown_waits_until_it_is_whole_and_hides_what_leads_to_people(
    people: tuple[User, User],
) -> None:
    figure = make_figure(make_charity())
    rows = make_breakdown(figure, {"under 12": 9, "12 to 17": 30, "older": 61})
    take(rows[:3], people)
    assert (public(), Disclosure.objects.count()) == ({"all 2022": 100}, 1)
    take(rows[3:], people)
    assert public() == {"all 2022": 100, "older 2022": 61}
    # A year on nobody of the older was added but three: that they were three must not be told.
    later = make_breakdown(figure, {"under 12": 19, "12 to 17": 50, "older": 64}, last=date(2023, 9, 15))
    take(later, people)
    assert public() == {"all 2022": 100, "older 2022": 61, "all 2023": 133}


def test_a_corrected_table_and_its_whole_wait_for_each_other(people: tuple[User, User]) -> None:
    figure = make_figure(make_charity())
    rows = make_breakdown(figure, {"under 12": 12, "12 to 17": 30, "older": 61})
    take(rows, people)
    assert len(public()) == 4
    whole = Observation.objects.get(dimension="")
    cell = Observation.objects.get(category="under 12")
    made = correct(whole, replace(rows[0], value=Decimal(95)), reason="Counted twice.", actor=people[0])
    decide(made, accepted=True, role="Lead", actor=people[1])
    assert public() == {"under 12 2022": 12, "12 to 17 2022": 30, "older 2022": 61}
    made = correct(cell, replace(rows[1], value=Decimal(4)), reason="Counted twice.", actor=people[0])
    decide(made, accepted=True, role="Lead", actor=people[1])
    # 95 less what was said before would be the four.
    assert public() == {"12 to 17 2022": 30, "older 2022": 61}
    assert Disclosure.objects.filter(shown=False).count() == 2


def test_what_leads_to_nobody_is_said(people: tuple[User, User]) -> None:
    figure = make_figure(make_charity())
    figure.indicator.at_risk = False
    figure.indicator.save()
    take(make_breakdown(figure, {"wells": 2, "taps": 0}), people)
    assert public() == {"all 2022": 2, "wells 2022": 2, "taps 2022": 0}


def test_a_small_number_that_its_source_made_public_is_let_out_by_two(people: tuple[User, User]) -> None:
    figure = make_breakdown(make_figure(make_charity()), {})[0]
    take([replace(figure, value=Decimal(2))], people)
    assert public() == {}
    two = Observation.objects.get()
    with pytest.raises(NotReleasable, match="where it has been made public"):
        releasing.release(two, reason=" ", actor=people[0])
    asked = releasing.release(two, reason="In the partner's own report.", actor=people[0])
    with pytest.raises(NotReleasable, match="already"):
        releasing.release(two, reason="Again.", actor=people[1])
    with pytest.raises(NotReleasable, match="Somebody else has to decide"):
        releasing.approve(asked, actor=people[0])
    assert (public(), Release.objects.count(), ReleaseApproval.objects.count()) == ({}, 1, 0)
    releasing.approve(asked, actor=people[1])
    assert public() == {"all 2022": 2}
    with pytest.raises(NotReleasable, match="already"):
        releasing.approve(asked, actor=people[1])
    assert AuditEntry.objects.filter(action__endswith="small figure").count() == 2


def test_what_was_refused_or_taken_back_may_be_asked_for_again(people: tuple[User, User]) -> None:
    ana, ben = people
    figure = make_breakdown(make_figure(make_charity()), {})[0]
    take([replace(figure, value=Decimal(2))], people)
    two = Observation.objects.get()
    asked = releasing.release(two, reason="In the report.", actor=ana)
    for act in (releasing.refuse, releasing.take_back):
        with pytest.raises(NotReleasable, match="Say why"):
            act(asked, reason=" ", actor=ben)
    with pytest.raises(NotReleasable, match="Somebody else has to decide"):
        releasing.refuse(asked, reason="No.", actor=ana)
    with pytest.raises(NotReleasable, match="Nobody has agreed"):
        releasing.take_back(asked, reason="No.", actor=ben)
    releasing.refuse(asked, reason="The report doesn't say so.", actor=ben)
    with pytest.raises(NotReleasable, match="refused already"):
        releasing.approve(asked, actor=ben)
    again = releasing.release(two, reason="On its page 4.", actor=ana)
    releasing.approve(again, actor=ben)
    assert public() == {"all 2022": 2}
    releasing.take_back(again, reason="Their report was withdrawn.", actor=ana)
    assert public() == {}
    with pytest.raises(NotReleasable, match="taken back already"):
        releasing.take_back(again, reason="Twice.", actor=ana)
    assert releasing.release(two, reason="It is back.", actor=ana).attempt == 3
    said = [each.action for each in AuditEntry.objects.filter(object_id=str(two.pk)).order_by("pk")]
    assert said[-6:] == [
        "ask to show small figure", "keep small figure hidden", "ask to show small figure", "show small figure",
        "hide small figure again", "ask to show small figure",
    ]  # fmt: skip


def test_only_what_is_small_itself_and_public_and_tells_no_other_is_let_out(
    people: tuple[User, User],
) -> None:
    figure = _each_time_alone()
    take(make_breakdown(figure, {"under 12": 3, "12 to 17": 4, "older": 20, "old": 40}), people)
    assert public() == {"all 2022": 67, "old 2022": 40}
    cells = {each.category: each for each in Observation.objects.exclude(category="")}
    assert {name: each.disclosure.why for name, each in cells.items()} == {
        "under 12": "small", "12 to 17": "small", "older": "beside", "old": "",
    }  # fmt: skip
    with pytest.raises(NotReleasable, match="small itself"):
        releasing.release(cells["older"], reason="In the report.", actor=people[0])
    with pytest.raises(NotReleasable, match="It isn’t hidden"):
        releasing.release(cells["old"], reason="In the report.", actor=people[0])
    first = releasing.release(cells["under 12"], reason="In the report.", actor=people[0])
    releasing.approve(first, actor=people[1])
    # Two are left, that make 24: neither can be told. With one more the other two of them could.
    releasing.release(cells["12 to 17"], reason="In the report.", actor=people[0])
    Source.objects.create(
        charity=figure.source.charity, title="Own list", dated=date(2022, 1, 1), access="internal",
        created_at=figure.source.created_at,
    )  # fmt: skip
    inside = replace(figure, value=Decimal(2), bound=Bound.EXACT, last=date(2021, 1, 1), as_of=date(2021, 1, 1),
                     source=Source.objects.latest("pk"))  # fmt: skip
    take([inside], people)
    with pytest.raises(NotReleasable, match="source isn’t public"):
        releasing.release(Observation.objects.get(value=2), reason="In the report.", actor=people[0])


def test_a_number_that_was_let_out_is_reckoned_with_for_ever(people: tuple[User, User]) -> None:
    rows = make_breakdown(_each_time_alone(), {"under 12": 3, "12 to 17": 14, "older": 20, "old": 40})
    take(rows, people)
    asked = releasing.release(
        Observation.objects.get(category="under 12"), reason="In the report.", actor=people[0]
    )
    releasing.approve(asked, actor=people[1])
    releasing.take_back(asked, reason="No longer.", actor=people[0])
    for wrong, value in ((rows[0], 86), (rows[1], 12)):
        before = Observation.objects.get(category=wrong.category)
        made = correct(before, replace(wrong, value=Decimal(value)), reason="Found nine.", actor=people[0])
        decide(made, accepted=True, role="Lead", actor=people[1])
    # The total less what was public, once, would tell the twelve.
    twelve = Observation.objects.get(category="under 12", value=12)
    assert (twelve.disclosure.shown, twelve.disclosure.why) == (False, "torn")


def test_a_group_of_a_running_series_is_not_let_out(people: tuple[User, User]) -> None:
    """One girl of 43 people, and 44 a year later: then the girls are one or two."""
    take(make_breakdown(make_figure(make_charity()), {"girls": 1, "boys": 42}), people)
    with pytest.raises(NotReleasable, match="counts from the beginning"):
        releasing.release(Observation.objects.get(category="girls"), reason="In it.", actor=people[0])


def _each_time_alone() -> Figure:
    figure = make_figure(make_charity())
    figure.indicator.cumulative = False
    figure.indicator.save()
    return figure
