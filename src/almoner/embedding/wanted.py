"""A form as another page wants it, in the three ways in which that is written: a link, an element, a query.

One value, so that what staff copy, what oEmbed answers and what the element asks for can't drift apart.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from almoner.embedding.script import NAME
from almoner.giving.catalogue import language_root

# What a link carries, and an attribute of the same name.
LINKED: Final = ("amount", "frequency", "currency", "fund", "appeal")
_LONGEST: Final = 60
_PATH: Final = re.compile(r"/(?:([a-z-]{2,10})/)?give/([\w-]{1,50})/?", re.ASCII)


class NoForm(LookupError):
    """The address is not that of a form's first page here."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`key` is a form's number or its word; everything else may be empty, which leaves it to the form. `button` makes
    the element a button that opens the form."""

    key: str
    language: str = ""
    amount: str = ""
    frequency: str = ""
    currency: str = ""
    fund: str = ""
    appeal: str = ""
    primary: str = ""
    accent: str = ""
    button: str = ""

    def link(self, site: str) -> str:
        """The form's own page: what works everywhere, in mails and on paper too."""
        root = language_root(self.language or settings.LANGUAGE_CODE)
        query = urlencode({name: getattr(self, name) for name in LINKED if getattr(self, name)})
        return f"{site}{root}/give/{self.key}/{'?' if query else ''}{query}"

    def element(self, site: str, *, words: str) -> SafeString:
        """HTML for any page. `words` are the link's, which stands where the form can't."""
        return format_html(
            '<script src="{}/{}" async></script>\n<almoner-form{}><a href="{}">{}</a></almoner-form>',
            site, NAME, self.attributes, self.link(site), words,
        )  # fmt: skip

    @property
    def attributes(self) -> SafeString:
        """Of the element, with a blank before each."""
        named = (
            ("form", self.key),
            *((name, getattr(self, name)) for name in _ATTRIBUTES),
            ("lang", self.language),
        )
        return format_html_join("", ' {}="{}"', ((name, text) for name, text in named if text))


_ATTRIBUTES: Final = tuple(each.name for each in fields(Wanted) if each.name not in ("key", "language"))


def wanted_at(url: str, *, site: str) -> Wanted:
    """What a link to a form here asks for; raises `NoForm`."""
    found = _PATH.fullmatch(path_at(url, site=site))
    if found is None:
        raise NoForm(url[:200])
    language, key = found[1] or settings.LANGUAGE_CODE, found[2]
    if language not in dict(settings.LANGUAGES):
        raise NoForm(url[:200])
    try:
        asked = dict(reversed(parse_qsl(urlsplit(url).query, max_num_fields=40)))
    except ValueError:
        raise NoForm(url[:200]) from None
    spoken = "" if language == settings.LANGUAGE_CODE else language
    return read_wanted(key, asked, language=spoken)


def path_at(url: str, *, site: str) -> str:
    """The path of an address of this site; "" for every other one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # A site answers by http and https alike, and a page may name either.
    here = parts.netloc.lower() == urlsplit(site).netloc and parts.scheme in ("http", "https")
    return parts.path if here else ""


def read_wanted(key: str, asked: Mapping[str, str], *, language: str = "") -> Wanted:
    """From a link's query, bounded."""
    return Wanted(
        key, language, **{name: asked[name].strip()[:_LONGEST] for name in LINKED if asked.get(name)}
    )
