"""oEmbed by HTTP: what a form's link is answered with, and what is refused."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.giving import speaking
from almoner.giving.models import DonationForm
from almoner.giving.tests.conftest import charity, sandbox  # noqa: F401

SITE = "http://testserver"
ELEMENT = (
    '<script src="http://testserver/almoner-form.js" async></script>\n'
    '<almoner-form form="4840" amount="50" appeal="XMAS26"><a href="http://testserver/give/4840/?amount=50&amp;'
    'appeal=XMAS26">Give: Keep a light on for a child</a></almoner-form>'
)


@pytest.fixture(autouse=True)
def listed(charity: Charity) -> None:  # noqa: F811
    """Form 4840 may stand on one other site."""
    DonationForm.objects.update(frame_sites="https://www.example.org")
    bump(charity.pk)


def ask(url: str, **query: str) -> HttpResponse:
    return Client().get("/oembed", {"url": url, **query})


def test_a_forms_link_is_answered_with_the_element() -> None:
    answer = ask(f"{SITE}/give/4840/?amount=50&appeal=XMAS26&utm_source=x&evil=%22%3E")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "Set-Cookie" not in answer.headers
    assert answer.json() == {
        "version": "1.0", "type": "rich", "title": "Keep a light on for a child",
        "provider_name": "Tidelight Foundation", "provider_url": SITE, "cache_age": 3600,
        "html": ELEMENT, "width": 640, "height": 900,
    }  # fmt: skip


def test_as_xml_it_is_the_same() -> None:
    answer = ask(
        f"{SITE}/give/4840/?amount=50&appeal=XMAS26", format="xml", maxwidth="300", maxheight="99999"
    )
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    found = {each.tag: each.text for each in ElementTree.fromstring(answer.content)}  # noqa: S314 (our own)
    assert found["html"] == ELEMENT and (found["width"], found["height"]) == ("300", "900")


def test_in_another_language_the_words_and_the_link_are() -> None:
    html = ask(f"{SITE}/ar/give/4840/").json()["html"]
    assert 'lang="ar"' in html and 'href="http://testserver/ar/give/4840/"' in html and "Give:" not in html


def test_what_stands_in_an_address_cannot_leave_its_attribute() -> None:
    html = ask(f"{SITE}/give/4840/?amount=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&appeal=%27onload=x").json()[
        "html"
    ]
    assert "<script>" not in html and 'amount="&quot;&gt;&lt;script&gt;' in html and "&#x27;onload" in html


def test_a_form_without_sites_is_a_link(charity: Charity) -> None:  # noqa: F811
    DonationForm.objects.update(frame_sites="")
    bump(charity.pk)
    answer = ask(f"{SITE}/give/4840/").json()
    assert answer["type"] == "link" and "html" not in answer


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "/give/4840/", "https://evil.example/give/4840/", f"{SITE}.evil.example/give/4840/",
        f"{SITE}@evil.example/give/4840/", f"{SITE}/give/9999/", f"{SITE}/give/4840/details/", f"{SITE}/give/thanks/x/",
        f"{SITE}/fi/give/4840/", f"{SITE}/admin/", "http://[::1", f"{SITE}/give/4840/?" + "a=1&" * 50,
        "javascript:alert(1)", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_form_of_this_site_is_refused(url: str) -> None:
    answer = ask(url)
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/plain")


def test_another_format_is_not_implemented() -> None:
    assert ask(f"{SITE}/give/4840/", format="yaml").status_code == 501
    assert Client().post("/oembed").status_code == 405


def test_a_forms_page_says_where_to_ask() -> None:
    link = Client().get("/ar/give/4840/").headers["Link"]
    json_url, xml_url = (each.split(">")[0].strip().removeprefix("<") for each in link.split(", "))
    assert 'rel="alternate"; type="application/json+oembed"' in link
    assert parse_qs(urlsplit(json_url).query) == {"url": [f"{SITE}/ar/give/4840/"], "format": ["json"]}
    assert Client().get(json_url.removeprefix(SITE)).json()["title"] == "Keep a light on for a child"
    assert ElementTree.fromstring(Client().get(xml_url.removeprefix(SITE)).content).tag == "oembed"  # noqa: S314
    assert "Link" not in Client().get("/give/4840/frame/").headers


def test_a_form_s_own_words_are_those_of_its_language(charity: Charity) -> None:  # noqa: F811
    title = DonationForm.objects.get().title
    speaking.keep(charity, "de", {title: "Ein Licht"}, actor=User.objects.create_user("editor"))
    german = ask(f"{SITE}/de/give/4840/").json()
    assert german["title"] == "Ein Licht" and ">Spenden: Ein Licht</a>" in german["html"]
    french = ask(f"{SITE}/fr/give/4840/").json()
    assert french["title"] == title and title in french["html"]
