"""The stylesheets and the scripts of the donor's path, minified in memory and served under their own digest.

Sources stand in `assets/`, as a person wrote them. An address holds its content's digest, so it may be cached for
ever, and the page's Content-Security-Policy names the same bytes by their SHA-256.
"""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "assets"
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# What each served file is made of. A page of ours has its styles inline; a story page links give.css.
_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "give.js": ("give.js",),
    "payment.js": ("payment.js",),
    "wallet.js": ("wallet.js",),
    "finder.js": ("finder.js",),
    "work.js": ("work.js",),
    "give.css": ("tokens.css", "goal.css", "giving.css"),
    "page.css": ("tokens.css", "page.css", "goal.css", "giving.css"),
    "frame.css": ("tokens.css", "frame.css", "goal.css", "giving.css"),
    "frame.js": ("frame.js",),
    "tokens.css": ("tokens.css",),
}
# Parts whose rules reach nothing outside the form's section. On a page of ours the goal's bar stands outside it.
_SCOPED: Final = {
    "give.css": frozenset({"goal.css", "giving.css"}),
    "page.css": frozenset({"giving.css"}),
    "frame.css": frozenset({"giving.css"}),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One served file: its bytes plain and by gzip, its media type, and its digest as in its address."""

    name: str
    body: bytes
    gzipped: bytes
    content_type: str
    digest: str

    @property
    def url(self) -> str:
        return f"/give/assets/{self.digest}/{self.name}"

    @property
    def integrity(self) -> str:
        """`sha256-…`, for an integrity attribute and for a policy."""
        return source_hash(self.body)


def source_hash(body: bytes) -> str:
    """`sha256-…` as Content-Security-Policy and integrity attributes write it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()


@lru_cache
def asset(name: str) -> Asset:
    """A served file by its name; raises KeyError for any other."""
    suffix = Path(name).suffix
    minify = minify_css if suffix == ".css" else minify_js
    texts = {part: minify((_FOLDER / part).read_text("utf-8")) for part in _PARTS[name]}
    scope = _SCOPED.get(name, frozenset())
    body = "".join(scoped(text) if part in scope else text for part, text in texts.items()).encode()
    return Asset(
        name=name,
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0),
        content_type=_TYPES[suffix],
        digest=hashlib.sha256(body).hexdigest()[:16],
    )


@lru_cache
def _by_digest() -> dict[str, Asset]:
    return {found.digest: found for found in map(asset, _PARTS)}


def asset_of(digest: str) -> Asset | None:
    """The served file of a digest, or None: an old address is not answered with new bytes."""
    return _by_digest().get(digest)


def minify_css(source: str) -> str:
    """Without comments and idle whitespace. Spaces inside values and around `+` and `-` in calc() stay."""
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    bare = re.sub(r"\s+", " ", bare)
    bare = re.sub(r" ?([{};,>~]) ?", r"\1", bare)
    bare = re.sub(r"([{;(][a-z-]+): ", r"\1:", bare)
    return bare.replace(";}", "}").strip()


def scoped(css: str, root: str = "#giving") -> str:
    """Minified CSS with each rule set under `root`: ".g-step{…}" becomes "#giving .g-step{…}", ".g" the root itself."""
    out: list[str] = []
    groups: list[str] = []
    for text, brace in re.findall(r"([^{}]*)([{}])", css):
        if brace == "}":
            groups.pop()
            out.append(text + brace)
        else:
            steps = text.startswith("@") or "@keyframes" in groups
            out.append((text if steps else ",".join(_under(root, each) for each in _selectors(text))) + brace)
            groups.append(text.partition(" ")[0])
    return "".join(out)


def _selectors(text: str) -> list[str]:
    """The parts of a selector list; commas inside parentheses don't part it."""
    return re.findall(r"(?:[^,(]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+", text)


def _under(root: str, selector: str) -> str:
    """`.js` stands on the page's root element, outside ours."""
    if selector.startswith(".js "):
        return f".js {root} {selector.removeprefix('.js ')}"
    own = re.sub(r"^\.g(?![\w-])", root, selector)
    return own if own != selector else f"{root} {selector}"


def minify_js(source: str) -> str:
    """Without comment lines, indentation and empty lines. Line ends stay, so that no statement is joined to another."""
    bare = re.sub(r"^\s*/\*.*?\*/\s*?$", "", source, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in bare.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
