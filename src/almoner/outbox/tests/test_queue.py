from datetime import timedelta

import pytest
from django.db import transaction

from almoner.kernel.clock import now
from almoner.outbox.models import Job, State
from almoner.outbox.queue import enqueue, prune, revive

pytestmark = pytest.mark.django_db


def test_asked_twice_is_one_job() -> None:
    enqueue("mail", "receipt:1", {"receipt": 1})
    enqueue("mail", "receipt:1", {"receipt": 2})
    assert list(Job.objects.values_list("kind", "payload", "state", "attempts")) == [
        ("mail", {"receipt": 1}, "ready", 0)
    ]


def test_work_of_an_act_that_failed_is_not_asked_for() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("mail", "receipt:1")
        _ = 1 / 0
    assert not Job.objects.exists()


def test_prune_drops_only_what_was_done_long_ago() -> None:
    long_ago = now() - timedelta(days=100)
    for key, state, finished_at in (
        ("old", State.DONE, long_ago),
        ("new", State.DONE, now()),
        ("dead", State.DEAD, long_ago),
        ("waiting", State.READY, None),
    ):
        enqueue("mail", key)
        Job.objects.filter(dedupe_key=key).update(state=state, finished_at=finished_at, created_at=long_ago)
    assert prune() == 1
    assert set(Job.objects.values_list("dedupe_key", flat=True)) == {"new", "dead", "waiting"}


def test_a_person_revives_a_dead_job() -> None:
    enqueue("mail", "receipt:1")
    Job.objects.update(state=State.DEAD, finished_at=now(), attempts=20, last_error="mailbox full")
    revive(Job.objects.get())
    assert Job.objects.values_list("state", "attempts", "finished_at", "last_error").get() == (
        "ready",
        0,
        None,
        "",
    )
