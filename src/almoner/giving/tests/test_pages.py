"""What the donor's pages say in HTML: names, words, hints and errors, and that nothing typed is ever markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.support.preview_pages import LANGUAGES, look, states, summary

from almoner.giving.assets import asset
from almoner.giving.pages import SOURCE_FIELDS, embedded_form, page_title, render
from almoner.giving.views_model import (
    AmountChoice,
    Asks,
    CharityLook,
    CurrencyChoice,
    FieldError,
    FundChoice,
    Goal,
    Price,
    Step,
    StepAmount,
    StepDetails,
    StepPayment,
    Thanks,
)

VOID = {"input", "meta", "link", "br", "wbr", "img", "path", "rect", "circle"}
HOSTILE = "\"><script>alert(1)</script>\u202e'&amp;<!--"


class Tree(HTMLParser):
    """Every element with its attributes and text; complains of elements left open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.feed(html)
        self.close()
        assert [each["tag"] for each in self.open] == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {"tag": tag, "text": "", "within": [each["tag"] for each in self.open], **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open and self.open[-1]["tag"] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["text"] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, Any]]:
        return [
            each
            for each in self.elements
            if each["tag"] == tag and all(each.get(key) == value for key, value in attributes.items())
        ]

    def one(self, tag: str, **attributes: str) -> dict[str, Any]:
        found = self.all(tag, **attributes)
        assert len(found) == 1, found
        return found[0]

    def by_id(self, ident: str) -> dict[str, Any]:
        found = [each for each in self.elements if each.get("id") == ident]
        assert len(found) == 1, (ident, found)
        return found[0]


ALL = [(language, name) for language in LANGUAGES for name in states("en")]


@pytest.mark.parametrize(("language", "name"), ALL)
@pytest.mark.parametrize("whole", [True, False])
def test_every_state_is_sound_html(language: str, name: str, whole: bool) -> None:
    tree = Tree(render(states(language)[name], whole=whole))
    idents = [each["id"] for each in tree.elements if each.get("id")]
    assert len(idents) == len(set(idents))
    for element in tree.elements:
        assert not [key for key in element if key.startswith("on") or key == "style"]
        for ident in (element.get("aria-describedby") or "").split():
            tree.by_id(ident)
        if (element.get("href") or "").startswith("#"):
            tree.by_id(element["href"][1:])
    assert not re.search("&lt;(input|div|p|label|bdi)", render(states(language)[name], whole=whole))
    for label in tree.all("label"):
        assert tree.by_id(label["for"])["tag"] in ("input", "select", "textarea")
    labelled = {label["for"] for label in tree.all("label")}
    for field in (*tree.all("input"), *tree.all("select"), *tree.all("textarea")):
        assert field.get("type") == "hidden" or field["id"] in labelled
    assert tree.one("section", id="giving")["data-step"] in ("amount", "details", "payment", "thanks")
    if whole:
        assert len(tree.all("h1")) == 1
        assert tree.one("html")["dir"] == ("rtl" if language == "ar" else "ltr")
        assert len(tree.all("main")) == 1


@pytest.mark.parametrize(
    ("state", "heading", "progress"),
    [
        ("1-amount", "How much would you like to give?", "Step 1 of 3"),
        ("2-details", "Your Details", "Step 2 of 3"),
        ("3-payment", "Payment Details", "Step 3 of 3"),
        ("4-thanks", "Thank You", None),
    ],
)
def test_headings_and_progress(state: str, heading: str, progress: str | None) -> None:
    tree = Tree(render(states("en")[state], whole=False))
    assert tree.by_id("give-heading")["text"] == heading
    assert tree.one("section")["data-title"].startswith(
        f"{heading} – Keep a light on for a child – Tidelight"
    )
    steps = [each["text"] for each in tree.all("p", **{"class": "g-step"})]
    assert steps == ([progress] if progress else [])


def test_fields_carry_their_autocomplete_tokens() -> None:
    tree = Tree(render(states("en")["2-details-error"], whole=False))
    tokens = {each["name"]: each.get("autocomplete") for each in (*tree.all("input"), *tree.all("select"))}
    assert {name: tokens[name] for name in tokens if tokens[name]} == {
        "given_name": "given-name",
        "family_name": "family-name",
        "email": "email",
        "phone": "tel",
        "country": "country",
        "address_query": "off",
        "address_line1": "address-line1",
        "address_line2": "address-line2",
        "city": "address-level2",
        "country_area": "address-level1",
        "postal_code": "postal-code",
        "tribute_name": "off",
    }
    email = tree.one("input", name="email")
    assert (email["type"], email["spellcheck"], email["maxlength"]) == ("email", "false", "254")
    assert tree.one("input", name="given_name")["dir"] == "auto"
    assert "novalidate" in tree.one("form")
    assert "pattern=" not in render(states("en")["2-details-error"], whole=False)


def test_optional_fields_say_so_and_nothing_wears_an_asterisk() -> None:
    tree = Tree(render(states("en")["2-details"], whole=False))
    labels = {label["for"]: label["text"] for label in tree.all("label")}
    assert labels["give-given_name"] == "First name"
    assert labels["give-phone"] == "Phone number (optional)"
    assert labels["give-address_line2"] == "Address line 2 (optional)"
    assert labels["give-address_line1"] == "Address line 1"
    assert not any("*" in text for text in labels.values())


def test_the_default_form_shows_at_most_eight_fields_before_payment() -> None:
    seen = set()
    for name in ("1-amount", "2-details"):
        tree = Tree(render(states("en")[name], whole=False))
        address = {each["name"] for each in tree.elements if str(each.get("name", "")).startswith("address")}
        address |= {"country", "country_area", "city", "postal_code"}
        for field in (*tree.all("input"), *tree.all("select"), *tree.all("textarea")):
            if (
                field.get("type") != "hidden"
                and "details" not in field["within"]
                and field["name"] not in address
            ):
                seen.add(field["name"])
    assert seen == {
        "amount", "other_amount", "given_name", "family_name", "email", "phone", "consent_email", "cover",
    }  # fmt: skip
    assert len(seen) <= 8


def test_amounts_are_radios_in_major_units_with_what_they_do() -> None:
    tree = Tree(render(states("en")["1-amount"], whole=False))
    radios = tree.all("input", type="radio", name="amount")
    assert [radio["value"] for radio in radios] == ["25", "50", "100", "250", "other"]
    assert not any("checked" in radio for radio in radios)
    label = tree.one("label", **{"for": radios[1]["id"]})
    assert label["text"] == "$50 A night of answered calls on our family help line"
    other = tree.one("input", name="other_amount")
    assert other["inputmode"] == "decimal" and "type" not in other
    assert "From $5 to $10,000." in tree.by_id("give-other_amount-hint")["text"]


@pytest.mark.parametrize(
    ("currency", "amount_minor", "value", "shown"),
    [
        ("JPY", 5000, "5000", "¥5,000"),
        ("KWD", 5500, "5.500", "KWD\xa05.500"),
        ("AUD", 1250, "12.50", "$12.50"),
    ],
)
def test_minor_units_are_never_shifted(currency: str, amount_minor: int, value: str, shown: str) -> None:
    form = look(
        currencies=(CurrencyChoice(currency, (AmountChoice(amount_minor),), 100, 1_000_000),), goal=None
    )
    tree = Tree(render(StepAmount(form=form, values={}), whole=False))
    assert tree.all("input", type="radio")[0]["value"] == value
    assert tree.by_id("give-amount")["value"] == value
    assert tree.one("label", **{"for": "give-amount"})["text"] == shown
    assert tree.one("input", name="currency")["value"] == currency


def test_the_first_step_carries_frequency_and_empty_sources() -> None:
    tree = Tree(render(states("en")["1-amount"], whole=False))
    hidden = {each["name"]: each["value"] for each in tree.all("input", type="hidden")}
    assert hidden == {"currency": "AUD", "frequency": "once", "story": "", **dict.fromkeys(SOURCE_FIELDS, "")}
    assert tree.one("form")["action"] == "/give/4840/details/"


def test_two_currencies_are_chosen_by_a_link() -> None:
    tree = Tree(render(states("en")["1-amount-funds"], whole=False))
    assert [(each["text"], each["href"]) for each in tree.all("a")] == [("NZD", "/give/4840/?currency=NZD")]
    form = states("en")["1-amount-funds"].form  # type: ignore[union-attr]
    tree = Tree(render(StepAmount(form=form, values={"currency": "NZD"}), whole=False))
    assert tree.one("input", name="currency")["value"] == "NZD"
    assert [each["text"] for each in tree.all("a")] == ["AUD"]


def test_the_first_fund_is_chosen_and_a_single_one_is_not_asked() -> None:
    tree = Tree(render(states("en")["1-amount-funds"], whole=False))
    assert ["checked" in each for each in tree.all("input", type="radio", name="fund")] == [True, False]
    one = look(funds=(FundChoice("help", "Help"),))
    tree = Tree(render(StepAmount(form=one, values={}), whole=False))
    assert tree.one("input", name="fund")["type"] == "hidden"


def test_errors_are_the_same_words_in_the_summary_and_at_the_field() -> None:
    step = states("en")["2-details-error"]
    tree = Tree(render(step, whole=False))
    summary_links = {
        each["href"]: each["text"] for each in tree.all("a") if "g-alert" not in each.get("class", "")
    }
    for error in step.errors:  # type: ignore[union-attr]
        assert summary_links[f"#give-{error.field}"] == error.text
        field = tree.by_id(f"give-{error.field}")
        assert field["aria-invalid"] == "true"
        assert f"give-{error.field}-error" in field["aria-describedby"]
        assert tree.by_id(f"give-{error.field}-error")["text"] == f"Error: {error.text}"
    alert = tree.one("div", role="alert")
    assert (alert["tabindex"], "autofocus" in alert) == ("-1", True)
    assert page_title(step).startswith("Error: Your Details – ")
    assert tree.one("input", name="email")["value"] == "aoife"


def test_an_error_of_no_field_has_no_link() -> None:
    step = StepAmount(form=look(), values={}, errors=(FieldError("", "This page is more than a day old"),))
    tree = Tree(render(step, whole=False))
    assert "This page is more than a day old" in tree.one("div", role="alert")["text"]
    assert tree.all("a") == []


def test_the_cover_is_unticked_and_says_both_totals_exactly() -> None:
    tree = Tree(render(states("en")["2-details"], whole=False))
    assert "checked" not in tree.one("input", name="cover")
    assert tree.one("label", **{"for": "give-cover"})["text"] == "Add $1.18 to cover the cost of this payment"
    assert tree.one("bdi", **{"class": "g-plain"})["text"] == "$50.00"
    assert tree.one("bdi", **{"class": "g-covered"})["text"] == "$51.18"


def test_the_enter_key_continues_whatever_buttons_there_are() -> None:
    for name in ("2-details-found", "3-payment"):
        first = Tree(render(states("en")[name], whole=False)).all("button")[0]
        assert (first["name"], first["value"], first["tabindex"]) == ("action", "continue", "-1")


def test_the_manual_link_is_a_link_and_opens_without_a_script() -> None:
    tree = Tree(render(states("en")["2-details"], whole=False))
    link = next(each for each in tree.all("a") if each["text"] == "Can't find your address? Enter it here")
    assert link["href"] == "#give-address"
    assert "g-closed" in tree.by_id("give-address")["class"]
    opened = Tree(render(states("en")["2-details-error"], whole=False))
    assert "g-closed" not in opened.by_id("give-address")["class"]
    without = replace(states("en")["2-details"], finder=False)  # type: ignore[type-var]
    assert "g-closed" not in Tree(render(without, whole=False)).by_id("give-address")["class"]


def test_what_the_finder_found_is_counted_in_words() -> None:
    for count, words in ((1, "1 address found"), (2, "2 addresses found")):
        step: Any = states("en")["2-details-found"]
        tree = Tree(render(replace(step, suggestions=step.suggestions[:count]), whole=False))
        assert words in [each["text"] for each in tree.all("legend")]
    arabic: Any = states("ar")["2-details-found"]
    assert "عُثر على عنوانين" in [each["text"] for each in Tree(render(arabic, whole=False)).all("legend")]
    assert "No address found" in render(states("en")["2-details-none"], whole=False)


def test_an_address_that_is_not_asked_leaves_nothing_behind() -> None:
    tree = Tree(render(states("en")["2-details-simple"], whole=False))
    names = {each.get("name") for each in tree.elements if each.get("name")}
    assert names == {"action", "token", "given_name", "family_name", "email", "consent_email", "cover"}


def test_an_optional_address_says_so_and_requires_none_of_its_fields() -> None:
    step: Any = states("en")["2-details-error"]
    form = look(asks=Asks(address="optional"))
    tree = Tree(render(replace(step, form=form, errors=()), whole=False))
    assert "Your address (optional)" in [each["text"] for each in tree.all("legend")]
    assert tree.one("label", **{"for": "give-address_line1"})["text"] == "Address line 1"


def test_what_was_chosen_from_the_finder_travels_on() -> None:
    step: Any = states("en")["2-details-found"]
    tree = Tree(render(replace(step, values={"address_found": "au:1"}), whole=False))
    assert tree.one("input", name="address_found")["value"] == "au:1"


def test_the_payment_step_shows_all_that_will_be_charged_beside_its_button() -> None:
    tree = Tree(render(states("en")["3-payment"], whole=False))
    slip = tree.one("div", **{"class": "g-slip"})["text"]
    for text in ("$50.00", "$1.18", "$51.18", "Once", "Family help line", "Aoife O’Connor", "(kept private)",
                 "aoife@gmial.com", "Máire O’Connor", "Give $51.18 now"):  # fmt: skip
        assert text in slip
    assert "Did you mean aoife@gmail.com?" in slip
    assert tree.one("button", name="accept_email")["value"] == "aoife@gmail.com"
    assert tree.one("form")["action"] == "/give/4840/submit/"


def test_a_single_method_is_not_a_question() -> None:
    tree = Tree(render(states("en")["3-payment-simple"], whole=False))
    assert tree.one("input", name="method")["type"] == "hidden"
    assert tree.all("input", type="radio") == []
    assert "secure payment page" in tree.one("form")["text"]


def test_work_is_asked_only_when_it_is_set() -> None:
    step: Any = states("en")["3-payment"]
    page = render(step, whole=False)
    assert 'name="altcha"' not in page and "work.js" not in page
    tree = Tree(render(replace(step, work='{"salt": "<&>"}'), whole=False))
    assert tree.one("input", name="altcha")["data-challenge"] == '{"salt": "<&>"}'
    assert tree.one("div", **{"data-hash": asset("work.js").integrity})["data-script"] == asset("work.js").url
    assert "runs by itself: 100 %|The check" in tree.one("p", role="status")["data-words"]


@pytest.mark.parametrize(
    ("state", "says", "silent"),
    [
        (
            "4-thanks",
            ["has arrived", "Download your receipt (PDF)", "What happens next"],
            ["Try again", "transfer to"],
        ),
        ("4-thanks-bank", ["Send your transfer to", "063 000", "with the reference below"], ["Download"]),
        ("4-thanks-processing", ["takes a few days"], ["Download", "has arrived"]),
        ("4-thanks-unknown", ["don’t pay again", "Look again"], ["Thank You", "has arrived"]),
        (
            "4-thanks-declined",
            ["Your card has expired", "Nothing was charged", "Try again"],
            ["Thank You", "Download"],
        ),
    ],
)
def test_the_last_page_says_where_the_gift_stands(state: str, says: list[str], silent: list[str]) -> None:
    text = Tree(render(states("en")[state], whole=False)).one("section")["text"]
    assert "TL7K-3QXF-9" in text
    for words in says:
        assert words in text
    for words in silent:
        assert words not in text


def test_the_last_page_knows_its_own_address() -> None:
    assert (
        Tree(render(states("en")["4-thanks"], whole=False)).one("section")["data-url"] == "/give/thanks/abc/"
    )


def test_a_last_page_needs_no_form() -> None:
    plain = CharityLook(charity_name="Tidelight")
    step = Thanks(
        look=plain, status="thanks", reference="R", amount_minor=5000, currency="AUD", page_url="/x/"
    )
    tree = Tree(render(step, whole=True))
    assert tree.one("h1")["text"] == "Thank You"
    assert tree.one("title")["text"] == "Thank You – Tidelight"


def hostile_steps() -> list[Step]:
    form = look(
        title=HOSTILE, intro=HOSTILE, charity_name=HOSTILE, contact_email=HOSTILE, legal_line=HOSTILE,
        funds=(FundChoice(HOSTILE, HOSTILE, HOSTILE), FundChoice("b", HOSTILE)),
        currencies=(CurrencyChoice("AUD", (AmountChoice(5000, HOSTILE),), 500, 900_000),),
        goal=Goal(1, 2, "AUD"),
    )  # fmt: skip
    details: Any = states("en")["2-details-found"]
    payment: Any = states("en")["3-payment-declined"]
    thanks: Any = states("en")["4-thanks"]
    names = (
        "given_name",
        "family_name",
        "email",
        "phone",
        "address_query",
        "tribute_name",
        "message",
        "address_line1",
    )
    typed = dict.fromkeys((*names, "other_amount", "address_found", "utm_source"), HOSTILE)
    errors = (FieldError("given_name", HOSTILE), FieldError("", HOSTILE))
    return [
        StepAmount(form=form, values=typed, errors=errors, story_id=HOSTILE, token=HOSTILE),
        replace(details, form=form, values=typed, errors=errors, token=HOSTILE, email_suggestion=HOSTILE),
        replace(details, form=form, values=typed, suggestions=(replace(details.suggestions[0], label=HOSTILE),)),
        replace(payment, form=form, token=HOSTILE, email_suggestion=HOSTILE, outcomes=((HOSTILE, HOSTILE),),
                summary=summary(name=HOSTILE, email=HOSTILE, address=HOSTILE, tribute_name=HOSTILE, message=HOSTILE)),
        replace(thanks, look=form, reference=HOSTILE, message=HOSTILE, next_steps=(HOSTILE,), page_url=HOSTILE),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("whole", [True, False])
def test_xss_nothing_typed_becomes_markup(number: int, whole: bool) -> None:
    html = render(hostile_steps()[number], whole=whole)
    assert "<script>alert" not in html
    assert "<!--" not in html.replace("<!doctype", "")
    assert "&lt;input" not in html
    tree = Tree(html)
    assert [each["src"] for each in tree.all("script")] == ([tree.all("script")[0]["src"]] if whole else [])
    assert HOSTILE in tree.one("section")["data-title"]


def test_names_stand_apart_from_the_direction_around_them() -> None:
    tree = Tree(render(states("ar")["3-payment"], whole=False))
    assert "Aoife O’Connor" in [each["text"] for each in tree.all("bdi")]


def test_a_text_area_keeps_its_first_line_break() -> None:
    step: Any = states("en")["2-details"]
    tree = Tree(render(replace(step, values={"message": "\nFor Nan"}), whole=False))
    assert tree.one("textarea")["text"] == "\n\nFor Nan"


def test_the_first_page_is_the_same_bytes_and_carries_no_visitor() -> None:
    step = states("en")["1-amount"]
    assert render(step, whole=True) == render(states("en")["1-amount"], whole=True)
    assert "token" not in render(step, whole=True)


def test_only_the_payment_pages_script_wears_the_nonce() -> None:
    html = render(states("en")["3-payment"], whole=True, nonce="abc123==")
    assert Tree(html).one("script")["nonce"] == "abc123=="
    assert "nonce" not in render(states("en")["3-payment"], whole=True)


def test_a_story_holds_the_first_step_with_the_storys_number() -> None:
    part = embedded_form(look(), story_id="12")
    tree = Tree(part.html)
    assert tree.one("input", name="story")["value"] == "12"
    assert tree.all("h1") == []
    assert part.theme_css.startswith("#giving{--brand:#14495c")
    assert part.stylesheet.url.endswith("/give.css")
    assert "data-slow" in tree.one("section")


def test_a_goal_is_a_bar_with_words() -> None:
    tree = Tree(
        render(StepAmount(form=look(goal=Goal(1_842_500, 4_000_000, "AUD", 1)), values={}), whole=True)
    )
    assert tree.one("progress")["value"] == "46"
    assert "$18,425 given towards $40,000" in tree.one("div", **{"class": "p-goal"})["text"]
    assert "1 gift so far" in tree.one("div", **{"class": "p-goal"})["text"]
    beyond = look(goal=Goal(5_000_000, 4_000_000, "AUD", 2))
    assert Tree(render(StepAmount(form=beyond, values={}), whole=True)).one("progress")["value"] == "100"
    assert Goal(399_999, 400_000, "AUD").percent == 99


def test_nobody_is_asked_twice_to_say_what_a_dedication_is() -> None:
    step: Any = states("en")["2-details"]
    assert "open" not in Tree(render(step, whole=False)).one("details")
    opened = Tree(render(replace(step, values={"tribute_kind": "memory"}), whole=False))
    assert "open" in opened.one("details")
    assert "checked" in opened.one("input", value="memory")


def test_the_charity_is_seen_and_the_product_is_not() -> None:
    for step in states("en").values():
        html = render(step, whole=True)
        assert "Tidelight Foundation" in html
        assert "almoner" not in re.sub(r"<style>.*?</style>", "", html).lower()


def test_a_long_list_is_made_once_for_each_choice() -> None:
    countries = tuple((f"C{number}", f"Land & sea {number}") for number in range(200))
    step = StepDetails(
        form=look(), token="t", values={"country": "C7"}, price=Price(5000, "AUD"), countries=countries
    )  # fmt: skip
    tree = Tree(render(step, whole=False))
    chosen = [each for each in tree.all("option") if "selected" in each]
    assert [(each["value"], each["text"]) for each in chosen] == [("C7", "Land & sea 7")]


def test_a_payment_without_methods_still_stands() -> None:
    step: StepPayment = replace(states("en")["3-payment"], methods=(), outcomes=())  # type: ignore[assignment]
    assert Tree(render(step, whole=False)).all("input", name="method") == []
