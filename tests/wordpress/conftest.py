"""One WordPress with the plugin and one Almoner beside it, for all tests of the plugin. Each is a site of its own to a
browser: one goes by a name, the other by a number."""

import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from script.wordpress_site import NoWordPress, WordPress, running

from almoner.giving.models import DonationForm
from tests.support import leftovers, templates
from tests.support.databases import borrowed, database_name
from tests.support.server import Site, new_site

ADDRESS = "return update_option('almoner_address', $given['address']);"


@pytest.fixture(scope="session")
def _wordpress() -> Iterator[WordPress]:
    try:
        with running() as site:
            leftovers.ends_with_us(groups=site.groups, folders=[site.folder])
            yield site
        for group in site.groups:
            leftovers.ended(group)
    except NoWordPress as missing:
        pytest.skip(f"THE WORDPRESS PLUGIN WAS NOT TRIED: {missing}")


@pytest.fixture
def wordpress(_wordpress: WordPress) -> Iterator[WordPress]:
    """Whatever a test does there, PHP has nothing to say about the plugin."""
    log = _wordpress.folder / "debug.log"
    before = log.stat().st_size if log.exists() else 0
    yield _wordpress
    said = log.read_text()[before:] if log.exists() else ""
    assert [line for line in said.splitlines() if "plugins/almoner/" in line] == []


@dataclass(frozen=True)
class Pair:
    """A WordPress that knows its giving site."""

    wordpress: WordPress
    giving: str

    def post(self, title: str, content: str) -> str:
        """Publishes a post; returns its address."""
        return self.wordpress.post(title, content)

    def shown(self, *contents: str) -> list[str]:
        """What each of these becomes to a reader of one post, as HTML."""
        rule = "\n\n<hr>\n\n"
        html = read(self.post("Shown", rule.join(("", *contents, ""))))
        return [part.strip() for part in html.split("<hr>")[1:-1]]


@pytest.fixture
def pair(wordpress: WordPress) -> Pair:
    """A giving site that nobody answers for: what WordPress prints depends on its address alone."""
    wordpress.php(ADDRESS, address="https://give.example.org")
    return Pair(wordpress, "https://give.example.org")


def read(url: str, headers: dict[str, str] | None = None) -> str:
    """A page as an anonymous visitor gets it; no cookie is set."""
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        assert answer.headers.get_all("Set-Cookie") is None
        return str(answer.read().decode())


@pytest.fixture
def office(wordpress: WordPress, new_page: Callable[..., Page]) -> Page:
    """An administrator of WordPress who has signed in."""
    page = new_page(base_url=wordpress.base)
    page.context.add_cookies(wordpress.cookies())
    return page


@pytest.fixture(scope="session")
def _giving(
    _wordpress: WordPress,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("giving")
    url = templates.SEEDED.copy(database_name("wordpress"), folder)
    with django_db_blocker.unblock():
        for db in borrowed(url, keep=True):
            site = new_site(db, folder / "site", warm=True)
            DonationForm.objects.filter(numbers__number=4840).update(frame_sites=_wordpress.base)
    site.serve()
    yield site
    site.end()
    templates.drop(url)


@pytest.fixture
def giving(_giving: Site, wordpress: WordPress, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """Almoner's demonstration, whose form 4840 may stand in this WordPress, which knows its address."""
    wordpress.php(ADDRESS, address=_giving.base)
    with django_db_blocker.unblock():
        for _ in borrowed(_giving.db.url, keep=True):
            yield _giving
