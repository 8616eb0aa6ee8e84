"""The form in a browser that doesn't know :has(). Its rules are taken out of the page, as such a browser leaves them
out, and a script that asks for it fails."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demonstration
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser
_STRIPPED = """
const strip = (list) => {
  for (let at = list.cssRules.length - 1; at >= 0; at--) {
    const rule = list.cssRules[at]
    if (rule.selectorText?.includes(":has(")) list.deleteRule(at)
    else if (rule instanceof CSSSupportsRule && rule.conditionText.includes(":has(")) {
      const inner = [...rule.cssRules].map((each) => each.cssText)
      list.deleteRule(at)
      for (const text of inner.reverse()) list.insertRule(text, at)
    } else if (rule.cssRules?.length) strip(rule)
  }
}
for (const name of ["querySelector", "querySelectorAll", "matches", "closest"])
  for (const kind of [Document, Element]) {
    const real = kind.prototype[name]
    if (real) kind.prototype[name] = function (query) {
      if (query.includes(":has(")) throw new SyntaxError(query)
      return real.call(this, query)
    }
  }
addEventListener("DOMContentLoaded", () => { for (const sheet of document.styleSheets) strip(sheet) })
"""


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("often", ["Once", "Every month"])
def test_a_gift_without_has(
    demonstration: Demonstration, new_page: Callable[..., Page], language: str, often: str
) -> None:
    page = new_page()
    page.add_init_script(_STRIPPED)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    walk = Walk(page, language)
    root = "" if language == "en" else f"/{language}"
    page.goto(demonstration.form.replace("/give/", f"{root}/give/"))
    # Both groups of amounts are there, each under its own words; the one that was asked for counts.
    page.get_by_role("radio", name=walk.say(often), exact=True).check()
    page.locator("[name=amount][value='100']").check()
    page.locator("[name=amount_monthly][value='30']").check()
    other = page.locator("[name=other_amount]")
    expect(other).to_be_visible()
    other.focus()
    assert page.locator(".g-money").first.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    walk.press("Continue")
    walk.heading("Your Details")
    page.locator("[name=cover]").check()
    # A total that can't follow the tick isn't shown: here it would be a wrong one.
    expect(page.locator(".g-total")).to_be_hidden()
    walk.details("ada@example.org")
    expect(page.locator(".g-sum dd")).to_contain_text("30." if often == "Every month" else "102.")
    walk.pay()
    walk.thanked()
    assert faults == []
