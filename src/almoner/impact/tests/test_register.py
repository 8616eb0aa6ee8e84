"""A number is entered by one, verified by another, corrected in the open, and never changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from almoner.charities.models import AuditEntry
from almoner.impact import standing
from almoner.impact.models import Dimension, Disclosure, Observation, Source, Verification
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotDecidable, NotEntered, correct, decide, decide_all, enter
from almoner.impact.tests.making import make_charity, make_figure, make_indicator, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana")


@pytest.fixture
def ben() -> User:
    return User.objects.create_user("ben")


@pytest.fixture
def figure() -> Figure:
    return make_figure(make_charity())


def stands(figure: Figure) -> str | None:
    found = standing.newest([figure.indicator]).get(figure.indicator.pk)
    return f"{found.bound} {found.value.normalize():f}" if found is not None else None


def test_it_stands_once_somebody_else_looked(figure: Figure, ana: User, ben: User) -> None:
    observation = enter(figure, actor=ana)
    assert stands(figure) is None
    with pytest.raises(NotDecidable, match="Somebody else has to look at it"):
        decide(observation, accepted=True, role="Editor", actor=ana)
    with pytest.raises(NotDecidable, match="in which role"):
        decide(observation, accepted=True, role=" ", actor=ben)
    assert (stands(figure), Verification.objects.count()) == (None, 0)
    decide(observation, accepted=True, role="Programme lead", actor=ben)
    assert stands(figure) == "more_than 1000"
    with pytest.raises(NotDecidable, match="already"):
        decide(observation, accepted=False, role="Programme lead", actor=ben)
    said = {"indicator": "Children rescued", "value": "1000"}
    assert [*AuditEntry.objects.order_by("pk").values_list("action", "actor_name", "detail")] == [
        ("enter figure", "ana", said), ("verify figure", "ben", said),
    ]  # fmt: skip


def test_what_was_sent_back_never_stands(figure: Figure, ana: User, ben: User) -> None:
    decide(enter(figure, actor=ana), accepted=False, role="Editor", note="The report says 900.", actor=ben)
    assert stands(figure) is None


def test_what_was_sent_back_and_never_stood_is_not_corrected(figure: Figure, ana: User, ben: User) -> None:
    right = replace(figure, value=Decimal(991), bound=Bound.EXACT)
    back, waits = enter(figure, actor=ana), enter(replace(figure, value=Decimal(1100)), actor=ana)
    decide(back, accepted=False, role="Editor", note="The report says 900.", actor=ben)
    with pytest.raises(NotEntered, match="sent back and never stood") as refused:
        correct(back, right, reason="Nine were counted twice.", actor=ana)
    assert refused.value.field == "value"
    # Nor by way of a correction that was entered while it waited, once that was sent back, too.
    between = correct(waits, right, reason="Nine were counted twice.", actor=ana)
    decide(waits, accepted=False, role="Editor", actor=ben)
    decide(between, accepted=False, role="Editor", actor=ben)
    with pytest.raises(NotEntered, match="sent back and never stood"):
        correct(between, right, reason="Nine were counted twice.", actor=ana)
    assert (Observation.objects.count(), stands(figure)) == (3, None)
    decide(enter(right, actor=ana), accepted=True, role="Editor", actor=ben)
    assert stands(figure) == "exact 991"


def test_a_correction_takes_its_place_when_it_is_verified(figure: Figure, ana: User, ben: User) -> None:
    wrong = enter(figure, actor=ana)
    decide(wrong, accepted=True, role="Editor", actor=ben)
    right = replace(figure, value=Decimal(991), bound=Bound.EXACT)
    with pytest.raises(NotEntered, match="what changed and why"):
        correct(wrong, right, reason="  ", actor=ben)
    corrected = correct(wrong, right, reason="Nine were counted twice.", actor=ben)
    assert stands(figure) == "more_than 1000"
    with pytest.raises(NotEntered, match="corrected already"):
        correct(wrong, right, reason="Again.", actor=ben)
    decide(corrected, accepted=True, role="Editor", actor=ana)
    assert stands(figure) == "exact 991"
    assert [each.pk for each in standing.history(corrected)] == [wrong.pk]
    assert Observation.objects.count() == 2


@pytest.mark.parametrize("times", [1, 2, 9])
def test_a_correction_that_was_sent_back_is_corrected_and_takes_the_first_ones_place(
    figure: Figure, ana: User, ben: User, times: int
) -> None:
    wrong = last = enter(figure, actor=ana)
    decide(wrong, accepted=True, role="Editor", actor=ben)
    for number in range(times):
        last = correct(last, replace(figure, value=Decimal(900 + number)), reason="Counted again.", actor=ana)
        decide(last, accepted=False, role="Editor", actor=ben)
        assert stands(figure) == "more_than 1000"
    right = correct(last, replace(figure, value=Decimal(880)), reason="Counted again.", actor=ana)
    decide(right, accepted=True, role="Editor", actor=ben)
    assert [each.pk for each in standing.standing()] == [right.pk]


def test_two_corrections_wait_and_the_later_one_is_accepted_first(
    figure: Figure, ana: User, ben: User
) -> None:
    first = enter(figure, actor=ana)
    decide(first, accepted=True, role="Editor", actor=ben)
    between = correct(first, replace(figure, value=Decimal(900)), reason="Counted again.", actor=ana)
    last = correct(between, replace(figure, value=Decimal(880)), reason="Counted again.", actor=ana)
    decide(last, accepted=True, role="Editor", actor=ben)
    assert {each.pk for each in standing.standing()} == {first.pk, last.pk}, "one between is undecided"
    decide(between, accepted=False, role="Editor", actor=ben)
    assert [each.pk for each in standing.standing()] == [last.pk]


def test_a_newer_one_stands_and_an_older_that_comes_late_does_not(
    figure: Figure, ana: User, ben: User
) -> None:
    later = replace(figure, last=date(2023, 6, 30), as_of=date(2023, 6, 30), value=Decimal(1100))
    earlier = replace(figure, last=date(2021, 12, 31), as_of=date(2021, 12, 31), value=Decimal(800))
    Dimension.objects.create(indicator=figure.indicator, name="sex", categories=["girls", "boys"])
    cell = replace(later, dimension="sex", category="girls", value=Decimal(700))
    for each in (figure, later, earlier, cell):
        decide(enter(each, actor=ana), accepted=True, role="Editor", actor=ben)
    assert stands(figure) == "more_than 1100"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": Decimal("-1")}, "value"),
        ({"value": Decimal("1.5")}, "value"),
        ({"value": Decimal("NaN")}, "value"),
        ({"value": Decimal("Infinity")}, "value"),
        ({"value": Decimal(10) ** 15}, "value"),
        ({"last": date(2010, 12, 31)}, "last"),
        ({"as_of": date(2010, 12, 31)}, "as_of"),
        # It is 20 November in Sydney.
        ({"as_of": date(2026, 11, 21)}, "as_of"),
        ({"dimension": "sex"}, "category"),
        ({"category": "girls"}, "category"),
        ({"dimension": "town", "category": "girls"}, "dimension"),
        ({"dimension": "sex", "category": "Maria"}, "category"),
    ],
)
def test_what_cannot_be_is_refused(figure: Figure, ana: User, changes: dict[str, Any], field: str) -> None:
    Dimension.objects.create(indicator=figure.indicator, name="sex", categories=["girls", "boys"])
    with pytest.raises(NotEntered) as refused:
        enter(replace(figure, **changes), actor=ana)
    assert refused.value.field == field
    assert (Observation.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_share_has_decimals_and_ends_at_a_hundred(figure: Figure, ana: User) -> None:
    share = make_indicator(make_charity("other"), slug="share", measure="percent")
    wanted = replace(
        figure,
        indicator=share,
        source=make_source(share.result.programme.charity),
        value=Decimal("99.5"),
        bound=Bound.EXACT,
    )
    assert enter(wanted, actor=ana).quantity.counted is False
    for value in ("100.1", "0.00001"):
        with pytest.raises(NotEntered):
            enter(replace(wanted, value=Decimal(value)), actor=ana)
    with pytest.raises(NotEntered, match="another charity"):
        enter(replace(wanted, source=figure.source), actor=ana)


@pytest.mark.parametrize("table", ["source", "observation", "verification"])
def test_nothing_of_it_can_be_changed_or_lost(figure: Figure, ana: User, ben: User, table: str) -> None:
    observation = enter(figure, actor=ana)
    decide(observation, accepted=True, role="Editor", actor=ben)
    rows: Any = {"source": Source, "observation": Observation, "verification": Verification}[table].objects
    changed = {"source": {"title": "x"}, "observation": {"value": 1}, "verification": {"accepted": False}}[
        table
    ]
    for act in (lambda: rows.update(**changed), lambda: rows.all()._raw_delete(rows.db)):
        with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
            act()
    assert stands(figure) == "more_than 1000"


def test_several_are_decided_together_or_not_at_all(figure: Figure, ana: User, ben: User) -> None:
    first = enter(figure, actor=ana)
    second = enter(replace(figure, as_of=figure.as_of + timedelta(days=30), value=Decimal(1100)), actor=ana)
    own = enter(replace(figure, as_of=figure.as_of + timedelta(days=60), value=Decimal(1200)), actor=ben)
    with pytest.raises(NotDecidable, match="Somebody else"):
        decide_all([first, second, own], accepted=True, role="Programme lead", actor=ben)
    assert (stands(figure), Verification.objects.count()) == (None, 0)
    made = decide_all([second, first, second], accepted=True, role="Programme lead", actor=ben)
    assert [each.observation for each in made] == [second, first]
    assert stands(figure) == "more_than 1100"
    assert Disclosure.objects.filter(observation__in=[first, second], shown=True).count() == 2
    with pytest.raises(NotDecidable, match="already"):
        decide_all([own, first], accepted=True, role="Programme lead", actor=User.objects.create_user("eve"))
    assert Verification.objects.count() == 2
