"""A site whose form 4840 is paid on a gateway's own page, which a scripted server lends."""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page
from pytest_django.plugin import DjangoDbBlocker

from almoner.giving.models import Gift
from almoner.payments.models import Attempt
from tests.browser.walk import Walk
from tests.support import templates
from tests.support.databases import LiveDb, borrowed
from tests.support.gateways.scripted import Scripted
from tests.support.server import Site, new_site

_SEED = (
    "from almoner.giving import demo; from almoner.giving.models import DonationForm, SuggestedAmount; "
    "from almoner.charities.models import Charity; "
    "from almoner.stories import demo as stories; "
    "print('STORY', stories.seed(demo.seed(), hostname='127.0.0.1', port={port}).url); "
    "{more}"
)
_LIMITS = ("ATTEMPTS", "DECLINES", "DECLINES_WORK", "EMAIL_ATTEMPTS", "ATTACK_FROM")


@dataclass(frozen=True)
class Shop:
    """A running site without a worker until `told`, its story, and its gateway."""

    site: Site
    story: str
    server: Scripted

    @property
    def form(self) -> str:
        return f"{self.site.base}/give/4840/"

    def told(self) -> int:
        """All that happened at the gateway, in webhooks, and a worker looks; returns how many were taken."""
        taken = self.server.deliver()
        self.site.work()
        return taken


@contextmanager
def shop_at(
    server: Scripted, folder: Path, blocker: DjangoDbBlocker, *, code: str, more: str, **env: str
) -> Iterator[Shop]:
    """Django's connection points at the site's database meanwhile. `more`: what is changed of the demonstration."""
    with blocker.unblock():
        url = templates.MIGRATED.copy(f"almoner_{code}_{os.getpid()}", folder)
        for db in borrowed(url):
            yield from _running(server, db, folder, code=code, more=more, **env)


def _running(
    server: Scripted, db: LiveDb, folder: Path, *, code: str, more: str, **env: str
) -> Iterator[Shop]:
    limits = {f"ALMONER_LIMIT_{name}": "10000" for name in _LIMITS}
    site = new_site(db, folder / "site", warm=True, **limits, **env)
    server.webhook_url = f"{site.base}/webhooks/{code}/"
    seed = _SEED.format(port=site.env["PORT"], more=more)
    seeded = site.shell(seed)
    found = re.search(r"STORY (\S+)", seeded)
    assert found, seeded
    site.serve()
    try:
        yield Shop(site, site.base + urlsplit(found[1]).path, server)
    finally:
        site.end()


class Giver(Walk):
    """A donor with a mailbox of their own, by which their rows are found."""

    def __init__(self, page: Page, shop: Shop, language: str = "en") -> None:
        super().__init__(page, language)
        self.shop, self.email = shop, f"ada-{uuid.uuid4().hex[:10]}@example.org"

    def go(self) -> None:
        self.page.locator("#giving .g-go").click()

    def kept(self) -> None:
        """The payment step, with all that was typed."""
        self.heading("Payment Details")
        slip = self.page.locator(".g-slip").inner_text()
        assert "Ada Nguyễn" in slip and self.email in slip

    def rows(self) -> tuple[str, list[str]]:
        """The only gift's status, and its attempts' states in turn."""
        gift = Gift.objects.get(contact__email=self.email)
        return gift.status, list(
            Attempt.objects.filter(gift_id=gift.pk).order_by("ordinal").values_list("state", flat=True)
        )

    @property
    def gift(self) -> Gift:
        return Gift.objects.get(contact__email=self.email)
