"""Who calls, and what a call that changes something answers when it is repeated."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja import Header, Schema, Status
from ninja.security import HttpBearer

from almoner.api import limits
from almoner.api.models import ApiCall, ApiToken
from almoner.api.problems import Problem
from almoner.api.scopes import Scope
from almoner.api.tokens import TokenActor, find
from almoner.charities.models import Charity
from almoner.kernel.clock import now

# A call that is silent for so long has died, and may be taken up.
_DEAD_AFTER: Final = timedelta(minutes=2)
_KEPT_FOR: Final = timedelta(days=7)
_NAMESPACE: Final = uuid.UUID("6f1f3f0e-0a54-4d1c-9a77-0d7d2ad1f1a4")

# With a body that its operation's schema fits.
Outcome = Status[dict[str, Any]]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Names this call, for ever: repeated with the same key, it is done once, and answers the same.",
    ),
]


@dataclass(frozen=True, slots=True)
class Caller:
    token: ApiToken

    @property
    def charity(self) -> Charity:
        return self.token.charity

    @property
    def actor(self) -> TokenActor:
        return TokenActor(self.token)

    def may(self, scope: Scope) -> bool:
        return scope in self.token.scopes


class Token(HttpBearer):
    """A token that staff made on their page of tokens."""

    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = find(token)
        if found is None:
            return None
        caller = Caller(found)
        limits.count(request, found)
        if not caller.may(self.scope):
            raise Problem(403, "scope", f"It takes the scope {self.scope}, which staff can give a new token.")
        return caller


def takes(scope: Scope) -> dict[str, Any]:
    """What an operation says that takes a token of this scope."""
    return {"auth": Token(scope), "openapi_extra": {"x-scope": scope.value}}


def caller_of(request: HttpRequest) -> Caller:
    """Who an operation that takes a token was called by."""
    caller = getattr(request, "auth", None)
    if not isinstance(caller, Caller):
        raise TypeError("this operation takes no token")
    return caller


def once(request: HttpRequest, key: str, act: Callable[[uuid.UUID], Schema], *, status: int) -> Outcome:
    """Do `act` once for this token and key, and answer the same for ever after. A refusal is an answer too.

    `act` gets an identifier that is the same each time, for what it makes: a call that died in the middle is done
    again under it. Raises `Problem` where it did, and for a key that names another call or one still under way.
    """
    token = caller_of(request).token
    call, mine = _begin(token, key, _fingerprint(request))
    if call.status is None and not mine:
        raise Problem(409, "under_way", "A call with this key is still under way.")
    told = call.status or _done(call, act, status=status)
    body = call.answer or {}
    if told >= 400:
        raise Problem(told, body["code"], body["detail"])
    return Status(told, body)


def prune() -> int:
    """Forget calls of last week; returns how many. What they made keeps its identifier."""
    return ApiCall.objects.filter(begun_at__lt=now() - _KEPT_FOR).delete()[0]


def _begin(token: ApiToken, key: str, fingerprint: str) -> tuple[ApiCall, bool]:
    """The call of this key, and whether it is ours to do."""
    at = now()
    try:
        with transaction.atomic():
            made = ApiCall.objects.create(token=token, key=key, fingerprint=fingerprint, begun_at=at)
            return made, True
    except IntegrityError:
        call = ApiCall.objects.get(token=token, key=key)
    if call.fingerprint != fingerprint:
        raise Problem(422, "key_taken", "This Idempotency-Key named another call before. Use a new one.")
    dead = ApiCall.objects.filter(pk=call.pk, status__isnull=True, begun_at__lt=at - _DEAD_AFTER)
    return call, bool(dead.update(begun_at=at))


def _done(call: ApiCall, act: Callable[[uuid.UUID], Schema], *, status: int) -> int:
    """Do it, and keep what came of it on `call`; returns its status."""
    try:
        told = status
        call.answer = act(uuid.uuid5(_NAMESPACE, f"{call.token_id} {call.key}")).model_dump(mode="json")
    except Problem as problem:
        told, call.answer = problem.status, problem.body()
    call.status = told
    call.save(update_fields=["status", "answer"])
    return told


def _fingerprint(request: HttpRequest) -> str:
    head = f"{request.method} {request.path_info}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + request.body).hexdigest()
