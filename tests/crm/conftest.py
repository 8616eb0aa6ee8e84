"""A charity whose gifts go to a scripted Salesforce."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from pytest_django import Settings as SettingsWrapper

from almoner.backoffice.tests.conftest import World, sandbox, settled, world
from almoner.config.wiring import HANDLERS
from almoner.crm.models import FundUnit, Link, Mirror
from almoner.crm.salesforce import following
from almoner.kernel.clock import now
from almoner.outbox.models import Job, State
from almoner.outbox.worker import drain
from tests.support.salesforce.server import CLIENT_ID, SECRET, SalesforceServer

__all__ = ["sandbox", "settled", "world"]

Turn = Callable[..., None]


@pytest.fixture
def salesforce(settings: SettingsWrapper) -> Iterator[SalesforceServer]:
    with SalesforceServer() as server:
        point_at(settings, server)
        yield server


def point_at(settings: SettingsWrapper, server: SalesforceServer) -> None:
    settings.ALMONER_SALESFORCE_DOMAIN = server.base
    settings.ALMONER_SALESFORCE_CLIENT_ID = CLIENT_ID
    settings.ALMONER_SALESFORCE_CLIENT_SECRET = SECRET
    settings.ALMONER_SALESFORCE_TIMEOUT_SECONDS = 20


@pytest.fixture
def link(world: World, salesforce: SalesforceServer) -> Link:
    """Tide's, switched on, and followed from here on."""
    made = Link.objects.create(charity=world.tide.charity, active=True, since=date(2020, 1, 1))
    FundUnit.objects.create(fund=world.tide.fund, unit_id=salesforce.unit)
    following.follow()
    return made


def turn(*, pauses: bool = True) -> None:
    """What the worker does: read what happened, and send what is wanted now. `pauses`: whatever was put off is due."""
    following.follow()
    if pauses:
        Link.objects.update(paused_until=None)
        Job.objects.filter(state=State.READY).update(run_at=now())
    drain({kind: HANDLERS[kind] for kind in (following.JOB, following.HISTORY_JOB)})


def stands(object_id: Any) -> tuple[str, str]:
    """(state, code) of what is mirrored."""
    mirror = Mirror.objects.get(object_id=object_id)
    return mirror.state, mirror.code
