"""Which tests run on PostgreSQL after SQLite: all but those that can't reach a database, and most of a browser's."""

import pytest
from tests.support.databases import LiveDb, runs_on_both


@pytest.fixture
def through_another(live_db: LiveDb) -> LiveDb:
    return live_db


def test_one_that_asks_for_no_database_reaches_none(request: pytest.FixtureRequest) -> None:
    assert not runs_on_both(request.node)


@pytest.mark.django_db
def test_one_that_is_marked_does(request: pytest.FixtureRequest) -> None:
    assert runs_on_both(request.node)


def test_one_that_asks_through_another_fixture_does(
    request: pytest.FixtureRequest, through_another: LiveDb
) -> None:
    assert runs_on_both(request.node)


@pytest.mark.once
def test_one_that_is_about_something_else_is_left_out_whatever_it_asks_for(
    request: pytest.FixtureRequest, through_another: LiveDb
) -> None:
    assert not runs_on_both(request.node)


@pytest.mark.browser
def test_one_of_a_browser_is_left_out_whatever_it_asks_for(
    request: pytest.FixtureRequest, through_another: LiveDb
) -> None:
    assert not runs_on_both(request.node)


@pytest.mark.both
@pytest.mark.browser
def test_one_of_a_browser_that_is_marked_both_is_not(request: pytest.FixtureRequest) -> None:
    assert runs_on_both(request.node)
