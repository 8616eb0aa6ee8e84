"""One donor's way through each site, as the requests a browser without JavaScript would send.

A walk is a generator: it yields the bytes of a request and is sent the response. Everybody has an email and an address
of their own, so that no limit is met.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import urlencode

_HEADERS: Final = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench\r\n"
    "Accept: text/html\r\n"
    "Accept-Encoding: gzip\r\n"
    "Connection: keep-alive\r\n"
)


@dataclass(frozen=True, slots=True)
class Response:
    """`head` holds the status line and the headers."""

    status: int
    head: bytes
    body: bytes


class Astray(Exception):
    """An answer that isn't the next page of the way."""


Walk = Generator[bytes, Response, None]
Walker = Callable[[str, int], Walk]


def get(host: str, path: str, extra: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{_HEADERS}{extra}\r\n".encode()


def post(host: str, path: str, fields: dict[str, str], extra: str = "") -> bytes:
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{_HEADERS}{extra}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def almoner(host: str, number: int) -> Walk:
    """GET the form, POST amount, details and payment, GET the thank-you: a sandbox card that is charged at once."""
    proxy = f"X-Forwarded-For: {_address(number)}\r\n"
    form = "/give/4840/"
    right((yield get(host, form, proxy)), 200)
    amount = {"currency": "AUD", "amount": "50", "fund": "children", "utm_source": "bench", "story": ""}
    page = right((yield post(host, f"{form}details/", amount, proxy)), 200)
    token = {"token": value_of(page, b'name="token"'), "action": "continue"}
    page = right((yield post(host, f"{form}payment/", token | person(number), proxy)), 200)
    pay = {
        "token": value_of(page, b'name="token"'),
        "action": "give",
        "method": "sandbox_card",
        "sandbox_outcome": "success",
    }
    moved = right((yield post(host, f"{form}submit/", pay, proxy)), 303)
    thanks = right((yield get(host, location_of(moved), proxy)), 200)
    if b"Thank You" not in thanks.body:
        raise Astray(f"no thanks: {thanks.body[:300]!r}")


def floor(host: str, number: int) -> Walk:
    """The same five requests of the floor, whose steps carry what was typed as hidden fields."""
    page = right((yield get(host, "/give/")), 200)
    cookie = f"Cookie: csrftoken={_between(page.head, b'csrftoken=', b';')}\r\n"
    typed = {"amount": "50"}
    for step in ("details", "payment"):
        fields = typed | {"csrfmiddlewaretoken": value_of(page, b'name="csrfmiddlewaretoken"')}
        page = right((yield post(host, f"/give/{step}/", fields, cookie)), 200)
        typed |= person(number)
    fields = typed | {"method": "card", "csrfmiddlewaretoken": value_of(page, b'name="csrfmiddlewaretoken"')}
    moved = right((yield post(host, "/give/submit/", fields, cookie)), 303)
    thanks = right((yield get(host, location_of(moved), cookie)), 200)
    if b"Thank you" not in thanks.body:
        raise Astray(f"no thanks: {thanks.body[:300]!r}")


WALKERS: Final[dict[str, Walker]] = {"almoner": almoner, "floor": floor}


def person(number: int) -> dict[str, str]:
    return {
        "given_name": "Ada",
        "family_name": f"Nguyễn {number}",
        "email": f"ada.{number}@example.org",
        "country": "AU",
        "address_line1": f"{number} George Street",
        "address_locality": "Sydney",
        "address_region": "NSW",
        "address_postcode": "2000",
        "consent_email": "yes",
    }


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def right(response: Response, status: int) -> Response:
    if response.status != status:
        raise Astray(f"{response.status} instead of {status}: {response.body[:300]!r}")
    return response


def value_of(page: Response, name: bytes) -> str:
    at = page.body.find(name)
    if at < 0:
        raise Astray(f"no {name!r} in {page.body[:300]!r}")
    return unescape(_between(page.body[at : at + 60_000], b'value="', b'"'))


def location_of(moved: Response) -> str:
    return _between(moved.head, b"ocation: ", b"\r\n")


def _between(text: bytes, before: bytes, after: bytes) -> str:
    start = text.index(before) + len(before)
    return text[start : text.index(after, start)].decode()
