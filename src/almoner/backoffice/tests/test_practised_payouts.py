"""Payouts of the practice gateway: sent, on their way, arrived on the bank's statement, or refused; to the cent."""
# ruff: noqa: F811 (pytest takes fixtures by their names)

import re

from django.test import Client
from django.urls import reverse

from almoner.backoffice.tests.conftest import World
from almoner.backoffice.tests.test_disputes import all_holds, looked
from almoner.backoffice.tests.test_statements import account, booked, client, outcomes  # noqa: F401
from almoner.banking.models import BankAccount
from almoner.config import prove
from almoner.ledger.books import balance_minor
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, Payout

# What the gateway has of a gift of 50.00, less its fee.
NET_MINOR = 4_882


def books(world: World) -> dict[str, int]:
    codes = ("clearing:sandbox", "in_transit:sandbox", "suspense", "bank")
    return {code.partition(":")[0]: balance_minor(world.tide.charity.pk, code, "AUD") for code in codes}


def paid_out(world: World) -> Payout:
    """Everything that stands with the gateway is on its way."""
    assert Client().post("/sandbox/payouts/").status_code == 302
    looked()
    return Payout.objects.latest("created_at")


def test_a_payout_is_walked_from_the_board_to_the_statement(
    world: World, client: Client, account: BankAccount
) -> None:
    world.tide.give()
    anybody = Client()
    assert "/sandbox/statement/" not in anybody.get("/sandbox/").content.decode()
    payout = paid_out(world)
    assert (payout.state, payout.amount_minor) == ("in_transit", NET_MINOR)
    assert books(world) == {"clearing": 0, "in_transit": NET_MINOR, "suspense": 0, "bank": 0}
    assert payout.reference in client.get(reverse("backoffice:payouts")).content.decode()
    all_holds()
    # Nothing stands there any more, and none is on a statement before it arrived.
    anybody.post("/sandbox/payouts/")
    looked()
    assert Payout.objects.count() == 1
    assert anybody.get("/sandbox/statement/AUD.csv").content == b"Date,Details,Amount\r\n"
    anybody.post("/sandbox/clock/", {"days": "3"})
    looked()
    payout.refresh_from_db()
    assert payout.state == "paid"
    address = re.findall(r'href="(/sandbox/statement/[^"]+)"', anybody.get("/sandbox/").content.decode())
    assert address == ["/sandbox/statement/AUD.csv"]
    statement = booked(client, account, anybody.get(address[0]).content, date_order="ymd")
    assert outcomes(statement) == [(NET_MINOR, "payout", payout.gateway_id)]
    assert books(world) == {"clearing": 0, "in_transit": 0, "suspense": 0, "bank": NET_MINOR}
    all_holds()
    assert [row for check in prove.checks() for row in check.run()] == []


def test_what_the_bank_refuses_stands_with_the_gateway_again(world: World) -> None:
    world.tide.give()
    payout, anybody = paid_out(world), Client()
    refuse = f"/sandbox/payouts/{payout.gateway_id}/refuse/"
    assert refuse in anybody.get("/sandbox/").content.decode()
    assert anybody.get(refuse).status_code == 405
    for _ in range(2):
        assert anybody.post(refuse).status_code == 302
    looked()
    payout.refresh_from_db()
    assert [event.name for event in payout.events.order_by("id")] == ["made", "failed"]
    assert books(world) == {"clearing": NET_MINOR, "in_transit": 0, "suspense": 0, "bank": 0}
    assert refuse not in anybody.get("/sandbox/").content.decode()
    all_holds()
    anybody.post("/sandbox/clock/", {"days": "3"})
    assert anybody.get("/sandbox/statement/AUD.csv").content.count(b"\n") == 1


def test_a_debt_is_taken_from_the_bank(
    world: World, client: Client, account: BankAccount, sandbox: Sandbox
) -> None:
    gift = world.tide.give()
    paid_out(world)
    charge = Attempt.objects.get(gift_id=gift.pk).gateway_id
    Client().post(f"/sandbox/refund/{charge}/")
    looked()
    assert books(world)["clearing"] == -5_000
    debt = paid_out(world)
    assert (debt.amount_minor, books(world)["clearing"]) == (-5_000, 0)
    all_holds()
    Client().post("/sandbox/clock/", {"days": "3"})
    looked()
    statement = booked(client, account, Client().get("/sandbox/statement/AUD.csv").content, date_order="ymd")
    assert sorted(minor for minor, _, _ in outcomes(statement)) == [-5_000, NET_MINOR]
    assert books(world) == {"clearing": 0, "in_transit": 0, "suspense": 0, "bank": NET_MINOR - 5_000}
    all_holds()
