"""PostgreSQL takes no more connections: donors are told when to come back, nobody is charged for nothing, and all that
was typed is given once there is room."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from os import getpid
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from psycopg import sql

from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from tests.crash.drill import hold_to_account, page_to_submit, sandbox_of, visitor, work
from tests.support.databases import LiveDb
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]
_ROLE = f"almoner_few_{getpid()}"
_MOST = 3


@pytest.fixture
def few(live_db: LiveDb) -> Iterator[LiveDb]:
    """The same database, for a role of three connections: a full server refuses it as PostgreSQL itself would."""
    if live_db.vendor != "postgresql":
        pytest.skip("SQLite has no connections that could run out")
    role = sql.Identifier(_ROLE)
    with closing(psycopg.connect(live_db.url, autocommit=True)) as owner:
        owner.execute(
            sql.SQL("CREATE ROLE {} LOGIN CONNECTION LIMIT {} IN ROLE CURRENT_USER").format(
                role, sql.Literal(_MOST)
            )
        )
        try:
            address = urlsplit(live_db.url)
            host = address.netloc.rpartition("@")[2]
            yield replace(live_db, url=address._replace(netloc=f"{_ROLE}@{host}").geturl())
        finally:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [_ROLE]
            )
            owner.execute(sql.SQL("DROP ROLE {}").format(role))


def pressed(client: httpx.Client, form: dict[str, str]) -> httpx.Response:
    return client.post("/give/4840/submit/", data=form)


def test_a_full_server_is_503_and_the_same_form_is_a_gift_when_there_is_room(
    few: LiveDb, new_server: NewServer
) -> None:
    demo.seed()
    site = new_server(ALMONER_DATABASE_URL=few.url, ALMONER_DATABASE_KEEP_SECONDS="0")
    with visitor(site) as client:
        form = page_to_submit(client, "ada@example.org")
        with ExitStack() as taken:
            for _ in range(_MOST):
                taken.enter_context(closing(psycopg.connect(few.url)))
            refused = pressed(client, form)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert "try again" in refused.text.lower()
            assert client.get("/health/ready").status_code == 503
            assert client.get("/health/live").status_code == 200
        assert not Gift.objects.exists() and list(sandbox_of(site).store.charges()) == []
        wait_until(lambda: client.get("/health/ready").is_success)
        assert pressed(client, form).status_code == 303
    work(site)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    hold_to_account(site)


def test_more_donors_than_connections_are_all_thanked_once(few: LiveDb, new_server: NewServer) -> None:
    """Eight threads for three connections, and twenty-four donors: who is refused presses again, as the page says."""
    demo.seed()
    # It is the database that refuses here, neither the gauge of threads nor the limits of one address.
    site = new_server(ALMONER_DATABASE_URL=few.url, ALMONER_SHED_STEPS="101", ALMONER_LIMIT_ATTEMPTS="10000")

    def gives(number: int) -> set[int]:
        answers: set[int] = set()
        with visitor(site) as client:
            form: dict[str, str] = {}

            def thanked() -> bool:
                nonlocal form
                try:
                    form = form or page_to_submit(client, f"donor{number}@example.org")
                except AssertionError:
                    # A step before the last was refused: there was no token in its page.
                    return False
                answers.add(pressed(client, form).status_code)
                return 303 in answers

            wait_until(thanked, says=lambda: f"donor {number} was answered {answers}")
        return answers

    with ThreadPoolExecutor(8 * _MOST) as donors:
        answers = set().union(*donors.map(gives, range(8 * _MOST)))
    assert answers == {303, 503}
    work(site)
    assert Gift.objects.filter(status=GiftStatus.SETTLED).count() == 8 * _MOST
    hold_to_account(site)
