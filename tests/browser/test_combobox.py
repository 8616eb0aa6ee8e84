"""The address field as an editable combobox (WAI-ARIA APG): by keys, by touch, aloud, slow, and without its server."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.combobox import Combobox, asked_for, gives, stored
from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk, axe_problems, sound
from tests.support.databases import borrowed

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]

TOWN_HALL = "483 George Street, Sydney NSW 2000"
ENDPOINT = "**/give/addresses/?*"
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def box(page: Page, demonstration: Demonstration) -> Iterator[Combobox]:
    """A combobox whose page must not complain."""
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield Combobox(page, demonstration)
    assert [text for text in troubles if "Failed to load resource" not in text] == []


@pytest.fixture
def rows(demonstration: Demonstration, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        for _ in borrowed(demonstration.site.db.url, keep=True):
            yield


# ---- Keys ----------------------------------------------------------------------------------------------------------


def test_the_attributes_of_an_editable_combobox(box: Combobox) -> None:
    field = box.page.get_by_role("combobox", name="Find your address")
    expect(field).to_have_attribute("aria-autocomplete", "list")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_attribute("aria-controls", "give-options")
    box.type_and_wait("queen")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(box.list).to_have_accessible_name(f"{box.options.count()} addresses found")
    expect(box.page.get_by_role("button", name="Find address")).to_be_visible()
    assert box.active() == "", "nothing is chosen by itself"
    for option in box.options.all():
        shape = option.bounding_box()
        assert shape is not None and shape["height"] >= 44


def test_the_keys_of_the_pattern(box: Combobox) -> None:
    box.type_and_wait("queen")
    words = box.options.all_inner_texts()
    assert len(words) > 2
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", -1), ("ArrowDown", 0)):
        box.input.press(key)
        assert box.active() == words[at], key
        assert box.options.all()[at].get_attribute("aria-selected") == "true"
    for key, caret in (("Home", 0), ("End", 5), ("ArrowLeft", 4)):
        box.input.press("ArrowDown")
        box.input.press(key)
        assert box.active() == ""
        assert box.input.evaluate("e => e.selectionStart") == caret
        expect(box.list).to_be_visible()
    box.input.press("Alt+ArrowUp")
    expect(box.list).to_be_hidden()
    box.input.press("Alt+ArrowDown")
    expect(box.list).to_be_visible()
    assert box.active() == ""
    box.input.press("Escape")
    expect(box.list).to_be_hidden()
    box.input.press("ArrowUp")
    assert box.active() == words[-1]
    box.input.press("Tab")
    expect(box.list).to_be_hidden()
    expect(box.input).not_to_be_focused()
    expect(box.input).to_have_value("queen")


def test_by_keys_to_a_gift_whose_address_was_chosen(box: Combobox, rows: None) -> None:
    box.type("3/12 geor")
    box.input.fill("sydney town hall")
    expect(box.options).to_have_text([f"Sydney Town Hall, {TOWN_HALL} "])
    box.input.press("ArrowDown")
    box.input.press("Enter")
    expect(box.line1).to_be_focused()
    expect(box.line1).to_have_value("483 George Street")
    expect(box.line1).to_be_editable()
    expect(box.line1).to_have_accessible_description(re.compile("Change whatever is not right"))
    expect(box.input).to_have_value(TOWN_HALL)
    address = stored(gives(box))
    assert (address["origin"], address["line1"], address["locality"]) == (
        "chosen",
        "483 George Street",
        "Sydney",
    )
    assert address["source"] and address["release"]


def test_an_address_that_was_chosen_and_then_edited(box: Combobox, rows: None) -> None:
    box.type("sydney town hall")
    box.choose("483 George Street")
    box.line1.fill("Level 2, 483 George Street")
    address = stored(gives(box))
    assert (address["origin"], address["line1"]) == ("edited", "Level 2, 483 George Street")
    assert address["source"] and address["release"]


def test_a_number_that_isnt_known_is_said_and_stays(box: Combobox, rows: None) -> None:
    box.type("999 george street sydney")
    name = "George Street, Sydney NSW 2000 We don’t know number 999 there; it stays as you typed it"
    box.page.get_by_role("option", name=name).click()
    expect(box.line1).to_have_value("999 George Street")
    assert stored(gives(box))["origin"] == "edited"


def test_enter_without_an_option_finds_as_the_button_does(box: Combobox) -> None:
    box.type("queen")
    box.input.press("Enter")
    expect(box.page.locator(".g-found legend")).to_be_focused()
    expect(box.list).to_be_hidden()
    expect(box.manual).to_be_visible()


def test_enter_that_ends_a_composed_word_chooses_nothing(box: Combobox) -> None:
    box.type("queen")
    box.input.press("ArrowDown")
    for trait in ("isComposing: true", "keyCode: 229"):
        box.input.evaluate(
            "e => e.dispatchEvent(new KeyboardEvent('keydown',"
            f" {{ key: 'Enter', bubbles: true, cancelable: true, {trait} }}))"
        )
    expect(box.list).to_be_visible()
    expect(box.line1).to_have_value("")
    assert box.page.locator(".g-found").count() == 0


def test_another_try_after_an_address_was_chosen(box: Combobox) -> None:
    box.type("sydney town hall")
    box.choose("483 George Street")
    expect(box.line1).to_have_value("483 George Street")
    box.input.fill("")
    box.type("melbourne town hall")
    box.choose("Melbourne")
    expect(box.line1).not_to_have_value("483 George Street")


# ---- Touch, screens, languages -------------------------------------------------------------------------------------


def test_by_touch_on_a_small_screen(demonstration: Demonstration, new_page: NewPage) -> None:
    box = Combobox(new_page(**PHONE), demonstration)
    box.input.tap()
    box.input.press_sequentially("queen", delay=5)
    expect(box.options.first).to_be_visible()
    expect(box.manual).to_be_in_viewport()
    expect(box.input).to_be_in_viewport()
    expect(box.options.first).to_be_in_viewport()
    sound(box.page, "details with the list")
    box.options.nth(1).tap()
    expect(box.line1).not_to_have_value("")


@pytest.mark.parametrize("options", [{}, PHONE, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_while_the_list_is_open(
    demonstration: Demonstration, new_page: NewPage, options: dict[str, object]
) -> None:
    box = Combobox(new_page(**options), demonstration)
    box.type("999 george st")
    box.input.press("ArrowDown")
    assert axe_problems(box.page) == []


def test_from_right_to_left(demonstration: Demonstration, new_page: NewPage) -> None:
    box = Combobox(new_page(**PHONE), demonstration, "ar")
    box.type_and_wait("999 george street sydney")
    assert box.asked[-1].split("?")[0].endswith("/ar/give/addresses/")
    assert re.search("لا نعرف", box.options.first.inner_text())
    assert box.list.evaluate("e => getComputedStyle(e).direction") == "rtl"
    box.says(re.compile("عُثر"))
    sound(box.page, "details with the list")
    expect(box.manual).to_be_in_viewport()
    box.input.press("ArrowDown")
    box.input.press("Enter")
    expect(box.line1).to_have_value("999 George Street")


def test_another_countrys_addresses(box: Combobox) -> None:
    box.page.get_by_label("Country").select_option("GB")
    expect(box.page.get_by_label("Country")).to_be_focused()
    expect(box.input).to_have_attribute("role", "combobox")
    box.type("1 high st")
    expect(box.options.first).to_contain_text("High Street, Edinburgh, EH1 1YJ")
    assert "country=GB" in box.asked[-1]
    box.options.first.click()
    expect(box.line1).to_have_value(re.compile("High Street"))
    expect(box.page.locator("[name=address_postcode]")).to_have_value("EH1 1YJ")


@pytest.mark.parametrize("country", ["JP", "DE"])
def test_a_country_without_a_finder_has_its_fields_open(box: Combobox, country: str) -> None:
    box.page.get_by_label("Country").select_option(country)
    expect(box.line1).to_be_visible()
    expect(box.input).to_have_count(0)


def test_inside_a_story_too(demonstration: Demonstration, page: Page) -> None:
    page.goto(demonstration.story)
    Walk(page).amount()
    field = page.get_by_role("combobox", name="Find your address")
    field.press_sequentially("sydney town hall")
    # While an earlier keystroke's list is still shown, another one stands first.
    page.get_by_role("option", name="483 George Street, Sydney").first.click()
    expect(page.locator("[name=address_line1]")).to_have_value("483 George Street")


def test_the_scripts_come_when_they_are_needed(demonstration: Demonstration, page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto(demonstration.form)
    page.wait_for_function("document.readyState === 'complete' && document.documentElement.matches('.js')")
    assert "finder.js" not in loaded
    Walk(page).amount()
    expect(page.get_by_role("combobox", name="Find your address")).to_be_visible()
    assert loaded.count("finder.js") == 1
    # The same step again, as it was left: its field is dressed already.
    page.go_back()
    Walk(page).heading("How much would you like to give?")
    page.go_forward()
    Walk(page).heading("Your Details")
    page.wait_for_function("document.head.querySelectorAll('script[src$=\"finder.js\"]').length === 2")
    page.wait_for_timeout(200)
    expect(page.locator(".g-finder [role=status]")).to_have_count(1)


@pytest.mark.parametrize("query", ["999 george street sydney"])
def test_without_the_script(demonstration: Demonstration, new_page: NewPage, query: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(demonstration.form)
    walk = Walk(page)
    walk.amount()
    page.locator("[name=address_query]").fill(query)
    walk.press("Find address")
    page.get_by_role(
        "radio", name=re.compile("^George Street, Sydney.*We don’t know number 999 there")
    ).check()
    walk.press("Use this address")
    expect(page.locator("[name=address_line1]")).to_have_value("999 George Street")
    expect(page.locator("[name=address_line1]")).to_be_focused()


# ---- What is said --------------------------------------------------------------------------------------------------


def test_how_many_is_said_once_when_typing_rests(box: Combobox) -> None:
    box.page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(document.querySelector("
        "'.g-finder [role=status]').textContent)).observe(document.querySelector('.g-finder [role=status]'),"
        " { childList: true }) }"
    )
    # By a clock of its own: to a slow machine each key would be a rest.
    box.page.clock.install()
    box.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    for letter in "queen":
        box.input.press(letter)
        box.page.clock.run_for(100)
    expect(box.list).to_be_visible()
    until(box, lambda: box.active() == "" and asked_for(box.asked[-1]) == "queen")
    assert [text for text in box.page.evaluate("said") if text] == []
    until(box, lambda: box.page.clock.run_for(200) or any(box.page.evaluate("said")))
    count = box.options.count()
    box.says(f"{count} address{'es' if count > 1 else ''} found")
    assert [text for text in box.page.evaluate("said") if text] == [f"{count} addresses found"]
    box.page.clock.resume()
    box.input.fill("qqqqqq")
    box.says("No address found")
    expect(box.list).to_be_hidden()
    expect(box.input).to_have_attribute("aria-expanded", "false")


# ---- Nothing typed is lost -----------------------------------------------------------------------------------------


def test_escape_and_leaving_keep_what_was_typed(box: Combobox) -> None:
    box.type_and_wait("483 geor")
    box.input.press("ArrowDown")
    box.input.press("Escape")
    expect(box.list).to_be_hidden()
    expect(box.input).to_have_value("483 geor")
    box.input.press("Escape")
    expect(box.input).to_have_value("483 geor")
    box.input.press_sequentially("ge")
    expect(box.list).to_be_visible()
    box.page.locator("[name=email]").focus()
    expect(box.list).to_be_hidden()
    expect(box.input).to_have_value("483 george")


def held(box: Combobox) -> dict[str, Route]:
    """Answers of the endpoint wait here, by what was asked, until a test lets them go."""
    waiting: dict[str, Route] = {}
    box.page.route(ENDPOINT, lambda route: waiting.__setitem__(route.request.url.rpartition("q=")[2], route))
    return waiting


def answer(route: Route, *labels: str) -> None:
    rows = [{"label": label, "key": label, "note": ""} for label in labels]
    route.fulfill(json={"found": rows, "manual": False})


def until(box: Combobox, holds: Callable[[], object]) -> None:
    for _ in range(3000):
        if holds():
            return
        box.page.wait_for_timeout(10)
    raise AssertionError("it never held")


def test_an_answer_to_older_keys_is_dropped(box: Combobox) -> None:
    # The browser must not cancel the first request by itself here: what is tested is that its answer is not shown.
    box.page.evaluate("AbortController.prototype.abort = () => {}")
    waiting = held(box)
    box.input.fill("first")
    until(box, lambda: "first" in waiting)
    box.input.fill("second")
    until(box, lambda: "second" in waiting)
    answer(waiting["second"], "2 Second Street")
    expect(box.options).to_have_text(["2 Second Street "])
    with box.page.expect_response(re.compile("q=first")):
        answer(waiting["first"], "1 First Street")
    box.page.wait_for_timeout(100)
    expect(box.options).to_have_text(["2 Second Street "])


def test_an_answer_that_comes_after_the_donor_left_opens_nothing(box: Combobox) -> None:
    box.page.evaluate("AbortController.prototype.abort = () => {}")
    waiting = held(box)
    box.type("483 george", opens=False)
    until(box, lambda: any("george" in asked for asked in waiting))
    box.page.locator("[name=email]").focus()
    with box.page.expect_response(re.compile("george")):
        answer(next(route for asked, route in waiting.items() if "george" in asked), "1 Late Street")
    box.page.wait_for_timeout(100)
    expect(box.list).to_be_hidden()
    box.says("")
    expect(box.input).to_have_value("483 george")


def test_a_slow_network_shows_the_addresses_when_they_come(box: Combobox) -> None:
    waiting = held(box)
    box.type("483 george", opens=False)
    until(box, lambda: any("george" in asked for asked in waiting))
    box.page.wait_for_timeout(900)
    expect(box.line1).to_be_hidden()
    answer(next(route for asked, route in waiting.items() if "george" in asked), TOWN_HALL)
    expect(box.options).to_have_count(1)
    expect(box.input).to_be_focused()
    box.options.first.click()
    expect(box.line1).to_have_value("483 George Street")


# ---- The finder goes away in the middle ----------------------------------------------------------------------------

_ERROR_WORDS = re.compile(r"error|fail|problem|sorry|unavailable|wrong\b|too many", re.IGNORECASE)


def _abort(route: Route) -> None:
    route.abort()


def _never(route: Route) -> None:
    """No answer at all: the field gives up by itself."""


def _status(status: int, body: str = "") -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body)


STOPPED = {
    "aborted": _abort,
    "never": _never,
    "500": _status(500, "<h1>broken</h1>"),
    "429": _status(429, "{}"),
    "no json": _status(200, "<p>a proxy</p>"),
    "by hand": _status(200, json.dumps({"found": [], "manual": True})),
}


@pytest.mark.parametrize("how", STOPPED)
def test_the_finder_stops_in_the_middle_and_a_gift_goes_through(box: Combobox, rows: None, how: str) -> None:
    box.type_and_wait("483 geor")
    box.page.route(ENDPOINT, STOPPED[how])
    if how == "never":
        box.page.evaluate("self.patience = 1500")
    box.input.press_sequentially("ge st")
    expect(box.line1).to_be_visible()
    expect(box.list).to_be_hidden()
    expect(box.input).to_be_focused()
    expect(box.input).to_have_value("483 george st")
    box.says("Enter your address in the fields below")
    assert not _ERROR_WORDS.search(box.page.locator("#giving").inner_text())
    box.line1.fill("483 George Street")
    box.page.locator("[name=address_locality]").fill("Sydney")
    box.page.locator("[name=address_region]").select_option("NSW")
    box.page.locator("[name=address_postcode]").fill("2000")
    address = stored(gives(box))
    assert (address["origin"], address["line1"]) == ("typed", "483 George Street")
    assert not address.get("source")


def test_a_po_box_is_typed_by_hand_at_once(box: Combobox) -> None:
    box.type("po box 12", opens=False)
    expect(box.line1).to_be_visible()
    box.says("Enter your address in the fields below")
    expect(box.manual).to_be_visible()
    expect(box.input).to_have_value("po box 12")


def test_whoever_types_on_is_told_of_the_fields_all_the_same(box: Combobox) -> None:
    """What is said waits until nobody types. The wait is longer here, so that the next key surely comes before."""
    box.page.evaluate("""() => {
        const real = setTimeout
        self.setTimeout = (act, wait, ...more) => real(act, wait === 600 ? 2000 : wait, ...more)
    }""")
    box.type("po box 1", opens=False)
    expect(box.line1).to_be_visible()
    box.type("2", opens=False)
    box.says("Enter your address in the fields below")


def test_the_finder_is_back_when_it_is_back(box: Combobox) -> None:
    box.page.route(ENDPOINT, _abort)
    box.type("sydney town", opens=False)
    expect(box.line1).to_be_visible()
    box.page.unroute(ENDPOINT)
    box.type(" hall")
    box.choose("483 George Street")
    expect(box.line1).to_have_value("483 George Street")


def test_a_choice_that_could_not_be_sent_is_not_sent_by_another_button(box: Combobox) -> None:
    box.type("sydney town hall")
    box.page.route("**/payment/", _abort)
    box.choose("483 George Street")
    expect(box.page.locator(".g-live")).to_contain_text("Nothing you typed is lost")
    expect(box.input).to_have_value(TOWN_HALL)
    box.input.fill("qqqq")
    assert box.page.locator("input[type=hidden][name=address_choice]").count() == 0
    box.page.unroute("**/payment/")
    box.input.fill("")
    box.type("sydney town hall")
    box.choose("483 George Street")
    expect(box.line1).to_have_value("483 George Street")
