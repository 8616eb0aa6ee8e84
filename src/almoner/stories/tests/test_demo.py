"""The seeded story: every fact, credited and dated, in words of our own."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from wagtail.models import Page, Site

from almoner.charities.models import Charity
from almoner.stories import demo, demo_words
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage

# The article that the demonstration's facts were read in isn't ours to keep. What is kept of it are hashes of its
# shingles, every eight words in a row: enough to find a sentence of its in ours, too little to read it.
SHINGLES = frozenset(Path(__file__).with_name("seed_shingles.txt").read_text().split())
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
        "victims identified, 2 ; suspects arrested, 1 .",
        "Freed so far: over 1,000 children and young people",
        "that IJM supported came to over 1,000 , counting from 2011",
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
        assert f'<a href="{demo_words.ARTICLE.url}"' in source
        assert f"“{demo_words.ARTICLE.title}”, IJM Australia" in source
        assert "2022" in source


def test_the_introduction_and_the_attribution_are_linked_to_where_they_can_be_read(story_html: str) -> None:
    link = f'<a href="{demo_words.ARTICLE.url}"'
    attribution = story_html[story_html.index('class="s-attribution"') :]
    assert link in attribution[: attribution.index("</p>")]
    introduction = story_html[story_html.index("In 2011 the Philippine office") : story_html.index("s-facts")]
    assert link in introduction
    # An article, not a front page.
    assert all(len(url) > 40 for url in re.findall(r'https://[^"]*ijm[^"]*', story_html))


def test_the_charity_claims_none_of_it(story_html: str) -> None:
    assert "Tidelight had no part in it and claims none of it." in story_html
    facts = story_html[story_html.index('class="s-facts"') : story_html.index("</section>")]
    assert "Tidelight" not in facts
    assert not re.search(r"\b(we|our|us)\b", text_of(facts), re.IGNORECASE)


def shingles(text: str) -> dict[str, str]:
    """The text's shingles by their hashes."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    found = (" ".join(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1))
    return {sha256(shingle.encode()).hexdigest()[:16]: shingle for shingle in found}


def borrowed(html: str) -> list[str]:
    """What a page says in the article's words. Its title is cited, and the form asks what every such form asks."""
    text = text_of(re.sub(r'<section id="giving".*?</section>', "", html, flags=re.DOTALL))
    found = shingles(text.replace(demo_words.ARTICLE.title, " "))
    return sorted(found[each] for each in found.keys() & SHINGLES)


def test_no_sentence_is_anybody_else_s(reader: Client, story_html: str) -> None:
    assert len(SHINGLES) > 400
    pages = [story_html] + [
        reader.get(f"/stories/{slug}/").content.decode()
        for slug in StoryPage.objects.values_list("slug", flat=True)
    ]
    assert [borrowed(html) for html in pages] == [[]] * 5


def test_a_sentence_of_the_article_would_be_found() -> None:
    """Its title is eight words long and more: said without being cited as the title, it is a copy like any other."""
    copied = demo_words.ARTICLE.title.upper()
    assert borrowed(f"<p>{copied}</p>") == [
        "4 good facts from the fight to protect",
        "good facts from the fight to protect children",
    ]


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
