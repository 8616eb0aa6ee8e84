"""The register in IATI 2.03: a file of activities and one of the organisation, by the standard's own schemas.

An activity is a programme. Its money is what its funds took in, in sums of whole months and at least ten payments, so
that no donor's gift can be read from one.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from almoner.charities.models import Charity
from almoner.impact.models import Indicator, Observation, Publisher, Source
from almoner.impact.opendata import LICENCE, plain
from almoner.impact.quantities import Bound
from almoner.impact.saying import Style, say
from almoner.impact.shelf import Measured, Reached, Shelved
from almoner.impact.translated import NONE, Said, Words
from almoner.impact.worded import Kind
from almoner.kernel.lists import semicolon

_VERSION: Final = "2.03"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_IDENTIFIER: Final = re.compile(r"[^A-Za-z0-9-]+")
# ActivityStatus
_PIPELINE, _IMPLEMENTATION, _CLOSED = "1", "2", "4"
# ActivityDateType
_START_PLANNED, _START, _END_PLANNED, _END = "1", "2", "3", "4"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in from the first day to the last: an amount in major units, and of how many payments."""

    first: date
    last: date
    amount: str
    currency: str
    payments: int


def activities(
    charity: Charity,
    shelved: Sequence[Shelved],
    taken: dict[int, Sequence[Taken]],
    *,
    at: datetime,
    words: Words = NONE,
) -> bytes:
    """The file of activities. `taken`: what came in, by a programme's id. `at`: when the file was made. `words`: what
    is said in other languages than the charity's, as narratives of their own."""
    root = ET.Element("iati-activities", {"version": _VERSION, "generated-datetime": _moment(at)})
    own = publisher(charity)
    for each in shelved:
        _activity(root, charity, own, each, taken.get(each.programme.pk, ()), at, words)
    return _bytes(root)


def organisation(charity: Charity, *, at: datetime, report_url: str) -> bytes:
    """The file of the organisation, which leads to the page of its programmes."""
    root = ET.Element("iati-organisations", {"version": _VERSION, "generated-datetime": _moment(at)})
    found = ET.SubElement(
        root, "iati-organisation",
        {_LANG: charity.language, "default-currency": charity.currency, "last-updated-datetime": _moment(at)},
    )  # fmt: skip
    own = publisher(charity)
    ET.SubElement(found, "organisation-identifier").text = own.identifier
    _narrative(ET.SubElement(found, "name"), own.name)
    _reporting(found, own)
    link = ET.SubElement(found, "document-link", {"format": "text/html", "url": report_url})
    _narrative(ET.SubElement(link, "title"), charity.name)
    ET.SubElement(link, "category", {"code": "B01"})
    return _bytes(root)


@dataclass(frozen=True, slots=True)
class Organisation:
    """The reporting organisation. `made_up`: staff entered no identifier, so one is made that is valid in form."""

    identifier: str
    name: str
    kind: str
    made_up: bool


def publisher(charity: Charity) -> Organisation:
    """As staff entered it; what they left empty is told of the charity. One query."""
    found = Publisher.objects.filter(charity=charity).first() or Publisher(charity=charity)
    return Organisation(
        identifier=found.iati_identifier or _made_up(charity),
        name=found.name or charity.legal_name or charity.name,
        kind=found.kind,
        made_up=not found.iati_identifier,
    )


def _made_up(charity: Charity) -> str:
    """Of its country and its first tax number."""
    number = charity.tax_numbers[0] if charity.tax_numbers else {"label": "ID", "value": charity.slug}
    parts = (charity.country, number["label"], number["value"].replace(" ", ""))
    return "-".join(_NO_IDENTIFIER.sub("-", part).strip("-") for part in parts)


def _activity(
    root: ET.Element,
    charity: Charity,
    own: Organisation,
    shelved: Shelved,
    taken: Sequence[Taken],
    at: datetime,
    words: Words,
) -> None:
    programme = shelved.programme
    found = ET.SubElement(
        root, "iati-activity",
        {
            _LANG: charity.language, "default-currency": charity.currency,
            "last-updated-datetime": _moment(at), "budget-not-provided": "3",
        },
    )  # fmt: skip
    ET.SubElement(found, "iati-identifier").text = f"{own.identifier}-{programme.slug}"
    _reporting(found, own)
    said = words.of(programme)
    _title(found, programme.title, said)
    _described(found, {"type": "1"}, programme.summary or programme.title, said)
    _participating(found, own, shelved)
    today = at.astimezone(ZoneInfo(charity.timezone)).date()
    _dates(found, programme.starts_on, programme.ends_on, today=today)
    ET.SubElement(found, "activity-scope", {"code": "4" if programme.country else "1"})
    if programme.country:
        ET.SubElement(found, "recipient-country", {"code": programme.country})
    if programme.sector:
        ET.SubElement(found, "sector", {"vocabulary": "1", "code": programme.sector})
    for each in taken:
        _transaction(found, each, own=words.own, others=[one.language for one in said])
    for reached in shelved.results:
        _result(found, reached, words)


def _reporting(parent: ET.Element, own: Organisation) -> None:
    found = ET.SubElement(parent, "reporting-org", {"ref": own.identifier, "type": own.kind})
    _narrative(found, own.name)


def _participating(parent: ET.Element, own: Organisation, shelved: Shelved) -> None:
    """The charity answers for it, unless somebody else does; without one who carries it out, it does that too."""
    roles = {each.role for each in shelved.partnerships}
    for role in (role for role in ("2", "4") if role not in roles):
        each = ET.SubElement(parent, "participating-org", {"role": role, "ref": own.identifier})
        _narrative(each, own.name)
    for partnership in shelved.partnerships:
        partner = partnership.partner
        attributes = {"role": partnership.role, "type": partner.kind}
        if partner.iati_identifier:
            attributes["ref"] = partner.iati_identifier
        _narrative(ET.SubElement(parent, "participating-org", attributes), partner.name)


def _dates(parent: ET.Element, starts: date, ends: date | None, *, today: date) -> None:
    begun, over = starts <= today, ends is not None and ends < today
    status = _CLOSED if over else _IMPLEMENTATION if begun else _PIPELINE
    ET.SubElement(parent, "activity-status", {"code": status})
    kinds = [(_START if begun else _START_PLANNED, starts)]
    if ends is not None:
        kinds.append((_END if over else _END_PLANNED, ends))
    for kind, day in kinds:
        ET.SubElement(parent, "activity-date", {"type": kind, "iso-date": day.isoformat()})


def _transaction(parent: ET.Element, taken: Taken, *, own: str, others: Sequence[str]) -> None:
    """Described in the charity's language, and in those in which its programme has a name."""
    found = ET.SubElement(parent, "transaction")
    ET.SubElement(found, "transaction-type", {"code": "1"})
    ET.SubElement(found, "transaction-date", {"iso-date": taken.last.isoformat()})
    day = {"currency": taken.currency, "value-date": taken.last.isoformat()}
    ET.SubElement(found, "value", day).text = taken.amount
    description = ET.SubElement(found, "description")
    _narrative(description, _taken(taken, own))
    for language in others:
        _narrative(description, _taken(taken, language), language)


def _taken(taken: Taken, language: str) -> str:
    with override(language):
        return _("Gifts: %(count)s, from %(first)s to %(last)s") % {
            "count": taken.payments, "first": taken.first.isoformat(), "last": taken.last.isoformat(),
        }  # fmt: skip


def _result(parent: ET.Element, reached: Reached, words: Words) -> None:
    if not reached.measured:
        return
    found = ET.SubElement(parent, "result", {"type": reached.result.kind})
    said = words.of(reached.result)
    _title(found, reached.result.title, said)
    if reached.result.description:
        _described(found, {}, reached.result.description, said)
    for each in reached.measured:
        _indicator(found, each, words)


def _indicator(parent: ET.Element, measured: Measured, words: Words) -> None:
    indicator = measured.indicator
    found = ET.SubElement(
        parent, "indicator",
        {
            "measure": "2" if indicator.percent else "1",
            "ascending": "1" if indicator.more_is_better else "0",
        },
    )  # fmt: skip
    said = words.of(indicator)
    _title(found, indicator.title, said)
    _described(found, {}, indicator.rule, said)
    for source in {
        each.source.url: each.source for each in measured.wholes if _is_public(each.source)
    }.values():
        _document(found, source, words)
    if indicator.baseline_value is not None and indicator.baseline_on is not None:
        ET.SubElement(
            found, "baseline",
            {
                "year": str(indicator.baseline_on.year), "iso-date": indicator.baseline_on.isoformat(),
                "value": plain(indicator.baseline_value),
            },
        )  # fmt: skip
    for first, last in _times(indicator, measured):
        _period(found, first, last, measured, words)


def _document(parent: ET.Element, source: Source, words: Words) -> None:
    kind = "application/pdf" if source.url.lower().endswith(".pdf") else "text/html"
    link = ET.SubElement(parent, "document-link", {"format": kind, "url": source.url})
    title = ET.SubElement(link, "title")
    _narrative(title, source.title)
    for language, text in words.worded(Kind.SOURCE, source.title).items():
        _narrative(title, text, language)
    ET.SubElement(link, "category", {"code": "A08"})
    ET.SubElement(link, "document-date", {"iso-date": source.dated.isoformat()})


def _times(indicator: Indicator, measured: Measured) -> list[tuple[date, date]]:
    numbers = {(each.first, each.last) for each in (*measured.wholes, *measured.groups)}
    return sorted(numbers | {(each.first, each.last) for each in indicator.targets.all()})


def _period(parent: ET.Element, first: date, last: date, measured: Measured, words: Words) -> None:
    found = ET.SubElement(parent, "period")
    ET.SubElement(found, "period-start", {"iso-date": first.isoformat()})
    ET.SubElement(found, "period-end", {"iso-date": last.isoformat()})
    for target in measured.indicator.targets.all():
        if (target.first, target.last) == (first, last):
            ET.SubElement(found, "target", {"value": plain(target.value)})
    for each in _of_time(measured, first, last):
        _actual(found, each, words)


def _of_time(measured: Measured, first: date, last: date) -> Iterator[Observation]:
    numbers: Iterable[Observation] = (*measured.wholes, *measured.groups)
    return (each for each in numbers if (each.first, each.last) == (first, last))


def _actual(parent: ET.Element, number: Observation, words: Words) -> None:
    """A dimension's name and value are attributes, which the standard has in one language alone."""
    found = ET.SubElement(parent, "actual", {"value": plain(number.value)})
    if number.dimension:
        ET.SubElement(found, "dimension", {"name": number.dimension, "value": number.category})
    comment = ET.SubElement(found, "comment")
    places, methods = (
        words.worded(kind, own) for kind, own in ((Kind.PLACE, number.place), (Kind.METHOD, number.method))
    )
    _narrative(comment, _commented(number, number.place, number.method, words.own))
    # A place may be called the same there; how it was counted is said in the language, or not at all.
    for language in methods if number.method else places:
        place, method = places.get(language, number.place), methods.get(language, "")
        _narrative(comment, _commented(number, place, method, language), language)


def _commented(number: Observation, place: str, method: str, language: str) -> str:
    """Of when and where it is, how its source gives it, and how it was counted, in one language."""
    exact = number.bound == Bound.EXACT
    with override(language):
        bound = "" if exact else say(number.quantity, Style.EXACT, percent=number.indicator.percent)
        said = (_("As of %(day)s") % {"day": number.as_of.isoformat()}, place, bound, method)
        return semicolon(language).join(each for each in said if each)


def _is_public(source: Source) -> bool:
    return bool(source.url) and source.access == Source.Access.PUBLIC


def _title(parent: ET.Element, title: str, said: Sequence[Said]) -> None:
    found = ET.SubElement(parent, "title")
    _narrative(found, title)
    for each in said:
        _narrative(found, each.title, each.language)


def _described(parent: ET.Element, attributes: dict[str, str], text: str, said: Sequence[Said]) -> None:
    found = ET.SubElement(parent, "description", attributes)
    _narrative(found, text)
    for each in said:
        if each.text:
            _narrative(found, each.text, each.language)


def _narrative(parent: ET.Element, text: str, language: str = "") -> None:
    """In the activity's own language, unless another one is named."""
    # IATI's codes are of languages alone: "pt", and not "pt-br".
    attributes = {_LANG: language.partition("-")[0]} if language else {}
    ET.SubElement(parent, "narrative", attributes).text = _NO_XML.sub("", text)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _bytes(root: ET.Element) -> bytes:
    root.insert(0, ET.Comment(f" {LICENCE} "))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
