"""A form in a frame of another site's page: which sites may show it, in which colours, and what their pages claim.

Each address of the form's steps has a twin that may be framed, with "frame/" in it. The colours that a page asks for
stand in the address too, so that every step finds them there and no answer depends on anything else.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from almoner.giving.looks import colour_problem

MOST_SITES: Final = 30
LONGEST_PAGE: Final = 300
_COLOURS: Final = re.compile(r"([0-9a-f]{6})?(?:-([0-9a-f]{6}))?")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LOOPBACK: Final = re.compile(r"localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}")
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


class SiteInvalid(ValueError):
    """Not the address of a site that could show a form. The message says what to do, for staff."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page of another site wants the form: its colours as "#rrggbb", "" for the form's own."""

    primary: str = ""
    accent: str = ""

    @property
    def path(self) -> str:
        """What stands behind a form's address, or a gift's: "frame/", "frame/8a1c1c-f2b705/"."""
        accent = f"-{self.accent[1:]}" if self.accent else ""
        colours = f"{self.primary[1:]}{accent}"
        return f"frame/{colours}/" if colours else "frame/"


def frame_of(colours: str | None) -> Frame | None:
    """The frame of an address's "8a1c1c-f2b705", "8a1c1c" or "-f2b705"; None where the address is no frame's. A
    colour that can't be seen on the page is left out, as a theme of staff's would be refused."""
    if colours is None:
        return None
    found = _COLOURS.fullmatch(colours)
    primary, accent = found.groups() if found else (None, None)
    if primary is not None and colour_problem(f"#{primary}") is not None:
        primary = None
    return Frame(f"#{primary}" if primary else "", f"#{accent}" if accent else "")


def read_sites(text: str) -> tuple[str, ...]:
    """The origins in a text with one a line, each once; raises `SiteInvalid`."""
    sites = tuple(dict.fromkeys(read_site(line) for line in text.split()))
    if len(sites) > MOST_SITES:
        raise SiteInvalid(
            f"At most {MOST_SITES} sites can show a form. Remove some, or make a copy of the form."
        )
    return sites


def read_site(text: str) -> str:
    """ "https://WWW.Example.org/" -> "https://www.example.org": an origin as browsers write it, and nothing wider."""
    shown = text[:80]
    if "*" in text:
        raise SiteInvalid(f"“{shown}” would let more than one site in. Write each site on a line of its own.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SiteInvalid(f"“{shown}” is not the address of a site.") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise SiteInvalid(
            f"Write “{shown}” as it stands before a page's path, such as https://www.example.org."
        )
    if parts.username is not None or parts.path not in ("", "/") or "?" in text or "#" in text:
        raise SiteInvalid(
            f"“{shown}” is more than a site. Leave out what follows its name, such as the page."
        )
    host = _host(host, shown)
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise SiteInvalid(
            f"“{shown}” is not encrypted, so anybody on the way could change its form. Use https://."
        )
    ported = f":{port}" if port is not None and port != _DEFAULT_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{host}{ported}"


def claimed_page(text: str, sites: tuple[str, ...]) -> str:
    """The address of the page that a form says it stood in, without query and fragment; "" unless it is one of the
    form's sites. Browsers hold who may frame a form, but nobody holds what is posted: it stays a claim."""
    try:
        parts = urlsplit(text[:2000])
        origin = read_site(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return ""
    if origin not in sites or not parts.path.isprintable() or not parts.path.isascii():
        return ""
    return f"{origin}{parts.path}"[:LONGEST_PAGE]


def _host(host: str, shown: str) -> str:
    """A host name in ASCII, of labels that names may have."""
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        host = ""
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise SiteInvalid(f"“{shown}” is not the address of a site.")
    if len(labels) < 2 and not _LOOPBACK.fullmatch(host):
        raise SiteInvalid(f"“{shown}” has no ending. Write the whole name, such as https://www.example.org.")
    return host
