"""The demonstration's form, and the sandbox's own clock."""

import pytest

from almoner.giving.tests.conftest import charity, form, sandbox  # noqa: F401 (fixtures)
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.plans.hooks import PlanNews, hooks


@pytest.fixture(autouse=True)
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[PlanNews]:
    """What would be mailed; plans fall due by the clock of this test's own sandbox, where it has one."""
    news: list[PlanNews] = []
    monkeypatch.setattr(hooks, "on_plan", news.append)
    if "form" in request.fixturenames:
        own: Sandbox = request.getfixturevalue("sandbox")
        monkeypatch.setattr(hooks, "clock", lambda gateway: own.store.now())
    return news
