"""One WordPress with the plugin and one Almoner beside it, for all tests of the plugin. Each is a site of its own to a
browser: one goes by a name, the other by a number."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from script.wordpress_site import PASSWORD, USER, NoWordPress, WordPress, running

from tests.support.server import Site

ADDRESS = "return update_option('almoner_address', $given['address']);"


@pytest.fixture(scope="session")
def _wordpress() -> Iterator[WordPress]:
    try:
        with running() as site:
            yield site
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
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert answer.headers.get_all("Set-Cookie") is None
        return str(answer.read().decode())


@pytest.fixture
def office(wordpress: WordPress, new_page: Callable[..., Page]) -> Page:
    """An administrator of WordPress who has signed in."""
    page = new_page(base_url=wordpress.base)
    page.goto("/wp-login.php")
    page.get_by_label("Username or Email Address").fill(USER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log In").click()
    page.wait_for_url(re.compile("/wp-admin/"))
    return page
