"""What Prometheus reads of a running server: one count over all its processes, and how the work stands."""

import re
from collections.abc import Callable

import pytest

from almoner.config import measures
from almoner.giving import demo
from almoner.giving.models import Gift
from tests.crash.drill import page_to_submit, visitor
from tests.support.server import Site
from tests.test_server import ask

TOKEN = "a-token-of-the-metrics-0123"


def scraped(site: Site, token: str = TOKEN) -> str:
    answer = ask(site, "GET", "/metrics", Authorization=f"Bearer {token}")
    assert answer.status == 200
    return answer.read().decode()


def value(text: str, name: str, **labels: str) -> float:
    """The one sample of these labels; 0 if there is none."""
    wanted = {f'{key}="{word}"' for key, word in labels.items()}
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name and set(filter(None, (found[2] or "").split(","))) == wanted:
            return float(found[3])
    return 0.0


def test_one_count_over_all_processes_and_nothing_of_a_person(new_server: Callable[..., Site]) -> None:
    demo.seed()
    site = new_server(ALMONER_METRICS_TOKEN=TOKEN, ALMONER_WORKERS="2")
    for _ in range(30):
        assert ask(site, "GET", "/health/live").status == 200
    with visitor(site) as donor:
        form = page_to_submit(donor, "canary@example.org")
        assert donor.post("/give/4840/submit/", data=form).status_code == 303
        thanks = donor.post("/give/4840/submit/", data=form).headers["location"]
        assert donor.get(thanks).status_code == 200
    text = scraped(site)
    # Until it was ready, it was asked as well: by `ready`, in the same part.
    live = value(text, "almoner_request_seconds_count", method="GET", part="health", status="2xx")
    assert live >= 31
    assert value(text, "almoner_request_seconds_count", method="POST", part="form", status="3xx") == 2
    assert value(text, "almoner_request_seconds_count", method="GET", part="thanks", status="2xx") == 1
    assert value(text, "almoner_gifts_last_hour", status="settled") == 1
    assert value(text, "almoner_attempts_last_hour", gateway="sandbox", state="succeeded") == 1
    assert value(text, "almoner_jobs", state="ready") == Gift.objects.count() == 1
    assert value(text, "almoner_database_up") == 1
    assert not any(word in text for word in ("canary", "/give/", Gift.objects.get().reference))


@pytest.mark.once
def test_without_the_token_there_is_nothing(new_server: Callable[..., Site]) -> None:
    site = new_server(ALMONER_METRICS_TOKEN=TOKEN)
    assert ask(site, "GET", "/metrics").status == 404
    assert ask(site, "GET", "/metrics", Authorization=f"Bearer {TOKEN}x").status == 404
    # A scraper names whatever host it was told.
    assert ask(site, "GET", "/metrics", Authorization=f"Bearer {TOKEN}", Host="elsewhere").status == 200
    site.processes[0].kill()
    site.serve(ALMONER_METRICS_TOKEN="")
    assert ask(site, "GET", "/metrics", Authorization="Bearer ").status == 404


@pytest.mark.django_db
def test_how_the_work_stands_is_few_questions(django_assert_num_queries: Callable[..., object]) -> None:
    measures.read()
    savepoint = 2
    from_postgresql = 1 if measures.connection.vendor == "postgresql" else 0
    with django_assert_num_queries(15 + savepoint + from_postgresql):
        measures.read()
