"""Staff make a token, see it once, and end it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from almoner.api.models import ApiToken
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, Charity
from almoner.kernel.clock import now

PAGE = "/admin/api-tokens/"


def sent(world: World, **changes: Any) -> dict[str, Any]:
    usual = {
        "name": "Warehouse", "charity": str(world.tide.charity.pk), "scopes": ["gifts:read", "plans:read"],
        "lives": "30",
    }  # fmt: skip
    return usual | changes


def opens(text: str, path: str = "/gifts") -> int:
    return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {text}"}).status_code


def text_of(page: str) -> str:
    return page.partition('<code class="bo-code-text">')[2].partition("</code>")[0]


def test_a_token_is_made_shown_once_and_opens_what_was_chosen(world: World) -> None:
    client = world.client("superuser")

    answer = client.post(PAGE, sent(world))

    text = text_of(answer.content.decode())
    assert text.startswith("almoner_")
    assert "no-store" in answer.headers["Cache-Control"]
    assert (opens(text), opens(text, "/plans"), opens(text, "/supporters")) == (200, 200, 403)
    again = client.get(PAGE).content.decode()
    assert text not in again
    assert "Warehouse" in again
    token = ApiToken.objects.get()
    assert token.digest not in again
    assert timedelta(days=29) < (token.expires_at or now()) - now() < timedelta(days=31)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.charity) == ("make api token", world.tide.charity)
    assert text not in str(entry.detail)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Australia/Sydney", datetime(2030, 11, 26, 20, tzinfo=UTC), date(2030, 11, 27)),
        ("Pacific/Honolulu", datetime(2030, 11, 27, 5, tzinfo=UTC), date(2030, 11, 26)),
    ],
)
def test_a_token_was_last_used_on_the_charity_s_day(world: World, zone: str, at: datetime, day: date) -> None:
    text = text_of(world.client("superuser").post(PAGE, sent(world, lives="0")).content.decode())
    Charity.objects.update(timezone=zone)
    with time_machine.travel(at, tick=False):
        assert opens(text) == 200
    assert ApiToken.objects.get().used_on == day


def test_a_revoked_token_opens_nothing_from_that_moment(world: World) -> None:
    client = world.client("superuser")
    text = text_of(client.post(PAGE, sent(world, lives="0")).content.decode())
    token = ApiToken.objects.get()
    assert (token.expires_at, opens(text)) == (None, 200)

    for _ in range(2):
        assert client.post(f"{PAGE}{token.pk}/revoke/").status_code == 302

    assert opens(text) == 401
    assert AuditEntry.objects.filter(action="revoke api token").count() == 1
    assert "Revoked" in client.get(PAGE).content.decode()


def test_what_is_missing_is_said_and_nothing_is_made(world: World) -> None:
    client = world.client("superuser")

    for changes in (
        {"name": ""},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"charity": "0"},
        {"lives": "9"},
    ):
        page = client.post(PAGE, sent(world, **changes)).content.decode()
        assert "bo-code-text" not in page
        assert "Warehouse" in page or changes.get("name") == ""

    assert not ApiToken.objects.exists()
