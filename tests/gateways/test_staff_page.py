"""Staff's page of the gateways over HTTP: what is set up, and the Test button against the scripted gateways."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings as SettingsWrapper

from almoner.config import cli
from almoner.config.commands import check
from almoner.kernel.clock import now
from almoner.payments import gateways
from almoner.payments.gateways.advice import WORDS
from almoner.payments.gateways.gocardless.gateway import GoCardless
from almoner.payments.gateways.port import Problem, TryLater
from almoner.payments.models import InboxMessage
from tests.gateways.conftest import gocardless_at, paypal_at, stand_in
from tests.gateways.stripe.test_set_up import endpoint
from tests.gateways.stripe.walk import stripe_at
from tests.support.gateways import gocardless_server
from tests.support.gateways.gocardless_server import GoCardlessServer
from tests.support.gateways.paypal_server import PayPalServer
from tests.support.gateways.stripe_server import StripeServer

PAGE = "/admin/gateways/"
TEST = "/admin/gateways/gocardless/test/"
WELL = "Nothing is wrong"


def hook() -> str:
    return f"{settings.SITE_URL.rstrip('/')}/webhooks/gocardless/"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def well(gocardless: GoCardlessServer, monkeypatch: pytest.MonkeyPatch) -> GoCardlessServer:
    """GoCardless as it must be: its webhook goes to us."""
    stand_in(monkeypatch, gocardless_at(gocardless.base, live_expected=True))
    gocardless.state.webhooks.append({"id": "WB1", "url": hook(), "created_at": "2027"})
    return gocardless


def text(client: Client, *, post: str = "") -> str:
    response = client.post(post) if post else client.get(PAGE)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_what_is_set_up_by_names_and_no_values(staff: Client, gocardless: GoCardlessServer) -> None:
    page = text(staff)
    assert page.count("Not set up") == 2  # Stripe and PayPal
    assert "ALMONER_GOCARDLESS_ACCESS_TOKEN" in page
    assert gocardless_server.ACCESS_TOKEN not in page
    assert "none in the last 90 days" in page
    assert hook() in page
    for words in (
        "Bacs debit (GoCardless)",
        "GBP",
        "Single and regular gifts; told 2 working days before each debit",
    ):
        assert words in page, words


def test_what_is_missing_is_said_by_name(staff: Client, sandbox: object, settings: SettingsWrapper) -> None:
    settings.ALMONER_PAYPAL_CLIENT_ID = "an app's"
    settings.ALMONER_PAYPAL_SECRET = settings.ALMONER_PAYPAL_MERCHANT_ID = "kept"
    gateways.gateways.cache_clear()
    said = [
        " ".join(re.sub("<[^>]+>", "", each).split())
        for each in re.findall(r"<p>(.*?)</p>", text(staff), re.S)
    ]
    assert [each for each in said if "ALMONER_" in each] == [
        "To use it, set in the server’s environment, and restart: ALMONER_STRIPE_ACCOUNT, "
        "ALMONER_STRIPE_SECRET_KEY, ALMONER_STRIPE_PUBLISHABLE_KEY, ALMONER_STRIPE_WEBHOOK_SECRETS, "
        "ALMONER_STRIPE_CURRENCIES.",
        "Still missing: ALMONER_PAYPAL_WEBHOOK_ID.",
        "To use it, set in the server’s environment, and restart: ALMONER_GOCARDLESS_ACCESS_TOKEN, "
        "ALMONER_GOCARDLESS_CREDITOR, ALMONER_GOCARDLESS_WEBHOOK_SECRETS.",
    ]


@pytest.mark.parametrize(("mode", "live"), [("production", True), ("demo", False), ("test", False)])
def test_the_three_agree_on_whether_real_money_is_meant(
    settings: SettingsWrapper, mode: str, live: bool
) -> None:
    """Also where the sandbox was switched off outside production, which says nothing of real money."""
    settings.MODE, settings.ALMONER_SANDBOX = mode, False
    gateways.stripe.cache_clear()
    found = [each()._setup.live_expected for each in (gateways.stripe, gateways.paypal, gateways.gocardless)]
    gateways.stripe.cache_clear()
    assert found == [live] * 3


@pytest.mark.parametrize("expected", [True, False], ids=["production", "trial"])
@pytest.mark.parametrize("code", ["stripe", "paypal", "gocardless"])
def test_the_wrong_mode_and_no_way_there_read_alike(
    staff: Client, sandbox: object, monkeypatch: pytest.MonkeyPatch, code: str, expected: bool
) -> None:
    """The mode needs no answer: it is said even while nobody answers."""
    away = f"http://127.0.0.1:9/{'sandbox' if expected else ''}"
    key = f"sk_{'test' if expected else 'live'}_1"
    gateway = {
        "stripe": lambda: stripe_at(away, live_expected=expected, secret_key=key),
        "paypal": lambda: paypal_at(away, live_expected=expected),
        "gocardless": lambda: gocardless_at(away, live_expected=expected),
    }[code]()
    stand_in(monkeypatch, gateway)
    page = text(staff, post=f"/admin/gateways/{code}/test/")
    decides = "ALMONER_STRIPE_SECRET_KEY" if code == "stripe" else f"ALMONER_{code.upper()}_API_BASE"
    for words in (
        *WORDS["wrong_mode"],
        f"{decides} is {'for tests' if expected else 'live'}",
        *WORDS["unreachable"],
    ):
        assert words in page, words
    assert "could not be reached" in page
    assert not re.search(r"Connect\w*Error|Stripe said|key is", page)


def test_all_is_well_however_often_it_is_pressed(staff: Client, well: GoCardlessServer) -> None:
    for _ in range(2):
        page = text(staff, post=TEST)
        assert WELL in page
        assert "No webhook has come" in page


def test_a_webhook_that_came_is_told_and_a_found_event_is_none(staff: Client, well: GoCardlessServer) -> None:
    row = {"gateway": "gocardless", "account": "CR1", "event_type": "payments", "object_id": "PM1"}
    InboxMessage.objects.create(**row, event_id="EV1", received_at=now(), body=None)
    assert "No webhook has come" in text(staff, post=TEST)
    InboxMessage.objects.create(**row, event_id="EV2", received_at=now(), body=b"{}")
    assert "No webhook has come" not in text(staff, post=TEST)


@pytest.mark.parametrize(
    ("code", "about"),
    [("no_webhook", ""), ("webhook_elsewhere", "https://old.example/"), ("missing_capability", "refunds"),
     ("wrong_account", "CR-ANOTHER"), ("wrong_mode", ""), ("bad_key", ""), ("unreachable", "")],
)  # fmt: skip
def test_each_problem_in_words(
    staff: Client, well: GoCardlessServer, monkeypatch: pytest.MonkeyPatch, code: str, about: str
) -> None:
    gateway = gocardless_at(well.base, live_expected=code != "wrong_mode")
    if code == "no_webhook":
        well.state.webhooks.clear()
    elif code == "webhook_elsewhere":
        well.state.webhooks[0]["url"] = about
    elif code == "missing_capability":
        well.state.creditor["can_create_refunds"] = False
    elif code == "wrong_account":
        well.state.creditor["id"] = about
    elif code == "bad_key":
        gateway._client._http._client.headers["Authorization"] = "Bearer wrong"
    elif code == "unreachable":
        gateway = gocardless_at("http://127.0.0.1:9", live_expected=True)
    stand_in(monkeypatch, gateway)
    page = text(staff, post=TEST)
    wrong, todo = WORDS[code]
    assert WELL not in page
    assert wrong in page
    assert todo in page
    assert about in page


@pytest.mark.parametrize(
    ("code", "about"),
    [("no_webhook", "A-WEBHOOK-OF-NOBODY"), ("webhook_elsewhere", "https://old.example/webhooks/paypal/"),
     ("webhook_missing_events", "PAYMENT.CAPTURE.REFUNDED"), ("missing_capability", "vault"), ("bad_key", ""),
     ("missing_setting", "ALMONER_PAYPAL_WEBHOOK_ID"),
     ("wrong_mode", "ALMONER_PAYPAL_API_BASE is live"), ("busy", "503")],
)  # fmt: skip
def test_each_problem_of_paypals_in_words(
    staff: Client, paypal: PayPalServer, monkeypatch: pytest.MonkeyPatch, code: str, about: str
) -> None:
    paypal.webhook["url"] = f"{settings.SITE_URL.rstrip('/')}/webhooks/paypal/"
    gateway = paypal_at(paypal.base, live_expected=code != "wrong_mode")
    stand_in(monkeypatch, paypal_at(paypal.base, live_expected=True))
    page = text(staff, post="/admin/gateways/paypal/test/")
    assert WELL in page and "No webhook has come" in page
    if code in ("no_webhook", "missing_setting"):
        object.__setattr__(gateway._setup, "webhook_id", about if code == "no_webhook" else "")
    elif code == "webhook_elsewhere":
        paypal.webhook["url"] = about
    elif code == "webhook_missing_events":
        paypal.webhook["event_types"] = [{"name": "PAYMENT.CAPTURE.COMPLETED"}]
    elif code == "missing_capability":
        paypal.scopes = paypal.scopes.replace(
            "https://uri.paypal.com/services/vault/payment-tokens/readwrite", ""
        )
    elif code == "bad_key":
        object.__setattr__(gateway._setup, "secret", "wrong")
    elif code == "busy":
        paypal.fault("unavailable", "POST /v1/oauth2/token")
    stand_in(monkeypatch, gateway)
    page = text(staff, post="/admin/gateways/paypal/test/")
    assert WELL not in page
    for words in (*WORDS[code], about):
        assert words in page, words
    assert sum(wrong in page for wrong, _ in WORDS.values()) == 1


@pytest.mark.parametrize(
    ("code", "plant", "about"),
    [
        ("webhook_disabled", {"status": "disabled"}, "/webhooks/stripe/"),
        ("webhook_missing_events", {"enabled_events": ["charge.refunded"]}, "payment_intent.succeeded"),
        ("wrong_version", {"api_version": "2020-08-27"}, "2020-08-27"),
    ],
)
def test_what_only_stripe_tells(
    staff: Client, stripe: StripeServer, code: str, plant: dict[str, object], about: str
) -> None:
    url = f"{settings.SITE_URL.rstrip('/')}/webhooks/stripe/"
    stripe.state.endpoints = [endpoint(url=url)]
    assert WELL in text(staff, post="/admin/gateways/stripe/test/")
    stripe.state.endpoints = [endpoint(url=url, **plant)]
    page = text(staff, post="/admin/gateways/stripe/test/")
    assert WELL not in page
    assert all(words in page for words in (*WORDS[code], about))


def checked(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[str]]:
    """The status of `almoner check`, and its lines about gateways."""
    status = check.run(cli.parser().parse_args(["check", "--no-mail", *options]))
    lines = capsys.readouterr().out.splitlines()
    return status, [
        line for at, line in enumerate(lines) if "gateway " in line or "gateway " in lines[at - 1]
    ]


def test_the_command_asks_too(well: GoCardlessServer, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = checked(capsys)
    assert " ".join(lines[0].split()) == "ok gateway gocardless answers, and is set up as it must be"
    well.state.webhooks[0]["url"] = "https://old.example/"
    wrong, lines = checked(capsys)
    assert wrong == 1
    assert "wrong  gateway gocardless" in lines[0] and "(https://old.example/)" in lines[0]
    assert WORDS["webhook_elsewhere"][1] in lines[1]
    assert checked(capsys, "--no-gateways") == (status, [])


def test_a_gateway_that_is_away_is_no_fault_of_the_setup(
    well: GoCardlessServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _ = checked(capsys)
    stand_in(monkeypatch, gocardless_at("http://127.0.0.1:9", live_expected=True))
    away, lines = checked(capsys)
    assert (away, lines[0].split()[0]) == (status, "look")


def test_a_gateway_that_refuses_to_be_asked_is_said(
    staff: Client, well: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: GoCardless, *, webhook_url: str) -> list[Problem]:
        raise TryLater("busy")

    monkeypatch.setattr(GoCardless, "check", busy)
    assert WORDS["unreachable"][0] in text(staff, post=TEST)


def test_it_is_asked_outside_a_transaction(
    staff: Client, well: GoCardlessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[bool] = []

    def check(self: GoCardless, *, webhook_url: str) -> list[Problem]:
        # The test itself is one transaction: each within it is a savepoint.
        inside.append(bool(connection.savepoint_ids))
        assert webhook_url == hook()
        return []

    monkeypatch.setattr(GoCardless, "check", check)
    text(staff, post=TEST)
    assert inside == [False]


def test_what_is_not_set_up_or_unknown_is_not_tested(staff: Client, gocardless: GoCardlessServer) -> None:
    for code in ("paypal", "bank", "nothing"):
        assert staff.post(f"/admin/gateways/{code}/test/").status_code == 404
    assert staff.get(TEST).status_code == 405
