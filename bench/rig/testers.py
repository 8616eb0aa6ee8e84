"""Card testers and honest donors at one form, as requests over keep-alive connections; a process of its own.

A tester takes only what it needs: no page for its own sake, no style, no script. Testers adapt: each try has an email
of its own, a small amount and a fresh form, or the form that the decline came with; five come from one address at once;
some are in an IPv6 network in which no two tries share an address. bench/attack starts as many of these processes as
it wants, each with its share; they print a line of JSON every few seconds.
"""

import argparse
import base64
import hashlib
import json
import re
import select
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from functools import partial
from html import unescape
from typing import Any, Final

from rig.load import Client, Later
from rig.walks import Astray, Response, Walk, get, location_of, person, post, value_of

TESTERS: Final = "testers.example"
DONORS: Final = "donors.example"
_FORM: Final = "/give/4840/"
_TELL_EVERY_SECONDS: Final = 5.0
_ANSWER_WITHIN_SECONDS: Final = 60.0
# So many tries in a row come from one address, and at once.
_BURST: Final = 5
# Of a hundred networks so many are IPv6's.
_IPV6_PERCENT: Final = 10
# How a hundred testers go on; the rest press the button and see.
_HOSTED, _AGAIN, _WORKING, _REPLAYING = 20, 20, 2, 3
# Of those who take the gateway's page so many do the work for it: one in fifty.
_WORKING_ELSEWHERE: Final = 50
_PRESSES: Final = 4
_TRIES: Final = 3
# How often a donor comes back whom the server had no time for.
_COMES_BACK: Final = 12

# What an answer is, and the answer.
_Answer = Generator[bytes, Response, Response]
_Ask = Callable[[bytes], _Answer]


class Field:
    """All that this process does, and what was counted: `pressed` are the testers' submits."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self.counts: Counter[str] = Counter()
        self._tester = self._donor = 0
        self._solution = ""

    @property
    def told(self) -> dict[str, int]:
        return dict(self.counts)

    def next_walk(self, host: str) -> Walk | None:
        """The next to come: a donor when one is due, so that they are spread over the whole attack."""
        given = self._given
        due = given.honest * self.counts["pressed"] // given.attempts
        over = self.counts["pressed"] >= given.attempts
        if self._donor < given.honest and (over or self._donor <= due):
            self._donor += 1
            return self._give(host, (self._donor - 1) * given.processes + given.process)
        if over:
            return None
        self._tester += 1
        return self._test(host, (self._tester - 1) * given.processes + given.process)

    # Testers

    def _test(self, host: str, number: int) -> Walk:
        """One tester's tries, each with the card of somebody else."""
        proxy = self._proxy(number // (_BURST * self._given.processes), number)
        kind = number // 7 % 100
        page = yield from self._to_payment(host, proxy, number, f"t{number}@{TESTERS}", _once, amount="2")
        if page is None:
            return
        page = yield from self._press(host, proxy, page, kind)
        if kind < _HOSTED:
            yield from self._elsewhere(host, proxy, page)
        elif kind < _HOSTED + _AGAIN:
            for _ in range(_PRESSES - 1):
                if page.status != 200 or b'name="token"' not in page.body:
                    return
                page = yield from self._press(host, proxy, page, kind)

    def _press(self, host: str, proxy: str, page: Response, kind: int) -> _Answer:
        number = self.counts["pressed"]
        self.counts["pressed"] += 1
        more: dict[str, str] = {}
        if b"data-challenge" in page.body and kind >= 100 - _WORKING - _REPLAYING:
            if kind >= 100 - _WORKING:
                self._solution = worked(page)
                self.counts["solved"] += 1
            more = {"altcha": self._solution}
        # Nine of ten cards are dead.
        outcome = "success" if number % 10 == 0 else "lost_card"
        answer = yield self._submit(host, proxy, page, "sandbox_card", outcome, more)
        self.counts[f"answered {answer.status}"] += 1
        return answer

    def _elsewhere(self, host: str, proxy: str, page: Response) -> Walk:
        """To the gateway's own page, where that is what is left, and a card is tried there."""
        if page.status != 200 or b'name="token"' not in page.body or _offers_card(page):
            return
        more: dict[str, str] = {}
        if b"data-challenge" in page.body and self.counts["pressed"] % _WORKING_ELSEWHERE == 0:
            more = {"altcha": worked(page)}
            self.counts["solved"] += 1
        self.counts["pressed"] += 1
        moved = yield self._submit(host, proxy, page, "sandbox_hosted", "", more)
        self.counts[f"answered {moved.status}"] += 1
        if moved.status in (302, 303):
            yield from self._checkout(host, proxy, location_of(moved), "lost_card", _once)

    # Donors

    def _give(self, host: str, number: int) -> Walk:
        """A donor with a browser: it does the work that it is asked for, the page that is offered is taken, and who is
        told to try again in some seconds does. Each tenth one's first card is declined."""
        shared = number < self._given.shared
        proxy = self._proxy(0 if shared else self._given.addresses + number, number)
        self.counts["honest"] += 1
        waits: list[float] = []
        ask = partial(self._patiently, waits)
        yield from ask(get(host, _FORM, proxy))
        page = yield from self._to_payment(host, proxy, number, f"donor{number}@{DONORS}", ask, amount="50")
        fails, asked = number % 10 == 3, False
        for _ in range(_TRIES + fails):
            if page is None or b'name="token"' not in page.body:
                break
            works, elsewhere = b"data-challenge" in page.body, not _offers_card(page)
            asked = asked or works or elsewhere
            more = {"altcha": worked(page)} if works else {}
            outcome, fails = "insufficient_funds" if fails else "success", False
            method = "sandbox_hosted" if elsewhere else "sandbox_card"
            page = yield from ask(self._submit(host, proxy, page, method, outcome, more))
            if page.status in (302, 303):
                thanks = yield from self._arrive(host, proxy, location_of(page), outcome, ask)
                if b"Thank You" in thanks.body:
                    self.counts["honest delayed" if asked or waits else "honest at once"] += 1
                    return
                page = thanks
            asked = asked or outcome == "success"
        self.counts["honest lost"] += 1
        shown = b"" if page is None else page.body
        print(f"donor {number} was lost: {shown[:3000]!r}", file=sys.stderr)

    def _patiently(self, waits: list[float], request: bytes) -> _Answer:
        """Ask, and come back after the time that a 503 names, as a person presses *Try again*."""
        answer = yield request
        while answer.status == 503 and len(waits) < _COMES_BACK:
            self.counts["honest 503"] += 1
            waits.append(_retry_after(answer))
            answer = yield Later(request, seconds=waits[-1])
        return answer

    def _arrive(self, host: str, proxy: str, path: str, outcome: str, ask: _Ask) -> _Answer:
        if "/sandbox/" in path:
            return (yield from self._checkout(host, proxy, path, outcome, ask))
        return (yield from ask(get(host, _path(path), proxy)))

    def _checkout(self, host: str, proxy: str, path: str, outcome: str, ask: _Ask) -> _Answer:
        """The gateway's page, and back."""
        answer = yield from ask(post(host, _path(path), {"outcome": outcome}, proxy))
        self.counts["hosted decided"] += 1
        while answer.status in (302, 303):
            answer = yield from ask(get(host, _path(location_of(answer)), proxy))
        return answer

    # Both

    def _to_payment(
        self, host: str, proxy: str, number: int, email: str, ask: _Ask, *, amount: str
    ) -> Generator[bytes, Response, Response | None]:
        """The payment step; None when the server had no time for it."""
        chosen = {"currency": "AUD", "amount": "other", "other_amount": amount, "fund": "children"}
        page = yield from ask(post(host, f"{_FORM}details/", chosen, proxy))
        if page.status == 200:
            typed = person(number) | {"email": email, "token": value_of(page, _TOKEN), "action": "continue"}
            page = yield from ask(post(host, f"{_FORM}payment/", typed, proxy))
        if page.status == 200:
            return page
        self.counts[f"no payment step: {page.status}"] += 1
        return None

    def _submit(
        self, host: str, proxy: str, page: Response, method: str, outcome: str, more: dict[str, str]
    ) -> bytes:
        token = {"token": value_of(page, _TOKEN), "action": "give"}
        return post(
            host,
            f"{_FORM}submit/",
            token | {"method": method, "sandbox_outcome": outcome} | more,
            proxy,
        )

    def _proxy(self, place: int, number: int) -> str:
        place = place if place >= self._given.addresses else place % self._given.addresses
        if place % 100 >= 100 - _IPV6_PERCENT:
            address = f"2001:db8:{place >> 16:x}:{place & 65535:x}::{number:x}"[:39]
        else:
            address = f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"
        return f"X-Forwarded-For: {address}\r\n"


_TOKEN: Final = b'name="token"'


def _once(request: bytes) -> _Answer:
    return (yield request)


def _retry_after(refused: Response) -> float:
    """Seconds. Each 503 of ours names them."""
    found = re.search(rb"\r\nretry-after: (\d+)", refused.head, re.IGNORECASE)
    if found is None:
        raise Astray(f"a 503 that doesn't say when to come back: {refused.head!r}")
    return float(found[1])


def worked(page: Response) -> str:
    """The answer to a page's challenge, by ALTCHA's protocol and by none of the product's code."""
    at = page.body.index(b'data-challenge="') + 16
    asked: dict[str, Any] = json.loads(unescape(page.body[at : page.body.index(b'"', at)].decode()))
    salted, wanted = hashlib.sha256(asked["salt"].encode()), asked["challenge"]
    for number in range(asked.pop("maxnumber") + 1):
        digest = salted.copy()
        digest.update(b"%d" % number)
        if digest.hexdigest() == wanted:
            return base64.b64encode(json.dumps(asked | {"number": number}).encode()).decode()
    raise Astray("no number solves it")


def run(
    next_walk: Callable[[str], Walk | None],
    tell: Callable[[], None],
    *,
    port: int,
    clients: int,
    until: float,
) -> bool:
    """Walks on so many connections until there are none left; False when the time was over before."""
    host, told = f"127.0.0.1:{port}", time.monotonic()
    with select.epoll() as poller:
        open_clients = {client.fileno(): client for client in (Client(port) for _ in range(clients))}
        for client in open_clients.values():
            poller.register(client.fileno(), select.EPOLLIN)
            _begin(client, next_walk(host))
        while any(client.walk is not None for client in open_clients.values()):
            due = [client.due for client in open_clients.values() if client.due is not None]
            ready = poller.poll(max(0.0, min(due) - time.monotonic()) if due else _ANSWER_WITHIN_SECONDS)
            if not ready and not due:
                raise Astray("no answer within a minute")
            for client in open_clients.values() if due else ():
                client.send_what_is_due()
            for descriptor, _ in ready:
                client = open_clients[descriptor]
                if client.receive():
                    _begin(client, next_walk(host) if time.monotonic() < until else None)
            if time.monotonic() - told > _TELL_EVERY_SECONDS:
                tell()
                told = time.monotonic()
        for client in open_clients.values():
            client.close()
    return time.monotonic() < until


def _begin(client: Client, walk: Walk | None) -> None:
    if walk is not None:
        client.start(walk)


def _offers_card(page: Response) -> bool:
    return b'value="sandbox_card"' in page.body


def _path(location: str) -> str:
    return "/" + location.split("/", 3)[3] if "://" in location else location


def main() -> int:
    options = argparse.ArgumentParser()
    for name in ("port", "attempts", "addresses", "honest", "shared", "process", "processes", "clients"):
        options.add_argument(f"--{name}", type=int, required=True)
    options.add_argument("--seconds", type=float, required=True)
    given = options.parse_args()
    field = Field(given)

    def tell() -> None:
        print(json.dumps(field.told), flush=True)

    whole = run(
        field.next_walk, tell, port=given.port, clients=given.clients, until=time.monotonic() + given.seconds
    )
    tell()
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
