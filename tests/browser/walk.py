"""A donor in a browser: the steps by their words, as a person finds them. Every wait is on a condition."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from almoner.giving.pages import translations


@dataclass
class Walk:
    """`say` turns English words into the page's language."""

    page: Page
    language: str = "en"

    def say(self, text: str) -> str:
        return translations(self.language).gettext(text)

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=self.say(text), exact=True)).to_be_visible()

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=self.say(text), exact=True).click()

    @contextmanager
    def anew(self) -> Iterator[None]:
        """What is done within is answered by a step anew, even where it says the very same words again."""
        self.page.locator("#giving").evaluate("each => { each.dataset.before = '' }")
        yield
        expect(self.page.locator("#giving:not([data-before])")).to_be_visible()

    def amount(self, label: str = "$50") -> None:
        self.heading("How much would you like to give?")
        self.page.locator("#giving").get_by_role("radio", name=label).first.check()
        self.press("Continue")
        self.heading("Your Details")

    def details(self, email: str, given: str = "Ada", family: str = "Nguyễn") -> None:
        """Fill in who gives, with an address by hand."""
        page = self.page
        page.locator("[name=given_name]").fill(given)
        page.locator("[name=family_name]").fill(family)
        page.locator("[name=email]").fill(email)
        manual = page.get_by_role("link", name=self.say("Can't find your address? Enter it here"))
        if manual.count():
            manual.click()
        page.locator("[name=address_line1]").fill("1 George Street")
        page.locator("[name=address_locality]").fill("Sydney")
        page.locator("[name=address_region]").select_option("NSW")
        page.locator("[name=address_postcode]").fill("2000")
        self.press("Continue")
        self.heading("Payment Details")

    def pay(self, outcome: str = "success", method: str = "sandbox_card") -> None:
        page = self.page
        page.locator(f"[name=method][value={method}]").check()
        if method in ("sandbox_card", "sandbox_debit"):
            page.locator("[name=sandbox_outcome]").select_option(outcome)
        page.locator("#giving .g-go").click()

    def thanked(self) -> None:
        self.heading("Thank You")


def axe_problems(page: Page, but: Sequence[tuple[str, str]] = ()) -> list[str]:
    """What axe-core finds, as lines that name the rule and the element.

    `but` names a rule and the selector of the one place where it is not asked, for markup that isn't ours.
    """
    # Under a name of our own: Wagtail's editor brings an axe with rules of its own.
    if not page.evaluate("'almonerAxe' in window"):
        page.evaluate(Axe().axe_script)
        page.evaluate("window.almonerAxe = window.axe")
    return list(page.evaluate(_AXE, [list(each) for each in but]))


# Colours that are still on their way to a new look would be measured half way. An element in a frame or a shadow tree
# has a target of several parts, and `but` never reaches it.
_AXE = """async but => {
  for (const each of document.getAnimations()) try { each.finish() } catch { each.cancel() }
  const found = await almonerAxe.run({ resultTypes: ["violations"] })
  const excused = (rule, target) => target.length === 1
    && but.some(([name, selector]) => name === rule && document.querySelector(target[0])?.matches(selector))
  return found.violations.flatMap(({ id, nodes }) => nodes.filter(node => !excused(id, node.target))
    .map(node => `${id}: ${node.html.slice(0, 160)} ${(node.any[0]?.message ?? "").slice(0, 160)}`))
}"""


@dataclass(frozen=True)
class Look:
    """A window and what its reader prefers."""

    width: int = 1280
    height: int = 800
    color_scheme: Literal["light", "dark"] = "light"
    forced_colors: Literal["active", "none"] = "none"

    def put_on(self, page: Page) -> None:
        """On the page as it stands: what was typed and what was answered stays."""
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(color_scheme=self.color_scheme, forced_colors=self.forced_colors)


LOOKS = {
    "desk": Look(),
    "320 px": Look(width=320, height=640),
    "dark": Look(color_scheme="dark"),
    "forced colours": Look(forced_colors="active"),
}

# What staff hold in a hand.
PHONES = {
    "phone": Look(width=360, height=740),
    "dark phone": Look(width=360, height=740, color_scheme="dark"),
}


def problems_in(
    page: Page, name: str, looks: Iterable[str] = LOOKS, but: Sequence[tuple[str, str]] = ()
) -> list[str]:
    """What axe-core finds in each look, and whether the page is wider than its window; ends in the first look."""
    found = []
    for look in looks:
        (LOOKS | PHONES)[look].put_on(page)
        found += [f"{name}, {look}: {line}" for line in axe_problems(page, but)]
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        found += [f"{name}, {look}: {wide} px wider than the window"] * (wide > 0)
    LOOKS["desk"].put_on(page)
    return found


# A link within a sentence is as large as its words, and WCAG exempts it; one that stands by itself is a target.
_SMALL_TARGETS = """() => {
  const alone = e => e.localName !== "a" || getComputedStyle(e).display !== "inline" || e.closest(".g-actions")
    || e.parentElement.textContent.trim() === e.textContent.trim()
  const small = e => [e, ...(e.labels || [])].map(x => x.getBoundingClientRect())
    .every(box => box.height < 43.5 || box.width < 43.5)
  return [...document.querySelectorAll("#giving :is(button, select, input, textarea, a, summary):not([type=hidden])")]
    .filter(e => e.tabIndex >= 0 && e.checkVisibility() && alone(e) && small(e)).map(e => e.outerHTML)
}"""
# Words that a box hides because it is too small for them.
_CUT_WORDS = """() => [...document.querySelectorAll("#giving *:not(input, select, option, textarea, .g-vh)")]
  .filter(e => e.checkVisibility() && getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 200))"""


def sound_in(page: Page, step: str, looks: Iterable[Look] = LOOKS.values()) -> None:
    """Sound in each of the looks, into which the page is put as it stands; it ends in the first one."""
    looks = tuple(looks)
    for look in looks:
        look.put_on(page)
        sound(page, f"{step} in {look}")
    looks[0].put_on(page)


def sound(page: Page, step: str) -> None:
    """Nothing for axe, nothing wider than the window, no small target, no words cut off."""
    problems = axe_problems(page)
    assert problems == [], f"{step}: {problems}"
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{step} is {wide} px wider than the window"
    small = page.evaluate(_SMALL_TARGETS)
    assert small == [], f"{step} has targets smaller than 44 px"
    assert page.evaluate(_CUT_WORDS) == [], f"{step} cuts words off"
