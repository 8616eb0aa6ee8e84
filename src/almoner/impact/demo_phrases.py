"""How German and Arabic readers of the demonstration find what was entered with the night line's numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import override

from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.impact import worded
from almoner.impact.models import Source
from almoner.impact.worded import Kind, Phrase
from almoner.kernel.lists import comma

_SAID: Final[Mapping[str, Mapping[Phrase, str]]] = {
    "de": {
        Phrase(Kind.PLACE, "Australia"): "Australien",
        Phrase(Kind.BREAKDOWN, "where they live"): "Wohnort",
        Phrase(Kind.GROUP, "Tasmania"): "Tasmanien",
        Phrase(Kind.GROUP, "South Australia"): "Südaustralien",
        Phrase(Kind.GROUP, "elsewhere"): "anderswo",
        Phrase(Kind.METHOD, "Counted by the telephone system."): "Von der Telefonanlage gezählt.",
        Phrase(
            Kind.METHOD, "From the counsellors’ diaries, without names."
        ): "Aus den Aufzeichnungen der Beratenden, ohne Namen.",
        Phrase(
            Kind.METHOD, "Asked by telephone, by somebody other than their counsellor."
        ): "Am Telefon gefragt, und zwar nicht von ihrer eigenen Begleitung.",
        Phrase(Kind.ROLE, "Head of the night line"): "Leitung des Nachttelefons",
    },
    "ar": {
        Phrase(Kind.PLACE, "Australia"): "أستراليا",
        Phrase(Kind.BREAKDOWN, "where they live"): "مكان السكن",
        Phrase(Kind.GROUP, "Tasmania"): "تسمانيا",
        Phrase(Kind.GROUP, "Victoria"): "فيكتوريا",
        Phrase(Kind.GROUP, "South Australia"): "جنوب أستراليا",
        Phrase(Kind.GROUP, "New South Wales"): "نيو ساوث ويلز",
        Phrase(Kind.GROUP, "elsewhere"): "أماكن أخرى",
        Phrase(Kind.METHOD, "Counted by the telephone system."): "يحصيها نظام الهاتف.",
        Phrase(
            Kind.METHOD, "From the counsellors’ diaries, without names."
        ): "من دفاتر المرشدين، من دون أسماء.",
        Phrase(
            Kind.METHOD, "Asked by telephone, by somebody other than their counsellor."
        ): "سُئلوا هاتفيًا، وسألهم شخص غير مرشدهم.",
        Phrase(Kind.ROLE, "Head of the night line"): "مسؤول خط الليل",
    },
}
_REPORTS: Final = {"de": "Das Nachttelefon, Monat für Monat", "ar": "خط الليل شهرًا بشهر"}


def word(charity: Charity, reports: Mapping[date, Source], *, actor: audit.Actor) -> None:
    """`reports`: the night line's, by the last day of their month."""
    for language, texts in _SAID.items():
        with override(language):
            titles = {
                Phrase(
                    Kind.SOURCE, each.title
                ): f"{_REPORTS[language]}{comma(language)}{date_format(last, 'YEAR_MONTH_FORMAT')}"
                for last, each in reports.items()
            }
        worded.keep(charity, language, {**texts, **titles}, actor=actor)
