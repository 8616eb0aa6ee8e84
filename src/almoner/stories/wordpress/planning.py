"""What a post of an export is to be here: decided from the export and our pictures, before anything is written."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from almoner.stories.wordpress.converting import convert, fingerprint, picture_address, plain
from almoner.stories.wordpress.export import Channel, Item
from almoner.stories.wordpress.index import path_of
from almoner.stories.wordpress.pieces import Findings, Form, Kept, Picture, Piece, Quote, Source, Text
from almoner.stories.wordpress.prose import CAPTION_CHARS_MAX
from almoner.stories.wordpress.report import HELD_BACK

_SUMMARY_CHARS: Final = 300
_PIECES_MAX: Final = 2_000
_TITLE_CHARS: Final = 255
_ADDRESS: Final = re.compile(r"https?://\S+\s*")
_CATEGORIES_OF_NO_MEANING: Final = frozenset({"uncategorized", "uncategorised"})
# (the picture's identifier here, why there is none)
Take = Callable[[str], tuple[int | None, str]]


class Unfit(Exception):
    """The post can't be taken at all; the text says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A page as the import means it. `public`: anybody could read the post where it stood. `lead`: a picture's
    identifier here. `forms`: (tag, number) of shortcodes for which no form of
    ours is known. `digest` tells whether a later export means something else."""

    kind: str
    title: str
    slug: str
    summary: str
    author: str
    topics: str
    body: list[dict[str, Any]]
    lead: int | None
    lead_alt: str
    public: bool
    first_published_at: datetime | None
    modified_at: datetime | None
    go_live_at: datetime | None
    address: str
    old_path: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    forms: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        said = (
            self.kind, self.title, self.summary, self.author, self.topics, self.body, self.lead, self.lead_alt,
            self.public, str(self.first_published_at), str(self.go_live_at),
        )  # fmt: skip
        return hashlib.sha256(fingerprint(said)).hexdigest()


def plan(item: Item, channel: Channel, source: Source, *, take: Take, timezone: str) -> Outcome:
    """Raises `Unfit`."""
    if item.too_long:
        raise Unfit("its text is longer than two million characters")
    findings = Findings()
    pieces = _from_the_second_level(convert(item.content, item.number, source, findings))
    if len(pieces) > _PIECES_MAX:
        raise Unfit(f"its text has more than {_PIECES_MAX} parts")
    body = [block for piece in pieces for block in _blocks(piece, take, findings)]
    if not body and item.post_type == "post":
        body = [_kept(Kept("text", "The post has none.", ""), findings)]
    lead, lead_alt = _lead(item, source, take, findings)
    public, published_at = _status(item, findings), _written(item, timezone)
    title = plain(item.title) or _first_words(pieces, 60) or f"Without a title, {item.number}"
    if len(title) > _TITLE_CHARS:
        findings.note("its title was cut")
    return Outcome(
        kind=item.post_type,
        title=title[:_TITLE_CHARS],
        slug=_slug(item, title),
        summary=_shortened(plain(item.excerpt) or _first_words(pieces, 400) or title),
        author=channel.authors.get(item.creator.strip(), item.creator.strip())[:200],
        topics=_topics(item, findings),
        body=body,
        lead=lead,
        lead_alt=lead_alt,
        public=public,
        # A draft has none: what was never public has no day on which it became so.
        first_published_at=published_at if public else None,
        modified_at=_at(item.modified_gmt, "UTC") or published_at,
        go_live_at=published_at if item.status == "future" else None,
        address=item.link.strip()[:1000],
        old_path=path_of(item.link) if public else "",
        reasons=tuple(findings.holes),
        notes=tuple(findings.notes),
        forms=tuple(findings.forms),
    )


def _from_the_second_level(pieces: list[Piece]) -> list[Piece]:
    """Above the first heading of the second level, those of the third are of the second: to who hears headings read
    out, a level that is left out sounds like a part that is missing."""
    found: list[Piece] = []
    below = False
    for piece in pieces:
        if isinstance(piece, Text) and not below:
            above, mark, rest = piece.html.partition("<h2>")
            below = bool(mark)
            piece = Text(above.replace("<h3>", "<h2>").replace("</h3>", "</h2>") + mark + rest)
        found.append(piece)
    return found


def _status(item: Item, findings: Findings) -> bool:
    """Whether anybody could read it. Everything else is a draft here, and says why."""
    if item.password:
        findings.hole("it stood behind a password")
    elif item.status != "publish":
        words = {
            "future": "it was scheduled; publish it, and it appears at its time",
            "private": "it was private",
        }
        findings.note(words.get(item.status, f"it was no published post ({item.status[:40] or 'no status'})"))
    return item.status == "publish" and not item.password


def _blocks(piece: Piece, take: Take, findings: Findings) -> list[dict[str, Any]]:
    match piece:
        case Text(html):
            return [{"type": "text", "value": html}]
        case Quote(text, name):
            findings.note(HELD_BACK)
            return [{"type": "quote", "value": {"text": text, "name": name, "role": ""}}]
        case Form(number):
            return [{"type": "form", "value": {"number": number}}]
        case Kept():
            return [_kept(piece, findings)]
        case Picture():
            return [_picture(piece, take, findings)]


def _picture(piece: Picture, take: Take, findings: Findings) -> dict[str, Any]:
    image, why = take(piece.address)
    if image is None:
        findings.hole(f"picture: {why}")
        said = "\n".join(part for part in (piece.address, piece.alt, piece.caption) if part)
        return _kept(Kept("picture", why, said), findings)
    alt, caption = piece.alt[:CAPTION_CHARS_MAX], piece.caption[:CAPTION_CHARS_MAX]
    findings.note(HELD_BACK)
    if not alt:
        findings.note("a picture has no description")
    value = {"image": image, "drawing": "", "alt": alt, "caption": caption, "credit": ""}
    return {"type": "picture", "value": value}


def _kept(piece: Kept, findings: Findings) -> dict[str, Any]:
    findings.hole(f"{piece.what}: {piece.why}")
    return {"type": "kept", "value": {"what": piece.what[:200], "why": piece.why[:300], "text": piece.text}}


def _lead(item: Item, source: Source, take: Take, findings: Findings) -> tuple[int | None, str]:
    address = source.pictures(item.thumbnail) if item.thumbnail and item.post_type == "post" else ""
    if not address or not (address := picture_address(address, source)):
        return None, ""
    image, why = take(address)
    if image is None:
        findings.hole(f"picture at its head: {why}")
    else:
        findings.note(HELD_BACK)
    return image, ""


def _topics(item: Item, findings: Findings) -> str:
    names = dict.fromkeys(
        " ".join(term.name.replace(",", " ").split())
        for term in item.terms
        if term.domain in ("category", "post_tag", "tag") and term.nicename not in _CATEGORIES_OF_NO_MEANING
    )
    for domain in dict.fromkeys(term.domain for term in item.terms):
        if domain not in ("category", "post_tag", "tag", "post_format"):
            findings.note(f"its terms of {domain[:60]!r} were left out")
    kept, length = [], 0
    for name in names:
        if length + len(name) + 2 > 500:
            findings.note("not all of its topics were kept")
            break
        kept.append(name)
        length += len(name) + 2
    return ", ".join(kept)


def _slug(item: Item, title: str) -> str:
    wanted = slugify(unquote(item.slug), allow_unicode=True) or slugify(title, allow_unicode=True)
    return wanted[:200].strip("-") or f"{item.post_type}-{item.number}"


def _written(item: Item, timezone: str) -> datetime | None:
    return _at(item.date_gmt, "UTC") or _at(item.date, timezone)


def _at(text: str, timezone: str) -> datetime | None:
    """None for the zeros that WordPress keeps where there is no date."""
    try:
        found = datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (its zone is put to it just below)
        return found.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC) if found.year >= 1970 else None
    except (ValueError, OverflowError):
        return None


def _first_words(pieces: list[Piece], chars: int) -> str:
    words = ""
    for piece in pieces:
        if isinstance(piece, Text) and not piece.html.startswith("<p>["):
            # An address of a film is nobody's first word.
            words = f"{words} {_ADDRESS.sub('', plain(piece.html))}".strip()
        if len(words) >= chars:
            break
    return words if chars > 100 else _shortened(words, chars)


def _shortened(text: str, chars: int = _SUMMARY_CHARS) -> str:
    if len(text) <= chars:
        return text
    return (
        text[: chars - 1].rpartition(" ")[0].rstrip(" ,.;:–-") + "…" if " " in text[:chars] else text[:chars]
    )
