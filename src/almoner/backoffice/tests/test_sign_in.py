"""Signing in and a forgotten password: how often one may try, and that no answer tells who has an account."""

import re
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.databases import LiveDb

from almoner.backoffice.entrance import throttle
from almoner.backoffice.entrance.sign_in import TOO_MANY
from almoner.backoffice.models import SignInTry
from almoner.config.wiring import HANDLERS
from almoner.kernel.clock import now
from almoner.outbox import worker
from almoner.outbox.models import Job

PASSWORD = "a long enough passphrase"


@pytest.fixture
def pat(db: None) -> User:
    return User.objects.create_superuser("pat", "pat@example.org", PASSWORD)


def sign_in(password: str, *, name: str = "pat", address: str = "203.0.113.7") -> Any:
    return Client(REMOTE_ADDR=address).post("/admin/login/", {"username": name, "password": password})


def fail(times: int, **given: Any) -> None:
    for _ in range(times):
        sign_in("wrong", **given)


def test_staff_a_password_cant_be_guessed_at_leisure(pat: User) -> None:
    answers = [sign_in("wrong").status_code for _ in range(40)]
    assert answers == [200] * 5 + [429] * 35
    right = sign_in(PASSWORD)
    assert right.status_code == 429
    assert right["Retry-After"] == "300"
    assert TOO_MANY in right.content.decode()
    assert "staff" not in right.cookies


def test_after_some_minutes_one_may_try_again_whatever_came_meanwhile(pat: User) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        fail(5)
    with time_machine.travel(start + timedelta(minutes=4), tick=False):
        assert sign_in("wrong").status_code == 429
    with time_machine.travel(start + timedelta(minutes=5, seconds=1), tick=False):
        assert sign_in(PASSWORD).status_code == 302


def test_spelling_and_the_half_of_an_ipv6_network_make_no_new_account_or_network(pat: User) -> None:
    for number, name in enumerate(("pat", "PAT", " pat", "Pat ", "pAt")):
        sign_in("wrong", name=name, address=f"2001:db8:1:2::{number}")
    assert sign_in(PASSWORD, address="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(PASSWORD, address="2001:db8:1:3::1").status_code == 302


def test_one_network_may_try_so_many_accounts(pat: User) -> None:
    for number in range(30):
        sign_in("wrong", name=f"name{number}")
    assert sign_in(PASSWORD).status_code == 429
    assert sign_in(PASSWORD, address="203.0.113.8").status_code == 302


def test_many_networks_cant_guess_one_account_nor_shut_its_owner_out(pat: User) -> None:
    assert sign_in(PASSWORD, address="198.51.100.1").status_code == 302
    for number in range(20):
        sign_in("wrong", address=f"203.0.113.{number}")
    assert sign_in(PASSWORD, address="203.0.113.200").status_code == 429
    assert sign_in(PASSWORD, address="198.51.100.1").status_code == 302


def test_enumeration_known_and_unknown_names_get_one_answer(pat: User) -> None:
    User.objects.create_user("closed", password=PASSWORD, is_active=False)

    def shown(name: str, address: str) -> str:
        body = sign_in("wrong", name=name, address=address).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body).replace(f'value="{name}"', "")

    names = ("pat", "nobody", "closed")
    for _ in range(7):
        bodies = {shown(name, f"203.0.113.{number}") for number, name in enumerate(names)}
        assert len(bodies) == 1


def test_tries_hold_neither_names_nor_addresses(pat: User) -> None:
    sign_in("wrong")
    row = SignInTry.objects.values().get()
    assert "pat" not in str(row) and "203.0.113" not in str(row)


def test_tries_are_forgotten(pat: User) -> None:
    start = now()
    fail(2)
    sign_in(PASSWORD)
    with time_machine.travel(start + timedelta(days=2)):
        assert throttle.prune() == 2
    with time_machine.travel(start + timedelta(days=31)):
        assert throttle.prune() == 1


def test_many_at_once_are_counted_too(live_db: LiveDb) -> None:
    admitted: list[bool] = []

    def attempt() -> None:
        admitted.append(throttle.begin("pat", "203.0.113.7") is not None)
        connections.close_all()

    threads = [Thread(target=attempt) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 30
    assert sum(admitted) <= 5


def ask(email: str, **headers: Any) -> Any:
    return Client(**headers).post("/admin/password_reset/", {"email": email})


def test_enumeration_a_forgotten_password_takes_one_path_for_all(pat: User) -> None:
    # The log's first entry ever takes a query more.
    ask("somebody@example.org", REMOTE_ADDR="203.0.113.7")
    queries = []
    for email in ("pat@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as counted:
            answer = ask(email, REMOTE_ADDR="203.0.113.7")
        queries.append([re.sub(r"'[^']*'|\d+", "?", row["sql"])[:60] for row in counted.captured_queries])
        assert (answer.status_code, answer["Location"]) == (302, "/admin/password_reset/done/")
    assert queries[0] == queries[1]
    assert mail.outbox == []
    assert [job.payload for job in Job.objects.order_by("pk")] == [
        {"users": []},
        {"users": [pat.pk]},
        {"users": []},
    ]
    worker.drain(HANDLERS)
    assert [message.to for message in mail.outbox] == [["pat@example.org"]]


def test_the_mails_link_sets_a_new_password(pat: User, settings: Any) -> None:
    ask("PAT@example.org", HTTP_HOST="localhost")
    worker.drain(HANDLERS)
    body = str(mail.outbox[0].body)
    link = re.search(rf"{settings.SITE_URL}(/admin/password_reset/confirm/\S+)", body)
    assert link is not None and "Almoner" in mail.outbox[0].subject and "Wagtail" not in body
    client = Client()
    where = client.get(link[1], follow=True).request["PATH_INFO"]
    new = "another long passphrase"
    client.post(where, {"new_password1": new, "new_password2": new})
    assert sign_in(new).status_code == 302


def test_nobodys_mailbox_is_filled(pat: User) -> None:
    for _ in range(12):
        assert ask("pat@example.org").status_code == 302
    worker.drain(HANDLERS)
    assert len(mail.outbox) == 5


PAGES = [
    "/admin/login/",
    "/admin/password_reset/",
    "/admin/password_reset/done/",
    "/admin/password_reset/complete/",
]


@pytest.mark.parametrize("path", [*PAGES, "/admin/password_reset/confirm/MQ/x-y/"])
def test_the_door_is_the_products(path: str, db: None) -> None:
    body = Client().get(path).content.decode()
    seen = re.sub(r"<[^>]+>", " ", body)
    assert "Wagtail" not in seen
    assert "*" not in seen
    assert 'class="bo-mark"' in body
    assert "<script" not in body


def test_the_door_says_what_it_is(db: None) -> None:
    assert re.search(r"<h1>\s*Sign in to Almoner\s*</h1>", Client().get("/admin/login/").content.decode())
