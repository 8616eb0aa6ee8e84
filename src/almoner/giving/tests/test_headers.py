"""What every answer of the path says of itself, and what never leaves it: no cookie, no token, no name, no address."""

import io
import logging
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.support.tongue import latin_in

from almoner.config.logs import JsonLines
from almoner.giving.assets import asset
from almoner.giving.models import Gift
from almoner.giving.tests.checking import step_of, text_of
from almoner.giving.tests.conftest import Donor, token_of
from almoner.payments.gateways.port import Order
from almoner.payments.gateways.sandbox.gateway import Sandbox


def walk(donor: Donor, root: str = "") -> dict[str, HttpResponse]:
    """Every answer of a card gift, a hosted one, a transfer and a decline."""
    donor.prefix = f"{root}/give/4840/"
    client = donor.client
    found: dict[str, HttpResponse] = {"form": client.get(donor.prefix), "details": donor.amount()}
    found["found"] = donor.details(found["details"], action="find", address_query="town hall")
    found["wrong"] = donor.details(found["details"], email="x")
    found["payment"] = donor.details(found["details"])
    found["declined"] = donor.give(found["payment"], "lost_card")
    found["given"] = donor.give(found["declined"])
    found["thanks"] = client.get(found["given"].headers["Location"])
    found["hosted"] = donor.give(donor.to_payment(), method="sandbox_hosted")
    found["checkout"] = client.get(found["hosted"].headers["Location"])
    found["paid"] = client.post(found["hosted"].headers["Location"], {"outcome": "success"})
    found["returned"] = client.get(found["paid"].headers["Location"])
    found["transfer"] = donor.give(donor.to_payment(), method="bank_transfer")
    found["missing"] = client.get(f"{root}/give/9999/")
    found["forged"] = donor._post("submit/", {"token": "forged"})
    return found


# One script or style, by what it is or by a number used once.
_PINNED = r"'(sha(256|384|512)-[\w+/=-]{40,}|nonce-[\w-]{20,})'"


@pytest.mark.parametrize("root", ["", "/ar"])
def test_embeds_no_cookie_anywhere_and_the_same_guards_everywhere(donor: Donor, root: str) -> None:
    for name, answer in walk(donor, root).items():
        assert "Set-Cookie" not in answer.headers and not answer.cookies, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        assert "cookie" not in answer.headers.get("Vary", "").lower(), name
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, name
        assert "base-uri 'none'" in policy, name
        sources = {word for each in policy.split(";") for word in each.split()[1:]}
        own = {"'none'", "'self'", "data:"}
        assert all(word in own or re.fullmatch(_PINNED, word) for word in sources), (name, policy)
    assert not donor.client.cookies


def test_each_page_names_its_every_source(donor: Donor) -> None:
    """Word for word: nothing of another host, no scheme, no wildcard; data: for our own small pictures alone."""
    found = walk(donor)
    for name in ("form", "details", "wrong", "payment", "declined", "thanks"):
        policy = re.sub(_PINNED, "PINNED", found[name].headers["Content-Security-Policy"])
        assert policy == (
            "default-src 'none'; style-src PINNED; script-src PINNED PINNED PINNED; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ), name


def test_no_modal_and_no_frame(donor: Donor) -> None:
    """Nothing opens over the page, and nothing of anybody else’s stands in it that could be blocked."""
    for name, answer in walk(donor).items():
        page = text_of(answer).lower()
        assert not re.search(r"<(iframe|frame|frameset|object|embed|portal|dialog|fencedframe)\b", page), name
        assert not re.search(
            r"aria-modal|role=.(alert)?dialog|popover|showmodal|window\.open|target=", page
        ), name
    script = asset("give.js").body.decode().lower()
    assert not re.search(r"iframe|showmodal|showpopover|dialog|alert\(|confirm\(|prompt\(|\.open\(", script)


def test_who_may_keep_what(donor: Donor) -> None:
    kept = {name: answer.headers.get("Cache-Control") for name, answer in walk(donor).items()}
    assert kept.pop("form") == "public, max-age=60"
    assert {kept.pop(name) for name in ("checkout", "missing")} <= {"private, no-store", "no-store"}
    kept.pop("paid")
    # `no-store` would break the browser's Back on a step that answers a POST.
    assert set(kept.values()) == {"private, no-cache"}


def test_xss_scripts_by_hash_on_the_page_for_everybody_and_by_nonce_after_it(donor: Donor) -> None:
    found = walk(donor)
    policy = found["form"].headers["Content-Security-Policy"]
    assert "nonce" not in policy + text_of(found["form"])
    assert re.search(r"script-src 'sha(256|384|512)-", policy)
    nonces = set()
    for name in ("details", "wrong", "payment", "declined", "thanks"):
        policy = found[name].headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'nonce-([\w-]{20,})'", policy)
        assert nonce is not None, policy
        assert f'nonce="{nonce[1]}"' in text_of(found[name])
        nonces.add(nonce[1])
    assert len(nonces) == 5


def test_the_first_page_is_the_same_bytes_for_all(donor: Donor) -> None:
    first = Client().get("/give/4840/")
    for headers in (
        {},
        {"User-Agent": "Mobile"},
        {"Cookie": "staff=x"},
        {"Accept-Language": "ar"},
        {"Referer": "http://x/"},
    ):
        again = Client(headers=headers, REMOTE_ADDR="203.0.113.9").get("/give/4840/")
        assert (again.content, dict(again.items())) == (first.content, dict(first.items()))
    assert first.ready is True  # type: ignore[attr-defined]
    assert "token" not in re.sub(r"<script.*", "", text_of(first)).lower().replace("give-token", "")


def test_a_thank_you_tells_nobody_its_address(donor: Donor) -> None:
    thanks = walk(donor)["thanks"]
    assert thanks.headers["Referrer-Policy"] == "same-origin"
    assert thanks.headers["X-Robots-Tag"] == "noindex"


def test_no_token_and_nothing_personal_in_an_address(donor: Donor) -> None:
    found = walk(donor)
    private = [
        "ada@",
        "nguy",
        "george",
        *(token_of(found[name]) for name in ("details", "payment", "declined")),
    ]
    addresses = [answer.headers["Location"] for answer in found.values() if "Location" in answer.headers]
    for answer in found.values():
        addresses += re.findall(r'(?:href|src|action)="([^"]*)"', text_of(answer))
    assert len(addresses) > 60
    for address in addresses:
        assert not any(each.lower() in address.lower() for each in private if each), address
        assert not urlsplit(address).query or address.startswith(("/give/4840/?currency=", "mailto:")), (
            address
        )
    keys = Gift.objects.values_list("public_key", flat=True)
    assert {len(key) for key in keys} == {22}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that would be written to a server's log, in its own format."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


def test_the_log_knows_no_donor(
    donor: Donor, log: io.StringIO, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries = {
        "given_name": "Canaryname", "email": "canary@example.org", "message": "Canarymessage",
        "tribute_kind": "memory", "tribute_name": "Canarytribute", "phone": "02 5550 9999",
        "address_line1": "99 Canary Street",
    }  # fmt: skip
    secrets = ["canary", "5550 9999"]
    page = donor.to_payment(**canaries)
    secrets.append(token_of(page))
    donor.details(page, **{**canaries, "email": "canary@"})
    donor.give(page, method="nonsense")
    given = donor.give(page)
    donor.client.get(given.headers["Location"])
    donor.client.get(given.headers["Location"].replace("thanks", "no-such-page"))
    donor.client.get("/give/thanks/Canarykey/")
    donor._post("submit/", {"token": token_of(page) + "x"})
    donor.client.post("/webhooks/sandbox/", b"canary", content_type="text/plain")
    secrets.append(Gift.objects.get().public_key)

    def breaks(order: Order) -> None:
        raise RuntimeError(f"no charge for {canaries['email']} {order.key}")

    monkeypatch.setattr(sandbox, "create", breaks)
    donor.client.raise_request_exception = False
    assert donor.give(donor.to_payment(**canaries)).status_code == 500
    written = log.getvalue()
    assert "RuntimeError" in written and "give/thanks/<slug:public_key>/" in written
    assert [each for each in secrets if each.lower() in written.lower()] == []


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("pt-br", "ltr")])
def test_the_path_in_another_language(donor: Donor, language: str, direction: str) -> None:
    found = walk(donor, f"/{language}")
    for name in ("form", "details", "wrong", "payment", "declined", "thanks"):
        assert f'<html lang="{language}" dir="{direction}">' in text_of(found[name]), name
    for name, step in (
        ("form", "amount"),
        ("details", "details"),
        ("payment", "payment"),
        ("thanks", "thanks"),
    ):
        assert step_of(found[name]) == step
        assert 'action="/give/' not in text_of(found[name]), "a step led out of its language"
    assert found["given"].headers["Location"].startswith(f"/{language}/give/thanks/")
    assert found["returned"].headers["Location"].startswith(f"/{language}/give/thanks/")
    assert set(Gift.objects.values_list("language", flat=True)) == {language}
    gift = Gift.objects.select_related("contact").earliest("given_at")
    assert gift.contact.language == language
    # The same gift's page speaks the language of its address.
    assert '<html lang="en"' in text_of(donor.client.get(f"/give/thanks/{gift.public_key}/"))
    assert donor.client.get("/fi/give/4840/").status_code == 404


def test_the_return_of_a_browser_proves_nothing(donor: Donor, sandbox: Sandbox) -> None:
    hosted = donor.give(donor.to_payment(), method="sandbox_hosted")
    gift = Gift.objects.get()
    for _ in range(2):
        back = donor.client.get(f"/give/return/{gift.public_key}/?success=1&status=paid")
        assert (back.status_code, back.headers["Location"]) == (302, f"/give/thanks/{gift.public_key}/")
    gift.refresh_from_db()
    assert gift.status == "pending"
    come = text_of(donor.client.get(back.headers["Location"]))
    assert "Your payment is not finished" in come and "has arrived" not in come
    donor.client.post(hosted.headers["Location"], {"stop": "1"})
    donor.client.get(f"/give/return/{gift.public_key}/")
    gift.refresh_from_db()
    assert gift.status == "failed"
    assert "Nothing was charged" in text_of(donor.client.get(back.headers["Location"]))
    assert donor.client.get("/give/return/nobody-has-this-key/").status_code == 404


def test_fragments_are_the_section_alone(donor: Donor) -> None:
    page = donor.client.post("/give/4840/details/", {"amount": "50"}, headers={"X-Almoner-Fragment": "1"})
    assert page.content.decode().lstrip().startswith("<section") and "<html" not in text_of(page)
    values = {"token": token_of(donor.to_payment()), "method": "sandbox_hosted"}
    answer = donor.client.post("/give/4840/submit/", values, headers={"X-Almoner-Fragment": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["X-Almoner-Location"].startswith("/sandbox/checkout/")
    assert answer.headers["Cache-Control"] == "private, no-cache"


# Names that are the same in every script.
NAMES = (
    "Visa",
    "Mastercard",
    "American",
    "Express",
    "JavaScript",
    "PDF",
    "AUD",
    "ABN",
    "BSB",
    "QR",
    "name@example.com",
)


def test_no_word_of_ours_is_left_in_english(donor: Donor) -> None:
    """In Arabic whatever stands in Latin letters, and in no row, was not translated."""
    found = walk(donor, "/ar")
    # Addresses are written as their country's post writes them.
    found.pop("found")
    for name, answer in found.items():
        if answer.content:
            assert latin_in(text_of(answer), besides=NAMES) == set(), name
