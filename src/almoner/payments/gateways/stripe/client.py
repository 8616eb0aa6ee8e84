"""The one place that speaks through Stripe's SDK: JSON in, JSON out, and Stripe's errors as the port's own.

The SDK never repeats a request by itself: what a lost answer means is decided where it is known what was asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

import stripe

from almoner.payments.gateways.port import AnswerLost, GatewayError, Refused, TryLater

Json = dict[str, Any]

_CONNECT_SECONDS: Final = 5.0
_PAGE: Final = 100
_API: Final = "https://api.stripe.com"
_FILES: Final = "https://files.stripe.com"


@dataclass(frozen=True, slots=True)
class Setup:
    """How this installation uses Stripe. `methods` are of `orders.OFFERS`, and LINK. While one is rotated, several
    `webhook_secrets` are in force. `live_expected`: whether real money is meant to move here."""

    api_base: str
    api_version: str
    account: str
    secret_key: str = field(repr=False)
    publishable_key: str
    webhook_secrets: tuple[str, ...] = field(repr=False)
    currencies: frozenset[str]
    methods: tuple[str, ...]
    live_expected: bool
    # How long an answer is waited for. Two in a row stay below the minute after which an attempt counts as abandoned.
    timeout_seconds: float = 20.0

    @property
    def live(self) -> bool:
        """Whether the key moves real money."""
        return "_live_" in self.secret_key


class Rejected(Refused):
    """A request that Stripe would not carry out. `code` is Stripe's, such as resource_missing; it may be empty."""

    def __init__(self, text: str, *, code: str, status: int) -> None:
        super().__init__(text)
        self.code = code
        self.status = status


class Declined(Refused):
    """A payment that the bank or Stripe declined: to a confirmation, an answer. `error` is Stripe's own description."""

    def __init__(self, error: Json) -> None:
        super().__init__(error.get("code", "declined"))
        self.error = error


class Client:
    """Requests of one account. Raises the port's errors, whose texts repeat nothing that was sent."""

    def __init__(self, setup: Setup) -> None:
        self._sdk = stripe.StripeClient(
            setup.secret_key,
            stripe_version=setup.api_version,
            # Files go to a host of their own; at a stand-in, to the same.
            base_addresses={
                "api": setup.api_base,
                "files": _FILES if setup.api_base == _API else setup.api_base,
            },
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=(_CONNECT_SECONDS, setup.timeout_seconds)),
        )

    def get(self, path: str, **params: object) -> Json:
        return self._ask("get", path, params)

    def post(self, path: str, params: Mapping[str, object], *, key: str) -> Json:
        """`key` is the idempotency key: the same again with the same `params` does nothing more, for 24 hours."""
        return self._ask("post", path, dict(params), idempotency_key=key)

    def stop(self, path: str, **params: object) -> Json:
        """A request that is harmless to repeat. It goes without a key: under one, a failure would be replayed."""
        return self._ask("post", path, params)

    def upload(self, name: str, content: bytes, *, purpose: str) -> str:
        """Keep a file at Stripe; returns what it is called there. One that is sent twice is there twice, and unused."""
        file = BytesIO(content)
        file.name = name
        params: dict[str, object] = {"purpose": purpose, "file": file, "base": "files"}
        return str(self._ask("post", "/v1/files", params, content_type="multipart/form-data")["id"])

    def pages(self, path: str, **params: object) -> Iterator[Json]:
        """All objects of a list, newest first as Stripe gives them."""
        after: dict[str, object] = {}
        while True:
            page = self.get(path, limit=_PAGE, **params, **after)
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def _ask(self, method: str, path: str, params: dict[str, object], **options: str) -> Json:
        try:
            response = self._sdk.raw_request(method, path, **params, **options)
        except stripe.CardError as error:
            raise Declined(_body(error)) from error
        except stripe.StripeError as error:
            raise _told(error) from error
        found: Json = response.data
        return found


def _told(error: stripe.StripeError) -> GatewayError:
    """What an error says of the request: surely not done, or nobody knows. Whatever isn't named here is the latter."""
    code, status = str(_body(error).get("code") or ""), error.http_status or 0
    text = f"Stripe said {status} {code or type(error).__name__}" if status else "Stripe could not be reached"
    told = _of_type(error, text, code=code, status=status)
    told.answered = status > 0
    return told


def _of_type(error: stripe.StripeError, text: str, *, code: str, status: int) -> GatewayError:
    match error:
        case stripe.RateLimitError():  # and lock_timeout: the object was busy, and nothing was done
            return TryLater(text, after_seconds=_wait_seconds(error))
        case (
            stripe.InvalidRequestError()
            | stripe.IdempotencyError()
            | stripe.AuthenticationError()
            | stripe.PermissionError()
        ):
            return Rejected(text, code=code, status=status)
    return AnswerLost(text)


def _wait_seconds(error: stripe.StripeError) -> float | None:
    said = str((error.headers or {}).get("retry-after", ""))
    return float(said) if said.isascii() and said.isdecimal() else None


def _body(error: stripe.StripeError) -> Json:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    found = body.get("error")
    return found if isinstance(found, dict) else {}
