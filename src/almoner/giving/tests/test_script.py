"""give.js in a real browser, against a stand-in for the views: what it swaps, keeps, says and never does twice."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.support.preview_pages import look, states, story, summary

from almoner.giving import altcha
from almoner.giving.assets import asset_of
from almoner.giving.pages import csp_hashes, render
from almoner.giving.views_model import (
    Decline,
    FieldError,
    MethodChoice,
    Step,
    StepAmount,
    StepDetails,
    StepPayment,
)
from almoner.kernel.clock import now

pytestmark = pytest.mark.browser

FORM = look()
STATES = states("en")


class Stand(ThreadingHTTPServer):
    """Answers as the views do, and remembers what was posted. `mood` makes the next POST go wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.posts: list[tuple[str, dict[str, str]]] = []
        self.mood = ""
        self.work = ""
        self.currencies = False
        # What the details hold that come after an amount, and the methods that are offered.
        self.kept: dict[str, str] = {}
        self.methods = ("card", "bank_transfer")
        self.gate = threading.Event()
        self.gate.set()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Stand

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/give/assets/"):
            found = asset_of(path.split("/")[3])
            assert found is not None
            self.send(found.body.decode(), content_type=found.content_type)
        elif path == "/story/":
            self.send(story(FORM))
        elif path.startswith("/give/thanks/"):
            self.send(render(STATES["4-thanks"], whole=self.whole))
        elif path == "/checkout/":
            self.send("<title>Checkout</title>")
        elif path == "/give/4840/":
            form = STATES["1-amount-funds"].form if self.server.currencies else FORM  # type: ignore[union-attr]
            values = dict(parse_qsl(urlsplit(self.path).query))
            self.send(render(StepAmount(form=form, values=values), whole=self.whole))
        else:
            self.send("", status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        post = dict(parse_qsl(body, keep_blank_values=True))
        self.server.posts.append((self.path, post))
        mood, self.server.mood = self.server.mood, ""
        self.server.gate.wait(20)
        if mood == "drop":
            self.close_connection = True
            self.connection.close()
        elif mood == "broken" and not self.whole:
            self.send("<p>The proxy is unwell.</p>", status=502)
        elif mood == "away":
            self.send("", headers={"X-Almoner-Location": "/checkout/"})
        else:
            self.step(self.path.rstrip("/").rpartition("/")[2], post)

    def step(self, name: str, post: dict[str, str]) -> None:
        if (
            name == "submit"
            and post.get("action") != "back"
            and post.get("sandbox_outcome") != "expired_card"
        ):
            self.send("", status=303, headers={"Location": "/give/thanks/abc/"})
        else:
            answer = {"details": amount, "payment": details, "submit": payment}[name](post)
            if isinstance(answer, StepPayment):
                methods = tuple(MethodChoice(code, code) for code in self.server.methods)
                answer = replace(answer, work=self.server.work, methods=methods, chosen=methods[0].code)
            elif isinstance(answer, StepDetails) and name == "details":
                answer = replace(answer, values={**answer.values, **self.server.kept})
            self.send(render(answer, whole=self.whole))

    @property
    def whole(self) -> bool:
        return "X-Almoner-Fragment" not in self.headers

    def send(
        self,
        text: str,
        *,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        headers: Any = (),
    ) -> None:
        body = text.encode()
        hashes = csp_hashes(FORM)
        scripts = " ".join(f"'{each}'" for each in (hashes.script, *hashes.more))
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if "/story/" not in self.path:
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; style-src '{hashes.style}'; script-src {scripts}; "
                "img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'",
            )
        for key, value in dict(headers).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)


def amount(post: dict[str, str]) -> Step:
    if not post.get("amount"):
        return StepAmount(form=FORM, values=post, errors=(FieldError("amount", "Choose an amount"),))
    return replace(STATES["2-details"], token="draft-1")  # type: ignore[arg-type]


def details(post: dict[str, str]) -> Step:
    here: StepDetails = replace(STATES["2-details"], values=post, token="draft-2")  # type: ignore[assignment]
    action = post.get("action")
    if action == "back":
        return StepAmount(form=FORM, values={"amount": "50"}, token="draft-2")
    if action == "find":
        return replace(here, suggestions=STATES["2-details-found"].suggestions)  # type: ignore[union-attr]
    if action == "manual":
        return replace(here, manual_open=True)
    if not post.get("given_name"):
        return replace(here, errors=(FieldError("given_name", "Enter your first name"),))
    return payment(post)


def payment(post: dict[str, str]) -> Step:
    here: StepPayment = replace(
        STATES["3-payment"], token="draft-3", summary=summary(name=post.get("given_name", "Ada"))
    )  # type: ignore[assignment]
    if post.get("sandbox_outcome") == "expired_card":
        return replace(
            here, decline=Decline("Your card has expired", "Use another card."), outcome="expired_card"
        )
    return here


@pytest.fixture
def stand() -> Iterator[Stand]:
    server = Stand()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(new_page: Callable[..., Page], stand: Stand) -> Iterator[Page]:
    """A page that must not complain: an error in the console fails the test."""
    opened = new_page(base_url=stand.origin, reduced_motion="reduce")
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    assert [text for text in troubles if "Failed to load resource" not in text] == []


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_focused()


def to_details(page: Page) -> None:
    page.goto("/give/4840/?utm_source=letter&appeal=WINTER&token=stolen")
    page.get_by_label("$50").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")


def to_payment(page: Page) -> None:
    to_details(page)
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Payment Details")


def test_the_steps_swap_in_place_and_end_at_the_gifts_own_address(page: Page, stand: Stand) -> None:
    loads = []
    page.on("load", lambda _: loads.append(page.url))
    to_payment(page)
    assert page.title().startswith("Payment Details – ")
    assert urlsplit(page.url).path == "/give/4840/payment/"
    page.get_by_role("button", name="Give $51.18 now").click()
    heading(page, "Thank You")
    assert urlsplit(page.url).path == "/give/thanks/abc/"
    assert [urlsplit(url).path for url in loads] == ["/give/4840/"]
    assert [path for path, _ in stand.posts] == [
        "/give/4840/details/",
        "/give/4840/payment/",
        "/give/4840/submit/",
    ]


def test_the_source_is_filled_from_the_address_and_nothing_else_is(page: Page, stand: Stand) -> None:
    to_details(page)
    first = stand.posts[0][1]
    assert (first["utm_source"], first["appeal"], first["utm_medium"]) == ("letter", "WINTER", "")
    assert "token" not in first
    assert first["referrer"] == ""
    assert (first["amount"], first["frequency"], first["action"]) == ("50", "once", "continue")


def test_errors_are_focused_and_announced_and_stay_in_the_same_history_entry(page: Page) -> None:
    page.goto("/give/4840/")
    entries = page.evaluate("history.length")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("Error: How much would you like to give?")
    page.get_by_role("link", name="Choose an amount").click()
    expect(page.get_by_label("$25 An hour")).to_be_focused()
    assert page.evaluate("history.length") == entries
    assert page.url.endswith("/give/4840/")


def test_back_and_forward_keep_what_was_typed(page: Page, stand: Stand) -> None:
    to_payment(page)
    page.get_by_label("bank_transfer").check()
    page.go_back()
    heading(page, "Your Details")
    expect(page.get_by_label("First name")).to_have_value("Ada")
    page.go_back()
    heading(page, "How much would you like to give?")
    expect(page.get_by_label("$50")).to_be_checked()
    page.go_forward()
    page.go_forward()
    heading(page, "Payment Details")
    expect(page.get_by_label("bank_transfer")).to_be_checked()
    assert len(stand.posts) == 2
    page.get_by_role("button", name="Back").click()
    heading(page, "Your Details")
    assert len(stand.posts) == 2


def test_a_changed_amount_keeps_the_draft_and_what_was_typed_after_it(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Email me about").check()
    page.go_back()
    page.get_by_label("$100").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")
    expect(page.get_by_label("First name")).to_have_value("Ada")
    expect(page.get_by_label("Email me about")).to_be_checked()
    assert stand.posts[-1][1]["token"] == "draft-1"
    assert stand.posts[-1][1]["amount"] == "100"


def test_back_after_the_gift_shows_the_thank_you_and_posts_nothing(page: Page, stand: Stand) -> None:
    to_payment(page)
    page.get_by_role("button", name=re.compile("^Give")).click()
    heading(page, "Thank You")
    page.go_back()
    expect(page.get_by_role("heading", name="Thank You")).to_be_visible()
    page.wait_for_url("**/give/thanks/abc/")
    page.reload()
    expect(page.get_by_role("heading", name="Thank You", level=1)).to_be_visible()
    assert len(stand.posts) == 3


def test_a_second_press_while_the_first_is_under_way_does_nothing(page: Page, stand: Stand) -> None:
    to_payment(page)
    stand.gate.clear()
    give = page.get_by_role("button", name=re.compile("^Give"))
    give.click()
    expect(give).to_have_attribute("aria-disabled", "true")
    give.click(force=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("One moment…")
    stand.gate.set()
    heading(page, "Thank You")
    assert len(stand.posts) == 3


def test_a_lost_connection_keeps_everything_and_the_same_button_tries_again(page: Page, stand: Stand) -> None:
    to_payment(page)
    stand.mood = "drop"
    give = page.get_by_role("button", name=re.compile("^Give"))
    give.click()
    expect(page.locator(".g-live")).to_contain_text("Nothing you typed is lost")
    expect(give).not_to_have_attribute("aria-disabled", "true")
    give.click()
    heading(page, "Thank You")


def test_a_slow_answer_is_spoken_of(page: Page, stand: Stand) -> None:
    page.clock.install()
    to_payment(page)
    stand.gate.clear()
    page.get_by_role("button", name=re.compile("^Give")).click()
    expect(page.get_by_role("status").first).to_have_text("One moment…")
    page.clock.fast_forward(6000)
    expect(page.locator(".g-live")).to_contain_text("taking longer than usual")
    stand.gate.set()
    heading(page, "Thank You")


def test_an_answer_that_is_no_step_is_asked_for_again_the_plain_way(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_label("First name").fill("Ada")
    stand.mood = "broken"
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Payment Details")).to_be_visible()
    (_, by_script), (_, plain) = stand.posts[-2:]
    assert by_script == plain
    assert plain["given_name"] == "Ada"


def test_a_hosted_checkout_is_gone_to(page: Page, stand: Stand) -> None:
    to_payment(page)
    stand.mood = "away"
    page.get_by_role("button", name=re.compile("^Give")).click()
    page.wait_for_url("**/checkout/")


def test_a_decline_is_shown_where_the_donor_stands(page: Page) -> None:
    to_payment(page)
    page.get_by_label("What should happen").select_option("expired_card")
    page.get_by_role("button", name=re.compile("^Give")).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Use another card.")
    assert page.title().startswith("Error: Payment Details")


def test_addresses_are_found_by_enter_and_announced_by_focus(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Find your address").fill("geelong")
    page.keyboard.press("Enter")
    expect(page.locator("legend", has_text="2 addresses found")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_value("Ada")
    assert stand.posts[-1][1]["action"] == "find"


def test_enter_in_any_other_field_continues(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_label("First name").fill("Ada")
    page.keyboard.press("Enter")
    heading(page, "Payment Details")
    assert stand.posts[-1][1]["action"] == "continue"


def test_the_manual_fields_open_at_once_and_the_country_changes_them(page: Page, stand: Stand) -> None:
    to_details(page)
    page.get_by_role("link", name="Can't find your address? Enter it here").click()
    expect(page.get_by_label("Address line 1")).to_be_focused()
    page.get_by_label("Country").select_option("JP")
    expect(page.get_by_label("Country")).to_be_focused()
    expect(page.get_by_label("Address line 1")).to_be_visible()
    assert (stand.posts[-1][1]["action"], stand.posts[-1][1]["country"]) == ("manual", "JP")


def test_inside_a_story_the_address_stays_the_storys(page: Page, stand: Stand) -> None:
    page.goto("/story/")
    page.get_by_label("$50").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Your Details")
    page.get_by_label("First name").fill("Ada")
    page.get_by_role("button", name="Continue").click()
    heading(page, "Payment Details")
    page.go_back()
    heading(page, "Your Details")
    page.go_back()
    heading(page, "How much would you like to give?")
    assert page.title() == "A story"
    assert page.url.endswith("/story/")
    assert stand.posts[0][1]["story"] == "12"


def test_another_amount_is_typed_where_it_was_chosen(page: Page, stand: Stand) -> None:
    page.goto("/give/4840/")
    expect(page.get_by_label("Amount in AUD")).to_be_hidden()
    page.get_by_text("Other amount").click()
    expect(page.get_by_label("Amount in AUD")).to_be_focused()
    page.keyboard.type("75")
    page.keyboard.press("Enter")
    heading(page, "Your Details")
    assert (stand.posts[0][1]["amount"], stand.posts[0][1]["other_amount"]) == ("other", "75")


def test_without_the_script_each_step_is_a_page(new_page: Callable[..., Page], stand: Stand) -> None:
    page = new_page(base_url=stand.origin, java_script_enabled=False)
    page.goto("/give/4840/")
    page.get_by_label("$50").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First name").fill("Ada")
    page.get_by_role("link", name="Can't find your address? Enter it here").click()
    page.get_by_label("Address line 1").fill("1 Moorabool Street")
    page.get_by_label("First name").press("Enter")
    page.get_by_role("button", name=re.compile("^Give")).click()
    expect(page.get_by_role("heading", name="Thank You", level=1)).to_be_visible()
    assert [path for path, _ in stand.posts] == [
        "/give/4840/details/",
        "/give/4840/payment/",
        "/give/4840/submit/",
    ]
    assert stand.posts[1][1]["address_line1"] == "1 Moorabool Street"


def test_work_is_done_before_the_gift_is_sent(page: Page, stand: Stand) -> None:
    stand.work = altcha.challenge("this try", most=3_000, at=now()).to_json()
    to_payment(page)
    page.get_by_role("button", name=re.compile("^Give")).click()
    heading(page, "Thank You")
    assert altcha.solved(stand.posts[-1][1]["altcha"], "this try", most=3_000, at=now())


def test_another_currency_swaps_in_place(page: Page, stand: Stand) -> None:
    stand.currencies = True
    page.goto("/give/4840/")
    page.get_by_role("link", name="NZD").click()
    expect(page.locator("[name=currency]")).to_have_value("NZD")
    heading(page, "How much would you like to give?")
    assert page.url.endswith("/give/4840/")
    assert stand.posts == []
