"""The web server killed by SIGKILL at every labelled point that a donor's request meets, and staff's refund.

Two donors meet each crash of a submit: one never comes back, one sends the same page again. After a restart and a sweep
every gift stands as the gateway says, once, with one receipt, and `almoner prove` holds.
"""

from collections.abc import Callable

import httpx
import pytest
from django.contrib.auth.models import User

from almoner.giving import demo
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.crashpoint import LABELS
from almoner.payments.gateways.sandbox.delivery import deliver_due
from almoner.payments.models import InboxMessage
from tests.crash.drill import (
    armed,
    crash,
    die,
    hold_to_account,
    page_to_submit,
    prove_all,
    ready,
    sandbox_of,
    visitor,
    work,
)
from tests.support.server import Site

pytestmark = pytest.mark.crash

NewServer = Callable[..., Site]
OF_THE_SUBMIT = tuple(
    label for label in LABELS if label.partition(".")[0] in ("submit", "create", "confirm", "settle")
)
OF_SETTLING = tuple(label for label in LABELS if label.startswith("settle."))
OF_WEBHOOKS = tuple(label for label in LABELS if label.startswith("webhook."))
OF_REFUNDS = tuple(label for label in LABELS if label.startswith("refund."))


@pytest.mark.parametrize("label", OF_THE_SUBMIT)
def test_a_crash_on_the_way_loses_and_doubles_nothing(new_server: NewServer, label: str) -> None:
    demo.seed()
    site = new_server(started=False)
    site.serve(**armed(label))
    with visitor(site) as client:
        gone = page_to_submit(client, "gone@example.org")
        back = page_to_submit(client, "back@example.org")
    crash(site, gone)
    ready(site)
    crash(site, back)
    site.processes[0].kill()
    site.serve()
    with visitor(site) as client:
        answer = client.post("/give/4840/submit/", data=back)
        assert answer.status_code in (200, 303), answer.text
        if answer.status_code == 303:
            shown = client.get(answer.headers["location"])
            assert shown.status_code == 200
    work(site)
    hold_to_account(site)
    if label in ("submit.before-intent", "submit.before-commit"):
        assert Gift.objects.count() == 1, "the donor who came back has given; the other never reached us"
    if label == "settle.after-commit":
        assert set(Gift.objects.values_list("status", flat=True)) == {GiftStatus.SETTLED}


@pytest.mark.parametrize("label", OF_SETTLING)
def test_a_crash_as_the_donor_comes_back_from_the_hosted_page(new_server: NewServer, label: str) -> None:
    demo.seed()
    site = new_server(started=False)
    site.serve(**armed(label))
    with visitor(site) as client:
        asked = client.post(
            "/give/4840/submit/", data=page_to_submit(client, "ada@example.org", method="sandbox_hosted")
        )
        paid = client.post(asked.headers["location"], data={"outcome": "success"})
        back = paid.headers["location"]
        with pytest.raises(httpx.TransportError):
            client.get(back)
    site.processes[0].kill()
    site.serve()
    with visitor(site) as client:
        thanks = client.get(back, follow_redirects=True)
        assert thanks.status_code == 200
        assert Gift.objects.get().status == GiftStatus.SETTLED
        assert "000001" in thanks.text
    work(site)
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_WEBHOOKS)
def test_a_crash_while_a_webhook_comes_in(new_server: NewServer, label: str) -> None:
    demo.seed()
    site = new_server(started=False)
    site.serve(**armed(label))
    with visitor(site) as client:
        form = page_to_submit(client, "ada@example.org") | {"sandbox_outcome": "answer_lost"}
        client.post("/give/4840/submit/", data=form)
    sandbox, url = sandbox_of(site), f"{site.base}/webhooks/sandbox/"
    assert deliver_due(sandbox, url) == 0, "the server died before it answered"
    site.processes[0].kill()
    site.serve()
    with sandbox.store.write() as connection:
        connection.execute("UPDATE event SET next_at = created_at")
    assert deliver_due(sandbox, url) == 1
    assert InboxMessage.objects.count() == 1
    work(site, sweep=False)
    assert Gift.objects.get().status == GiftStatus.SETTLED
    hold_to_account(site)


@pytest.mark.parametrize("label", OF_REFUNDS)
def test_a_crash_during_a_refund(new_server: NewServer, label: str) -> None:
    demo.seed()
    staff = User.objects.create_superuser("treasurer")
    site = new_server()
    with visitor(site) as client:
        client.post("/give/4840/submit/", data=page_to_submit(client, "ada@example.org"))
    gift = Gift.objects.get()
    code = (
        "from almoner.giving import actions; from django.contrib.auth.models import User; "
        f"actions.refund(gift_id='{gift.pk}', amount_minor=1200, reason='asked', "
        f"actor=User.objects.get(pk={staff.pk}))"
    )
    die(site, label, code)
    work(site)
    gift.refresh_from_db()
    assert gift.refunded_minor == 1200
    assert [charge.refunded_minor for charge in sandbox_of(site).store.charges()] == [1200]
    prove_all(site)
