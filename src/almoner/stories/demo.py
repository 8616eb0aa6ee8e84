"""The demonstration's site: a home, a list, and four stories (`demo_words`). Safe to repeat: what exists is left."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from wagtail.models import Page

from almoner.charities.models import Charity
from almoner.consents import acts, marks
from almoner.consents.models import CHANNELS, Consent
from almoner.consents.standing import today
from almoner.impact import demo as register
from almoner.kernel.clock import now
from almoner.stories import demo_tongues, demo_words, founding, tongues
from almoner.stories.models import HomePage, StoryIndexPage, StoryPage
from almoner.stories.sites import Place, place_for


def seed(charity: Charity, *, hostname: str = "127.0.0.1", port: int = 80) -> StoryPage:
    """The charity's site with its stories; returns the first story, in which form 4840 stands.

    `hostname` and `port` are where the site answers now: they are brought up to date at every call.
    """
    with transaction.atomic():
        home = HomePage.objects.filter(slug=charity.slug, depth=2).first()
        if home is None:
            home = _home(charity)
            founding.settle(charity, home, hostname, port=port)
            source = demo_words.ARTICLE
            register.seed(charity, title=source.title, publisher=source.publisher, url=source.url)
            for story in reversed(demo_words.STORIES):
                add_story(home, story)
            _consent(charity)
        else:
            founding.settle(charity, home, hostname, port=port)
        return StoryPage.objects.descendant_of(home).get(
            slug=demo_words.STORIES[0].slug, locale__language_code="en"
        )


def translate(charity: Charity) -> None:
    """The first story in German and Arabic. Safe to repeat."""
    first = StoryPage.objects.get(slug=demo_words.STORIES[0].slug, locale__language_code="en")
    place = place_for(charity)
    if place is None or first.get_translations().exists():
        return
    with transaction.atomic():
        for language, words in demo_tongues.TRANSLATIONS.items():
            add_translation(first, language, words, place)


def add_translation(original: StoryPage, language: str, words: demo_words.Story, place: Place) -> None:
    story: Any = tongues.begin(original, language, place, user=None)
    story.title, story.summary, story.attribution = words.title, words.summary, words.attribution
    story.body = StoryPage(body=words.body).body
    story.first_published_at = original.first_published_at
    story.save_revision().publish()


def _consent(charity: Charity) -> None:
    """Of the quotes, which are nobody's own words. The pictures are drawings of ours, and show nobody."""
    words = [
        *quotes(demo_words.HOME_BODY),
        *(text for each in demo_words.STORIES for text in quotes(each.body)),
    ]
    consent = Consent(
        charity=charity,
        portrayal=Consent.Portrayal.NOBODY,
        named=Consent.Named.OWN,
        taken_by="Tidelight’s office",
        taken_on=today(charity),
        channels=list(CHANNELS),
        fundraising=True,
    )
    acts.enter(consent, [(marks.words_of(text), text) for text in words], actor=None)


def quotes(body: list[demo_words.Block]) -> list[str]:
    return [block["value"]["text"] for block in body if block["type"] == "quote"]


def _home(charity: Charity) -> HomePage:
    home = HomePage(
        title=charity.name,
        slug=charity.slug,
        heading=demo_words.HEADING,
        intro=demo_words.INTRO,
        drawing="lanterns",
        body=demo_words.HOME_BODY,
    )
    Page.get_first_root_node().add_child(instance=home)
    index = StoryIndexPage(title="Stories", slug="stories", intro=demo_words.INDEX_INTRO)
    home.add_child(instance=index)
    return home


def add_story(home: HomePage, words: demo_words.Story) -> StoryPage:
    index: Any = home.get_children().get(slug="stories")
    story = StoryPage(
        title=words.title,
        slug=words.slug,
        summary=words.summary,
        attribution=words.attribution,
        attribution_title=words.attributed_to.cited if words.attributed_to else "",
        attribution_url=words.attributed_to.url if words.attributed_to else "",
        drawing=words.drawing,
        body=words.body,
        first_published_at=now() - timedelta(days=words.age_days),
        live=False,
    )
    index.add_child(instance=story)
    story.save_revision().publish()
    return story
