"""Numbers as each language of donors writes them: by digits, in words, and with what it puts before and after."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from almoner.impact import wording
from almoner.impact.quantities import Bound, Quantity, Verdict, verdict
from almoner.impact.saying import Style, say
from almoner.impact.sentences import Unit, read
from almoner.impact.tests.counting import COUNT
from almoner.impact.tongue import folded
from almoner.impact.tongues import TONGUES, tongue_of

CODES = [code for code, _ in settings.LANGUAGES]
LANGUAGES = st.sampled_from(CODES)
HOLDS, CONTRADICTED, NOT_SHOWN = Verdict.HOLDS, Verdict.CONTRADICTED, Verdict.NOT_SHOWN
INFINITE = Decimal("Infinity")


def test_every_language_of_donors_has_a_table() -> None:
    assert {code.partition("-")[0] for code in CODES} == set(TONGUES)
    assert tongue_of("fi") is None and list(wording.find("over 1,000", "fi")) == []


# A text in each language, and of each number: how it is said, from where and to where it claims.
TEXTS = {
    "de": (
        "Am 15. September 2022 wurden über 1.000 Menschen befreit, fast dreihundert davon, zweihundertsechsundachtzig "
        "Klienten, 1,2 Mio. Kinder, jedes fünfte, 1 von 5; mehrere tausend, 50 Euro, 12-jährig, 1,000. Mehr als "
        "tausend oder 300 oder mehr, gut 1 000, knapp 300, 21,5\u00a0%.",
        "über 1.000=1000..; fast dreihundert=270..300; zweihundertsechsundachtzig=286..286; 1,2 Mio.=1150000..1250000; "
        "jedes fünfte=18..22; 1 von 5=18..22; Mehr als tausend=1000..; 300 oder mehr=300..; gut 1 000=1000..1100; "
        "knapp 300=270..300; 21,5\u00a0%=21.45..21.55",
    ),
    "fr": (
        "Le 15 septembre 2022, plus de 1\u202f000 personnes, près de 300, deux cent quatre-vingt-six, un enfant sur "
        "cinq, plus d’un million, la moitié, soixante et onze, 300 environ, plusieurs mille, 50 euros, 20 %.",
        "plus de 1\u202f000=1000..; près de 300=270..300; deux cent quatre-vingt-six=286..286; un enfant sur "
        "cinq=18..22; plus d’un million=1000000..; la moitié=47.5..52.5; soixante et onze=71..71; "
        "300 environ=285..315; 20 %=19.5..20.5",
    ),
    "es": (
        "El 15 de septiembre de 2022, más de 1.000 personas, casi 300, doscientas ochenta y seis, uno de cada cinco "
        "niños, dos mil trescientos, 300 o más, al menos un millón, una persona, 12 años.",
        "más de 1.000=1000..; casi 300=270..300; doscientas ochenta y seis=286..286; uno de cada cinco=18..22; "
        "dos mil trescientos=2300..2300; 300 o más=300..; al menos un millón=1000000..",
    ),
    "nl": (
        "Op 15 september 2022 meer dan 1.000 mensen, bijna 300, tweehonderdzesentachtig, één op de vijf, ruim "
        "tweeëntwintig, minstens driehonderd, een kind.",
        "meer dan 1.000=1000..; bijna 300=270..300; tweehonderdzesentachtig=286..286; één op de vijf=18..22; "
        "ruim tweeëntwintig=22..24.2; minstens driehonderd=300..",
    ),
    "it": (
        "Il 15 settembre 2022 più di 1.000 persone, quasi 300, duecentottantasei, un bambino su cinque, ventotto, "
        "duemila, 300 circa, almeno il 20%.",
        "più di 1.000=1000..; quasi 300=270..300; duecentottantasei=286..286; un bambino su cinque=18..22; "
        "ventotto=28..28; duemila=2000..2000; 300 circa=285..315; 20%=19.5..20.5",
    ),
    "pt-br": (
        "Em 15 de setembro de 2022, mais de 1.000 pessoas, quase 300, duzentos e oitenta e seis, um em cada cinco, "
        "cerca de dois mil, 20 por cento.",
        "mais de 1.000=1000..; quase 300=270..300; duzentos e oitenta e seis=286..286; um em cada cinco=18..22; "
        "cerca de dois mil=1900..2100; 20 por cento=19.5..20.5",
    ),
    "ar": (
        "في 15 سبتمبر 2022 أكثر من ١٬٠٠٠ طفل، ما يقارب 300، مئتان وستة وثمانون، طفل من كل خمسة، 250 على الأقل، "
        "وأكثر من ألف طفل، ٢٠٪، ثلاثمئة",
        "أكثر من ١٬٠٠٠=1000..; ما يقارب 300=270..300; مئتان وستة وثمانون=286..286; طفل من كل خمسة=18..22; "
        "250 على الأقل=250..; وأكثر من ألف=1000..; ٢٠٪=19.5..20.5; ثلاثمئة=300..300",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_read_as_its_language_writes(language: str) -> None:
    text, expected = TEXTS[language]
    assert shown(text, language) == expected.split("; ")


def shown(text: str, language: str) -> list[str]:
    return [
        f"{each.text}={each.range.low.normalize():f}.."
        + (f"{each.range.high.normalize():f}" if each.range.high < INFINITE else "")
        for each in wording.find(text, language)
    ]


@given(text=st.text(max_size=200), language=LANGUAGES)
def test_any_text_is_read(text: str, language: str) -> None:
    for each in wording.find(text, language):
        assert text[each.start : each.end] == each.text and each.range.low <= each.range.high


@given(
    value=st.integers(1, 10**9),
    bound=st.sampled_from(Bound),
    style=st.sampled_from(Style),
    language=LANGUAGES,
)
def test_what_we_say_of_a_count_holds(value: int, bound: Bound, style: Style, language: str) -> None:
    known = Quantity(Decimal(value), bound)
    said = say(known, style, language=language)
    claimed = wording.read(said, language)
    # Digits alone may be a year.
    assert claimed is None or verdict(claimed.range, known) == HOLDS, said
    assert claimed is not None or (1900 <= value <= 2099 and bound == Bound.EXACT), said


@given(
    value=st.decimals(0, 100, places=2),
    bound=st.sampled_from(Bound),
    style=st.sampled_from(Style),
    language=LANGUAGES,
)
def test_what_we_say_of_a_share_holds(value: Decimal, bound: Bound, style: Style, language: str) -> None:
    known = Quantity(value, bound, counted=False)
    said = say(known, style, percent=True, language=language)
    claimed = wording.read(said, language)
    assert claimed is not None and claimed.percent and verdict(claimed.range, known) == HOLDS, said


@example(value=112, language="en")
@given(value=st.integers(1, 999_999), language=st.sampled_from(sorted(COUNT)))
def test_number_words_are_what_they_say(value: int, language: str) -> None:
    words = COUNT[language](value)
    tongue = tongue_of(language)
    assert tongue is not None and tongue.value(folded(words)[0]) == value, words


@given(value=st.integers(21, 10**6), off=st.integers(-5, 5), language=LANGUAGES)
def test_over_begins_above_in_every_language(value: int, off: int, language: str) -> None:
    claimed = max(21, value + off)
    with override(language):
        digits = number_format(claimed, use_l10n=True, force_grouping=True)
    words = say(Quantity(Decimal(claimed), Bound.MORE_THAN), Style.EXACT, language=language)
    assert digits in words
    unit = Unit(indicator_id=1, nouns="", percent=False, cumulative=True, known=Quantity(Decimal(value)))
    said = [each.verdict for each in read(f"… {words} …", [], language, told_of=[unit])]
    near = abs(claimed - value) <= value / 5
    assert said == ([HOLDS if value > claimed else CONTRADICTED] if near else [])


@pytest.mark.parametrize(
    ("language", "nouns", "text"),
    [
        ("de", "Menschen befreit", "Wir haben {} Menschen befreit."),
        ("de", "Menschen befreit", "Die {} befreiten Menschen danken."),
        ("fr", "personnes libérées", "Nous avons libéré {} personnes."),
        ("es", "personas liberadas", "Fueron liberadas {} personas."),
        ("nl", "mensen bevrijd", "Er werden {} mensen bevrijd."),
        ("it", "persone liberate", "Abbiamo liberato {} persone."),
        ("pt-br", "pessoas libertadas", "Foram libertadas {} pessoas."),
        ("ar", "أطفال تحرروا", "تحرّر {} من الأطفال، وقد تحرروا."),
    ],
)
def test_the_register_s_words_may_be_of_any_language(language: str, nouns: str, text: str) -> None:
    unit = Unit(indicator_id=1, nouns=nouns, percent=False, cumulative=True, known=Quantity(Decimal(286)))
    said = [
        [(each.number, each.verdict) for each in read(text.format(number), [unit], language)]
        for number in ("286", "290")
    ]
    # "Die befreiten Menschen": the first word must follow.
    assert said == [[("286", HOLDS)], [("290", CONTRADICTED)]] or "befreiten" in text


def test_a_number_alone_speaks_of_what_is_near_and_of_nothing_small() -> None:
    def unit(value: int) -> Unit:
        return Unit(indicator_id=1, nouns="", percent=False, cumulative=True, known=Quantity(Decimal(value)))

    def said(text: str, value: int) -> list[Verdict]:
        return [each.verdict for each in read(text, [], "de", told_of=[unit(value)])]

    assert said("Über 1.000 Menschen sind befreit.", 1000) == [CONTRADICTED]
    assert said("Über 1.000 Menschen sind befreit.", 1001) == [HOLDS]
    assert said("12 Kinder sind befreit.", 1000) == []
    assert said("12 Kinder sind befreit.", 11) == []


# In each language what is said of about so many, and of at least two of these, as people write it.
SPOKEN = {
    "en": ({"a dozen": 12, "half a dozen": 6}, {"dozens": 12, "Hundreds": 100, "thousands": 1000}),
    "de": ({"ein Dutzend": 12, "ein halbes Dutzend": 6}, {"Dutzende": 12, "Hunderte": 100, "Tausende": 1000}),
    "fr": (
        {"une dizaine": 10, "une centaine": 100, "un millier": 1000},
        {"dizaines": 10, "centaines": 100, "milliers": 1000, "centaines de milliers": 100_000},
    ),
    "es": ({"una docena": 12, "un centenar": 100}, {"decenas": 10, "cientos": 100, "miles": 1000}),
    "nl": ({"een dozijn": 12, "een honderdtal": 100}, {"tientallen": 10, "honderden": 100, "duizenden": 1000}),
    "it": ({"una dozzina": 12, "un migliaio": 1000}, {"decine": 10, "centinaia": 100, "migliaia": 1000}),
    "pt-br": ({"uma dúzia": 12, "um milhar": 1000}, {"dezenas": 10, "centenas": 100, "milhares": 1000}),
    "ar": ({"دزينة": 12, "نصف دزينة": 6}, {"عشرات": 10, "مئات": 100, "آلاف": 1000, "عشرات الآلاف": 10_000}),
}  # fmt: skip
# A sentence that says so many of what is counted, and how a register names that.
COUNTED = {
    "en": ("{} of children were freed.", "children freed"), "de": ("{} Kinder wurden befreit.", "Kinder befreit"),
    "fr": ("{} d’enfants libérés.", "enfants libérés"), "es": ("{} de niñas liberadas.", "niñas liberadas"),
    "nl": ("{} kinderen bevrijd.", "kinderen bevrijd"), "it": ("{} di bambini liberati.", "bambini liberati"),
    "pt-br": ("{} de crianças libertadas.", "crianças libertadas"), "ar": ("{} الأطفال تحرروا.", "أطفال تحرروا"),
}  # fmt: skip


def spoken(language: str, words: str, value: int) -> list[tuple[str, Verdict]]:
    text, nouns = COUNTED[language]
    unit = Unit(indicator_id=1, nouns=nouns, percent=False, cumulative=False, known=Quantity(Decimal(value)))
    return [(each.number, each.verdict) for each in read(text.format(words), [unit], language)]


BETWEEN = {
    "en": "between {} and {}", "de": "zwischen {} und {}", "fr": "entre {} et {}", "es": "entre {} y {}",
    "nl": "tussen de {} en {}", "it": "tra {} e {}", "pt-br": "entre {} e {}", "ar": "بين {} و{}",
}  # fmt: skip


@given(data=st.data(), language=LANGUAGES)
def test_between_two_numbers_is_one_claim(data: st.DataObject, language: str) -> None:
    low, high = sorted((data.draw(st.integers(10, 999)), data.draw(st.integers(10, 999))))
    said = BETWEEN[language].format(low, high)
    value = data.draw(st.integers(0, 1000))
    assert spoken(language, said, value) == [(said, HOLDS if low <= value <= high else CONTRADICTED)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Between two hundred and three hundred and fifty, then 9",
         "Between two hundred and three hundred and fifty=200..350; 9=9..9"),
        ("en", "between 10 and 20%, between about 200 and 300",
         "between 10 and 20%=10..20.5; between about 200 and 300=190..300"),
        ("de", "zwischen zweihundert und dreihundert", "zwischen zweihundert und dreihundert=200..300"),
        ("fr", "entre deux cents et trois cents", "entre deux cents et trois cents=200..300"),
        ("es", "entre doscientas y trescientas", "entre doscientas y trescientas=200..300"),
        ("nl", "tussen tweehonderd en driehonderd", "tussen tweehonderd en driehonderd=200..300"),
        ("it", "fra i duecento e i trecento", "fra i duecento e i trecento=200..300"),
        ("pt-br", "entre duzentos e trezentos", "entre duzentos e trezentos=200..300"),
        ("ar", "ما بين مئتين وثلاثمئة", "ما بين مئتين وثلاثمئة=200..300"),
        # Nothing that it claims: years, days, money, ages; and two numbers that are no two ends.
        ("en", "between 2019 and 2021, between 3 and 5 May, between 200 and 300 euros, aged between 5 and 10", ""),
        ("en", "between 300 and 200, between them 40", "300=300..300; 200=200..200; 40=40..40"),
    ],
)  # fmt: skip
def test_two_ends_are_read_in_words_and_beside_what_is_no_claim(
    language: str, text: str, expected: str
) -> None:
    assert shown(text, language) == (expected.split("; ") if expected else [])


def test_every_language_speaks_of_round_numbers() -> None:
    assert set(SPOKEN) == set(COUNTED) == set(BETWEEN) == set(CODES)


@given(data=st.data(), language=LANGUAGES)
def test_a_dozen_is_about_twelve(data: st.DataObject, language: str) -> None:
    words, number = data.draw(st.sampled_from(sorted(SPOKEN[language][0].items())))
    value = data.draw(st.integers(1, 2 * number))
    near = abs(value - number) * 10 <= number
    assert spoken(language, words, value) == [(words, HOLDS if near else CONTRADICTED)]


@given(data=st.data(), language=LANGUAGES)
def test_hundreds_are_two_hundred_or_more(data: st.DataObject, language: str) -> None:
    words, number = data.draw(st.sampled_from(sorted(SPOKEN[language][1].items())))
    value = data.draw(st.integers(1, 4 * number))
    assert spoken(language, words, value) == [(words, HOLDS if value >= 2 * number else CONTRADICTED)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "More than a dozen, two dozen, about a dozen, thousands or so",
         "More than a dozen=12..; two dozen=24..24; about a dozen=10.8..13.2; thousands or so=2000.."),
        ("de", "eine halbe Million, anderthalb Millionen, ~300, 200–300",
         "eine halbe Million=450000..550000; anderthalb Millionen=1350000..1650000; ~300=285..315; 200–300=200..300"),
        ("fr", "un demi-million, ½", "un demi-million=450000..550000; ½=47.5..52.5"),
        ("es", "medio millón, un millón y medio", "medio millón=450000..550000; un millón y medio=1350000..1650000"),
        ("nl", "een half miljoen, anderhalf miljoen",
         "een half miljoen=450000..550000; anderhalf miljoen=1350000..1650000"),
        ("it", "mezzo milione, un milione e mezzo",
         "mezzo milione=450000..550000; un milione e mezzo=1350000..1650000"),
        ("pt-br", "meio milhão, um milhão e meio", "meio milhão=450000..550000; um milhão e meio=1350000..1650000"),
        ("ar", "نصف مليون، مليون ونصف", "نصف مليون=450000..550000; مليون ونصف=1350000..1650000"),
        ("de", "mehr als ein Dutzend, zwei Dutzend, fünftausend, 5 Millionen",
         "mehr als ein Dutzend=12..; zwei Dutzend=24..24; fünftausend=5000..5000; 5 Millionen=4500000..5500000"),
        ("fr", "plus d’une centaine, près d’un millier, deux mille",
         "plus d’une centaine=100..; près d’un millier=900..1000; deux mille=2000..2000"),
        ("es", "tres millones, dos mil", "tres millones=3000000..3000000; dos mil=2000..2000"),
        ("ar", "خمسة آلاف، 5 آلاف", "خمسة آلاف=5000..5000; 5 آلاف=4500..5500"),
    ],
)  # fmt: skip
def test_what_stands_beside_round_words_counts(language: str, text: str, expected: str) -> None:
    assert shown(text, language) == expected.split("; ")
