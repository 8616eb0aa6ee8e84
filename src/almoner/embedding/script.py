"""The script behind `<almoner-form>`, the only thing that a page of another site loads from here by itself."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from almoner.giving.assets import minify_js
from almoner.giving.catalogue import language_root

NAME: Final = "almoner-form.js"
_FILE: Final = Path(__file__).parent / "assets" / NAME


@lru_cache(maxsize=64)
def script_of(site: str) -> str:
    """The script as a giving site, "https://give.example.org", serves it. It holds the site's own address, so that it
    works where other scripts are joined to it."""
    source = minify_js(_FILE.read_text("utf-8"))
    return source.replace('"{site}"', json.dumps(site)).replace("{words}", json.dumps(_words()))


def _words() -> dict[str, tuple[str, str, str]]:
    """Language -> (what stands before /give/, "Give", "Close"); "" is the site's own language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = (language_root(code), _("Give"), _("Close"))
    return found | {"": found[settings.LANGUAGE_CODE]}
