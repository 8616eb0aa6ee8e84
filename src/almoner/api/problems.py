"""What goes wrong, as RFC 9457 has it: application/problem+json with a code for programs and words for people."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

_TITLES: Final = {
    400: "That could not be read",
    401: "No valid token came with it",
    403: "This token may not do that",
    404: "There is no such thing here",
    409: "Not now",
    413: "That is too much at once",
    422: "Something in it is not right",
    429: "That was one call too many",
    503: "Try again in a moment",
}


class Fault(Schema):
    """One thing that is wrong with what was sent. `where` names it, such as "body.amount_minor"."""

    where: str
    message: str


class ProblemBody(Schema):
    """Every answer that is no success. `code` stays as it is for programs; words may change."""

    title: str
    status: int
    code: str
    detail: str
    faults: list[Fault] = []


class Problem(Exception):
    """Refused, and nothing was changed."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail

    def body(self) -> dict[str, Any]:
        return _body(self.status, self.code, self.detail)


def not_found() -> Problem:
    return Problem(404, "not_found", "Nothing of this charity has this name.")


def answer(status: int, body: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="almoner"'
    if status in (409, 503):
        response["Retry-After"] = "2"
    return response


def handle(api: NinjaAPI) -> None:
    """Give every fault of an API this one shape."""

    @api.exception_handler(Problem)
    def problem(request: HttpRequest, fault: Problem) -> HttpResponse:
        return answer(fault.status, fault.body())

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
        words = "Send a token that staff made, as Authorization: Bearer almoner_… It may have been revoked, or be over."
        return answer(401, _body(401, "no_token", words))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        body = _body(422, "invalid", "Nothing was changed. See faults.")
        body["faults"] = [{"where": _where(each["loc"]), "message": each["msg"]} for each in fault.errors]
        return answer(422, body)

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, fault: HttpError) -> HttpResponse:
        return answer(fault.status_code, _body(fault.status_code, "unreadable", str(fault)))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, fault: Http404) -> HttpResponse:
        return answer(404, not_found().body())

    @api.exception_handler(RequestDataTooBig)
    def too_much(request: HttpRequest, fault: RequestDataTooBig) -> HttpResponse:
        return answer(413, _body(413, "too_big", "Send less at once."))

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def away(request: HttpRequest, fault: Exception) -> HttpResponse:
        return answer(503, _body(503, "unavailable", "The database could not be asked. Repeat the call."))


def _where(place: Sequence[str | int]) -> str:
    """Without the name that our own code gives the body."""
    return ".".join(str(part) for part in place if part != "sent")


def _body(status: int, code: str, detail: str) -> dict[str, Any]:
    return {"title": _TITLES.get(status, "That went wrong"), "status": status, "code": code, "detail": detail}
