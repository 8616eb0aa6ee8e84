"""A gift on its way to Salesforce, killed by SIGKILL at every labelled point: in the end it is there once."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from pytest_django import Settings as SettingsWrapper

from almoner.crm.models import Link, Mirror
from almoner.crm.salesforce import following
from almoner.giving import demo
from almoner.giving.models import Gift
from almoner.kernel.crashpoint import LABELS
from tests.crash.drill import die, page_to_submit, prove_all, visitor, work
from tests.crm.conftest import point_at
from tests.support.salesforce.server import CLIENT_ID, SECRET, SalesforceServer
from tests.support.server import Site

pytestmark = pytest.mark.crash

_TURN = (
    "from almoner.crm.salesforce import following; from almoner.config.wiring import HANDLERS; "
    "from almoner.outbox.worker import drain; following.follow(); drain(HANDLERS)"
)


@pytest.fixture
def salesforce(settings: SettingsWrapper) -> Iterator[SalesforceServer]:
    with SalesforceServer() as server:
        point_at(settings, server)
        yield server


@pytest.fixture
def site(new_server: Callable[..., Site], salesforce: SalesforceServer) -> Site:
    Link.objects.create(charity=demo.seed(), active=True, since=date(2020, 1, 1))
    following.follow()
    site = new_server(
        ALMONER_SALESFORCE_DOMAIN=salesforce.base,
        ALMONER_SALESFORCE_CLIENT_ID=CLIENT_ID,
        ALMONER_SALESFORCE_CLIENT_SECRET=SECRET,
    )
    with visitor(site) as client:
        answer = client.post("/give/4840/submit/", data=page_to_submit(client, "ada@example.org"))
        assert answer.status_code == 303, answer.text
    return site


@pytest.mark.parametrize("label", [label for label in LABELS if label.startswith("crm.")])
def test_killed_on_the_way_to_salesforce(site: Site, salesforce: SalesforceServer, label: str) -> None:
    die(site, label, _TURN)
    gone = label in ("crm.send.after-call", "crm.send.before-commit", "crm.send.after-commit")
    assert len(salesforce.records_of("Opportunity")) == gone
    assert list(Mirror.objects.values_list("state", flat=True)) == (
        []
        if label == "crm.follow.before-commit"
        else ["sent" if label == "crm.send.after-commit" else "waiting"]
    )
    following.follow()
    work(site)
    gift = Gift.objects.get()
    assert len(salesforce.records_of("Contact")) == 1
    (donation,) = salesforce.records_of("Opportunity")
    assert (donation["Almoner_Id__c"], donation["Amount"]) == (str(gift.pk), gift.total_minor / 100)
    assert list(Mirror.objects.values_list("state", flat=True)) == ["sent"]
    # What was sent and not written down was sent once more; nothing else was.
    sent = salesforce.count("/composite$")
    assert sent == (2 if label in ("crm.send.after-call", "crm.send.before-commit") else 1)
    prove_all(site)
