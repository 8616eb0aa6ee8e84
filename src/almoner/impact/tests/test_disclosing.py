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
from almoner.impact import disclosing
from almoner.impact.disclosing import NotReleasable
from almoner.impact.models import Disclosure, Observation, Release, ReleaseApproval
from almoner.impact.register import Figure, correct, decide, enter
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
        disclosing.release(two, reason=" ", actor=people[0])
    asked = disclosing.release(two, reason="In the partner's own report.", actor=people[0])
    with pytest.raises(NotReleasable, match="already"):
        disclosing.release(two, reason="Again.", actor=people[1])
    with pytest.raises(NotReleasable, match="Somebody else has to agree"):
        disclosing.approve(asked, actor=people[0])
    assert (public(), Release.objects.count(), ReleaseApproval.objects.count()) == ({}, 1, 0)
    disclosing.approve(asked, actor=people[1])
    assert public() == {"all 2022": 2}
    with pytest.raises(NotReleasable, match="already"):
        disclosing.approve(asked, actor=people[1])
    assert AuditEntry.objects.filter(action__endswith="small figure").count() == 2
