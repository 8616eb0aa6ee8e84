"""The element's script as it is served: its size, its headers, and that it is the same for everybody."""

import gzip

import pytest
from django.test import Client

from almoner.charities.models import Charity
from almoner.embedding.script import script_of
from almoner.giving.tests.conftest import charity, sandbox  # noqa: F401

pytestmark = pytest.mark.django_db


def test_it_is_under_three_kilobytes_compressed() -> None:
    script = script_of("https://giving.a-charity-with-a-long-name.example.org")
    assert len(gzip.compress(script.encode(), 9)) < 3_000


def test_it_is_the_same_for_all_and_any_site_may_load_it(charity: Charity) -> None:  # noqa: F811
    answers = [
        Client(headers=headers).get("/almoner-form.js") for headers in ({}, {"Origin": "https://x.example"})
    ]
    assert answers[0].content == answers[1].content
    assert dict(answers[0].items()) == dict(answers[1].items())
    headers = answers[0].headers
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=3600"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in headers and "Vary" not in headers
    assert Client().post("/almoner-form.js").status_code == 405


def test_it_knows_its_own_site_and_languages(charity: Charity) -> None:  # noqa: F811
    script = Client().get("/almoner-form.js").content.decode()
    assert 'const SITE = "http://testserver"' in script
    assert '"ar": ["/ar", ' in script and "{" + "site}" not in script
    assert Client(headers={"Host": "evil.example"}).get("/almoner-form.js").status_code == 400


def test_it_writes_no_style_element_and_no_markup() -> None:
    """What a page's strictest policy would block, and what Trusted Types would."""
    script = script_of("https://give.example.org")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "<style",
        '"style"',
        "eval(",
        "cookie",
        "Storage",
    ):
        assert word not in script, word
