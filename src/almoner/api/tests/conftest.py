"""Two charities, a token for each, and a client that speaks JSON."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from almoner.api import tokens
from almoner.api.scopes import Scope
from almoner.backoffice.tests.conftest import World, sandbox, settled, world

__all__ = ["sandbox", "settled", "world"]


@dataclass
class Api:
    """What another system is: a token and HTTP."""

    text: str

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        headers = self._headers() | {"Idempotency-Key": key or str(uuid.uuid4())}
        return Client().post(
            f"/api/v1{path}",
            body if body is not None else {},
            content_type="application/json",
            headers=headers,
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"} if self.text else {}


@pytest.fixture
def api(world: World) -> Callable[..., Api]:
    """`api()` may do everything with tide's; `api(Scope.GIFTS_READ, of="river")` what is named."""

    def make(*scopes: Scope, of: str = "tide", **more: Any) -> Api:
        given: Iterable[Scope] = scopes or tuple(Scope)
        _, text = tokens.mint(
            charity=getattr(world, of).charity,
            name="CRM",
            scopes=given,
            expires_at=more.get("expires_at"),
            actor=world.users["superuser"],
        )
        return Api(text)

    return make
