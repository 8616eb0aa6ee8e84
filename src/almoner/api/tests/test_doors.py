"""Every operation, by every kind of token: walked from the description itself, so that none is left out."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from almoner.api import tokens
from almoner.api.models import ApiCall, ApiToken
from almoner.api.scopes import Scope
from almoner.api.tests.conftest import Api
from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry
from almoner.giving.models import Gift
from almoner.impact.models import Observation, Source, Verification
from almoner.impact.register import enter
from almoner.impact.tests.making import make_claim, make_figure
from almoner.kernel.clock import now
from almoner.payments.models import Refund
from almoner.plans.models import PlanEvent
from almoner.receipts.models import Receipt
from almoner.supporters.models import Consent

Make = Callable[..., Api]
# What an operation takes, by its name: the scope, and a body that would do something.
OPERATIONS: dict[str, tuple[Scope, dict[str, Any] | None]] = {
    "list_forms": (Scope.FORMS_READ, None),
    "get_form": (Scope.FORMS_READ, None),
    "list_gifts": (Scope.GIFTS_READ, None),
    "get_gift": (Scope.GIFTS_READ, None),
    "list_refunds": (Scope.GIFTS_READ, None),
    "enter_gift": (
        Scope.GIFTS_WRITE,
        {"fund": "general", "channel": "cash", "amount_minor": 500, "currency": "AUD", "given_on": "2026-11-20",
         "person": {"given_name": "Bo"}},
    ),
    "refund_gift": (Scope.REFUNDS_WRITE, {"amount_minor": 100, "reason": "meant less"}),
    "list_plans": (Scope.PLANS_READ, None),
    "get_plan": (Scope.PLANS_READ, None),
    "pause_plan": (Scope.PLANS_WRITE, {}),
    "resume_plan": (Scope.PLANS_WRITE, {}),
    "skip_gift": (Scope.PLANS_WRITE, {"on": "2026-12-26"}),
    "cancel_plan": (Scope.PLANS_WRITE, {}),
    "change_plan_amount": (Scope.PLANS_WRITE, {"amount_minor": 4000}),
    "list_supporters": (Scope.SUPPORTERS_READ, None),
    "get_supporter": (Scope.SUPPORTERS_READ, None),
    "record_consent": (Scope.CONSENTS_WRITE, {"channel": "email", "granted": False}),
    "list_receipts": (Scope.RECEIPTS_READ, None),
    "get_receipt": (Scope.RECEIPTS_READ, None),
    "download_export": (Scope.EXPORTS_READ, None),
    "list_programmes": (Scope.IMPACT_READ, None),
    "get_programme": (Scope.IMPACT_READ, None),
    "list_observations": (Scope.IMPACT_READ, None),
    "enter_observation": (
        Scope.IMPACT_WRITE,
        {"indicator": "rescued", "first": "2011-01-01", "last": "2022-12-31", "as_of": "2022-12-31", "value": "1010",
         "source": {"title": "Report", "dated": "2023-01-31", "kept_at": "Office"}},
    ),
    "get_observation": (Scope.IMPACT_READ, None),
    "correct_observation": (
        Scope.IMPACT_WRITE,
        {"first": "2011-01-01", "last": "2022-09-15", "as_of": "2022-09-15", "value": "1010", "reason": "Counted anew",
         "source": {"title": "Report", "dated": "2023-01-31", "kept_at": "Office"}},
    ),
    "decide_observations": (
        Scope.IMPACT_VERIFY, {"observations": [str(uuid.UUID(int=7))], "accepted": True, "role": "Lead"},
    ),
    "make_programme": (
        Scope.IMPACT_MANAGE, {"slug": "wells", "title": "Wells", "starts_on": "2026-01-01"},
    ),
    "change_programme": (Scope.IMPACT_MANAGE, {"title": "Rescue and care"}),
    "make_result": (Scope.IMPACT_MANAGE, {"kind": "1", "title": "Trained"}),
    "change_result": (Scope.IMPACT_MANAGE, {"title": "Children live in safety"}),
    "make_indicator": (Scope.IMPACT_MANAGE, {"slug": "trained", "title": "Trained", "rule": "Each once."}),
    "change_indicator": (Scope.IMPACT_MANAGE, {"title": "Children freed"}),
    "list_sources": (Scope.IMPACT_READ, None),
    "get_source": (Scope.IMPACT_READ, None),
    "keep_source": (Scope.IMPACT_WRITE, {"title": "Report", "dated": "2023-01-31", "kept_at": "Office"}),
    "list_claims": (Scope.IMPACT_READ, None),
    "get_claim": (Scope.IMPACT_READ, None),
}  # fmt: skip


def described() -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(json.loads(answer.content))


def doors(names: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(operation, method, path) of all there are, with the names of rows that exist."""
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            own = names | {"reference": names["plan" if "/plans" in path else "gift"]}
            yield operation["operationId"], method, path.removeprefix("/api/v1").format(**own)


def knock(api: Api, method: str, path: str, body: dict[str, Any] | None) -> Any:
    return api.get(path) if method == "get" else api.post(path, body)


def written() -> tuple[int, ...]:
    models = (Gift, Refund, PlanEvent, Consent, AuditEntry, ApiCall, Observation, Source, Verification)
    return tuple(model.objects.count() for model in models)


@pytest.fixture
def names(world: World) -> dict[str, str]:
    gift, plan = world.tide.give(), world.tide.promise()
    figure = make_figure(world.tide.charity)
    observation = enter(figure, actor=world.users["editor"])
    return {
        "gift": gift.reference,
        "plan": plan.reference,
        "slug": "give",
        "supporter_id": str(gift.contact.supporter_id),
        "number": str(Receipt.objects.get(gift=gift).number),
        "shape": "npsp",
        "programme": figure.indicator.result.programme.slug,
        "observation": str(observation.pk),
        "result": str(figure.indicator.result_id),
        "indicator": figure.indicator.slug,
        "source": str(observation.source_id),
        "claim": str(make_claim(figure.indicator, carrier_title="Tide leaflet").pk),
    }


def test_every_operation_is_walked(names: dict[str, str]) -> None:
    assert {name for name, _, _ in doors(names)} == set(OPERATIONS)


def test_without_a_token_nothing_opens(world: World, names: dict[str, str]) -> None:
    before = written()
    for text in ("", "almoner_nonsense", "Basic", "almoner_\0é"):
        for name, method, path in doors(names):
            answer = knock(Api(text), method, path, OPERATIONS[name][1])
            assert (answer.status_code, answer.json()["code"]) == (401, "no_token"), name
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="almoner"'
    assert written() == before


def test_a_token_that_is_over_opens_nothing(api: Make, world: World, names: dict[str, str]) -> None:
    old = api(expires_at=now() - timedelta(seconds=1))
    revoked = api()
    tokens.revoke(ApiToken.objects.latest("pk").pk, actor=world.users["superuser"])
    before = written()

    for client in (old, revoked):
        for name, method, path in doors(names):
            assert knock(client, method, path, OPERATIONS[name][1]).status_code == 401, name
    assert written() == before


def test_each_operation_takes_its_scope_and_no_other_will_do(
    api: Make, world: World, names: dict[str, str]
) -> None:
    before = len(list(doors(names)))
    for name, method, path in doors(names):
        scope, body = OPERATIONS[name]
        others = [each for each in Scope if each != scope]
        counted = written()
        refused = knock(api(*others), method, path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope"), name
        assert scope in refused.json()["detail"]
        # The token itself was written down, and nothing else.
        assert written() == (*counted[:4], counted[4] + 1, *counted[5:]), name
        assert knock(api(scope), method, path, body).status_code != 403, name
    assert before == len(OPERATIONS)


def test_object_access_with_another_charitys_token_it_is_as_if_nothing_were_there(
    api: Make, world: World, names: dict[str, str]
) -> None:
    rivers = api(of="river")
    before = written()
    for name, method, path in doors(names):
        answer = knock(rivers, method, path, OPERATIONS[name][1])
        if name.startswith("list_") and name not in ("list_refunds", "list_observations"):
            items = answer.json()["items"]
            assert answer.status_code == 200
            assert "Tide" not in json.dumps(items), name
        elif name == "download_export":
            assert b"Tide" not in b"".join(answer.streaming_content)
        elif name not in ("enter_gift", "get_form", "get_receipt", "keep_source", "make_programme"):
            assert answer.status_code == 404, name
        elif name not in ("enter_gift", "keep_source", "make_programme"):
            # Named alike in both charities: it is river's own.
            assert "Tide" not in answer.content.decode(), name
    # River may enter a gift of its own, whose receipt has a number that tide's has too.
    assert Gift.objects.filter(charity=world.tide.charity).count() == 2
    assert written()[1:4] == before[1:4]


def test_no_token_of_a_gateways_and_no_secret_ever_leaves(
    api: Make, world: World, names: dict[str, str]
) -> None:
    plan = world.tide.promise()
    for path in ("/gifts", "/plans", "/supporters"):
        assert plan.saved_method not in api().get(path).content.decode()
    assert not ApiToken.objects.filter(digest__startswith="almoner_").exists()


def test_the_log_says_who_made_the_token_that_did_it(api: Make, world: World, names: dict[str, str]) -> None:
    api().post(f"/plans/{names['plan']}/pause", {})

    entry = AuditEntry.objects.latest("pk")

    assert (entry.action, entry.actor_name) == ("paused plan", "root by token CRM")
    assert entry.actor_id == world.users["superuser"].pk
    assert entry.charity == world.tide.charity


def test_a_browser_of_staffs_opens_nothing_by_its_cookie(world: World, names: dict[str, str]) -> None:
    client = world.client("superuser")

    assert client.get("/api/v1/gifts").status_code == 401
    answer = client.post(
        f"/api/v1/plans/{names['plan']}/pause", {}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 401
