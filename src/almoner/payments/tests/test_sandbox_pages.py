"""The sandbox's own pages: in the donor's language, and the same for every choice."""

import re
import uuid
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import Client

from almoner.payments.gateways.port import Order
from almoner.payments.gateways.sandbox.gateway import Outcome, Sandbox

BACK = "/ar/give/return/abc/"


def asked(sandbox: Sandbox, *, language: str, method: str = "sandbox_hosted", outcome: str = "") -> str:
    """Where the gateway sends a donor who reads `language`."""
    order = Order(
        key=uuid.uuid4().hex,
        amount_minor=5_000,
        currency="AUD",
        method=method,
        description="A gift",
        reference="K7Q2M9XTB4",
        return_url=BACK,
        language=language,
        input={"sandbox_outcome": outcome},
    )
    answer = sandbox.create(order)
    if outcome:
        answer = sandbox.confirm(answer.gateway_id, order=order)
    assert answer.next_action is not None
    return answer.next_action.url


def english_in(answer: HttpResponse) -> list[str]:
    """Latin words that a reader sees, but for what has no translation: the reference and the currency's code."""
    body = answer.content.decode().partition("<body>")[2]
    text = re.sub(r"<[^>]+>", " ", body).replace("K7Q2 M9X TB4", "").replace("AUD", "")
    return re.findall(r"[A-Za-z]{2,}", text)


@pytest.mark.parametrize(
    ("language", "root"),
    [("en", "/sandbox/"), ("pt-br", "/pt-br/sandbox/"), ("fi", "/sandbox/"), ("", "/sandbox/")],
)
def test_a_donor_is_sent_to_a_page_in_a_language_that_is_there(
    sandbox: Sandbox, language: str, root: str
) -> None:
    assert asked(sandbox, language=language).startswith(root + "checkout/")
    address = asked(sandbox, language=language, method="sandbox_card", outcome="authenticate")
    assert address.startswith(root + "authenticate/")


def test_the_hosted_page_speaks_arabic_to_the_end(sandbox: Sandbox, client: Client) -> None:
    address = asked(sandbox, language="ar")
    page = client.get(address)
    assert '<html lang="ar" dir="rtl">' in page.content.decode()
    assert english_in(page) == []
    wrong = client.post(address, {"outcome": "nothing"})
    assert 'role="alert"' in wrong.content.decode()
    assert english_in(wrong) == []
    bank = client.post(address, {"outcome": Outcome.AUTHENTICATE})
    assert bank["Location"] == address.replace("checkout", "authenticate")
    page = client.get(bank["Location"])
    assert '<html lang="ar" dir="rtl">' in page.content.decode()
    assert english_in(page) == []
    assert client.post(bank["Location"], {"answer": "yes"})["Location"] == BACK
    assert english_in(client.get(address)) == []


def test_the_books_speak_arabic_too(sandbox: Sandbox, client: Client) -> None:
    asked(sandbox, language="ar")
    page = client.get("/ar/sandbox/")
    # The gateway's own codes stay as they are, marked as code.
    shown = re.sub(r"<code.*?</code>", "", page.content.decode())
    assert english_in(HttpResponse(shown)) == ["UTC"]
    assert client.post("/ar/sandbox/clock/")["Location"] == "/ar/sandbox/"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_all_of_a_page_stands_in_a_landmark(sandbox: Sandbox, client: Client, language: str) -> None:
    for address in (
        asked(sandbox, language=language),
        asked(sandbox, language=language, method="sandbox_card", outcome="authenticate"),
        "/sandbox/",
    ):
        body = client.get(address).content.decode().partition("<body>")[2].partition("</body>")[0]
        outside = re.sub(r"<(header|main)\b.*?</\1>", "", body, flags=re.DOTALL)
        assert outside.strip() == "", address
        assert body.count("<main") == body.count("<h1") == 1


def test_a_saved_method_is_told_what_to_do_next_and_a_month_passes(client: Client, sandbox: Sandbox) -> None:
    order = Order(
        key="k", amount_minor=1000, currency="AUD", method="sandbox_card", description="", reference="K7Q2M9XTB4",
        return_url="/", language="en", input={"sandbox_outcome": "success"}, save_method=True,
    )  # fmt: skip
    saved = sandbox.confirm(sandbox.create(order).gateway_id, order=order).saved
    assert saved is not None
    assert saved.label in client.get("/sandbox/").content.decode()
    client.post(f"/sandbox/method/{saved.token}/", {"outcome": "lost_card"})
    again = replace(order, key="k2", save_method=False, saved_method=saved.token, input={})
    answer = sandbox.confirm(sandbox.create(again).gateway_id, order=again)
    assert (answer.status, answer.final, answer.saved) == ("failed", True, None)
    before = sandbox.store.now()
    client.post("/sandbox/clock/", {"days": "31"})
    assert (sandbox.store.now() - before).days == 31
    client.post(f"/sandbox/method/{saved.token}/", {"act": "revoke"})
    assert not sandbox.retrieve_method(saved.token).usable
    assert saved.label not in client.get("/sandbox/").content.decode()
