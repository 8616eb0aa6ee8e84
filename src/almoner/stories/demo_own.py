"""The demonstration's stories of its own programmes, in three languages. Safe to repeat: what exists is left."""

from dataclasses import replace

from django.db import transaction

from almoner.charities.models import Charity
from almoner.consents import acts, marks
from almoner.consents.models import CHANNELS, Consent
from almoner.consents.standing import today
from almoner.stories import demo
from almoner.stories.demo_own_tongues import NOTICED, TRANSLATIONS
from almoner.stories.demo_own_words import NIGHT, NOTICE, PSEUDONYM, related
from almoner.stories.models import StoryPage
from almoner.stories.sites import place_for


def seed(charity: Charity) -> None:
    """Two stories below the charity's home, which `demo.seed` made: one in German and Arabic too, one in German."""
    place = place_for(charity)
    if place is None or StoryPage.objects.descendant_of(place.root).filter(slug=NIGHT.slug).exists():
        return
    with transaction.atomic():
        _consent(charity)
        notice = demo.add_story(place.root.specific, NOTICE)
        for language, words in NOTICED.items():
            demo.add_translation(notice, language, words, place)
        picks = related("", notice.pk)
        night = demo.add_story(place.root.specific, replace(NIGHT, body=[*NIGHT.body, picks]))
        for language, words in TRANSLATIONS.items():
            demo.add_translation(night, language, words, place)


def _consent(charity: Charity) -> None:
    """Of the counsellor's words, in each language. Nobody said them: readers are told that they illustrate."""
    words = [text for each in (NIGHT, *TRANSLATIONS.values()) for text in demo.quotes(each.body)]
    consent = Consent(
        charity=charity,
        portrayal=Consent.Portrayal.ILLUSTRATIVE,
        pseudonym=PSEUDONYM,
        named=Consent.Named.CHANGED,
        taken_by="Tidelight’s office",
        taken_on=today(charity),
        language="en",
        channels=list(CHANNELS),
        fundraising=True,
    )
    acts.enter(consent, [(marks.words_of(text), text) for text in words], actor=None)
