"""What the demonstration's register says in German and Arabic: what an article told, and the night line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from almoner.impact.models import Indicator, Programme, Result, Translation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """`results` by their place in the programme, `indicators` by their slug: the title, and the words for it."""

    title: str
    text: str
    results: tuple[str, ...]
    indicators: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_GERMAN: Final = {
    "osec-philippines": _Said(
        title="Ein Ende der sexuellen Ausbeutung von Kindern im Netz, Philippinen",
        text="Die Arbeit von IJM und ihren Partnern. Hier wird davon erzählt, weil sie zeigt, was möglich ist.",
        results=(
            "Kinder sind außer Reichweite derer, die sie missbraucht haben",
            "Das Verbrechen ist nicht mehr gefahrlos",
            "Überlebende stehen ohne Hilfe",
        ),
        indicators={
            "rescued": (
                "Kinder und junge Menschen, die seit 2011 in Sicherheit gebracht wurden",
                "Kinder befreit, Menschen befreit, Kinder gerettet",
            ),
            "freed-that-day": ("Kinder, die bei einem Einsatz in Sicherheit gebracht wurden", ""),
            "arrested": ("Verdächtige, die festgenommen wurden", "Verdächtige festgenommen, Festnahmen"),
            "restored": (
                "Überlebende, die die Nachsorge nicht mehr brauchen",
                "Überlebende begleitet, Klienten begleitet",
            ),
        },
    ),
    "project-boost": _Said(
        title="Project Boost: Die Polizei lernt, Meldungen von Missbrauch im Netz nachzugehen",
        text="Ein Projekt von IJM mit Meta und dem National Center for Missing & Exploited Children.",
        results=("Was gelernt wurde, hilft in einem anderen Land",),
        indicators={
            "identified": ("Opfer, die nach der Schulung identifiziert wurden", "Opfer identifiziert"),
            "arrested": ("Verdächtige, die nach der Schulung festgenommen wurden", ""),
        },
    ),
    "night-line": _Said(
        title="Das Nachttelefon",
        text="Ein Telefon für Kinder und ihre Familien, an dem vom Abend bis zum Morgen jemand abnimmt. Tidelight ist "
        "für diese Demonstration erfunden, und die Zahlen sind es auch: Sie zeigen, wie ein Register geführt wird.",
        results=(
            "Jede Nacht nimmt jemand ab",
            "Familien sind damit nicht allein",
            "Kinder sind ein Jahr später sicherer",
        ),
        indicators={
            "calls": ("nachts angenommene Anrufe", "Anrufe angenommen"),
            "within-a-minute": ("Anrufe, die innerhalb einer Minute angenommen wurden", ""),
            "families": ("Familien mit fester Begleitung", "Familien begleitet"),
            "a-year-on": ("Familien, die ein Jahr später sagen, dass ihr Kind im Netz sicher ist", ""),
        },
    ),
}
_ARABIC: Final = {
    "osec-philippines": _Said(
        title="إنهاء الاستغلال الجنسي للأطفال عبر الإنترنت في الفلبين",
        text="عمل IJM وشركائها. نرويه هنا لأنه يبيّن ما هو ممكن.",
        results=(
            "أطفال بعيدون عن متناول من اعتدوا عليهم",
            "لم يعد ارتكاب الجريمة آمنًا",
            "ناجون يقفون من دون مساعدة",
        ),
        indicators={
            "rescued": ("أطفال وشباب نُقلوا إلى الأمان منذ 2011", "أطفال تحرروا, أطفال أُنقذوا"),
            "freed-that-day": ("أطفال نُقلوا إلى الأمان في عملية واحدة", ""),
            "arrested": ("مشتبه فيهم أُوقفوا", "مشتبه أُوقفوا"),
            "restored": ("ناجون لم يعودوا بحاجة إلى الرعاية", "ناجون تعافوا"),
        },
    ),
    "project-boost": _Said(
        title="Project Boost: الشرطة تتعلّم متابعة بلاغات الاعتداء عبر الإنترنت",
        text="مشروع لـ IJM مع Meta والمركز الوطني للأطفال المفقودين والمستغَلين (NCMEC).",
        results=("ما تعلّمه بلد يفيد بلدًا آخر",),
        indicators={
            "identified": ("ضحايا حُدّدت هويتهم بعد التدريب", ""),
            "arrested": ("مشتبه فيهم أُوقفوا بعد التدريب", ""),
        },
    ),
    "night-line": _Said(
        title="خط الليل",
        text="خط هاتف للأطفال وأسرهم يردّ عليه أحد من المساء حتى الصباح. Tidelight وأرقامها مبتكرة لهذا العرض.",
        results=("أحدهم يردّ كل ليلة", "الأسر ليست وحدها", "الأطفال أكثر أمانًا بعد سنة"),
        indicators={
            "calls": ("مكالمات رُدّ عليها ليلًا", ""),
            "within-a-minute": ("مكالمات رُدّ عليها خلال دقيقة", ""),
            "families": ("أسر لها مرشدة خاصة", ""),
            "a-year-on": ("أسر تقول بعد سنة إن طفلها آمن على الإنترنت", ""),
        },
    ),
}
_SAID: Final = {"de": _GERMAN, "ar": _ARABIC}


def translate(programme: Programme) -> None:
    """What is known of it in other languages; a programme of which nothing is stays in its charity's."""
    results = list(Result.objects.filter(programme=programme).order_by("ordinal", "pk"))
    indicators = {each.slug: each for each in Indicator.objects.filter(result__programme=programme)}
    rows = []
    for language, programmes in _SAID.items():
        said = programmes.get(programme.slug)
        if said is None:
            continue
        rows.append(Translation(programme=programme, language=language, title=said.title, text=said.text))
        for result, title in zip(results, said.results, strict=True):
            rows.append(Translation(programme=programme, result=result, language=language, title=title))
        for slug, (title, nouns) in said.indicators.items():
            rows.append(
                Translation(
                    programme=programme,
                    indicator=indicators[slug],
                    language=language,
                    title=title,
                    nouns=nouns,
                )
            )
    Translation.objects.bulk_create(rows)
