"""`GET /give/addresses/` over the application as it is served: exact answers, headers, limits, and nothing kept."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from almoner.addresses.finder import FinderUnavailable, Suggestion, finder_for, use_finders
from almoner.config import wiring
from almoner.config.application import Application
from almoner.giving import finding
from almoner.giving.finding import Addresses, Buckets, Turns, note_of

TOWN_HALL = "483 George Street, Sydney NSW 2000"
NOTHING = {"found": [], "manual": False}
BY_HAND = {"found": [], "manual": True}


class Served:
    """The site's own application, asked without a server and without Django having been called."""

    def __init__(self) -> None:
        self._application: Application = wiring.application()

    def __call__(
        self, query: str, *, path: str = "/give/addresses/", method: str = "GET", **environ: str
    ) -> tuple[int, dict[str, str], bytes]:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        asked = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query,
            "HTTP_HOST": "testserver", "REMOTE_ADDR": "198.51.100.7",
        }  # fmt: skip
        body = self._application(asked | environ, lambda status, headers: begun.append((status, headers)))
        (status, headers) = begun[0]
        names = [name.lower() for name, _ in headers]
        assert len(names) == len(set(names)), "no header stands twice"
        return int(status[:3]), {name.lower(): value for name, value in headers}, b"".join(body)

    def json(self, q: str, country: str = "AU", **more: str) -> Any:
        status, _, body = self(urlencode({"country": country, "q": q}), **more)
        assert status == 200
        return json.loads(body)


@pytest.fixture
def ask() -> Served:
    """No database is marked: a query of one would fail the test."""
    return Served()


class Broken:
    """A finder whose `find` does whatever a test wants of it."""

    country, source, release, attribution = "AU", "test", "1", ""

    def __init__(self, find: Callable[[], tuple[Suggestion, ...]]) -> None:
        self._find = find

    def find(self, query: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
        return self._find()

    def get(self, key: str) -> Suggestion | None:
        return None


def test_what_is_found_exactly(ask: Served) -> None:
    status, headers, body = ask("country=AU&q=sydney%20town%20hall")
    expected = {
        "found": [{"label": f"Sydney Town Hall, {TOWN_HALL}", "key": TOWN_HALL, "note": ""}],
        "manual": False,
    }
    assert (status, json.loads(body)) == (200, expected)
    assert headers == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "public, max-age=60",
        "etag": headers["etag"],
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": headers["permissions-policy"],
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex",
    }


def test_unchanged_head_and_other_methods(ask: Served) -> None:
    query = "country=AU&q=483%20geor"
    _, headers, body = ask(query)
    assert ask(query, HTTP_IF_NONE_MATCH=headers["etag"])[::2] == (304, b"")
    assert ask(query, HTTP_IF_NONE_MATCH='"other"')[2] == body
    assert ask(query, method="HEAD") == (200, headers, b"")


def test_nothing_of_the_asker_changes_the_answer(ask: Served) -> None:
    plain = ask("country=AU&q=483%20geor")
    for more in (
        {"HTTP_COOKIE": "staff=1; csrf=2"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_ORIGIN": "https://x.y"},
    ):
        assert ask("country=AU&q=483%20geor", **more) == plain
    assert "set-cookie" not in plain[1] and "access-control-allow-origin" not in plain[1]
    assert "vary" not in plain[1], "it varies with its address alone"


def test_a_number_that_isnt_known_is_said_in_the_pages_language(ask: Served) -> None:
    row = ask.json("999 george street sydney")["found"][0]
    assert row == {
        "label": "George Street, Sydney NSW 2000",
        "key": "999 George Street, Sydney NSW 2000",
        "note": "We don’t know number 999 there; it stays as you typed it",
    }
    arabic = ask.json("999 george street sydney", path="/ar/give/addresses/")["found"][0]
    assert arabic["key"] == row["key"] and "999" in arabic["note"]
    assert arabic["note"] != row["note"]
    flat = ask.json("3/483 george st sydney")["found"][0]
    assert (flat["key"], flat["note"]) == (f"3/{TOWN_HALL}", row["note"].replace("999", "3"))


@pytest.mark.parametrize(
    ("key", "label", "typed"),
    [
        ("999 George Street, Sydney", "George Street, Sydney", "number 999"),
        ("Unit 4, 9 High Street", "9 High Street", "“Unit 4”"),
        ("Hauptstraße 99, 10115 Berlin", "Hauptstraße, 10115 Berlin", "number 99"),
        ("1 11th Street", "11th Street", "number 1"),
    ],
)
def test_the_note_names_what_the_donor_typed(key: str, label: str, typed: str) -> None:
    address = finder_for("AU").find("sydney town hall")[0].address  # type: ignore[union-attr]
    suggestion = Suggestion(key, label, address, known=False)
    assert note_of(suggestion) == f"We don’t know {typed} there; it stays as you typed it"
    assert note_of(replace(suggestion, known=True)) == ""


@pytest.mark.parametrize("query", ["PO Box 12", "GPO Box 4", "Locked Bag 1", "c/o the vicar", "RMB 12 Yass"])
def test_what_no_file_holds_is_typed_by_hand(ask: Served, query: str) -> None:
    assert ask.json(query) == BY_HAND


@pytest.mark.parametrize("query", ["", "ge", "2000", "12 g", "   ", "48 3 1", "😀😀😀", "g" * 201])
def test_too_little_and_too_much_find_nothing(ask: Served, query: str) -> None:
    assert ask.json(query) == NOTHING


@pytest.mark.parametrize("country", ["JP", "DE", "XX", "", "A/../U", "au\0", "AUS"])
def test_a_country_without_a_finder(ask: Served, country: str) -> None:
    assert ask.json("483 george street", country) == BY_HAND


def test_no_more_than_eight_and_nothing_turns_the_page(ask: Served) -> None:
    first = ask.json("queen")
    assert len(first["found"]) == 8
    for more in ("&limit=20", "&page=2", "&offset=8", "&q=elsewhere"):
        assert json.loads(ask("country=AU&q=queen" + more)[2]) == first
    assert {frozenset(row) for row in first["found"]} == {frozenset({"label", "key", "note"})}


def test_a_query_string_of_another_kind_is_nothing(ask: Served) -> None:
    for text in (
        "",
        "&&&",
        "q",
        "country=AU",
        "=".join("abc"),
        "&".join(["q=george"] * 50),
        "q=" + "%41" * 5000,
    ):
        assert ask(text)[0] == 200
        assert json.loads(ask(text)[2])["found"] == []


@given(st.text(max_size=220), st.text(max_size=3) | st.sampled_from(["AU", "GB"]))
@hypothesis(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_query_is_too_strange(query: str, country: str) -> None:
    addresses = Addresses(common=[], buckets=Buckets(burst=1e9))
    text = "country=" + quote(country, safe="") + "&q=" + quote(query.encode("utf-8", "replace"), safe="")
    reply = addresses.reply(text, client="198.51.100.7")
    answer = json.loads(reply.body)
    assert reply.status == "200 OK" and set(answer) == {"found", "manual"}
    # How long the strangest take is measured by `script/bench addresses`.
    assert len(answer["found"]) <= 8
    assert addresses.reply(text, client="::1").body == reply.body


# ---- Limits ----------------------------------------------------------------------------------------------------


def test_a_burst_and_so_many_a_second(ask: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    buckets = Buckets(clock=lambda: clock[0])
    monkeypatch.setattr(
        ask._application._inner._keystrokes, "_addresses", Addresses(common=[], buckets=buckets)
    )
    statuses = [ask("country=AU&q=ge")[0] for _ in range(201)]
    assert (statuses[:200], statuses[200]) == ([200] * 200, 429)
    status, headers, body = ask("country=AU&q=george")
    assert (status, headers["retry-after"], headers["cache-control"], body) == (429, "1", "no-store", b"{}")
    assert ask("country=AU&q=ge", REMOTE_ADDR="198.51.100.8")[0] == 200
    clock[0] += 1
    assert [ask("country=AU&q=ge")[0] for _ in range(41)] == [200] * 40 + [429]


def test_an_ipv6_household_is_one_and_memory_is_bounded() -> None:
    buckets = Buckets(burst=1, capacity=3, clock=lambda: 0.0)
    addresses = Addresses(common=[], buckets=buckets)

    def status(client: str) -> str:
        return addresses.reply("q=ge", client=client).status[:3]

    assert [status(f"2001:db8:1:2::{n}") for n in (1, 2)] == ["200", "429"]
    assert status("2001:db8:1:3::1") == "200"
    for number in range(50):
        status(f"192.0.2.{number}")
    assert len(buckets._left) == 3


def test_proxies_of_ours_say_who_asks(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    ask = Served()
    one = Addresses(common=[], buckets=Buckets(burst=1, clock=lambda: 0.0))
    monkeypatch.setattr(ask._application._inner._keystrokes, "_addresses", one)
    forwarded = [ask("q=ge", HTTP_X_FORWARDED_FOR=f"9.9.9.9, 192.0.2.{n}")[0] for n in (1, 1, 2)]
    assert forwarded == [200, 429, 200]


# ---- A finder that can't answer ----------------------------------------------------------------------------------


def test_a_finder_that_is_down(ask: Served, finders: None) -> None:
    def down() -> tuple[Suggestion, ...]:
        raise FinderUnavailable("gone")

    use_finders([Broken(down)])
    status, headers, body = ask("country=AU&q=george%20street")
    assert (status, json.loads(body)) == (200, BY_HAND)
    assert headers["cache-control"] == "no-store" and "etag" not in headers


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def test_a_finder_that_hangs_holds_four_threads_and_no_more(finders: None, stuck: threading.Event) -> None:
    hanging = threading.Semaphore(0)

    def hang() -> tuple[Suggestion, ...]:
        hanging.release()
        stuck.wait(60)
        return ()

    use_finders([Broken(hang)])
    addresses = Addresses(common=[], turns=Turns(wait_seconds=0.2))
    threads = [
        threading.Thread(target=addresses.reply, args=("country=AU&q=george",), kwargs={"client": "::1"})
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for _ in threads:
        assert hanging.acquire(timeout=60)
    begun = time.monotonic()
    replies = [addresses.reply("country=AU&q=george", client="::1") for _ in range(100)]
    # All of them would wait for a minute, and a busy machine has its pauses.
    assert time.monotonic() - begun < 30, "only the first of them waited"
    assert {json.loads(reply.body)["manual"] for reply in replies} == {True}
    stuck.set()
    for each in threads:
        each.join()
    assert json.loads(addresses.reply("country=AU&q=george", client="::1").body) == NOTHING


def test_no_query_reaches_a_log(
    ask: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    # Put together here: a traceback in the log quotes this file's lines.
    canary = "canary" + "question"
    ask.json(f"{canary} street 7")
    ask(f"q={canary}&" + "x=1&" * 50)
    ask(f"country=AU&q={canary}", method="POST", CONTENT_LENGTH="0", **{"wsgi.input": sys.stdin.buffer})  # type: ignore[arg-type]
    written = capfd.readouterr()
    assert canary not in caplog.text + written.out + written.err


def test_bounds_are_what_the_reference_says() -> None:
    buckets = Buckets()
    assert (buckets.per_second, buckets.burst, finding.MAX_FOUND) == (40, 200, 8)
