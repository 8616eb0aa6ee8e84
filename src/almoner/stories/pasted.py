"""Rich text as it is kept after a paste from Word or Google Docs.

The editor drops what it doesn't know: classes, styles, tables, Word's own elements. What is left of such a page are
empty paragraphs that stood for space, rows of hard spaces, and links through Google's own redirect. Those go here, on
saving.
"""

import re
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qs, urlsplit

_SPACE: Final = r"(?:\s|&nbsp;|\u00a0|\u200b|<br ?/?>)"
_EMPTY: Final = re.compile(rf"<(p|h2|h3|li)(?:\s[^>]*)?>{_SPACE}*(?:<(b|i)>{_SPACE}*</\2>{_SPACE}*)*</\1>")
_SPACES: Final = re.compile(r"(?:[ ]|&nbsp;|\u00a0){2,}")
_REDIRECT: Final = re.compile(r'href="(https?://www\.google\.[a-z.]+/url\?[^"]*)"')


def tidied(html: str) -> str:
    """The same text without empty paragraphs, rows of spaces, and Google's redirect before an address."""
    html = _REDIRECT.sub(lambda found: f'href="{escape(_behind(unescape(found[1])))}"', html)
    return _EMPTY.sub("", _SPACES.sub(" ", html))


def _behind(url: str) -> str:
    """Where a redirect leads; itself, where that is no address of the web."""
    query = parse_qs(urlsplit(url).query)
    to = (query.get("q") or query.get("url") or [""])[0]
    return to if to.startswith(("https://", "http://")) else url
