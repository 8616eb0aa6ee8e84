"""The seeded story: every fact, credited and dated, in words of our own."""

import re
from pathlib import Path

import pytest
from django.test import Client
from wagtail.models import Page, Site

from almoner.charities.models import Charity
from almoner.stories import demo
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage

# The page this project started from lies beside the checkout of those who may see it, and never in it.
SEED = Path(__file__).resolve().parents[5] / "shared" / "seed" / "story-page.txt"
SHINGLE_WORDS = 8


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def story_html(reader: Client) -> str:
    html = reader.get("/stories/four-reasons-for-hope/").content.decode()
    return html[html.index("<article") : html.index("</article>")]


@pytest.mark.parametrize(
    "fact",
    [
        "In 2011 the Philippine office of IJM was among the earliest",
        "the sexual exploitation of children online, or OSEC",
        "beside the police",
        "across the whole of the Philippines",
        "Project Boost",
        "With Meta, the company behind Facebook, Instagram and WhatsApp",
        "National Center for Missing &amp; Exploited Children (NCMEC)",
        "CyberTipline",
        "In November 2022 its investigators spent a week in a workshop",
        "Kenya",
        "identified two victims, and one suspect was arrested",
        "over 1,000",
        "children and young people brought to safety since 2011",
        "On 15 September 2022 an operation in the Philippines brought 12 children to safety",
        "321",
        "suspects arrested over facilitating the abuse",
        "286",
        "clients restored through aftercare",
        "Department of Social Welfare and Development of the Philippines",
    ],
)
def test_every_fact_is_there(story_html: str, fact: str) -> None:
    assert fact in text_of(story_html)


def test_each_fact_is_credited_dated_and_linked(story_html: str) -> None:
    sources = re.findall(r'<p class="s-source">(.*?)</p>', story_html, re.DOTALL)
    assert len(sources) == 4
    for source in sources:
        assert "International Justice Mission (IJM)" in source
        assert '<a href="https://www.ijm.org.au/"' in source
        assert "2022" in source


def test_the_charity_claims_none_of_it(story_html: str) -> None:
    assert "Tidelight had no part in it and claims none of it." in story_html
    facts = story_html[story_html.index('class="s-facts"') : story_html.index("</section>")]
    assert "Tidelight" not in facts
    assert not re.search(r"\b(we|our|us)\b", text_of(facts), re.IGNORECASE)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)}


def test_no_sentence_is_anybody_else_s(reader: Client, story_html: str) -> None:
    if not SEED.exists():
        pytest.skip("the page this project started from is not beside this checkout")
    seed = shingles(SEED.read_text("utf-8"))
    pages = [story_html] + [
        reader.get(f"/stories/{slug}/").content.decode()
        for slug in StoryPage.objects.values_list("slug", flat=True)
    ]
    assert seed
    for html in pages:
        # The form in the page asks what every such form asks.
        words = text_of(re.sub(r'<section id="giving".*?</section>', "", html, flags=re.DOTALL))
        assert sorted(shingles(words) & seed) == []


def test_seeding_twice_changes_nothing(charity: Charity, first_story: StoryPage) -> None:
    before = list(Page.objects.order_by("pk").values_list("pk", "latest_revision", "title"))
    assert demo.seed(charity, hostname="testserver").pk == first_story.pk
    assert list(Page.objects.order_by("pk").values_list("pk", "latest_revision", "title")) == before
    assert (HomePage.objects.count(), StoryIndexPage.objects.count(), StoryPage.objects.count()) == (1, 1, 4)


def test_the_site_follows_the_port_it_answers_at(charity: Charity, first_story: StoryPage) -> None:
    demo.seed(charity, hostname="127.0.0.1", port=8123)
    site = Site.objects.get()
    assert (site.hostname, site.port, site.is_default_site) == ("127.0.0.1", 8123, True)


def test_what_an_editor_changed_stays(charity: Charity, first_story: StoryPage) -> None:
    first_story.title = "Changed"
    first_story.save_revision().publish()
    demo.seed(charity, hostname="testserver")
    assert StoryPage.objects.get(pk=first_story.pk).title == "Changed"


def test_wagtail_s_welcome_page_gives_way(first_story: StoryPage) -> None:
    assert not Page.objects.filter(title__startswith="Welcome").exists()
