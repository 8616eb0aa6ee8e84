"""Words that donors read and no translator sees: text in templates, and sentences in modules, outside gettext.

    python script/unmarked.py      names each, with its file; exits 1 if there is any

What staff read is English, and is not looked at.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "almoner"
# Templates of staff's pages, and of the demonstration's own mailbox.
STAFF: Final = re.compile(
    r"backoffice/|config/templates/config/mail_|"
    r"stories/templates/stories/(beginning|claim|desk|move|check_panel|figure_picker|translate|consents/|held)"
)
# What is a name in every language.
NAMES: Final = frozenset({"WhatsApp", "Facebook", "X", "PDF", "Ed25519", "SHA-256", "JSON", "ABN"})
# What readers do not see: an editor's notice, a machine's answer, a word of OpenGraph's.
KNOWN: Final = frozenset(
    {
        "Readers see a link to your first form instead. Give a form this number, or change it here.",
        "Readers see nothing here: no figure of the register is chosen.",
        "The formats are json and xml.",
        "article",
    }
)
SEEN: Final = frozenset({"title", "alt", "aria-label", "placeholder", "label", "data-label", "summary"})
MARKERS: Final = frozenset(
    {"_", "say", "gettext", "gettext_lazy", "gettext_noop", "N_", "ngettext", "ngettext_lazy", "pgettext"}
)
LETTERS: Final = re.compile(r"[A-Za-z][A-Za-z’'-]+")
# Two words or more that begin like a sentence: "Nothing was charged", and no "text/html; charset=utf-8".
SENTENCE: Final = re.compile(r"[A-Z][a-z’]+(?: [A-Za-z’]+){2,}[.!?…:]?|[A-Z][a-z’]+[^<>{}=/\\]* [a-z’]+[.!?]")


class _Words(HTMLParser):
    """The text and the seen attributes of a template whose tags are taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in ("style", "script")
        self.found += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)


def in_template(text: str) -> Iterator[str]:
    """Words between and in the tags of a template, and strings that its expressions show unmarked."""
    bare = re.sub(r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", "", text, flags=re.DOTALL)
    for expression in re.findall(r"{{(.*?)}}", bare, re.DOTALL):
        for call, said in re.findall(r"(\b_\(\s*)?\"([^\"]*)\"", re.sub(r"ngettext\(.*?\)", "", expression)):
            if not call and SENTENCE.match(said):
                yield said
    parser = _Words()
    # A gap holds a letter's place, so that what is around it stays apart; "{{" may stand in an attribute.
    parser.feed(re.sub(r"{%.*?%}|{{.*?}}", "\x00", bare, flags=re.DOTALL))
    for each in parser.found:
        plain = re.sub(r"&\w+;", " ", each).replace("\x00", " ").strip()
        # What is left of a tag that a condition stands in.
        plain = re.sub(r"^<\w+$|^[^<>]*=\"[^<>]*>?$", "", plain)
        if any(word not in NAMES for word in LETTERS.findall(plain)):
            yield " ".join(plain.split())


def in_module(text: str) -> Iterator[str]:
    """Sentences of a module that speaks to donors: not its docstrings, what it raises, and what it logs."""
    tree = ast.parse(text)
    passed: set[int] = set()
    for node in ast.walk(tree):
        marked = isinstance(node, ast.Call) and _name(node.func) in MARKERS
        quiet = isinstance(node, ast.Raise | ast.Assert) or (
            isinstance(node, ast.Call)
            and re.search(r"log|warn|critical|Problem|Field$|Panel$", _name(node.func))
        )
        docs = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if marked or quiet or docs:
            passed |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(said, str) and SENTENCE.fullmatch(said.strip()):
            yield said


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def speaks(text: str) -> bool:
    """Whether a module says anything to donors: it marks words itself."""
    return re.search(r"import (gettext|ngettext|gettext_noop|pgettext)\b", text) is not None


def unmarked(source: Path) -> Iterator[str]:
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.suffix not in (".py", ".jinja", ".html") or "/tests/" in name or STAFF.search(name):
            continue
        if path.suffix == ".html" and not name.startswith("stories/templates/"):
            continue
        text = path.read_text("utf-8")
        found = in_template(text) if path.suffix != ".py" else in_module(text) if speaks(text) else ()
        yield from (f"{name}: not marked for translation: {words!r}" for words in found if words not in KNOWN)


if __name__ == "__main__":
    wrong = list(unmarked(SOURCE))
    print("\n".join(wrong) or "Every word that donors read is marked.")
    sys.exit(1 if wrong else 0)
