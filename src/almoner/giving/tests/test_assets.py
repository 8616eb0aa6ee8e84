"""The served files, their budgets, and the policy that names them."""

import base64
import gzip
import hashlib
import re

import pytest
from tests.support.preview_pages import LANGUAGES, look, states

from almoner.giving import demo_charity
from almoner.giving.assets import asset, asset_of, minify_css, minify_js, scoped
from almoner.giving.pages import csp_hashes, render


def packed(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))


# The largest has all four rhythms, with amounts for each, and the wallets' button.
HTML_BUDGETS = {
    "1-amount": 7_424, "1-amount-often": 7_424, "1-amount-three": 7_680, "1-amount-wallets": 7_424,
    "1-amount-four": 7_680,
}  # fmt: skip


@pytest.mark.parametrize("state", HTML_BUDGETS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_page_stays_within_its_budget(language: str, state: str) -> None:
    html = render(states(language)[state], whole=True)
    script = asset("give.js")
    assert len(script.gzipped) <= 3_200
    assert packed(html) <= HTML_BUDGETS[state]
    assert packed(html) + len(script.gzipped) <= 14_336
    requests = re.findall(r'(?:src|href)="(/[^"]+\.[a-z]+)"', html)
    assert requests == [script.url]


def test_all_scripts_before_payment_stay_within_their_budgets() -> None:
    give, finder = asset("give.js"), asset("finder.js")
    assert len(finder.gzipped) <= 2_048
    assert len(give.gzipped) + len(finder.gzipped) <= 10_240


def test_the_script_of_the_payment_page_is_small() -> None:
    assert len(asset("payment.js").gzipped) <= 3_072


def test_the_logo_is_small() -> None:
    assert len(demo_charity.LOGO_SVG.encode()) <= 1_536
    assert len(demo_charity.INTRO) <= 300


def test_an_address_names_its_bytes() -> None:
    for name in ("give.js", "finder.js", "give.css", "tokens.css"):
        found = asset(name)
        assert hashlib.sha256(found.body).hexdigest().startswith(found.digest)
        assert found.url == f"/give/assets/{found.digest}/{name}"
        assert asset_of(found.digest) is found
        assert gzip.decompress(found.gzipped) == found.body
        assert found.integrity == "sha256-" + base64.b64encode(hashlib.sha256(found.body).digest()).decode()
    assert asset_of("0" * 16) is None
    with pytest.raises(KeyError):
        asset("../secrets.py")


def test_the_policy_allows_exactly_what_the_page_holds() -> None:
    form = look()
    html = render(states("en")["1-amount"], whole=True)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert csp_hashes(form).style == f"sha256-{digest}"
    assert f'integrity="{csp_hashes(form).script}"' in html
    details = render(states("en")["2-details"], whole=False)
    assert f'data-hash="{csp_hashes(form).more[0]}"' in details and asset("finder.js").url in details
    assert csp_hashes(look(primary="#7a1f4b")).style != csp_hashes(form).style


def test_nothing_of_another_place_is_named() -> None:
    for name in ("give.js", "finder.js", "give.css", "page.css"):
        assert not re.search(rb"https?:|//[a-z]|@import|url\(", asset(name).body)


def test_css_is_minified_without_changing_what_it_says() -> None:
    source = (
        "/* why */\n.a , .b > .c {\n  color: red;\n  width: calc(1rem + 2px);\n}\n"
        "@media (min-width: 2rem) { .d :is(p) { --x: 1 } }"
    )
    assert minify_css(source) == (
        ".a,.b>.c{color:red;width:calc(1rem + 2px)}@media (min-width:2rem){.d :is(p){--x:1}}"
    )


def test_js_keeps_its_lines() -> None:
    source = "/* why\n   and how */\nconst a = 1\n\n  // a word\n  const b = `//${a}`\n"
    assert minify_js(source) == "const a = 1\nconst b = `//${a}`\n"


def test_rules_are_set_under_the_section() -> None:
    css = ".g{a:b}.g :is(p,.g-x){a:b}.g-x,.g-y:has(:is(a,b),c)>d{a:b}.g:lang(ar) p{a:b}.js .g-z{a:b}"
    assert scoped(css) == (
        "#giving{a:b}#giving :is(p,.g-x){a:b}#giving .g-x,#giving .g-y:has(:is(a,b),c)>d{a:b}"
        "#giving:lang(ar) p{a:b}.js #giving .g-z{a:b}"
    )
    nested = "@media (min-width: 2rem){.g-x{a:b}@keyframes k{from{a:b}}.g-y{a:b}}"
    assert (
        scoped(nested)
        == "@media (min-width: 2rem){#giving .g-x{a:b}@keyframes k{from{a:b}}#giving .g-y{a:b}}"
    )


def test_every_rule_of_the_section_is_under_it() -> None:
    own = asset("give.css").body.removeprefix(asset("tokens.css").body).decode()
    rules = re.findall(r"([^{}]*){", re.sub(r"@keyframes[^{]*{(?:[^{}]*{[^}]*})*}", "", own))
    assert len(rules) > 90
    assert [rule for rule in rules if not re.match(r"@media|@supports|(\.js )?#giving", rule)] == []
