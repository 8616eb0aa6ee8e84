"""Where a receipt can be found: its document and its public check, on its charity's own site."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation

from almoner.charities.models import Charity
from almoner.giving.catalogue import language_root


def pdf_path(token: str) -> str:
    """The document's address on this site, in the active language."""
    return f"{_root()}/receipts/{token}.pdf"


def check_path(token: str) -> str:
    """The public check's address on this site, in the active language."""
    return f"{_root()}/receipts/check/{token}/"


def keys_path() -> str:
    """Where the public keys are listed."""
    return "/receipts/keys.json"


def site_of(charity: Charity, *, host: str = "") -> str:
    """The charity's own site, without a slash: at `host` where that is one of its own, else SITE_URL where that is (or
    may be) its own, else its first host."""
    site = urlsplit(settings.SITE_URL)
    hosts = sorted(charity.hosts.values_list("host", flat=True))
    if host not in hosts:
        if not hosts or site.hostname in hosts:
            return settings.SITE_URL
        host = hosts[0]
    port = f":{site.port}" if site.port else ""
    return f"{site.scheme}://{host}{port}"


def _root() -> str:
    return language_root(translation.get_language() or settings.LANGUAGE_CODE)
