"""A story over HTTP: the same bytes for every reader, nothing of anybody else's, and the form in its place."""

import gzip
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import FrameType

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django import Settings as SettingsWrapper
from wagtail.models import PageViewRestriction

from almoner.charities.models import Charity
from almoner.giving import catalogue
from almoner.giving.assets import asset, source_hash
from almoner.giving.models import DonationForm
from almoner.kernel.clock import now
from almoner.ledger.books import Entry, post
from almoner.stories import demo_words
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import WriteStory

URL = "/stories/four-reasons-for-hope/"


def html_of(client: Client, page: StoryPage) -> str:
    answer = client.get(f"/stories/{page.slug}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


class _Loads(HTMLParser):
    """What a browser fetches by itself, and what would run or be styled outside the policy."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag in ("script", "img", "iframe", "source", "video", "audio") and "src" in named:
            self.fetched.append(named["src"])
        if tag == "link" and named.get("rel") not in ("canonical", "alternate"):
            self.fetched.append(named["href"])
        self.inline += [name for name in named if name.startswith("on") or name == "style"]
        if "id" in named:
            self.ids.append(named["id"])


def loads(html: str) -> _Loads:
    parser = _Loads()
    parser.feed(html)
    return parser


def test_two_readers_get_the_same_bytes_that_any_cache_may_keep(first_story: StoryPage) -> None:
    one, other = Client().get(URL), Client(headers={"user-agent": "another"}).get(URL)
    assert one.content == other.content
    assert one["ETag"] == other["ETag"]
    assert one["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert one.ready is True
    assert not one.cookies
    assert not one.has_header("Vary")


def test_a_reader_who_has_it_hears_that_it_is_unchanged(reader: Client) -> None:
    first = reader.get(URL)
    again = reader.get(URL, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    # A browser puts these in the place of the ones it kept: another policy would take the page's style away.
    kept = {name: value for name, value in again.headers.items() if name != "Content-Length"}
    assert {name: first[name] for name in kept} == kept


def test_the_policy_names_what_stands_in_the_page_and_nothing_else(reader: Client) -> None:
    answer = reader.get(URL)
    html = answer.content.decode()
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    (integrity,) = re.findall(r'<script type="module"[^>]* integrity="([^"]+)"', html)
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == f"'{source_hash(style.encode())}'"
    assert policy["script-src"].split() == [
        f"'{source_hash(script.encode())}'" for script in scripts
    ] + [f"'{integrity}'", f"'{asset('finder.js').integrity}'", f"'{asset('work.js').integrity}'"]  # fmt: skip
    assert policy["frame-ancestors"] == "'none'"


def test_nothing_is_loaded_from_anybody_else_and_nothing_runs_inline(reader: Client) -> None:
    found = loads(reader.get(URL).content.decode())
    assert all(address.startswith(("/", "data:")) for address in found.fetched)
    assert not [address for address in found.fetched if address.startswith("//")]
    assert found.inline == []
    assert len(found.ids) == len(set(found.ids))


def test_the_page_is_small(reader: Client) -> None:
    html = reader.get(URL).content
    assert len(gzip.compress(html, 9)) < 16_000
    # Beside itself it fetches one thing: the form's script.
    assert [a.rpartition("/")[2] for a in loads(html.decode()).fetched if not a.startswith("data:")] == [
        "give.js"
    ]


def test_the_form_stands_where_the_shortcode_stood(reader: Client, first_story: StoryPage) -> None:
    html = reader.get(URL).content.decode()
    assert html.count('<section id="giving"') == 1
    assert "pronto-donation-form" not in html
    before, form = html.split('<section id="giving"')
    # Not inside a paragraph, and after the last words of the story.
    assert before.rstrip().endswith("pays for.</p>")
    assert f'<input type="hidden" name="story" value="{first_story.pk}">' in form
    assert 'action="/give/4840/details/"' in form
    assert 'href="#giving"' in before


def test_the_head_says_what_the_page_is(reader: Client, first_story: StoryPage, charity: Charity) -> None:
    html = reader.get(URL).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    charity_data, article = json.loads(text)["@graph"]
    root = "http://testserver"
    assert charity_data["@type"] == "NGO"
    assert charity_data["name"] == charity.name
    assert charity_data["potentialAction"]["@type"] == "DonateAction"
    assert charity_data["potentialAction"]["target"]["urlTemplate"] == f"{root}/give/4840/"
    assert (article["@type"], article["headline"]) == ("Article", first_story.title)
    assert article["citation"][0]["url"] == demo_words.ARTICLE.url
    assert f'<link rel="canonical" href="{root}{URL}">' in html
    assert f'<meta property="og:url" content="{root}{URL}">' in html
    image = re.findall(r'property="og:image" content="([^"]+)"', html)[0]
    assert image == f"{root}/static/stories/share/harbour.png"
    picture = reader.get(image.removeprefix(root))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")


def graph(client: Client, address: str) -> list[dict[str, object]]:
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', client.get(address).content.decode()
    )
    return list(json.loads(text)["@graph"])


def test_machines_read_when_a_story_was_first_and_last_published(reader: Client, write: WriteStory) -> None:
    first, last = datetime(2026, 3, 4, 20, tzinfo=UTC), datetime(2026, 5, 6, 21, tzinfo=UTC)
    with time_machine.travel(first, tick=False):
        story = write("Dated")
    with time_machine.travel(last, tick=False):
        story.save_revision().publish()
    _, article = graph(reader, "/stories/dated/")
    assert (article["datePublished"], article["dateModified"]) == (
        "2026-03-04T20:00:00+00:00", "2026-05-06T21:00:00+00:00",
    )  # fmt: skip
    html = reader.get("/stories/dated/").content.decode()
    assert re.findall(r'property="article:(\w+)"\s+content="([^"]+)"', html) == [
        ("published_time", "2026-03-04T20:00:00+00:00"), ("modified_time", "2026-05-06T21:00:00+00:00"),
    ]  # fmt: skip
    # An evidence page tells its days in its own words: machines read of the charity alone.
    (about,) = graph(reader, "/figures/osec-philippines/restored/")
    assert about["@type"] == "NGO"


def test_links_to_share_are_only_links(reader: Client) -> None:
    html = reader.get(URL).content.decode()
    share = html[html.index('class="s-share"') : html.index("</aside>", html.index('class="s-share"'))]
    hosts = re.findall(r'href="(mailto:|https://[^/"]+)', share)
    assert hosts == ["mailto:", "https://wa.me", "https://www.facebook.com", "https://x.com"]
    assert "http%3A%2F%2Ftestserver%2Fstories%2F" in share


@pytest.mark.usefixtures("still")
def test_an_uncached_story_asks_the_database_a_fixed_number_of_times(
    reader: Client,
    write: WriteStory,
    settings: SettingsWrapper,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.STAMP_AGE_SECONDS = 60  # as a process in its second second
    reader.get(URL)  # charity, forms and content types are remembered from here on
    with django_assert_num_queries(5):
        reader.get(URL)
    for number in range(5):
        write(f"Another {number}", "<p>Police and children, found in the Philippines.</p>")
    reader.get(URL)
    with django_assert_num_queries(5):
        reader.get(URL)


@pytest.mark.usefixtures("still")
def test_an_uncached_story_is_little_work(reader: Client, settings: SettingsWrapper) -> None:
    """Calls of Python's functions stand for CPU, which no test can hold: they are the same on every machine."""
    settings.STAMP_AGE_SECONDS = 60
    reader.get(URL)  # templates are compiled and statements composed from here on
    assert calls(lambda: reader.get(URL)) < 16_000


def calls(work: Callable[[], object]) -> int:
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def test_a_draft_is_nobody_s_but_the_editors(reader: Client, editor: Client, write: WriteStory) -> None:
    draft = write("Not yet", live=False)
    assert reader.get("/stories/not-yet/").status_code == 404
    assert b"Not yet" not in reader.get("/stories/").content
    preview = editor.get(f"/admin/pages/{draft.pk}/view_draft/")
    assert preview.status_code == 200
    assert b"Not yet" in preview.content
    assert "no-store" in preview["Cache-Control"]
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]


def test_a_lapsed_story_is_gone_before_the_schedule_has_run(reader: Client, write: WriteStory) -> None:
    story = write("Old news", expire_at=now() + timedelta(hours=1))
    assert reader.get("/stories/old-news/").status_code == 200
    StoryPage.objects.filter(pk=story.pk).update(expire_at=now() - timedelta(seconds=1))
    assert reader.get("/stories/old-news/").status_code == 404


def test_a_page_for_some_readers_is_kept_by_nobody(reader: Client, write: WriteStory) -> None:
    story = write("For members")
    PageViewRestriction.objects.create(
        page=story, restriction_type=PageViewRestriction.PASSWORD, password="let me in"
    )
    answer = reader.get("/stories/for-members/")
    assert b"Words." not in answer.content
    assert not getattr(answer, "ready", False)
    session = reader.session
    session["passed_page_view_restrictions"] = [story.view_restrictions.get().pk]
    session.save()
    answer = reader.get("/stories/for-members/")
    assert b"Words." in answer.content
    assert "no-store" in answer["Cache-Control"]
    assert not getattr(answer, "ready", False)


def test_staff_see_the_page_fresh_with_wagtail_s_bar(reader: Client, editor: Client) -> None:
    answer = editor.get(URL)
    assert "no-store" in answer["Cache-Control"]
    assert not getattr(answer, "ready", False)
    assert b"wagtail-userbar" in answer.content
    assert b"wagtail-userbar" not in reader.get(URL).content


@pytest.mark.parametrize(
    "hostile",
    [
        '<script>alert("x")</script>',
        '"><img src=x onerror=alert(1)>',
        "</title></style>",
        "{{ 7919*6841 }}",
        "'&",
    ],
)
def test_what_editors_type_is_text(reader: Client, write: WriteStory, hostile: str) -> None:
    source = {"credit": hostile, "title": hostile, "url": "https://ijm.example/", "dated": hostile}
    story = write(
        hostile,
        slug="hostile",
        summary=hostile,
        attribution=hostile,
        body=[
            {"type": "figure", "value": {"value": "1", "label": hostile, "source": source}},
            {"type": "quote", "value": {"text": hostile, "name": hostile, "role": hostile}},
            {"type": "call", "value": {"heading": hostile, "text": hostile, "button": "Give", "number": ""}},
            {
                "type": "text",
                "value": "<p>[gallery a=1] [give_form id='\"&gt;&lt;img src=x onerror=alert(1)&gt;']</p>",
            },
        ],
    )
    html = html_of(reader, story)
    found = loads(html)
    assert found.inline == []
    assert all(address.startswith(("/", "data:")) for address in found.fetched)
    assert "<script>alert" not in html
    assert html.count("</title>") == 1
    assert "54173879" not in html.partition("<body")[2].partition('<section class="s-related"')[0]


def test_the_goal_of_the_form_stands_in_the_story_and_moves_with_its_minute(
    reader: Client, first_story: StoryPage
) -> None:
    """As on the form's own page: the same bytes within a minute, and then what the books say."""
    form = DonationForm.objects.get()
    minute = datetime(2030, 3, 4, 5, 6, tzinfo=UTC)
    path = f"/stories/{first_story.slug}/"
    with time_machine.travel(minute + timedelta(seconds=10), tick=False) as clock:
        empty = reader.get(path).content
        assert b'class="p-goal"' in empty and "given towards" in empty.decode()
        post(
            [Entry("clearing:sandbox", "income:children", 4_200, "charge")],
            charity_id=form.charity_id, currency="AUD", source="test", source_id="1", tag=f"form:{form.pk}",
            at=now(),
        )  # fmt: skip
        clock.move_to(minute + timedelta(seconds=64))
        catalogue.forget()
        assert reader.get(path).content == empty
        clock.move_to(minute + timedelta(seconds=65))
        assert b"<bdi>$42</bdi></b> given towards" in reader.get(path).content
