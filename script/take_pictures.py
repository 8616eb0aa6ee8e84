"""Takes the pictures of the documentation from a running demonstration: real pages, real gifts of the sandbox.

    script/pictures                 every scene
    script/pictures path staff      some of them, by name

A demonstration of its own is started in a folder that is thrown away. Every wait is on a condition.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chromium import chromium_path
from pictures_dispute import dispute
from pictures_reached import reached
from pictures_register import register
from pictures_statement import statement
from pictures_wordpress import wordpress
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from studio import (
    CHROMIUM_ARGUMENTS,
    DESK,
    PHONE,
    TABLET,
    TARGET,
    Studio,
    demonstration,
    form_shot,
    receiver,
    shot,
    strip,
    tall,
    until,
)

# What the donor chooses -> what has to be read then.
DECLINES: Final = {
    "expired_card": "This card has expired",
    "insufficient_funds": "There was not enough money on this card",
    "authentication_failed": "Your bank could not confirm that it was you",
    "lost_card": "Your bank did not take this payment",
    "stolen_card": "Your bank did not take this payment",
    "incorrect_code": "Your bank did not take this payment",
    "do_not_honour": "Your bank did not take this payment",
    "busy": "The payment provider is very busy",
}
ARRIVED: Final = "has arrived"
NOT_KNOWN: Final = "The bank has not told us yet"
WORKING: Final = "Your bank is working on your gift"
NOT_CHARGED: Final = "Nothing was charged"


# ---- A donor's steps -----------------------------------------------------------------------------------------------


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def choose_amount(page: Page, label: str = "$50") -> None:
    page.locator("#giving").get_by_role("radio", name=label).first.check()
    page.get_by_role("button", name="Continue", exact=True).click()
    heading(page, "Your Details")


def find_address(page: Page) -> None:
    page.locator("[name=address_query]").fill("sydney town hall")
    page.get_by_role("button", name="Find address", exact=True).click()
    expect(page.get_by_role("radio", name=re.compile("Sydney Town Hall"))).to_be_visible()


def use_address(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("Sydney Town Hall")).check()
    page.get_by_role("button", name="Use this address", exact=True).click()
    expect(page.locator("[name=address_line1]")).to_have_value("483 George Street")


def fill_details(page: Page, email: str = "grace@example.org") -> None:
    page.locator("[name=given_name]").fill("Grace")
    page.locator("[name=family_name]").fill("Nguyễn")
    page.locator("[name=email]").fill(email)


def to_payment(page: Page, email: str = "grace@example.org") -> None:
    fill_details(page, email)
    find_address(page)
    use_address(page)
    page.get_by_role("button", name="Continue", exact=True).last.click()
    heading(page, "Payment Details")


def pay(page: Page, outcome: str = "success", method: str = "sandbox_card") -> None:
    page.locator(f"[name=method][value={method}]").check()
    if method in ("sandbox_card", "sandbox_debit"):
        page.locator("[name=sandbox_outcome]").select_option(outcome)
    page.locator("#giving .g-go").click()


def thanked(page: Page) -> None:
    heading(page, "Thank You")


def give(
    studio: Studio, width: int = TABLET, *, outcome: str = "success", method: str = "sandbox_card"
) -> Page:
    """A whole gift through the story, as far as the button."""
    page = studio.page(width)
    page.goto(studio.demo.story)
    choose_amount(page)
    to_payment(page)
    pay(page, outcome, method)
    return page


def promised(studio: Studio) -> Page:
    """A gift whose donor will send the money."""
    page = give(studio, method="bank_transfer")
    heading(page, "Send your transfer to")
    return page


# ---- Scenes --------------------------------------------------------------------------------------------------------


def story(studio: Studio) -> None:
    """The charity's home, the story as it opens, and the form in its place at three widths."""
    page = studio.page(DESK, 900)
    page.goto("/")
    studio.keep("home-1280", shot(page))
    page.goto(studio.demo.story)
    studio.keep("story-1280", shot(page))
    widths = []
    for width in (DESK, TABLET, PHONE):
        page = studio.page(width, 900)
        page.goto(studio.demo.story)
        page.locator("#giving").evaluate(
            "e => window.scrollTo(0, e.getBoundingClientRect().top + scrollY - 90)"
        )
        widths.append(shot(page))
    studio.keep("story-form-1280", widths[0])
    studio.keep("story-widths", strip(widths, width=1600))


def path(studio: Studio) -> None:
    """The four steps, inside the story, at three widths."""
    for width in (DESK, TABLET, PHONE):
        page = studio.page(width)
        page.goto(studio.demo.story + "?utm_source=newsletter&utm_medium=email&appeal=SPRING26")
        page.locator("#giving").get_by_role("radio", name="$50").first.check()
        steps = [form_shot(page)]
        choose_amount(page)
        fill_details(page)
        find_address(page)
        found = form_shot(page)
        use_address(page)
        steps.append(form_shot(page))
        page.get_by_role("button", name="Continue", exact=True).last.click()
        heading(page, "Payment Details")
        steps.append(form_shot(page))
        pay(page)
        thanked(page)
        steps.append(form_shot(page))
        if width == DESK:
            names = ("step-1-amount", "step-2-details", "step-3-payment", "step-4-thanks")
            for name, image in zip(names, steps, strict=True):
                studio.keep(name, image)
            studio.keep("step-2-found", found)
        else:
            studio.keep(f"path-{width}", strip(steps, width=1600))


def looks(studio: Studio) -> None:
    """The same form in Arabic, in the dark, in forced colours, and without the script."""
    page = studio.page(PHONE)
    page.goto("/ar/give/4840/")
    arabic = shot(page, full_page=True)
    page = studio.page(PHONE, color_scheme="dark")
    page.goto("/give/4840/")
    dark = shot(page, full_page=True)
    page = studio.page(PHONE, forced_colors="active")
    page.goto("/give/4840/")
    forced = shot(page, full_page=True)
    studio.keep("looks-360", strip([dark, arabic, forced], width=1160))


def errors(studio: Studio) -> None:
    """What a donor reads when something is missing."""
    page = studio.page(TABLET)
    page.goto("/give/4840/")
    choose_amount(page)
    page.locator("[name=email]").fill("grace at example")
    page.get_by_role("button", name="Continue", exact=True).last.click()
    expect(page.get_by_role("alert")).to_be_focused()
    studio.keep("errors", form_shot(page, most=760))


def declines(studio: Studio) -> None:
    """Each way in which a card is declined at once."""
    for outcome, title in DECLINES.items():
        page = give(studio, outcome=outcome)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        studio.keep(f"outcome-{outcome.replace('_', '-')}", form_shot(page, most=560))
        page.context.close()


def later(studio: Studio) -> None:
    """The outcomes that take another page, another day, or another look."""
    for scene in (_authenticates, _answer_lost, _hosted, _debit, _transfer, _never_heard):
        scene(studio)


def _thanks_shot(page: Page) -> Image.Image:
    return form_shot(page, most=760)


def _authenticates(studio: Studio) -> None:
    page = give(studio, outcome="success")
    thanked(page)
    studio.keep("outcome-success", _thanks_shot(page))
    page = give(studio, outcome="authenticate")
    page.wait_for_url("**/sandbox/authenticate/**")
    studio.keep("outcome-authenticate-asked", shot(page))
    page.get_by_role("button", name="Yes, confirm the payment").click()
    thanked(page)
    studio.keep("outcome-authenticate", _thanks_shot(page))


def _answer_lost(studio: Studio) -> None:
    page = give(studio, outcome="answer_lost")
    expect(page.get_by_text(NOT_KNOWN)).to_be_visible()
    studio.keep("outcome-answer-lost", _thanks_shot(page))
    page.get_by_role("link", name="Look again").click()
    until(page, ARRIVED)
    studio.keep("outcome-answer-lost-later", _thanks_shot(page))
    # Here the gateway's own message usually comes before we stop waiting for its answer.
    page = give(studio, outcome="timeout_after")
    page.get_by_role("link", name="Keep this page").click(timeout=60_000)
    until(page, ARRIVED)
    studio.keep("outcome-timeout-after", _thanks_shot(page))


def _hosted(studio: Studio) -> None:
    page = give(studio, method="sandbox_hosted")
    page.wait_for_url("**/sandbox/checkout/**")
    studio.keep("outcome-hosted", shot(page, full_page=True))
    page.get_by_role("button", name="Continue", exact=True).click()
    thanked(page)


def _debit(studio: Studio) -> None:
    waiting = {}
    for outcome in ("debit_settles", "debit_fails"):
        page = waiting[outcome] = give(studio, outcome=outcome, method="sandbox_debit")
        expect(page.get_by_text(WORKING)).to_be_visible()
        page.get_by_role("link", name="Keep this page").click()
    studio.keep("outcome-debit", _thanks_shot(waiting["debit_settles"]))
    board = studio.page(DESK)
    board.goto("/sandbox/")
    board.get_by_role("button", name="Let three days pass").click()
    until(waiting["debit_settles"], ARRIVED)
    studio.keep("outcome-debit-settles", _thanks_shot(waiting["debit_settles"]))
    until(waiting["debit_fails"], NOT_CHARGED)
    studio.keep("outcome-debit-fails", _thanks_shot(waiting["debit_fails"]))
    board.reload()
    studio.keep("sandbox", shot(board))


def _transfer(studio: Studio) -> None:
    page = promised(studio)
    studio.keep("outcome-bank-transfer", form_shot(page, most=900))


def _never_heard(studio: Studio) -> None:
    """The gateway was never reached: after a minute the sweep asks, and cancels what nobody will confirm."""
    page = give(studio, outcome="timeout_before")
    expect(page.get_by_text(NOT_KNOWN)).to_be_visible(timeout=60_000)
    studio.keep("outcome-timeout-before", _thanks_shot(page))
    page.get_by_role("link", name="Look again").click()
    until(page, NOT_CHARGED, seconds=240)
    studio.keep("outcome-timeout-before-later", _thanks_shot(page))


def receipt(studio: Studio) -> None:
    """The receipt's document, its mail in the demonstration's mailbox, and its public check."""
    page = give(studio, DESK)
    thanked(page)
    href = page.get_by_role("link", name="Download your receipt").get_attribute("href") or ""
    answer = page.request.get(href, timeout=60_000)
    assert answer.ok, answer.status
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "receipt.pdf").write_bytes(answer.body())
        subprocess.run(["pdftoppm", "-r", "88", "-png", "receipt.pdf", "page"], cwd=folder, check=True)
        first = min(Path(folder).glob("page*.png"))
        studio.keep("receipt", Image.open(first).convert("RGB"))
    page.goto("/sandbox/mail/")
    until(page, "receipt")
    studio.keep("mailbox", shot(page))
    page.locator("ol.list a").first.click()
    studio.keep("mail", shot(page, full_page=True))
    found = re.search(r"https?://\S+/receipts/check/[\w-]{22}/", page.content())
    assert found, "the mail names no address to check the receipt at"
    page.goto(found[0])
    studio.keep("check", shot(page, full_page=True))


def staff(studio: Studio) -> None:
    """What staff see of a gift: the home panel, the list, its history, a refund and what follows from it."""
    page = studio.page(TABLET)
    page.goto(studio.demo.story + "?utm_source=newsletter&utm_medium=email&appeal=SPRING26")
    choose_amount(page, "$100")
    to_payment(page, "ada@example.org")
    pay(page, "insufficient_funds")
    expect(page.get_by_role("heading", name=DECLINES["insufficient_funds"])).to_be_visible()
    pay(page)
    thanked(page)
    promised(studio)
    office = studio.staff()
    office.goto("/admin/")
    office.get_by_role("heading", name="This month against last").wait_for()
    studio.keep("staff-home", shot(office))
    office.goto("/admin/gifts/")
    studio.keep("staff-gifts", shot(office))
    office.get_by_role("row", name=re.compile("ada@example.org")).get_by_role("link").first.click()
    office.get_by_role("heading", name="What happened").wait_for()
    until(office, "Receipt 0")
    tall(office)
    studio.keep("staff-gift", shot(office))
    office.get_by_role("link", name="Refund").click()
    office.get_by_label("Amount to give back").fill("40")
    office.get_by_label("Reason").fill("Asked for by phone: meant to give 60")
    office.set_viewport_size({"width": DESK, "height": 900})
    studio.keep("staff-refund", shot(office))
    office.get_by_role("button", name="Refund").click()
    office.get_by_text("refunded.").first.wait_for()
    until(office, "Replacement receipt")
    tall(office, 1700)
    studio.keep("staff-gift-refunded", shot(office))
    office.set_viewport_size({"width": DESK, "height": 900})


def plans(studio: Studio) -> None:
    """Staff change a donor's regular gift, leave one out, and see its history."""
    page = studio.page(TABLET)
    page.goto("/give/4840/")
    page.get_by_role("radio", name="Every month", exact=True).check()
    page.locator(".g-monthly").get_by_role("radio", name="$30").check()
    page.get_by_role("button", name="Continue").first.click()
    to_payment(page, "mina@example.org")
    pay(page)
    thanked(page)
    office = studio.staff()
    office.goto("/admin/plans/?q=mina%40example.org")
    office.get_by_role("row", name=re.compile("mina@example.org")).get_by_role("link").first.click()
    office.get_by_role("link", name="Amount").click()
    office.get_by_label("New amount of each gift").fill("35")
    office.get_by_role("button", name="Save").click()
    office.get_by_text("The amount is changed.").wait_for()
    office.get_by_role("link", name="Leave out the next").click()
    office.get_by_role("button", name="Leave it out").click()
    office.get_by_text("The gift is left out.").wait_for()
    until(office, "Thanks for beginning")
    tall(office)
    studio.keep("staff-plan", shot(office))
    office.set_viewport_size({"width": DESK, "height": 900})


def desk(studio: Studio) -> None:
    """Staff enter gifts by hand, in a batch, and match a transfer."""
    donor = give(studio, method="bank_transfer")
    reference = donor.locator(".g-bank .g-ref").inner_text()
    office = studio.staff()
    office.goto("/admin/gifts/enter/")
    office.get_by_label("First name").fill("Mina")
    office.get_by_label("Amount").fill("75")
    studio.keep("staff-enter", shot(office, full_page=True))
    office.goto("/admin/batches/new/")
    office.get_by_label("How many, counted by hand").fill("2")
    office.get_by_label("Total, added up by hand").fill("120")
    office.get_by_role("button", name=re.compile("Begin")).click()
    for name, amount in (("Tomas", "50"), ("Leila", "70")):
        office.get_by_label("First name").fill(name)
        office.get_by_label("Amount").fill(amount)
        office.get_by_role("button", name=re.compile("Add")).first.click()
        office.get_by_role("cell", name=re.compile(name)).wait_for()
    studio.keep("staff-batch", shot(office))
    office.goto("/admin/transfers/new/")
    office.get_by_label("Amount").fill("50")
    office.get_by_label("Text").fill(f"TFR G NGUYEN {reference.lower()} GIFT")
    office.get_by_role("button", name="Book and look for its gift").click()
    office.get_by_text("Its reference stands in the text").wait_for()
    studio.keep("staff-match", shot(office))


def editor(studio: Studio) -> None:
    """Staff make forms and stories."""
    office = studio.staff()
    office.goto("/admin/forms/")
    studio.keep("staff-forms", shot(office))
    office.get_by_role("link", name="Keep a light on for a child").first.click()
    office.get_by_role("tab", name="Amounts").click()
    studio.keep("staff-form", shot(office))
    office.goto("/admin/giving-reports/income/")
    studio.keep("staff-income", shot(office))
    office.goto("/admin/audit/")
    studio.keep("staff-audit", shot(office))
    office.goto("/admin/api-tokens/")
    office.get_by_label("What it is for").fill("Data warehouse")
    for scope in ("Read gifts, without who gave them", "Read receipts, and their documents"):
        office.get_by_label(scope).check()
    office.get_by_role("button", name="Make the token").click()
    office.get_by_role("heading", name="The new token").wait_for()
    # What is printed opens nothing any more.
    office.get_by_role("button", name="Revoke Data warehouse").click()
    office.get_by_text("opens nothing any more").wait_for()
    office.get_by_label("What it is for").fill("Mailing tool")
    for scope in ("Read people: their names", "Record what people agree to"):
        office.get_by_label(scope).check()
    tall(office)
    studio.keep("staff-tokens", shot(office))
    office.set_viewport_size({"width": DESK, "height": 900})


def webhooks(studio: Studio) -> None:
    """Another system is told of a gift, once it has pulled itself together."""
    with receiver([500, 204]) as url:
        office = studio.staff()
        office.goto("/admin/webhooks/")
        office.get_by_label("What it is for").fill("Mailing tool")
        office.get_by_label("Address").fill(url)
        for event in ("gift.succeeded", "receipt.issued"):
            office.get_by_label(event).check()
        office.get_by_role("button", name="Add the webhook").click()
        office.get_by_role("heading", name="Its secret").wait_for()
        office.get_by_role("button", name="Send a test").click()
        until(office, "500 in")
        give(studio)
        until(office, "receipt.issued")
        until(office, "204 in")
        tall(office)
        studio.keep("staff-webhook", shot(office))
        office.get_by_role("button", name="Switch off").click()
        office.get_by_text("Nothing more is sent there").wait_for()
        office.set_viewport_size({"width": DESK, "height": 900})


# In this order: after many declines the form believes that it is under attack, and all declines read alike.
SCENES: Final[dict[str, Callable[[Studio], None]]] = {
    "story": story,
    "path": path,
    "looks": looks,
    "errors": errors,
    "receipt": receipt,
    "staff": staff,
    "webhooks": webhooks,
    "plans": plans,
    "desk": desk,
    "statement": lambda studio: statement(studio, promise=lambda: promised(studio)),
    "reached": reached,
    "register": register,
    "dispute": lambda studio: dispute(studio, pay=lambda: thanked(give(studio))),
    "editor": editor,
    "wordpress": wordpress,
    "later": later,
    "declines": declines,
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the documentation.")
    parser.add_argument("scenes", nargs="*", choices=[[], *SCENES], help="which; all of them by default")
    chosen = parser.parse_args(arguments).scenes or list(SCENES)
    TARGET.mkdir(parents=True, exist_ok=True)
    with demonstration() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*CHROMIUM_ARGUMENTS])
        studio = Studio(demo, browser)
        for name in chosen:
            SCENES[name](studio)
        browser.close()
    print(f"{len(studio.taken)} pictures")


if __name__ == "__main__":
    main(sys.argv[1:])
