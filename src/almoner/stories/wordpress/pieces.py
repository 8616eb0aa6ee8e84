"""What the text of a post becomes, in order: the blocks of a page before they are one."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """HTML as Wagtail keeps rich text: nothing in it but what `prose` writes."""

    html: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`address` is where the old site has it. The rest is plain text."""

    address: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A giving form of ours, by its number or its name in the address."""

    number: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What nothing here can show, as it stood: staff see it with the reason, readers don't."""

    what: str
    why: str
    text: str


Piece = Text | Picture | Quote | Form | Kept


@dataclass(frozen=True, slots=True)
class Source:
    """What a post's text may ask about the rest of its export, and about us. Every answer is plain data.

    `pictures`: the address of a picture by WordPress's number, or "". `attached`: the pictures of a post.
    `has_post`: whether a path of the old site is a post of the export. `form_for`: which of our forms stands for a
    shortcode's tag and number, or "". `answers`: whether a form answers to the number as it is.
    """

    site_url: str
    pictures: Callable[[int], str]
    attached: Callable[[int], tuple[int, ...]]
    has_post: Callable[[str], bool]
    form_for: Callable[[str, str], str]
    answers: Callable[[str], bool]


@dataclass(slots=True)
class Findings:
    """What whoever imports should know. `holes`: what readers would miss, so the page waits for its editor."""

    holes: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    # (tag, number) of the shortcodes for which no form of ours is known.
    forms: dict[tuple[str, str], None] = field(default_factory=dict)

    def hole(self, text: str) -> None:
        self.holes.setdefault(text)

    def note(self, text: str) -> None:
        self.notes.setdefault(text)
