"""What is read of an export, whatever is in it: texts as pieces, hostile files as a named error, and no fetch."""

import io
import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import wxr

from almoner.kernel.reachable import is_public
from almoner.stories.wordpress import markup, planning
from almoner.stories.wordpress.converting import convert
from almoner.stories.wordpress.export import Channel, ExportWrong, Item, read
from almoner.stories.wordpress.fetching import Fetcher, NotFetched
from almoner.stories.wordpress.pieces import Findings, Form, Kept, Picture, Piece, Quote, Source, Text

SOURCE = Source(
    site_url="https://old.example",
    pictures=lambda number: f"https://old.example/wp-content/uploads/{number}.jpg" if number < 100 else "",
    attached=lambda post: (7, 8),
    has_post=lambda path: path.rstrip("/") == "/2019/in",
    form_for=lambda tag, number: "light" if number == "4840" else "",
    answers=lambda number: number == "1",
)
ALLOWED = {"p", "h2", "h3", "ul", "ol", "li", "b", "i", "a", "br", "hr"}


def pieces_of(html: str) -> list[Piece]:
    return convert(html, 5, SOURCE, Findings())


def text_of(html: str) -> str:
    return "".join(piece.html for piece in pieces_of(html) if isinstance(piece, Text))


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br/>two</p><p>three</p>"),
        ("One<br />\ntwo", "<p>One<br/>two</p>"),
        ("One <b>bold\n\nstill</b> two", "<p>One <b>bold</b></p><p><b>still</b> two</p>"),
        ("<h2>Head</h2>\nText\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nMore",
         "<h2>Head</h2><p>Text</p><ul><li>a</li><li>b</li></ul><p>More</p>"),
        ("<p>Whole</p>\n\n<div>in <strong>a</strong> <em>box</em></div>", "<p>Whole</p><p>in <b>a</b> <i>box</i></p>"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("<h1>A</h1><h5>B</h5>", "<h2>A</h2><h3>B</h3>"),
        ("<pre>a\n  b</pre>", "<p>a<br/>b</p>"),
        ("<table><tr><th>a<th>b</tr><tr><td>1</td><td>2</td></tr></table>", "<ul><li>a | b</li><li>1 | 2</li></ul>"),
        ("a < b &amp; c &lt;i&gt;", "<p>a &lt; b &amp; c &lt;i&gt;</p>"),
        ("<a href='http://www.old.example/2019/in/#x'>in</a> <a href='/else'>out</a> <a href='#x'>here</a>",
         '<p><a href="/2019/in/#x">in</a> <a href="https://old.example/else">out</a> here</p>'),
        ("<a href=' jav&#x09;ascript:alert(1)'>x</a><a href='data:text/html,x'>y</a>", "<p>xy</p>"),
        ("https://film.example/v?a=1&b=2\n\nText",
         '<p><a href="https://film.example/v?a=1&amp;b=2">https://film.example/v?a=1&amp;b=2</a></p><p>Text</p>'),
        ("[embed]https://film.example/2[/embed]", '<p><a href="https://film.example/2">https://film.example/2</a></p>'),
        ("[[gallery ids=1]] [sic] [[4840]]", "<p>[[gallery ids=1]] [sic] [[4840]]</p>"),
        ("[give_form id=\"9\"]", '<p>[give_form id="9"]</p>'),
        ("<marquee>Kept</marquee><custom-tag>too</custom-tag>", "<p>Kepttoo</p>"),
        ("x<!--more-->y<!-- never closed", "<p>xy</p>"),
    ],
)  # fmt: skip
def test_text_becomes_what_a_story_may_hold(typed: str, html: str) -> None:
    assert text_of(typed) == html


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("[pronto-donation-form id=4840]", [Form("light")]),
        ('<!-- wp:give/donation-form {"id":4840} /-->', [Form("light")]),
        ("<blockquote><p>One</p><p>Two<cite>Her</cite></p></blockquote>", [Quote("One\n\nTwo", "Her")]),
        (f"<blockquote>{'long ' * 200}</blockquote>", [Text(f"<p>{'long ' * 200}</p>")]),
        ("[gallery]", [Picture("https://old.example/wp-content/uploads/7.jpg"),
                       Picture("https://old.example/wp-content/uploads/8.jpg")]),
        ('[caption width="9"]<a href="x.jpg"><img src="/wp-content/uploads/a-300x20.jpg" alt="A"></a> By [b][/caption]',
         [Picture("https://old.example/wp-content/uploads/a.jpg", "A", "By [b]")]),
        ('<!-- wp:image --><figure><img src="/a-1x1.png" class="wp-image-12"/><figcaption>C <a href="/d">d</a>'
         "</figcaption></figure><!-- /wp:image -->",
         [Picture("https://old.example/wp-content/uploads/12.jpg", "", "C d (https://old.example/d)")]),
        ("<img src='data:image/png;base64,xx' alt='Q'>",
         [Kept("picture", "Its address leads nowhere.", "data:image/png;base64,xx")]),
        ("<script>a()</script>", [Kept("<script>", "Nothing of it is run or shown.", "<script>a()")]),
        ("<!-- wp:block {\"ref\":12} /-->",
         [Kept("block block", "It is made by WordPress when it is shown.", '<!-- wp:block {"ref":12} /-->')]),
        ("<!-- wp:acme/x --><p>In</p><!-- /wp:acme/x -->", [Text("<p>In</p>")]),
        ("[audio mp3='https://old.example/a.mp3'][playlist ids='1']",
         [Text('<p><a href="https://old.example/a.mp3">https://old.example/a.mp3</a></p>'),
          Kept("[playlist]", "Its address is none that a reader could follow.", "[playlist ids='1']")]),
        ("\ufdd40\ufdd5 forged &#xfdd4;0&#xfdd5;", [Text("<p>0 forged 0</p>")]),
    ],
)  # fmt: skip
def test_what_is_no_text_becomes_a_piece_of_its_own(typed: str, pieces: list[Piece]) -> None:
    assert pieces_of(typed) == pieces


_SCRAPS = st.sampled_from(
    [*"<>/=\"'[]&\n ", "<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<blockquote>", "</blockquote>",
     "<figure>", "</figure>", "<figcaption>", "</figcaption>", "<cite>", "</cite>", "<a href='https://x.example'>",
     "</a>", "<a href='javascript:x'>", "<img src=a.png onerror=x>", "<script>", "</script>", "<iframe src=//x>",
     "<table><tr><td>", "<br>", "\n\n", "[caption]", "[/caption]", "[gallery ids=1]", "[give_form id=9]", "[[", "]]",
     "[pronto-donation-form id=4840]", "<!-- wp:quote -->", "<!-- /wp:quote -->", "<!-- wp:x/y {\"a\":1} /-->", "<!--",
     "-->", "words", "\ufdd40\ufdd5", "&lt;script&gt;", "<svg onload=x>", "<h2>", "</h2>", "<pre>", "<textarea>"]
)  # fmt: skip


@pytest.mark.once
@settings(deadline=None, max_examples=300)
@given(st.lists(_SCRAPS | st.text(max_size=5), max_size=60).map("".join))
def test_xss_any_html_becomes_balanced_harmless_text(html: str) -> None:
    for piece in pieces_of(html):
        if not isinstance(piece, Text):
            continue
        open_tags: list[str] = []
        for token in markup.tokens(piece.html):
            if isinstance(token, str):
                continue
            assert isinstance(token, markup.Tag) and token.name in ALLOWED
            assert set(token.attributes) <= {"href"}
            assert not token.attributes or re.match(r"https?://|/|mailto:|tel:", token.attributes["href"])
            if token.closes:
                assert open_tags.pop() == token.name
            elif token.name not in ("br", "hr"):
                open_tags.append(token.name)
        assert not open_tags


# ---- files ---------------------------------------------------------------------------------------------------------


def _read(data: bytes) -> list[Channel | Item]:
    return list(read(io.BytesIO(data)))


def _small(tmp_path: Path) -> bytes:
    posts = [*wxr.large(3, filler=30), wxr.picture(9, "p")]
    return wxr.export(tmp_path / "e.xml", posts).read_bytes()


@pytest.mark.once
@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_bytes_are_records_or_a_named_error(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    """An export with a piece cut out, put in or changed; and anything at all."""
    whole = _WHOLE or _WHOLE.setdefault("export", _small(tmp_path_factory.mktemp("e")))
    good = _WHOLE.get("export", whole)
    at = data.draw(st.integers(0, len(good)))
    put = data.draw(st.binary(max_size=40) | st.sampled_from(
        [b"<", b"]]>", b"&x;", b"<!ENTITY a SYSTEM 'file:///etc/passwd'>", b"<item>", b"</channel>", b"\0", b"<!--"]
    ))  # fmt: skip
    cut = data.draw(st.integers(0, 200))
    for typed in (good[:at] + put + good[at + cut :], put):
        try:
            records = _read(typed)
        except ExportWrong as wrong:
            assert re.match(r"line \d+: ", str(wrong))
            continue
        channel = next(record for record in records if isinstance(record, Channel))
        for record in records:
            if isinstance(record, Item):
                planning.plan(record, channel, SOURCE, take=lambda address: (None, "no"), timezone="UTC")


_WHOLE: dict[str, bytes] = {}
_START = b"<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><wp:wxr_version>1.2</wp:wxr_version>"


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (b"<!DOCTYPE a [<!ENTITY x 'y'><!ENTITY z '&x;&x;&x;'>]><rss/>", "a document type or an entity"),
        (b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/x.dtd'><rss/>", "a document type or an entity"),
        (_START + b"<a>" * 100, "deeper than in any export"),
        (_START + b"<item a='" + b"x" * 9_000_000, "markup that goes on for megabytes"),
        (_START + b"<!--" + b"x" * 9_000_000, "markup that goes on for megabytes"),
        (b"<?xml version='1.0' encoding='punycode'?><rss/>", "encoding"),
        (_START.replace(b"1.2<", b"2.0<") + b"<item/>", "WXR 2.0; 1.0 to 1.2 can be read"),
        (b"<rss><channel/></rss>", "no version of WXR"),
        (_START + b"<item>&undefined;", "undefined entity"),
    ],
)
def test_a_hostile_file_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, typed: bytes, says: str) -> None:
    monkeypatch.setattr(socket, "socket", _no_network)
    with pytest.raises(ExportWrong, match=re.escape(says)):
        _read(typed)


def _no_network(*_: object, **__: object) -> None:
    raise AssertionError("nothing is fetched")


@pytest.mark.once
def test_control_characters_and_other_encodings_are_read() -> None:
    item = "<item><title>caf\u00e9\x0b</title></item></channel></rss>"
    head = _START.decode()
    for encoding in ("utf-8", "latin-1", "utf-16"):
        declared = f"<?xml version='1.0' encoding='{encoding}'?>{head}{item}"
        if encoding == "utf-16":
            declared = declared.replace("\x0b", "")
        found = _read(declared.encode(encoding))
        assert [record.title for record in found] == ["", "caf\u00e9"]


# ---- fetching ------------------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "::1", "fe80::1",
     "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "::127.0.0.1", "64:ff9b:1::808:808",
     "fec0::1", "ff02::1"],
)  # fmt: skip
def test_no_address_of_an_inner_network_is_called(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(NotFetched, match="not one of the public internet"):
        Fetcher().fetch(f"http://{host}/x.png")


@pytest.mark.once
def test_public_addresses_may_be_called() -> None:
    for address in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"):
        assert is_public(ipaddress.ip_address(address))


class _Old(BaseHTTPRequestHandler):
    """An old site: a picture, and what somebody who means ill could answer."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        ways = {
            "/inner": "http://169.254.169.254/latest/meta-data", "/file": "file:///etc/passwd",
            "/round": f"http://127.0.0.1:{port}/round", "/once": f"http://127.0.0.1:{port}/a.png",
        }  # fmt: skip
        if self.path in ways:
            self.send_response(302)
            self.send_header("Location", ways[self.path])
            self.end_headers()
            return
        self.send_response(200 if self.path != "/gone" else 404)
        self.end_headers()
        try:
            for _ in range(30 if self.path == "/endless" else 1):
                self.wfile.write(
                    b"x" * 1024 * 1024 if self.path == "/endless" else self.headers["Host"].encode()
                )
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def old_site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Old)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _loopback_only(address: Any) -> bool:
    return address == ipaddress.ip_address("127.0.0.1")


@pytest.mark.once
def test_a_picture_is_fetched_within_its_limits(old_site: str) -> None:
    fetcher = Fetcher(_loopback_only)
    assert fetcher.fetch(f"{old_site}/a.png").decode() == old_site.removeprefix("http://")
    assert fetcher.fetch(f"{old_site}/once")
    for path, says in (
        ("/inner", "public internet"), ("/file", "none of http"), ("/round", "from one address to the next"),
        ("/endless", "larger than 20 MB"), ("/gone", "answers 404"),
    ):  # fmt: skip
        with pytest.raises(NotFetched, match=says):
            fetcher.fetch(f"{old_site}{path}")
    fetcher.close()


@pytest.mark.once
def test_the_address_that_was_looked_at_is_the_one_that_is_called(
    old_site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once: a second answer could be an inner address."""
    port = int(old_site.rpartition(":")[2])
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    genuine: Callable[..., Any] = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, *rest, **named: look_up(host, port) if host == "old.example" else genuine(host, *rest, **named),
    )  # fmt: skip
    assert Fetcher(_loopback_only).fetch(f"http://old.example:{port}/a.png") == f"old.example:{port}".encode()
    assert asked == ["old.example"]
