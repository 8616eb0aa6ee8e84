"""A receipt as PDF: tagged and archivable (PDF/UA-1 and PDF/A-3a at once), with its signed facts attached.

Text goes to typst as JSON values and never as markup. In these standards typst refuses what no font can show, so a
name that can't be set is transliterated, only where it must be, and the receipt says so to staff: it is never stuck.
The same facts give the same bytes on the same machine.
"""

import base64
import io
import json
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import segno
import typst
from anyascii import anyascii

from almoner.giving.looks import ColourInvalid, Palette, theme
from almoner.receipts import fonts
from almoner.receipts.facts import CharityFacts, ReceiptFacts, one_line, signed_facts
from almoner.receipts.signing import Signature
from almoner.receipts.wording import Page, compose, right_to_left

_TEMPLATES: Final = Path(__file__).parent / "templates" / "receipts"
_PLAIN_COLOURS: Final = ("#1f5f5b", "#c8553d")
# How a logo takes its colours from the theme of the page that it stands in.
_VARIABLE: Final = re.compile(r"var\(\s*--([a-z-]+)\s*\)")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
# A run without a blank that is longer than this may leave the page, so it may be broken there.
_LONGEST_RUN: Final = 30
# typst quotes the text that it refuses, which may be a name.
_QUOTED: Final = re.compile(r"`[^`]*`")
_ZERO_WIDTH_SPACE: Final = "\u200b"


class CannotTypeset(RuntimeError):
    """typst refused even the plainest form of a receipt: the machine or the template is broken, not the receipt."""


@dataclass(frozen=True, slots=True)
class RenderedReceipt:
    """`transliterated`: some text couldn't be set as it was written, and staff should know. `wording` is its code."""

    pdf: bytes
    wording: str
    transliterated: bool


def render_pdf(facts: ReceiptFacts, signature: Signature | None = None) -> RenderedReceipt:
    """Typeset a receipt. Raises `CannotTypeset`."""
    page = compose(facts)
    foreign = not _can_set(page.check_title, fonts.font_dirs())
    if foreign:
        # No font here knows the language's script at all: English words are better than spelt-out ones.
        page = compose(replace(facts, language="en"))
    values = _values(facts, page, signature)
    moment = datetime.combine(facts.issued_on, time(), UTC)
    faults = []
    for changed, attempt in _attempts(values):
        try:
            pdf = _compile("receipt.typ", attempt, moment)
        except typst.TypstError as fault:
            faults.append(_QUOTED.sub("`…`", str(fault)))
        else:
            return RenderedReceipt(pdf, page.wording, transliterated=changed or foreign)
    raise CannotTypeset("; ".join(faults))


def _attempts(values: dict[str, Any]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """The receipt as it should be, then ever plainer. Each is tried only when typst refused the one before it."""
    yield False, values
    repaired = _map_text(values, settable)
    changed = _json(repaired) != _json(values)
    yield changed, repaired
    yield changed, repaired | {"logo": None}
    yield True, _map_text(values, _ascii) | {"logo": None}


def _values(facts: ReceiptFacts, page: Page, signature: Signature | None) -> dict[str, Any]:
    """What the template reads. Keys of `_AS_THEY_ARE` are not prose."""
    collection = _fonts()
    text = "".join((facts.donor.name, *facts.donor.address_lines, facts.charity.legal_name))
    charity = one_line(facts.charity.name) or one_line(facts.charity.legal_name)
    palette = _palette(facts.charity)
    return {
        **_map_text(asdict(page), _breakable),
        "document_title": f"{page.title} {page.number} – {charity}",
        "author": one_line(facts.charity.legal_name) or charity,
        "charity": charity,
        "issued": [facts.issued_on.year, facts.issued_on.month, facts.issued_on.day],
        "check_url": facts.check_url,
        "check_shown": _shown(facts.check_url),
        "qr": qr_svg(facts.check_url),
        "logo": logo_svg(facts.charity.logo, palette),
        "logo_alt": charity,
        "attachment": _attachment(facts, signature),
        "attachment_text": "The signed facts of this receipt",
        "sans": fonts.sans(collection, text),
        "serif": fonts.serif(collection, text),
        "brand": palette.brand_text,
        "rtl": right_to_left(page.language),
    }


_AS_THEY_ARE: Final = frozenset(
    {
        "language",
        "issued",
        "check_url",
        "qr",
        "logo",
        "attachment",
        "sans",
        "serif",
        "brand",
        "soft",
        "wording",
    }
)


def _palette(charity: CharityFacts) -> Palette:
    """The charity's colours on paper, darkened until they can be read."""
    try:
        return theme(charity.colour, charity.accent).light
    except ColourInvalid:
        return theme(*_PLAIN_COLOURS).light


def _attachment(facts: ReceiptFacts, signature: Signature | None) -> str | None:
    """receipt.json: the signed facts, the signature over their canonical form, and the salt of the donor's name."""
    if signature is None:
        return None
    sealed = {
        "facts": signed_facts(facts),
        "canonical_form": "RFC 8785",
        "algorithm": "Ed25519",
        "key_id": signature.key_id,
        "signature": signature.value,
        "donor_salt": base64.b64encode(facts.salt).decode(),
        "check": facts.check_url,
    }
    return json.dumps(sealed, sort_keys=True, indent=1, ensure_ascii=True)


def qr_svg(url: str) -> str:
    """The address as an SVG of square dots, dark on nothing: the page is the light.

    One mask for all: trying the eight of them out for the prettiest took a quarter of a receipt's time, and readers
    read each.
    """
    out = io.BytesIO()
    segno.make(url, error="m", micro=False, mask=2).save(
        out, kind="svg", border=0, dark="#221f1b", xmldecl=False
    )
    return out.getvalue().decode()


def _shown(url: str) -> str:
    """The address as people read it. It may break after each slash."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/").replace("/", "/" + _ZERO_WIDTH_SPACE)


def logo_svg(logo: bytes | None, palette: Palette) -> str | None:
    """The logo as SVG; a PNG is put into one, for a template has no other way to take bytes."""
    if not logo:
        return None
    if not logo.startswith(_PNG):
        return _standing_alone(logo.decode("utf-8", "replace"), palette)
    width, height = struct.unpack(">II", logo[16:24])
    data = base64.b64encode(logo).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _standing_alone(svg: str, palette: Palette) -> str:
    """Markup made to stand inside a page, as a file of its own: with its namespace, and the theme's colours put in."""
    if "xmlns=" not in svg:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return _VARIABLE.sub(lambda found: getattr(palette, found[1].replace("-", "_"), palette.brand), svg)


# ---- What fonts can show -----------------------------------------------------------------------------------------


def _map_text(value: Any, change: Callable[[str], str], *, key: str = "") -> Any:
    if key in _AS_THEY_ARE:
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _map_text(part, change, key=name) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_map_text(part, change) for part in value]
    return value


def _breakable(text: str) -> str:
    words = (_broken(word) if len(word) > _LONGEST_RUN else word for word in text.split(" "))
    return " ".join(words)


def _broken(word: str) -> str:
    """A very long word with places at which a line may end, none of them before a mark."""
    lines = [""]
    for cluster in _clusters(word):
        if len(lines[-1]) >= _LONGEST_RUN:
            lines.append("")
        lines[-1] += cluster
    return _ZERO_WIDTH_SPACE.join(lines)


def settable(text: str) -> str:
    """The text with each cluster that no font can show written in Latin letters, and all else as it was."""
    dirs = fonts.font_dirs()
    if _can_set(text, dirs):
        return text
    return "".join(cluster if _can_set(cluster, dirs) else _ascii(cluster) for cluster in _clusters(text))


def _ascii(text: str) -> str:
    """In Latin letters; what has none (an unassigned or private character) becomes a question mark."""
    latin = anyascii(text.encode("utf-8", "replace").decode())
    return "".join(char if char.isprintable() else " " for char in latin) if latin.strip() else "?"


def _clusters(text: str) -> Iterator[str]:
    """Each character with the marks that follow it, as far as that matters to shaping."""
    cluster = ""
    for char in text:
        if cluster and not _joins(char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _joins(char: str) -> bool:
    """Combining marks, joiners, variation selectors and skin tones."""
    return (
        char in "\u200c\u200d"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or unicodedata.category(char).startswith("M")
    )


@lru_cache(maxsize=4096)
def _can_set(text: str, dirs: tuple[str, ...]) -> bool:
    """Whether the fonts of these folders can show a text in both standards."""
    if text.isascii() and text.isprintable():
        return True
    values = {"text": text, "sans": fonts.sans(fonts.collection(dirs), text)}
    try:
        _compile("probe.typ", values, datetime(2026, 1, 1, tzinfo=UTC))
    except typst.TypstError:
        return False
    return True


# ---- typst -------------------------------------------------------------------------------------------------------


def _fonts() -> typst.Fonts:
    return fonts.collection(fonts.font_dirs())


def _compile(template: str, values: dict[str, Any], moment: datetime) -> bytes:
    return typeset(_TEMPLATES / template, values, moment)


def typeset(template: Path, values: dict[str, Any], moment: datetime) -> bytes:
    """A template's PDF in both standards, with `values` as its `sys.inputs.values`, in JSON. Raises `TypstError`."""
    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"values": _json(values)},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=moment)
    assert isinstance(pdf, bytes)
    return pdf


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=True)
