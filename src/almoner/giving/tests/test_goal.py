"""A goal's bar: counted from the books as of the last whole minute, so that every process shows the same bytes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from almoner.charities.models import Charity
from almoner.giving import catalogue
from almoner.giving.goals import goal_time
from almoner.giving.models import DonationForm
from almoner.giving.tests.checking import text_of
from almoner.giving.tests.conftest import Donor
from almoner.ledger.books import Entry, TaggedIncome, post, tagged_income

MINUTE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


class Process:
    """A memory of its own, as another worker has."""

    def __init__(self) -> None:
        self._known = catalogue._Known(None)

    def get(self, path: str) -> HttpResponse:
        memory = catalogue._Memory
        others, memory.known = memory.known, self._known
        try:
            return Client().get(path)
        finally:
            self._known, memory.known = memory.known, others


@pytest.mark.parametrize("path", ["/give/4840/", "/ar/give/4840/", "/give/4840/?amount=50"])
def test_two_processes_show_the_same_bytes_all_minute_and_move_together(donor: Donor, path: str) -> None:
    one, other = Process(), Process()
    with time_machine.travel(MINUTE + timedelta(seconds=10), tick=False) as clock:
        empty = one.get(path).content
        donor.give(donor.to_payment())
        for second in (20, 59, 64):
            clock.move_to(MINUTE + timedelta(seconds=second))
            # One has known the form since before the gift, the other has just begun.
            assert one.get(path).content == empty
            assert Process().get(path).content == empty
        assert other.get(path).content == empty
        clock.move_to(MINUTE + timedelta(seconds=65))
        moved = one.get(path).content
        assert moved != empty
        assert other.get(path).content == Process().get(path).content == moved
    assert b"$50" in moved


def test_the_minute_turns_when_its_postings_are_committed() -> None:
    for second, minute in ((4.999, -1), (5, 0), (59, 0), (64.9, 0), (65, 1)):
        expected = MINUTE + timedelta(minutes=minute)
        assert goal_time(MINUTE + timedelta(seconds=second)) == expected, second


@pytest.fixture
def book(charity: Charity) -> Callable[..., None]:
    """Post one thing to the books of a form, so many seconds after the minute."""

    def write(debit: str, credit: str, amount_minor: int, kind: str, *, second: int, of: str = "1") -> None:
        post(
            [Entry(debit, credit, amount_minor, kind)],
            charity_id=charity.pk, currency="AUD", source="test", source_id=of, tag="form:1",
            at=MINUTE + timedelta(seconds=second),
        )  # fmt: skip

    return write


def test_what_stood_in_the_books_at_a_moment(book: Callable[..., None]) -> None:
    book("clearing:x", "income:a", 5_000, "charge", second=0)
    book("fees:x", "clearing:x", 90, "fee", second=0)
    book("clearing:x", "income:a", 700, "charge", second=1, of="2")
    book("income:a", "clearing:x", 5_000, "return", second=2)
    book("clearing:x", "income:a", 5_000, "charge:2", second=3)
    book("refunds:a", "clearing:x", 200, "refund", second=4, of="3")
    seen = [tagged_income("form:1", "AUD", before=MINUTE + timedelta(seconds=second)) for second in range(6)]
    assert seen == [
        TaggedIncome(0, 0),
        TaggedIncome(5_000, 1),
        TaggedIncome(5_700, 2),
        TaggedIncome(700, 1),
        TaggedIncome(5_700, 2),
        TaggedIncome(5_500, 2),
    ]
    later = MINUTE + timedelta(days=1)
    assert tagged_income("form:2", "AUD", before=later) == tagged_income("form:1", "NZD", before=later)
    assert tagged_income("form:2", "AUD", before=later) == TaggedIncome(0, 0)


def test_the_bar_counts_what_the_books_hold(donor: Donor) -> None:
    with time_machine.travel(MINUTE, tick=False) as clock:
        donor.give(donor.to_payment())
        donor.give(donor.to_payment(), "lost_card")
        donor.give(donor.to_payment(), method="bank_transfer")
        clock.shift(timedelta(seconds=70))
        page = text_of(donor.client.get("/give/4840/"))
    assert "<bdi>$50</bdi></b> given towards" in page
    assert "1 gift so far" in page


def test_a_form_without_a_goal_is_not_made_anew_each_minute(donor: Donor, form: DonationForm) -> None:
    DonationForm.objects.update(goal_minor=None)
    with time_machine.travel(MINUTE, tick=False) as clock:
        spec = catalogue.form_of(form.charity, "4840")
        assert spec is not None
        look = spec.look("en")
        clock.shift(timedelta(hours=1))
        assert spec.look("en") is look and look.goal is None
