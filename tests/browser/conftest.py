"""One running demonstration for all browser tests of a process: server, worker, stories, form 4840."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.plugin import DjangoDbBlocker

from tests.support import templates
from tests.support.browser import PATIENCE_MILLISECONDS
from tests.support.databases import LiveDb, borrowed
from tests.support.hosts import HostSite
from tests.support.server import Site, new_site, wait_until

_SEED = (
    "from almoner.giving import demo; from almoner.stories import demo as stories; "
    "print('STORY', stories.seed(demo.seed(), hostname='127.0.0.1', port={port}).url)"
)
_LIST = (
    "from almoner.giving.models import DonationForm; from almoner.charities.sites import bump; "
    "form = DonationForm.objects.get(numbers__number=4840); form.frame_sites = '{sites}'; form.save(); "
    "bump(form.charity_id)"
)


@dataclass(frozen=True)
class Demonstration:
    """A running demonstration. `story` is the address of the story in whose text form 4840 stands."""

    site: Site
    story: str

    @property
    def form(self) -> str:
        return f"{self.site.base}/give/4840/"


@pytest.fixture(scope="session")
def demonstration(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Demonstration]:
    """The site and its worker, seeded as the demo command does."""
    folder = tmp_path_factory.mktemp("demonstration")
    with django_db_blocker.unblock():
        url = templates.MIGRATED.copy(f"almoner_browser_{os.getpid()}", folder)
    vendor = "sqlite" if url.startswith("sqlite") else "postgresql"
    # All donors of these tests have one address, and are no attack.
    limits = ("ATTEMPTS", "DECLINES", "DECLINES_WORK", "EMAIL_ATTEMPTS", "ATTACK_FROM")
    plenty = {f"ALMONER_LIMIT_{name}": "10000" for name in limits}
    site = new_site(
        LiveDb(url=url, vendor=vendor),
        folder / "site",
        warm=True,
        ALMONER_SANDBOX_STALL_SECONDS="1",
        **plenty,
    )
    seeded = site.shell(_SEED.format(port=site.env["PORT"]))
    site.serve()
    site.start("worker")
    found = re.search(r"STORY (\S+)", seeded)
    assert found, seeded
    yield Demonstration(site, site.base + urlsplit(found[1]).path)
    site.end()
    with django_db_blocker.unblock():
        templates.drop(url)


@pytest.fixture(scope="module")
def host(demonstration: Demonstration, host_site: HostSite) -> HostSite:
    """A site that is on form 4840's list."""
    demonstration.site.shell(_LIST.format(sites=host_site.base))
    wait_until(
        lambda: (
            host_site.base
            in httpx.get(f"{demonstration.form}frame/", timeout=60).headers["content-security-policy"]
        )
    )
    return host_site


Visit = Callable[..., Page]


def mails_to(site: Site, address: str) -> list[str]:
    """The raw messages that reached one mailbox so far."""
    found = []
    for file in sorted(site.mail_dir.glob("*.eml")):
        text = file.read_text("utf-8", errors="replace")
        if f"To: {address}" in text:
            found.append(text)
    return found


def mail_to(site: Site, address: str) -> str:
    """The first message to a mailbox, waited for."""
    wait_until(lambda: mails_to(site, address), says=lambda: f"no mail to {address}")
    return mails_to(site, address)[0]


@pytest.fixture(scope="module")
def seated(
    browser: Browser, demonstration: Demonstration, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[User], Page]]:
    """Seats a member of staff who has signed in. Tests that ask for it read and write the site's own rows."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        for _ in borrowed(demonstration.site.db.url, keep=True):

            def seat(user: User) -> Page:
                context = browser.new_context(base_url=demonstration.site.base, reduced_motion="reduce")
                stack.callback(context.close)
                context.set_default_timeout(PATIENCE_MILLISECONDS)
                client = Client()
                client.force_login(user)
                url = demonstration.site.base
                context.add_cookies(
                    [{"name": n, "value": m.value, "url": url} for n, m in client.cookies.items()]
                )
                return context.new_page()

            yield seat
