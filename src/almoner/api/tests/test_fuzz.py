"""Whatever a program sends that reads our description, it gets one of the answers that are described, and no crash."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from pytest_django import Settings as SettingsWrapper
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from almoner.api import tokens
from almoner.api.scopes import Scope
from almoner.backoffice.tests.conftest import World
from almoner.impact.register import enter
from almoner.impact.tests.making import make_claim, make_figure
from almoner.receipts.models import Receipt

_EXAMPLES = 30
_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def handler() -> Iterator[WSGIHandler]:
    """The site as a server calls it, but for closing the test's own database after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_no_call_breaks_it(world: World, handler: WSGIHandler, settings: SettingsWrapper) -> None:
    settings.API_CALLS_A_MINUTE = 100_000
    gift, plan = world.tide.give(), world.tide.promise()
    _, text = tokens.mint(
        charity=world.tide.charity,
        name="f",
        scopes=tuple(Scope),
        expires_at=None,
        actor=world.users["superuser"],
    )
    figure = make_figure(world.tide.charity)
    observation = enter(figure, actor=world.users["editor"])
    known: dict[str, Any] = {
        "supporter_id": gift.contact.supporter_id,
        "number": Receipt.objects.get(gift=gift).number,
        "slug": "give",
        "shape": "npsp",
        "programme": figure.indicator.result.programme.slug,
        "observation": str(observation.pk),
        "result": figure.indicator.result_id,
        "indicator": figure.indicator.slug,
        "source": observation.source_id,
        "claim": make_claim(figure.indicator).pk,
    }
    statuses: dict[str, set[int]] = {}

    def send(case: Any) -> None:
        named = known | {"reference": (plan if "/plans" in case.path else gift).reference}
        # Every other time something that exists, or most calls would end at the door.
        if len(statuses.get(case.operation.label, ())) % 2 == 0 and case.path_parameters:
            case.path_parameters = {name: named[name] for name in case.path_parameters}
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {text}"}, checks=_CHECKS)
        statuses.setdefault(case.operation.label, set()).add(answer.status_code)

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", handler)
    for operation in (each.ok() for each in schema.get_all_operations()):
        tried = given(case=operation.as_strategy())(send)
        tries(max_examples=_EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))(
            tried
        )()

    assert len(statuses) == 38
    # It came behind the doors.
    assert sum(bool(found & {200, 201}) for found in statuses.values()) >= 26, statuses
