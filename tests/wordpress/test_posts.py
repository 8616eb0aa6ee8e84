"""What stands in a post: for each way of writing it the exact HTML, the same for everybody, and nothing kept."""

import json
import re
import shutil
import urllib.request
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from script.wordpress_site import WordPress, build_plugin

from tests.wordpress.conftest import ADDRESS, Pair, read

pytestmark = pytest.mark.once

PLAIN = (
    '<almoner-form form="4840" site="https://give.example.org">'
    '<a href="https://give.example.org/give/4840/">Give now</a></almoner-form>'
)
SCRIPT = "<script async src='https://give.example.org/almoner-form.js' id='almoner-form-js'></script>"
OTHER = """<?php
/* Plugin Name: Other */
add_action('init', function () { add_shortcode('give_form', function () { return '<b>the other one</b>'; }); }, 20);
"""


def element(attributes: str, path: str, label: str = "Give now") -> str:
    return (
        f'<almoner-form {attributes} site="https://give.example.org">'
        f'<a href="https://give.example.org{path}">{label}</a></almoner-form>'
    )


FULL = (
    '[almoner form=4840 amount="12.50" frequency=monthly fund=rescue appeal="XMAS 26" lang=ar primary="#8a1c1c"'
    ' button="Give"]'
)
WRITTEN = {
    "[almoner form=4840]": PLAIN,
    "[almoner 4840]": PLAIN,
    "[almoner form=“4840”]": PLAIN,
    "[pronto-donation-form id=4840]": PLAIN,
    "[pronto-donation-form id='4840' /]": PLAIN,
    '[give_form id="4840" show_title="true"]': PLAIN,
    "[charitable_donation_form campaign_id=4840]": PLAIN,
    "[charitable_donation_form id=4840]": PLAIN,
    "[give_form 4840]": PLAIN,
    "[pronto-donation-form form=4840]": PLAIN,
    # Its own name for it is the one that counts.
    "[charitable_donation_form id=7 campaign_id=4840]": PLAIN,
    FULL: element(
        'form="4840" amount="12.50" frequency="monthly" fund="rescue" appeal="XMAS 26" lang="ar" primary="#8a1c1c"'
        ' button="Give"',
        "/ar/give/4840/?amount=12.50&#038;frequency=monthly&#038;fund=rescue&#038;appeal=XMAS%2026",
        "Give",
    ),
    # What doesn't fit is left out.
    "[almoner form=light amount=lots frequency=daily lang=../ primary=red currency=aud label='Help us']": element(
        'form="light" currency="AUD"', "/give/light/?currency=AUD", "Help us"
    ),
    "[almoner]": '<!-- Almoner: which form? --><a href="https://give.example.org/">Give now</a>',
    "[give_form id=../../admin]": '<!-- Almoner: which form? --><a href="https://give.example.org/">Give now</a>',
    "[[give_form id=4840]]": "<p>[give_form id=4840]</p>",
    "https://give.example.org/give/4840/": f"<div>{PLAIN}</div>",
    "https://give.example.org/ar/give/4840/?amount=50&appeal=X&utm_source=y": "<div>{}</div>".format(
        element('form="4840" amount="50" appeal="X" lang="ar"', "/ar/give/4840/?amount=50&#038;appeal=X")
    ),
}
# What a link says is a choice of gift, and neither how the form looks nor what it is called.
CHOSEN = "https://give.example.org/give/4840/?label=Evil&primary=%238a1c1c&button=Evil&form=9&lang=ar"
WRITTEN[CHOSEN] = f"<div>{PLAIN}</div>"
BLOCK = '<!-- wp:almoner/form {"form":"4840","amount":"50"} /-->'


def test_each_way_of_writing_it(pair: Pair) -> None:
    assert dict(zip(WRITTEN, pair.shown(*WRITTEN), strict=True)) == WRITTEN
    inside = element('form="4840" amount="50"', "/give/4840/?amount=50")
    assert pair.shown(BLOCK) == [f'<div class="wp-block-almoner-form">{inside}</div>']


def test_one_script_for_a_page_with_two_forms_and_none_for_a_page_without(pair: Pair) -> None:
    assert read(pair.post("Two", "[almoner form=1]\n\n[give_form id=2]")).count("almoner-form.js") == 1
    assert SCRIPT in read(pair.post("One", "[almoner form=1]"))
    assert "almoner" not in read(pair.post("None", "Only words.")).partition("</style>")[2].replace(
        "almoner-wp", ""
    )


def test_a_shortcode_that_another_plugin_owns_stays_its_own(pair: Pair) -> None:
    folder = pair.wordpress.plugins / "other"
    folder.mkdir()
    (folder / "other.php").write_text(OTHER)
    pair.wordpress.activate("other/other.php")
    try:
        assert pair.shown("[give_form id=4840]", "[pronto-donation-form id=4840]") == [
            "<b>the other one</b>",
            PLAIN,
        ]
    finally:
        pair.wordpress.php(_DEACTIVATE)
    assert pair.shown("[give_form id=4840]") == [PLAIN]


_DEACTIVATE = (
    "require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins(['other/other.php']);"
)


def test_only_addresses_of_the_giving_site_s_forms_become_forms(pair: Pair) -> None:
    written = "global $wp_embed; return $wp_embed->get_embed_handler_html([], $given['url']);"
    for url, is_form in (
        ("https://give.example.org/give/4840", True),
        ("https://give.example.org.evil.example/give/4840/", False),
        ("https://give-example.org/give/4840/", False),
        ("https://give.example.org/give/4840/details/", False),
        ("https://give.example.org/stories/four-reasons/", False),
    ):
        assert (pair.wordpress.php(written, url=url) is not False) is is_form, url


def test_an_editor_is_told_of_the_settings_only_if_they_are_theirs(pair: Pair) -> None:
    told = (
        "require_once ABSPATH . 'wp-admin/includes/admin.php'; $user = wp_insert_user(['user_login' => uniqid(),"
        " 'user_pass' => uniqid(), 'role' => $given['role']]); wp_set_current_user($user);"
        " do_action('enqueue_block_editor_assets');"
        " return implode('', array_filter(wp_scripts()->get_data('almoner-form-editor-script', 'before')));"
    )
    for role, theirs in (("administrator", True), ("author", False)):
        said = str(pair.wordpress.php(told, role=role)).replace("\\/", "/")
        assert '"address":"https://give.example.org"' in said
        assert ("options-general.php?page=almoner" in said) is theirs


class Elements(HTMLParser):
    """Every element with its attributes, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


EVIL = (
    '"><script>alert(1)</script>',
    "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!-- --><img src=x onerror=alert(1)>",
)


def test_what_is_typed_stays_text(pair: Pair) -> None:
    """In every attribute, by block, where no parser of shortcodes stands before: exactly two elements come of it."""
    names = ("amount", "frequency", "fund", "appeal", "button", "label", "lang", "primary")
    for html in pair.shown(*(_block(dict.fromkeys(names, evil) | {"form": "4840"}) for evil in EVIL)):
        (wrapper, _), (form, attributes), (link, to), *more = Elements(html).found
        assert (wrapper, form, link, more) == ("div", "almoner-form", "a", [])
        assert set(attributes) == {"form", "appeal", "button", "site"}
        assert set(to) == {"href"}
        assert str(to["href"]).startswith("https://give.example.org/give/4840/?appeal=")
    for html in pair.shown(*(_block({"form": evil}) for evil in EVIL)):
        assert Elements(html).found[1:] == [("a", {"href": "https://give.example.org/"})]


def _block(attributes: dict[str, str]) -> str:
    """As the editor writes it."""
    typed = (
        json.dumps(attributes).replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "\\u002d\\u002d")
    )
    return f"<!-- wp:almoner/form {typed} /-->"


def test_everybody_gets_the_same_page(pair: Pair) -> None:
    """Two visits, and one of somebody with cookies, another language and another browser, are the same bytes."""
    url = pair.post("The same", "[pronto-donation-form id=4840]\n\nhttps://give.example.org/give/1/")
    other = {
        "Cookie": "seen=1",
        "Accept-Language": "ar",
        "User-Agent": "Other",
        "Referer": "https://a.example/?utm=1",
    }
    assert read(url) == read(url) == read(url, other)


def test_nothing_is_kept_but_the_address(pair: Pair) -> None:
    """Not even the answer for a link, which WordPress would keep beside the post."""
    kept = (
        "global $wpdb; return array_merge("
        "$wpdb->get_col(\"SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%almoner%'"
        " OR option_value LIKE '%give.example.org%'\"),"
        "$wpdb->get_col(\"SELECT meta_key FROM $wpdb->postmeta WHERE meta_key LIKE '%oembed%'\"));"
    )
    pair.shown("https://give.example.org/give/4840/")
    names = pair.wordpress.php(kept)
    assert sorted(set(names) - {"active_plugins", "recently_activated", "uninstall_plugins"}) == [
        "almoner_address"
    ]


def test_without_an_address_readers_see_nothing_broken(wordpress: WordPress) -> None:
    wordpress.php("delete_option('almoner_address');")
    said = "<!-- Almoner: Settings, Almoner holds no address of a giving site. -->"
    assert Pair(wordpress, "").shown("[give_form id=4840]") == [said]
    assert "almoner-form.js" not in read(wordpress.post("Nothing", "[give_form id=4840]"))


def test_it_leaves_nothing_behind(wordpress: WordPress) -> None:
    """Uninstalled as WordPress does it, in a request where the plugin isn't active."""
    wordpress.php(ADDRESS, address="https://give.example.org")
    left = (
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "deactivate_plugins(['almoner/almoner.php']); uninstall_plugin('almoner/almoner.php');"
        'global $wpdb; return $wpdb->get_col("SELECT option_name FROM $wpdb->options'
        " WHERE option_name LIKE '%almoner%' OR option_value LIKE '%give.example.org%'\");"
    )
    assert wordpress.php(left) == []
    shown = Pair(wordpress, "").shown("[give_form id=4840]")
    wordpress.activate("almoner/almoner.php")
    assert shown == ["<p>[give_form id=4840]</p>"]


def test_an_arabic_site_leads_to_the_arabic_form(pair: Pair) -> None:
    # WordPress takes a language that it has a catalog of.
    languages = pair.wordpress.folder / "site/wp-content/languages"
    languages.mkdir(exist_ok=True)
    shutil.copy(pair.wordpress.plugins / "almoner/languages/almoner-ar.mo", languages / "ar.mo")
    pair.wordpress.php("update_option('WPLANG', 'ar');")
    try:
        shown = pair.shown("[almoner form=4840]", "[almoner form=4840 lang=en]")
    finally:
        pair.wordpress.php("update_option('WPLANG', '');")
    arabic = "تبرّع الآن"
    assert shown == [
        element('form="4840"', "/ar/give/4840/", arabic),
        element('form="4840" lang="en"', "/give/4840/", arabic),
    ]


def test_the_zip_is_the_same_each_time_and_holds_the_plugin_alone(tmp_path: Path) -> None:
    first, second = (build_plugin(tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        version = re.search(r"Version: +(\S+)", archive.read("almoner/almoner.php").decode())
        assert version is not None
        assert f"Stable tag: {version[1]}\n" in archive.read("almoner/readme.txt").decode()
    kinds = (".php", ".js", ".json", ".txt", ".po", ".mo")
    assert [name for name in names if not (name.startswith("almoner/") and name.endswith(kinds))] == []


def test_a_feed_holds_the_link(pair: Pair) -> None:
    pair.post("In the feed", "[almoner form=77]")
    with urllib.request.urlopen(f"{pair.wordpress.base}/feed/", timeout=120) as answer:  # noqa: S310
        feed = answer.read().decode()
    assert '<a href="https://give.example.org/give/77/">Give now</a>' in feed
    assert "<script" not in feed
