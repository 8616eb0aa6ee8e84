"""The languages of donors, as `wording` reads numbers in them. What isn't here is read as nothing is: not at all."""

from typing import Final

from almoner.impact.tongue import Tongue, folded

_SPACED: Final = " \u00a0\u202f"


def _flat(text: str) -> str:
    return folded(text)[0]


def _row(text: str, first: int, step: int = 1) -> dict[str, int]:
    """Number words in their order; those of one value with a stroke between."""
    rows = enumerate(_flat(text).split())
    return {word: first + step * at for at, row in rows for word in row.split("|")}


def _each(**values: int) -> dict[str, int]:
    return {_flat(word): value for word, value in values.items()}


def _before(**kinds: str) -> dict[str, str]:
    return {"~": "about", "≈": "about"} | _kinds(**kinds)


def _kinds(**kinds: str) -> dict[str, str]:
    return {_flat(word.strip()): kind for kind, text in kinds.items() for word in text.split(",")}


def _parts(**parts: str) -> dict[str, tuple[int, int]]:
    """`of_1_3="a third, one third"`."""
    found = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5)}
    for name, text in parts.items():
        _, of, whole = name.split("_")
        found |= {_flat(word.strip()): (int(of), int(whole)) for word in text.split(",")}
    return found


def _spoken(text: str) -> dict[str, int]:
    """ "a dozen 12, half a dozen 6"."""
    rows = (row.strip().rpartition(" ") for row in text.split(","))
    return {_flat(words): int(number) for words, _, number in rows}


def _set(text: str) -> frozenset[str]:
    return frozenset(_flat(text).split())


_ENGLISH: Final = Tongue(
    groups="," + _SPACED, point=".",
    atoms=_row("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
               "seventeen eighteen nineteen", 0)
    | _row("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    times={"hundred": 100, "dozen": 12},
    large={"thousand": 10**3, "million": 10**6, "billion": 10**9}, scales={"k": 10**3, "m": 10**6, "bn": 10**9},
    link=r"[\s-]+(?:and[\s-]+)?", begins_large=False, leads=_set("a an"), articles=_set("a an one"),
    before=_before(
        just_over="just over, slightly more than, a little over", at_least="no fewer than, no less than, at least",
        above="more than, upwards of, in excess of, exceeding, over, above",
        at_most="no more than, at most, as many as, up to",
        below="fewer than, less than, under, below", nearly="just under, close to, nearly, almost",
        about="approximately, roughly, around, about, circa, some, ca., c.",
    ),
    after=_kinds(at_least="or more", about="or so"),
    parts=_parts(of_1_2="half", of_1_3="a third, one third, one-third", of_2_3="two thirds, two-thirds",
                 of_1_4="a quarter, one quarter, one-quarter", of_3_4="three quarters, three-quarters",
                 of_1_5="a fifth, one fifth, one-fifth", of_1_10="a tenth, one tenth, one-tenth"),
    roughly=_spoken(
        "a dozen 12, half a dozen 6, a score 20, half a million 500000, a million and a half 1500000, one and a half "
        "million 1500000"
    ),
    many=_spoken(
        "dozens 12, scores 20, hundreds 100, thousands 1000, tens of thousands 10000, hundreds of thousands "
        "100000, millions 1000000, tens 10"
    ),
    share=r"(?:in|out\s+of)(?:\s+every)?", between="between", middle=r"\s+and\s+", percent=r"per\ ?cent",
    months=r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    not_after=r"[ap]\.?m|o'clock|dollars?|euros?|pounds?|cents?", not_before=r"aged?|ages",
    no_end=r"(?<!\bc\.)(?<!\bca\.)",
    endings=("ing", "ed", "es", "s", "e"),
    odd={"children": "child", "people": "person", "women": "woman", "men": "man", "families": "family",
         "lives": "life"},
    small=_set("and of the a an who were was have been in to by"),
)  # fmt: skip

_GERMAN: Final = Tongue(
    groups="." + _SPACED + "'", point=",",
    atoms=_row("null ein|eins|eine|einer|einen|einem|eines zwei drei vier fünf sechs sieben acht neun zehn elf zwölf "
               "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn", 0)
    | _row("zwanzig dreißig|dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10),
    times=_each(hundert=100, dutzend=12),
    large=_each(tausend=10**3, million=10**6, millionen=10**6, milliarde=10**9, milliarden=10**9)
    | {"mio.": 10**6, "mio": 10**6, "mrd.": 10**9, "mrd": 10**9},
    glued=True, inside="und", articles=_set("ein eins eine einer einen einem eines"),
    before=_before(
        just_over="etwas mehr als, knapp über, etwas über, gut", at_least="mindestens, wenigstens, nicht weniger als",
        above="mehr als, über", at_most="höchstens, maximal, nicht mehr als, bis zu", below="weniger als, unter",
        nearly="fast, beinahe, nahezu, knapp", about="etwa, ungefähr, rund, circa, zirka, ca.",
    ),
    after=_kinds(at_least="oder mehr"),
    parts=_parts(of_1_2="die Hälfte, der Hälfte", of_1_3="ein Drittel, jedes dritte, jede dritte, jeder dritte",
                 of_2_3="zwei Drittel", of_1_4="ein Viertel, jedes vierte, jede vierte, jeder vierte",
                 of_3_4="drei Viertel", of_1_5="ein Fünftel, jedes fünfte, jede fünfte, jeder fünfte",
                 of_1_10="ein Zehntel, jedes zehnte, jede zehnte, jeder zehnte"),
    roughly=_spoken(
        "ein Dutzend 12, ein halbes Dutzend 6, eine halbe Million 500000, einer halben Million 500000, anderthalb "
        "Millionen 1500000, eineinhalb Millionen 1500000"
    ),
    many=_spoken(
        "Dutzende 12, Dutzenden 12, Hunderte 100, Hunderten 100, Tausende 1000, Tausenden 1000, Zehntausende "
        "10000, Zehntausenden 10000, Hunderttausende 100000, Hunderttausenden 100000, Millionen 1000000"
    ),
    share=r"von(?:\s+je)?", between="zwischen", middle=r"\s+und\s+", percent="prozent",
    months=r"jan(?:uar)?|feb(?:ruar)?|marz|apr(?:il)?|mai|jun[io]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?|"
    r"nov(?:ember)?|dez(?:ember)?",
    not_after=r"uhr|jahren?|euro|dollar|franken|cent", not_before="mehrere|einige|viele|paar|im alter von",
    no_end=r"(?<!\d\.)(?<!\bca\.)(?<!\bMio\.)(?<!\bMrd\.)",
    endings=("ern", "en", "er", "es", "em", "e", "n", "s"),
    small=_set("und der die das den dem ein eine wurden wurde sind ist in von zu"),
)  # fmt: skip

_FRENCH: Final = Tongue(
    groups="." + _SPACED, point=",",
    atoms=_row("zéro un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize", 0)
    | _row("vingt trente quarante cinquante soixante", 20, 10)
    | {"septante": 70, "quatre-vingt": 80, "quatre-vingts": 80, "huitante": 80, "nonante": 90},
    times={"cent": 100, "cents": 100},
    large={"mille": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9},
    link=r"[\s-]+(?:et[\s-]+|d')?", articles=_set("un une"),
    before=_before(
        just_over="un peu plus de, à peine plus de", at_least="au moins, pas moins de, au minimum",
        above="plus de, plus d', au-delà de", at_most="au plus, pas plus de, jusqu'à, au maximum",
        below="moins de, moins d'", nearly="près de, près d', presque, un peu moins de, pas loin de",
        about="environ, autour de, à peu près, quelque",
    ),
    after=_kinds(at_least="ou plus, au moins", about="environ"),
    parts=_parts(of_1_2="la moitié", of_1_3="un tiers", of_2_3="deux tiers", of_1_4="un quart", of_3_4="trois quarts",
                 of_1_5="un cinquième", of_1_10="un dixième"),
    roughly=_spoken(
        "une dizaine 10, une douzaine 12, une demi-douzaine 6, une quinzaine 15, une vingtaine 20, une "
        "trentaine 30, une quarantaine 40, une cinquantaine 50, une soixantaine 60, une centaine 100, un "
        "millier 1000, un demi-million 500000, un million et demi 1500000"
    ),
    many=_spoken(
        "dizaines 10, douzaines 12, centaines 100, milliers 1000, dizaines de milliers 10000, centaines de "
        "milliers 100000, millions 1000000"
    ),
    share="sur", share_first=r"{few}(?:\s+[^\W\d_]+)?", between="entre", middle=r"\s+et\s+",
    percent=r"pour\ ?cent",
    months=r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre",
    not_after=r"h|heures?|ans?|euros?|dollars?|francs?|centimes?", not_before="plusieurs|quelques|des",
    endings=("ees", "ee", "es", "e", "s", "x"),
    small=_set("et de des du la le les l d un une ont ete est sont a au aux par qui"),
)  # fmt: skip

_SPANISH: Final = Tongue(
    groups="." + _SPACED, point=",",
    atoms=_row("cero un|uno|una|ún dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
               "dieciséis diecisiete dieciocho diecinueve", 0)
    | _row("veinte|veinti treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10)
    | _row("cien|ciento doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas "
           "quinientos|quinientas seiscientos|seiscientas setecientos|setecientas ochocientos|ochocientas "
           "novecientos|novecientas", 100, 100),
    times={"docena": 12, "docenas": 12},
    large={"mil": 10**3, "millon": 10**6, "millones": 10**6},
    link=r"\s+(?:(?:y|de)\s+)?", glued=True, articles=_set("un uno una"),
    before=_before(
        just_over="poco más de, algo más de", at_least="al menos, por lo menos, como mínimo, no menos de",
        above="más de, por encima de", at_most="como máximo, no más de, a lo sumo, hasta",
        below="menos de, por debajo de", nearly="casi, cerca de",
        about="alrededor de, aproximadamente, en torno a, unos, unas",
    ),
    after=_kinds(at_least="o más, como mínimo", about="aproximadamente"),
    parts=_parts(of_1_2="la mitad", of_1_3="un tercio", of_2_3="dos tercios", of_1_4="un cuarto, una cuarta parte",
                 of_3_4="tres cuartas partes", of_1_5="un quinto, una quinta parte", of_1_10="una décima parte"),
    roughly=_spoken(
        "una decena 10, una docena 12, media docena 6, una quincena 15, una veintena 20, una treintena 30, "
        "una cincuentena 50, una centena 100, un centenar 100, un millar 1000, medio millón 500000, un millón y "
        "medio 1500000, millón y medio 1500000"
    ),
    many=_spoken(
        "decenas 10, docenas 12, cientos 100, centenares 100, miles 1000, millares 1000, decenas de miles "
        "10000, cientos de miles 100000, millones 1000000"
    ),
    share=r"(?:de\s+cada|de)", between="entre", middle=r"\s+[ye]\s+", percent=r"por\ ?ciento",
    months=r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre",
    not_after=r"h|horas?|anos?|euros?|dolares|pesos?|centimos?", not_before="varios|varias|algunos|algunas",
    endings=("os", "as", "es", "o", "a", "e", "s"),
    small=_set("y de del la el los las un una han sido fue fueron en a al por que se"),
)  # fmt: skip

_DUTCH: Final = Tongue(
    groups="." + _SPACED, point=",",
    atoms=_row("nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
               "zeventien achttien negentien", 0)
    | _row("twintig dertig veertig vijftig zestig zeventig tachtig negentig", 20, 10),
    times={"honderd": 100, "dozijn": 12},
    large={"duizend": 10**3, "miljoen": 10**6, "miljard": 10**9},
    link=r"\s+(?:en\s+)?", glued=True, inside="en", articles=_set("een"),
    before=_before(
        just_over="iets meer dan, ruim", at_least="minstens, ten minste, tenminste, minimaal, niet minder dan",
        above="meer dan, boven de", at_most="hoogstens, ten hoogste, maximaal, niet meer dan",
        below="minder dan, onder de", nearly="bijna, haast, net geen", about="ongeveer, circa, rond de, zo'n",
    ),
    after=_kinds(at_least="of meer"),
    parts=_parts(of_1_2="de helft", of_1_3="een derde", of_2_3="twee derde", of_1_4="een kwart", of_3_4="driekwart",
                 of_1_5="een vijfde", of_1_10="een tiende"),
    roughly=_spoken(
        "een tiental 10, een dozijn 12, een half dozijn 6, een vijftiental 15, een twintigtal 20, een "
        "dertigtal 30, een vijftigtal 50, een honderdtal 100, een duizendtal 1000, een half miljoen 500000, half "
        "miljoen 500000, anderhalf miljoen 1500000"
    ),
    many=_spoken(
        "tientallen 10, dozijnen 12, honderden 100, duizenden 1000, tienduizenden 10000, honderdduizenden "
        "100000, miljoenen 1000000"
    ),
    share=r"(?:op|van)(?:\s+de|\s+elke)?", between=r"tussen(?:\s+de)?", middle=r"\s+en\s+(?:de\s+)?",
    percent="procent",
    months=r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    not_after=r"uur|jaar|euro|dollar|cent", not_before="enkele|meerdere|enige|paar",
    endings=("eren", "en", "e", "s", "n"),
    small=_set("en de het een van zijn werden werd is in op te door die"),
)  # fmt: skip

_ITALIAN: Final = Tongue(
    groups="." + _SPACED, point=",",
    atoms=_row("zero un|uno|una due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
               "quindici sedici diciassette diciotto diciannove", 0)
    | _row("venti|vent trenta|trent quaranta|quarant cinquanta|cinquant sessanta|sessant settanta|settant "
           "ottanta|ottant novanta|novant", 20, 10),
    times={"cento": 100, "cent": 100, "dozzina": 12, "dozzine": 12},
    large={"mille": 10**3, "mila": 10**3, "milione": 10**6, "milioni": 10**6, "miliardo": 10**9, "miliardi": 10**9},
    link=r"\s+(?:(?:e|di)\s+)?", glued=True, articles=_set("un uno una"),
    before=_before(
        just_over="poco più di", at_least="almeno, non meno di", above="più di, oltre",
        at_most="al massimo, non più di, fino a", below="meno di", nearly="quasi", about="circa, intorno a",
    ),
    after=_kinds(at_least="o più", about="circa"),
    parts=_parts(of_1_2="la metà, metà", of_1_3="un terzo", of_2_3="due terzi", of_1_4="un quarto", of_3_4="tre quarti",
                 of_1_5="un quinto", of_1_10="un decimo"),
    roughly=_spoken(
        "una decina 10, una dozzina 12, una mezza dozzina 6, mezza dozzina 6, una quindicina 15, una ventina "
        "20, una trentina 30, una quarantina 40, una cinquantina 50, un centinaio 100, un migliaio 1000, mezzo "
        "milione 500000, un milione e mezzo 1500000"
    ),
    many=_spoken(
        "decine 10, dozzine 12, centinaia 100, migliaia 1000, decine di migliaia 10000, centinaia di migliaia "
        "100000, milioni 1000000"
    ),
    share="su", share_first=r"{few}(?:\s+[^\W\d_]+)?", between=r"(?:tra|fra)(?:\s+i)?",
    middle=r"\s+ed?\s+(?:i\s+)?", percent=r"per\ ?cento",
    months=r"gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
    not_after=r"ore|anni|euro|dollari|centesimi", not_before="alcune|alcuni|diverse|diversi|varie",
    endings=("i", "e", "a", "o"),
    small=_set("e di del della dei delle il la i le un una sono state stati stato in a da che"),
)  # fmt: skip

_PORTUGUESE: Final = Tongue(
    groups="." + _SPACED, point=",",
    atoms=_row("zero um|uma dois|duas três quatro cinco seis sete oito nove dez onze doze treze quatorze|catorze "
               "quinze dezesseis dezessete dezoito dezenove", 0)
    | _row("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10)
    | _row("cem|cento duzentos|duzentas trezentos|trezentas quatrocentos|quatrocentas quinhentos|quinhentas "
           "seiscentos|seiscentas setecentos|setecentas oitocentos|oitocentas novecentos|novecentas", 100, 100),
    times={"duzia": 12, "duzias": 12},
    large={"mil": 10**3, "milhao": 10**6, "milhoes": 10**6, "bilhao": 10**9, "bilhoes": 10**9},
    link=r"\s+(?:(?:e|de)\s+)?", articles=_set("um uma"),
    before=_before(
        just_over="pouco mais de", at_least="pelo menos, ao menos, no mínimo, não menos de",
        above="mais de, acima de", at_most="no máximo, não mais de, até", below="menos de, abaixo de",
        nearly="quase, perto de", about="cerca de, aproximadamente, por volta de, em torno de",
    ),
    after=_kinds(at_least="ou mais", about="aproximadamente"),
    parts=_parts(of_1_2="a metade, metade", of_1_3="um terço", of_2_3="dois terços", of_1_4="um quarto",
                 of_3_4="três quartos", of_1_5="um quinto", of_1_10="um décimo"),
    roughly=_spoken(
        "uma dezena 10, uma dúzia 12, meia dúzia 6, uma quinzena 15, uma vintena 20, uma centena 100, um "
        "milhar 1000, meio milhão 500000, um milhão e meio 1500000"
    ),
    many=_spoken(
        "dezenas 10, dúzias 12, centenas 100, milhares 1000, dezenas de milhares 10000, centenas de milhares "
        "100000, milhões 1000000"
    ),
    share=r"(?:em\s+cada|em|de\s+cada)", between="entre", middle=r"\s+e\s+", percent=r"por\ ?cento",
    months=r"janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
    not_after=r"h|horas?|anos?|reais|euros?|dolares|centavos?", not_before="varios|varias|alguns|algumas",
    endings=("os", "as", "es", "o", "a", "e", "s"),
    small=_set("e de do da dos das o a os as um uma foram foi sido em ao por que se"),
)  # fmt: skip

_ARABIC: Final = Tongue(
    groups=",\u00a0\u202f", point=".",
    atoms=_row("صفر واحد|واحدة|أحد|إحدى اثنان|اثنين|اثنتان|اثنتين|اثنا|اثني ثلاثة|ثلاث أربعة|أربع خمسة|خمس ستة|ست "
               "سبعة|سبع ثمانية|ثماني|ثمان تسعة|تسع عشرة|عشر", 0)
    | _row("عشرون|عشرين ثلاثون|ثلاثين أربعون|أربعين خمسون|خمسين ستون|ستين سبعون|سبعين ثمانون|ثمانين "
           "تسعون|تسعين", 20, 10)
    | _row("مئتان|مئتين|مائتان|مائتين", 200),
    times=_each(مئة=100, مائة=100),
    large=_each(ألف=10**3, آلاف=10**3, ألفا=10**3, مليون=10**6, ملايين=10**6, مليار=10**9),
    link=r"\s+(?:و\s?)?", glued=True, articles=_set("واحد واحدة"),
    before=_before(
        just_over="أكثر بقليل من", at_least="ما لا يقل عن, على الأقل",
        above="أكثر من, ما يزيد على, ما يزيد عن, أزيد من",
        at_most="ما لا يزيد عن, ما لا يزيد على", below="أقل من, ما يقل عن", nearly="ما يقارب, ما يقرب من",
        about="حوالي, نحو, قرابة",
    ),
    after=_kinds(at_least="على الأقل, أو أكثر", at_most="على الأكثر", about="تقريبا"),
    parts=_parts(of_1_2="نصف", of_1_3="ثلث", of_2_3="ثلثي, ثلثا", of_1_4="ربع", of_3_4="ثلاثة أرباع"),
    roughly=_spoken(
        "دزينة 12, نصف دزينة 6, نصف مليون 500000, مليون ونصف 1500000, مليون ونصف المليون 1500000"
    ),
    many=_spoken(
        "عشرات 10, العشرات 10, مئات 100, المئات 100, آلاف 1000, الآلاف 1000, عشرات الآلاف 10000, مئات الآلاف "
        "100000, ملايين 1000000, الملايين 1000000"
    ),
    share=r"(?:من\s+كل|من\s+بين\s+كل|من\s+أصل)", share_first=r"(?:{few}|[^\W\d_]+)",
    between=r"(?:ما\s+)?بين", middle=r"\s+و\s*",
    percent=r"(?:في\s+الم[اي]+ة|بالم[اي]+ة)",
    months=r"يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    not_after=r"عاما?|سنة|سنوات|دولارا?|يورو|ريالا?",
    not_before="عدة|بضع|بضعة", prefix="[وفبل]?", beginnings=("وال", "ال"),
    endings=("ين", "ون", "ات", "وا", "ا", "ة", "ي"),
    small=_set("و من في على عن تم قد إلى التي الذين"),
)  # fmt: skip

TONGUES: Final = {
    "en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH, "nl": _DUTCH, "it": _ITALIAN, "pt": _PORTUGUESE,
    "ar": _ARABIC,
}  # fmt: skip


def tongue_of(language: str) -> Tongue | None:
    """ "pt-br" -> Portuguese; None for what has no table."""
    return TONGUES.get(language.lower().partition("-")[0])
