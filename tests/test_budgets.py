"""What a gift costs, counted exactly: the queries of each of its five requests, and the durable commits of the whole.

A later gift is counted: the first ones of a process also read what is then kept (forms, accounts, wordings).
"""

import re
from collections.abc import Callable

import httpx
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from almoner.giving import demo
from almoner.giving.goals import goal_time
from almoner.giving.tests.conftest import PERSON, Donor, UrlencodedClient
from almoner.kernel.clock import now
from almoner.payments.gateways.sandbox.gateway import Sandbox
from tests.support import commits
from tests.support.databases import LiveDb
from tests.support.server import Site

# What a donor's request asks of the database, transactions' own statements left out.
QUERIES = {
    "the form": 0,
    "amount": 0,
    # The limits: what came lately from this address, and with this email.
    "details": 2,
    # The limits again (2). The intent: donor, contact, gift, consent, the limits' row, attempt (6). The gateway's
    # object: the attempt's move and its two events (3). The settled gift: the attempt's move and its event, two
    # postings, the gift, the receipt's number, the receipt, the work that makes and mails it (8).
    "submit": 19,
    # The gift, how it was paid, its receipt.
    "thanks": 3,
}
# The intent before the gateway is called; the gateway's identifier before the charge is confirmed; all that a settled
# gift means.
COMMITS = 3


# What a transaction says of itself; and the stamps that tell a process whether it still knows a charity's forms, read
# once a second and process, and in tests each time.
_ASIDE = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SET )|charities_contentstamp", re.IGNORECASE)


def test_the_queries_of_each_request(
    live_db: LiveDb, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real commits: what is kept of the ledger's accounts is kept when it is sure that they stay."""
    # Once a minute the goal's bar is counted anew, be it in the middle of this.
    minute = goal_time(now())
    for room in ("config.wiring", "giving.catalogue"):
        monkeypatch.setattr(f"almoner.{room}.goal_time", lambda at: minute)
    demo.seed()
    donor = Donor(UrlencodedClient())
    for _ in range(2):
        donor.client.get(donor.give(donor.to_payment()).headers["Location"])
    found: dict[str, int] = {}

    def asked(name: str, act: Callable[[], HttpResponse]) -> HttpResponse:
        with CaptureQueriesContext(connection) as captured:
            answer = act()
        found[name] = sum(not _ASIDE.search(query["sql"]) for query in captured)
        return answer

    asked("the form", lambda: donor.client.get("/give/4840/"))
    amount = asked("amount", donor.amount)
    details = asked("details", lambda: donor.details(amount))
    given = asked("submit", lambda: donor.give(details))
    asked("thanks", lambda: donor.client.get(given.headers["Location"]))
    assert found == QUERIES


def test_the_commits_of_a_gift(demo_site: Site) -> None:
    """The least of some gifts: PostgreSQL's log is that of all its databases, other tests' commits among them."""
    counted = []
    with httpx.Client(base_url=demo_site.base, timeout=120, trust_env=False) as donor:
        gift(donor, "first@example.org")
        for number in range(6):
            with commits.counted(demo_site.db.url) as counter:
                gift(donor, f"donor{number}@example.org")
            counted.append(counter.commits)
    assert min(counted) == COMMITS, counted


def gift(donor: httpx.Client, email: str) -> None:
    form = "/give/4840/"
    assert donor.get(form).status_code == 200
    page = donor.post(f"{form}details/", data={"amount": "50", "fund": "children"})
    page = donor.post(f"{form}payment/", data={**PERSON, "email": email, "token": token(page)})
    pay = {"token": token(page), "action": "give", "method": "sandbox_card", "sandbox_outcome": "success"}
    sent = donor.post(f"{form}submit/", data=pay)
    assert sent.status_code == 303, sent.text
    assert "Thank You" in donor.get(sent.headers["Location"]).text


def token(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
