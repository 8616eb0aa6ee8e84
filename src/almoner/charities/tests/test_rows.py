"""Composed statements do what the ORM would have done, with every kind of column, on both databases."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from almoner.charities.models import Charity
from almoner.charities.rows import Given, Select, insert, update
from almoner.giving import demo
from almoner.outbox.models import Job
from almoner.payments.models import Attempt
from almoner.supporters.models import Contact, Supporter

AT = datetime(2026, 11, 24, 5, 6, 7, 89, tzinfo=UTC)

by_gift = Select(
    lambda: (
        Attempt.objects.filter(
            gift_id=Given("gift_id", models.UUIDField()), created_at__lte=Given("at", models.DateTimeField())
        )
        .order_by("-ordinal")
        .values_list("id", "state", "next_action", "created_at", "look_at", "amount_minor")[:5]
    )
)


@pytest.fixture
def charity(db: None) -> Charity:
    return demo.seed()


def attempt(charity: Charity, **changes: object) -> Attempt:
    values = {
        "gift_id": uuid.uuid4(), "ordinal": 1, "charity": charity, "gateway": "sandbox", "method": "sandbox_card",
        "amount_minor": 5000, "currency": "AUD", "income_code": "income:general", "created_at": AT, "updated_at": AT,
        "next_action": {"kind": "redirect", "url": "/é/"},
    }  # fmt: skip
    return Attempt(**(values | changes))


def columns(model: type[models.Model], key: object) -> dict[str, object]:
    row = model._default_manager.filter(pk=key).values().get()
    return {
        name: value for name, value in row.items() if name not in ("id", "gift_id", "supporter_id", "email")
    }


def test_an_insert_leaves_the_row_that_the_orm_would(charity: Charity) -> None:
    ours, its = attempt(charity), attempt(charity)
    insert(ours)
    its.save(force_insert=True)
    assert columns(Attempt, ours.pk) == columns(Attempt, its.pk)
    assert (ours._state.adding, ours._state.db) == (False, "default")


def test_an_insert_brings_the_key_that_the_database_made(charity: Charity) -> None:
    texts = {
        "charity": charity,
        "given_name": "Ada",
        "address": {"line1": "1 George Street"},
        "created_at": AT,
    }
    first, second, its = Contact(**texts), Contact(**texts), Contact(**texts)
    insert(first, second)
    its.save(force_insert=True)
    assert first.pk < second.pk < its.pk
    assert columns(Contact, first.pk) == columns(Contact, its.pk)


def test_a_conflict_does_as_it_is_told(charity: Charity) -> None:
    def job() -> Job:
        return Job(kind="mail", dedupe_key="receipt:1", payload={"n": 1}, run_at=AT, created_at=AT)

    def person(name: str) -> Supporter:
        found = Supporter(charity=charity, email_key="ada@example.org", name=name, created_at=AT)
        insert(
            found,
            on_conflict="ON CONFLICT (charity_id, email_key) DO UPDATE SET email_key = EXCLUDED.email_key",
        )
        return found

    insert(job(), on_conflict="ON CONFLICT DO NOTHING")
    again = job()
    insert(again, on_conflict="ON CONFLICT DO NOTHING")
    assert (Job.objects.count(), again.pk) == (1, None)
    assert person("Ada").pk == person("Another").pk
    assert Supporter.objects.get().name == "Ada"


def test_a_key_that_is_taken_raises_what_the_orm_raises(charity: Charity) -> None:
    first = attempt(charity)
    insert(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(attempt(charity, gift_id=first.gift_id))
    assert Attempt.objects.count() == 1


def test_an_update_counts_the_rows_that_were_as_it_expects(charity: Charity) -> None:
    row = attempt(charity)
    insert(row)
    assert update(Attempt, {"state": "created", "next_action": None}, id=row.pk, state="confirming") == 0
    assert (
        update(Attempt, {"state": "created", "next_action": None, "look_at": AT}, id=row.pk, state="new") == 1
    )
    row.refresh_from_db()
    assert (row.state, row.next_action, row.look_at) == ("created", None, AT)
    assert not Attempt.objects.filter(next_action__isnull=False).exists()


def test_a_select_gives_what_values_list_gives_and_composes_once(charity: Charity) -> None:
    gift_id = uuid.uuid4()
    insert(attempt(charity, gift_id=gift_id), attempt(charity))
    insert(attempt(charity, gift_id=gift_id, ordinal=2, state="failed"))
    expected = list(
        Attempt.objects.filter(gift_id=gift_id)
        .order_by("-ordinal")
        .values_list("id", "state", "next_action", "created_at", "look_at", "amount_minor")
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert by_gift.all(gift_id=gift_id, at=AT) == expected
        assert by_gift.first(gift_id=gift_id, at=AT) == expected[0]
    assert len(queries) == 2
    assert by_gift.first(gift_id=uuid.uuid4(), at=AT) is None
    assert by_gift.all(gift_id=gift_id, at=datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_a_model_is_as_the_orm_would_have_made_it(
    charity: Charity, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ours = attempt(charity)
    insert(ours)
    composed = Select[Attempt](
        lambda: (
            Attempt.objects.filter(gift_id=Given("gift_id", models.UUIDField()))
            .select_related("charity")
            .annotate(twice=models.F("amount_minor") * 2)
        )
    )
    for _ in range(2):
        with django_assert_num_queries(1):
            (found,) = composed.all(gift_id=ours.gift_id)
            assert (found.pk, found.charity, found.created_at) == (ours.pk, charity, AT)
            assert (found.next_action, found.twice, found._state.adding) == (ours.next_action, 10_000, False)  # type: ignore[attr-defined]
    assert composed.all(gift_id=uuid.uuid4()) == []


def test_a_model_of_few_columns_asks_for_the_others_when_they_are_read(charity: Charity) -> None:
    ours = attempt(charity)
    insert(ours)
    few = Select[Attempt](
        lambda: Attempt.objects.filter(pk=Given("pk", models.UUIDField())).only("state", "currency")
    )
    (found,) = few.all(pk=ours.pk)
    assert found.get_deferred_fields() >= {"amount_minor", "created_at"}
    assert (found.currency, found.amount_minor) == ("AUD", 5000)
