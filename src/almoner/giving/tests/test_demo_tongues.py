"""What the demonstration's forms say in other languages."""

from datetime import date

import pytest
from django.test import Client

from almoner.charities.models import Charity, Phrase
from almoner.giving import demo_night, demo_tongues, speaking
from almoner.giving.models import DonationForm

FORMS = (4840, demo_night.FORM_NUMBER)


@pytest.fixture
def told(charity: Charity) -> Charity:
    demo_night.seed(charity, today=date(2026, 11, 27))
    demo_tongues.seed(charity)
    return charity


def test_every_word_of_both_forms_is_said_and_no_other(told: Charity) -> None:
    asked: dict[str, str] = {}
    for form in DonationForm.objects.filter(charity=told):
        asked |= {each.own: each.kind for each in speaking.phrases_of_form(form, speaking.funds_of(form))}
    for language, texts in demo_tongues.said():
        assert set(texts) == set(asked), language
        assert [own for own, text in texts.items() if len(text) > speaking.MOST[asked[own]]] == []
    assert Phrase.objects.filter(charity=told).count() == len(demo_tongues.LANGUAGES) * len(asked)


@pytest.mark.parametrize("language", demo_tongues.LANGUAGES)
@pytest.mark.parametrize("number", FORMS)
def test_a_form_says_nothing_in_english(told: Charity, number: int, language: str) -> None:
    page = Client().get(f"/{language}/give/{number}/").content.decode()
    assert page.count("<bdi>") > 6 and "<bdi lang=" not in page
    italian = Client().get(f"/it/give/{number}/").content.decode()
    assert '<h1><bdi lang="en">' in italian


def test_what_staff_said_since_stays(told: Charity) -> None:
    class Sam:
        pk = 1

        def get_username(self) -> str:
            return "sam"

    title = DonationForm.objects.get(charity=told, numbers__number=4840).title
    speaking.keep(told, "de", {title: "Ein Licht"}, actor=Sam())
    count = Phrase.objects.count()
    demo_tongues.seed(told)
    assert Phrase.objects.count() == count
    assert "<h1><bdi>Ein Licht</bdi></h1>" in Client().get("/de/give/4840/").content.decode()
