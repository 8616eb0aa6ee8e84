"""Making, finding and ending the tokens of other systems."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from almoner.api.models import ApiToken
from almoner.api.scopes import Scope
from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.kernel.clock import now

# So that a token is known for one wherever it turns up, by people and by scanners for leaked secrets.
_PREFIX: Final = "almoner_"
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class TokenActor:
    """Who the audit log names for what a token does: whoever made it answers for it."""

    token: ApiToken

    @property
    def pk(self) -> int:
        return self.token.made_by_id

    def get_username(self) -> str:
        return f"{self.token.made_by_name} by token {self.token.name}"[:150]


def mint(
    *,
    charity: Charity,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    actor: audit.Actor,
) -> tuple[ApiToken, str]:
    """A new token, as its row and as the text that nobody sees again."""
    text = _PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            charity=charity,
            name=name,
            digest=_digest(text),
            begins=text[:_SHOWN],
            scopes=sorted(set(scopes)),
            made_by_id=actor.pk,
            made_by_name=actor.get_username(),
            made_at=now(),
            expires_at=expires_at,
        )
        _record(token, "make api token", actor)
    return token, text


def revoke(token_id: int, *, actor: audit.Actor) -> ApiToken:
    """From now on it opens nothing. Harmless to repeat."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update(of=("self",)).select_related("charity").get(pk=token_id)
        if token.revoked_at is None:
            token.revoked_at = now()
            token.save(update_fields=["revoked_at"])
            _record(token, "revoke api token", actor)
    return token


def find(text: str) -> ApiToken | None:
    """The token that a caller sent, if it opens something today."""
    if not text.startswith(_PREFIX):
        return None
    token = ApiToken.objects.select_related("charity").filter(digest=_digest(text)).first()
    at = now()
    if token is None or token.revoked_at is not None or (token.expires_at and token.expires_at <= at):
        return None
    today = at.astimezone(ZoneInfo(token.charity.timezone)).date()
    if token.used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(used_on=today)
    return token


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _record(token: ApiToken, action: str, actor: audit.Actor) -> None:
    audit.record(
        actor=actor,
        charity=token.charity,
        action=action,
        object_type="api token",
        object_id=token.pk,
        detail={"name": token.name, "scopes": token.scopes},
    )
