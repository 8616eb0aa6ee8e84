"""A story by oEmbed: its page says where to ask, and the answer leads to it, with its form where that may stand."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from wagtail.models import PageViewRestriction

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.giving.models import DonationForm
from almoner.kernel.clock import now
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory

SITE = "http://testserver"
URL = f"{SITE}/stories/four-reasons-for-hope/"


def ask(url: str, **query: str) -> HttpResponse:
    return Client().get("/oembed", {"url": url, **query})


def listed(charity: Charity) -> None:
    DonationForm.objects.update(frame_sites="https://www.example.org")
    bump(charity.pk)


def test_a_storys_page_leads_to_what_is_told_of_it(first_story: StoryPage) -> None:
    head = Client().get("/stories/four-reasons-for-hope/").content.decode().partition("</head>")[0]
    (found,) = re.findall(r'<link rel="alternate"\s+type="application/json\+oembed"\s+href="([^"]+)">', head)
    assert (
        unescape(found) == f"{SITE}/oembed?url=http%3A%2F%2Ftestserver%2Fstories%2Ffour-reasons-for-hope%2F"
    )
    answer = Client().get(unescape(found).removeprefix(SITE))
    assert answer.json() == {
        "version": "1.0", "type": "link", "title": first_story.title,
        "provider_name": "Tidelight Foundation", "provider_url": SITE, "cache_age": 3600,
    }  # fmt: skip
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "Set-Cookie" not in answer.headers


def test_its_form_stands_below_its_title_where_the_form_has_sites(
    charity: Charity, first_story: StoryPage
) -> None:
    listed(charity)
    answer = ask(URL, maxwidth="320").json()
    assert (answer["type"], answer["width"], answer["height"]) == ("rich", 320, 900)
    assert answer["html"] == (
        f'<p lang="en"><a href="{URL}">{first_story.title}</a></p>\n'
        f'<script src="{SITE}/almoner-form.js" async></script>\n'
        f'<almoner-form form="4840"><a href="{SITE}/give/4840/">Give: Keep a light on for a child</a></almoner-form>'
    )


def test_a_story_without_a_form_is_a_link_and_its_words_stay_words(
    charity: Charity, write: WriteStory
) -> None:
    listed(charity)
    page = write('"><script>alert(1)</script>', author="A & B")
    answer = ask(f"{SITE}/stories/{page.slug}/").json()
    assert (answer["type"], answer["author_name"], "html" in answer) == ("link", "A & B", False)
    held = write('"><script>alert(2)</script>', text="<p>[pronto-donation-form id=4840]</p>")
    html = ask(f"{SITE}/stories/{held.slug}/").json()["html"]
    assert "<script>" not in html and "&gt;&lt;script&gt;alert(2)" in html


@pytest.mark.parametrize("why", ["a draft", "lapsed", "for some", "elsewhere", "another host", "a list"])
def test_what_readers_do_not_find_is_told_to_nobody(why: str, write: WriteStory) -> None:
    page = write("A light kept on", live=why != "a draft")
    url = f"{SITE}/stories/{page.slug}/"
    if why == "lapsed":
        StoryPage.objects.filter(pk=page.pk).update(expire_at=now() - timedelta(minutes=1))
    elif why == "for some":
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    elif why == "elsewhere":
        url = f"{SITE}/{page.slug}/"
    elif why == "another host":
        url = url.replace("testserver", "evil.example")
    elif why == "a list":
        url = f"{SITE}/stories/"
    else:
        assert why == "a draft"
    answer = ask(url)
    assert answer.status_code == 404 and "A light" not in answer.content.decode()
