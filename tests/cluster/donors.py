"""Donors at the front door: each walks the form by HTTP, and sends the same page again until it is answered."""

import http.client
import itertools
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tests.cluster.layout import SITE_PORT

_FORM: Final = "/give/4840"
_TIMEOUT_SECONDS: Final = 40.0
# A person whose page says "try again in a few seconds" does, for a while.
_AGAIN_SECONDS: Final = 0.5
_PATIENCE_SECONDS: Final = 150.0
_PERSON: Final = {
    "given_name": "Ada", "family_name": "Nguyễn", "country": "AU", "address_line1": "1 George Street",
    "address_locality": "Sydney", "address_region": "NSW", "address_postcode": "2000",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A donor was shown the page that says that the gift has arrived. `at`: the monotonic clock."""

    email: str
    at: float


class Donors:
    """So many at a time, each giving again and again under a new address, until told to stop."""

    def __init__(self, *, at_once: int, pause_seconds: float, prefix: str) -> None:
        self._pause_seconds = pause_seconds
        self._prefix = prefix
        self._numbers = itertools.count(1)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._give_on, daemon=True) for _ in range(at_once)]
        self.acknowledged: list[Acknowledged] = []
        # Those who were told, truly, that the bank has not said yet, and to look again later.
        self.told_to_wait: list[str] = []
        self.given_up: list[str] = []
        # Answers by status; 0: none at all.
        self.answers: Counter[int] = Counter()
        self.began = 0.0
        self.ended = 0.0

    def start(self) -> None:
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No new gifts; those in hand are finished, or given up when patience ends."""
        self.ended = time.monotonic()
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=_PATIENCE_SECONDS + _TIMEOUT_SECONDS)

    def count(self) -> int:
        with self._lock:
            return len(self.acknowledged)

    def longest_gap_seconds(self, since: float = 0.0, until: float | None = None) -> float:
        """The longest time in which nobody was thanked, while donors were there."""
        begin, end = max(since, self.began), until or self.ended or time.monotonic()
        with self._lock:
            times = sorted(each.at for each in self.acknowledged if begin <= each.at <= end)
        return max(later - sooner for sooner, later in itertools.pairwise([begin, *times, end]))

    def _give_on(self) -> None:
        while not self._stop.wait(self._pause_seconds):
            with self._lock:
                email = f"{self._prefix}{next(self._numbers)}@example.org"
            told = self._give(email)
            with self._lock:
                if told == "arrived":
                    self.acknowledged.append(Acknowledged(email, time.monotonic()))
                elif told == "awaited":
                    self.told_to_wait.append(email)
                else:
                    self.given_up.append(told)

    def _give(self, email: str) -> str:
        """Give once; what the donor was told: arrived, awaited, or what went wrong."""
        until = time.monotonic() + _PATIENCE_SECONDS
        token = ""
        steps = (
            ("details", {"amount": "50", "fund": "children"}),
            ("payment", {**_PERSON, "email": email, "action": "continue"}),
        )
        for step, fields in steps:
            values = fields | ({"token": token} if token else {})
            answer = self._ask("POST", f"{_FORM}/{step}/", urlencode(values), until=until)
            found = re.search(r'name="token" value="([^"]+)"', answer[2]) if answer else None
            if found is None:
                return f"{step}: {answer and answer[0]}"
            token = found[1]
        give = {"token": token, "action": "give", "method": "sandbox_card", "sandbox_outcome": "success"}
        answer = self._ask("POST", f"{_FORM}/submit/", urlencode(give), until=until)
        if answer is None or answer[0] != 303:
            return f"submit: {answer and answer[0]}"
        return self._thanked(answer[1].removeprefix(f"http://127.0.0.1:{SITE_PORT}"), until=until)

    def _thanked(self, page: str, *, until: float) -> str:
        answer = self._ask("GET", page, "", until=until)
        if answer is None or answer[0] != 200:
            return f"thanks: {answer and answer[0]}"
        if "has arrived" in answer[2]:
            return "arrived"
        return "awaited" if "has not told us yet" in answer[2] else "thanks: something else"

    def _ask(self, method: str, path: str, body: str, *, until: float) -> tuple[int, str, str] | None:
        """The answer's status, location and body. What is no answer, or says to come back, is asked again."""
        while time.monotonic() < until:
            answer = self._once(method, path, body)
            with self._lock:
                self.answers[answer[0]] += 1
            if 0 < answer[0] < 500:
                return answer
            time.sleep(_AGAIN_SECONDS)
        return None

    def _once(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        link = http.client.HTTPConnection("127.0.0.1", SITE_PORT, timeout=_TIMEOUT_SECONDS)
        try:
            link.request(method, path, body or None, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = link.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            link.close()
