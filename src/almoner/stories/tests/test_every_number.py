"""Every number of the demonstration's stories is the register's, or named here as none: read as a visitor gets it."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Final

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from tests.support import databases, templates

from almoner.charities.models import Charity
from almoner.giving import demo as giving_demo
from almoner.impact.demo import Person
from almoner.impact.models import Observation
from almoner.impact.register import Figure, correct, decide, enter
from almoner.impact.tongue import folded
from almoner.impact.tongues import TONGUES
from almoner.stories import demo, demo_words
from almoner.stories.models import StoryPage
from almoner.stories.tests.conftest import forget
from almoner.stories.tests.test_demo import text_of
from almoner.stories.tests.test_demo_own import tell

pytestmark = pytest.mark.django_db
SEED: Final = demo_words.STORIES[0].slug
# Words that say a number beside the tables of those who read free text, which could forget one.
OTHERS: Final = {
    "en": "once twice both pair dozen dozens hundred hundreds thousand thousands million millions half double",
    "de": "einmal zweimal beide beiden paar dutzend dutzende hundert hunderte tausend tausende halfte doppelt",
    "ar": "مرتين ضحيتين طفلين عشرات مئات آلاف ألف اثنان كلاهما نصف ثلث ربع",
}
# An article more often than a number, and looked at nowhere else.
ARTICLES: Final = {"en": "a an", "de": "ein eins eine einer einen einem eines", "ar": ""}
# Letters that are written onto the word after them.
PREFIX: Final = {"en": "", "de": "", "ar": "(?:[وفبلك]?ال|[وفبلك])?"}
# What is no figure, as it stands: how long a list is, an hour, a pronoun, a telephone number, the title of a source.
NO_FIGURES: Final = {
    "en": (
        "Four reasons for hope", "Four things that", "learned in one country", "Each one in it", "one more light",
        "no invented one", "If one turns out", "Six things any family", "Six small habits", "about a big one",
        "1800 55 1800", "call 000", "One adult who", "Two days are enough", "has three sentences",
        "One of our figures", "both numbers stand", "what one of them can", "rings twice", "Three things that",
        "One conversation seldom", "met one counsellor", "asks one question", "authorities in both",
    ),
    "de": (
        "Vier Dinge, die", "Vier Gründe zur Hoffnung", "Drei Dinge, zu denen", "noch einmal", "Zwei Tage genügen",
        "drei Sätze auswendig", "stehen beide nebeneinander",
    ),
    "ar": (
        "أربعة أمور حدثت", "أربعة أسباب للأمل", "بلد واحد", "كل واحد فيه", "ضوء واحد", "واحدة منها", "هل يردّ أحد",
        "ثلاثة أشياء قد", "لا يحتاج أحد", "حديث واحد", "إلى أحد", "لا يتصل فيها أحد", "يتصل فيها أحد",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """In the place of this room's own database: the whole demonstration, in each of its languages."""
    url = templates.MIGRATED.copy(f"almoner_every_{os.getpid()}", tmp_path_factory.mktemp("every"))
    with django_db_blocker.unblock():
        for _ in databases.borrowed(url):
            forget()
            charity = giving_demo.seed()
            demo.seed(charity, hostname="testserver")
            demo.translate(charity)
            tell(charity)
            yield


def typed(story: StoryPage, reader: Client) -> str:
    """What a visitor reads in the story that its editors typed: without the form, figures, dates and lists' numbers.

    A summary has no markup, so its figures are looked for in what is kept."""
    html = reader.get(story.url).content.decode()
    html = html[html.index("<article") : html.index("</article>")]
    for taken_out in (
        r'<section id="giving".*?</section>',
        r'<p class="s-lead">.*?</p>',
        r'<a class="s-said" href="[^"]*/figures/[^"]+"[^>]*>[^<]*</a>',
        r'<p class="s-value"><b>[^<]*</b> (?=<span>[^<]*</span></p>\s*<p class="s-known">.*?/figures/)',
        r'<svg class="s-chart".*?</svg>',
        r"<text .*?</text>",
        # A card is another page's words, which are read there.
        r'<section class="s-related".*?</section>',
        r'<table class="s-table">.*?</table>',
        r"<time .*?</time>",
        r'<span class="s-number" aria-hidden="true">\d+</span>',
        # Whose words are cited is said, and not that they count anything.
        r'<a href="https://ijm[^>]*>.*?</a>',
    ):
        html = re.sub(taken_out, " ", html, flags=re.DOTALL)
    summary = re.sub(r"\[figure [^\]]*\]", " ", story.summary)
    return f"{summary} {text_of(unescape(html))}"


def numbers(text: str, language: str) -> list[str]:
    """Every digit and number word with the words about it, but years, dates and what is named above."""
    tongue, flat = TONGUES[language], folded(text)[0]
    for named in NO_FIGURES[language]:
        flat = flat.replace(folded(named)[0], " ")
    months = folded(tongue.months)[0]
    flat = re.sub(rf"\b(?:\d{{1,2}}\.? )?(?:{months}) (?:19|20)\d\d\b|\b(?:19|20)\d\d\b", " ", flat)
    others = set(folded(OTHERS[language])[0].split())
    articles = set(ARTICLES[language].split())
    part = "|".join(sorted(tongue.parts, key=len, reverse=True))
    found = []
    for match in re.finditer(rf"\d+|\b(?:{part})\b|[^\W\d_]+", flat):
        word = match[0]
        bare = re.sub(rf"^{PREFIX[language]}", "", word)
        if word in articles:
            continue
        if (
            word.isdecimal()
            or {word, bare} & {*others, *tongue.parts}
            or tongue.value(word)
            or tongue.value(bare)
        ):
            found.append(" ".join(flat[max(0, match.start() - 25) : match.end() + 25].split()))
    return found


def left(story: StoryPage) -> list[str]:
    return numbers(typed(story, Client()), story.locale.language_code)


def test_every_number_is_bound(charity: Charity) -> None:
    found = {each.url: left(each) for each in StoryPage.objects.live().order_by("pk")}
    assert len(found) == 4 + 2 + 2 + 3
    assert {url: each for url, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "They identified two victims and arrested one suspect; 12 more were freed, a dozen in all."),
        ("de", "Sie fanden zwei Opfer, dann 12, danach tausend: die Hälfte."),
        ("ar", "حدّدوا هوية ضحيتين، ثم ١٢ طفلًا، ثم ألف، وثلاثة."),
    ],
)
def test_a_typed_number_is_found(charity: Charity, language: str, text: str) -> None:
    (story,) = StoryPage.objects.filter(slug=SEED, locale__language_code=language)
    assert left(story) == []
    story.body = [*story.body.raw_data, {"type": "text", "value": f"<p>{text}</p>"}]
    story.summary += " 999"
    story.save_revision().publish()
    forget()
    assert len(left(story)) == 5


def test_what_the_source_says_is_said_with_its_source(charity: Charity) -> None:
    """Each in a link to its evidence, which names the article; the count of a day stays that day's."""
    (story,) = StoryPage.objects.filter(slug=SEED, locale__language_code="en")
    html = Client().get(story.url).content.decode()
    bound = re.findall(r'<a class="s-said" href="([^"]+)"[^>]*>([^<]+)</a>', html)
    osec, boost = "/figures/osec-philippines", "/figures/project-boost"
    assert [(url[url.index("/figures") :], words) for url, words in bound] == [
        (f"{boost}/identified/", "2"), (f"{boost}/arrested/", "1"), (f"{osec}/rescued/", "over 1,000"),
        (f"{osec}/freed-that-day/", "12"), (f"{osec}/rescued/", "over 1,000"),
    ]  # fmt: skip
    for url, _ in bound:
        page = Client().get(url[url.index("/figures") :]).content.decode()
        assert demo_words.ARTICLE.url in page and demo_words.ARTICLE.publisher in page, url


def test_small_ones_were_let_out_by_two(charity: Charity) -> None:
    small = Observation.objects.filter(indicator__result__programme__slug="project-boost")
    assert sorted(int(each.value) for each in small) == [1, 2]
    for each in small:
        assert (each.disclosure.shown, each.disclosure.why) == (False, "small")
        (asked,) = each.releases.all()
        assert asked.reason and asked.by_id != asked.approval.by_id


def test_the_count_of_a_day_is_that_days(charity: Charity) -> None:
    """What was counted later moves the heading and leaves the sentence of the day; its correction moves both."""
    over = Observation.objects.get(indicator__slug="rescued")
    ana, ben = Person(-11, "ana"), Person(-12, "ben")
    later = Figure(
        indicator=over.indicator, first=over.first, last=date(2024, 3, 31), as_of=date(2024, 3, 31),
        value=Decimal(4_000), source=over.source,
    )  # fmt: skip
    decide(enter(later, actor=ana), accepted=True, role="Lead", actor=ben)
    assert said_of_rescued() == ["4,000", "over 1,000"]
    right = replace(later, first=over.first, last=over.last, as_of=over.as_of, value=Decimal(1_011))
    decide(correct(over, right, reason="Counted again.", actor=ana), accepted=True, role="Lead", actor=ben)
    assert said_of_rescued() == ["4,000", "1,011"]


def said_of_rescued() -> list[str]:
    forget()
    html = Client().get(f"/stories/{SEED}/").content.decode()
    return re.findall(r'<a class="s-said" href="[^"]+/rescued/"[^>]*>([^<]+)</a>', html)
