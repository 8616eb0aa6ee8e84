"""Numbers in sentences: where they stand, and what each claims.

    "over 1,000"        above 1,000: not exactly 1,000
    "just over 1,000"   above it, by a tenth at most
    "nearly 300"        below 300, by a tenth at most
    "about 300"         a twentieth more or less
    "286"               286, and nothing else
    "1.2 million"       what rounds to it: 1.15 up to, and without, 1.25 million
    "20%"               what rounds to it: 19.5 up to, and without, 20.5
    "one in five"       a share: a tenth of it more or less, but never more than 2.5 points

Years, dates, ages, clocks, and sums of money are no claims of this kind and are passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from almoner.impact import quantities
from almoner.impact.quantities import Range

_UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_LARGE: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PARTS: Final = {
    "half": (1, 2),
    "a third": (1, 3), "one third": (1, 3), "two thirds": (2, 3),
    "a quarter": (1, 4), "one quarter": (1, 4), "three quarters": (3, 4),
    "a fifth": (1, 5), "one fifth": (1, 5), "a tenth": (1, 10), "one tenth": (1, 10),
}  # fmt: skip

# The longer first: "just over" isn't "over".
_QUALIFIERS: Final = {
    "just over": "just_over", "slightly more than": "just_over", "a little over": "just_over",
    "no fewer than": "at_least", "no less than": "at_least", "at least": "at_least",
    "more than": "above", "upwards of": "above", "in excess of": "above", "over": "above", "above": "above",
    "no more than": "at_most", "at most": "at_most", "up to": "at_most",
    "fewer than": "below", "less than": "below", "under": "below", "below": "below",
    "just under": "nearly", "close to": "nearly", "nearly": "nearly", "almost": "nearly",
    "approximately": "about", "roughly": "about", "around": "about", "about": "about", "some": "about",
}  # fmt: skip

_CARDINAL: Final = "|".join([*_UNITS, *_TENS])
_FURTHER: Final = rf"(?:{_CARDINAL}|hundred|thousand|million|billion|dozen)\b"
_WORDS: Final = rf"(?:an?|{_CARDINAL})(?!\w)(?:[\s-]+(?:and[\s-]+)?{_FURTHER})*"
_DIGITS: Final = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_PHRASE: Final = re.compile(
    rf"""(?<![\w.,$€£¥/-])
    (?:(?P<qualifier>{"|".join(re.escape(each) for each in _QUALIFIERS)})\s+)?
    (?:
        (?P<part>{"|".join(sorted(map(re.escape, _PARTS), key=len, reverse=True))})(?!\w)
      | (?P<share>(?:{_CARDINAL}|\d{{1,3}})\s+(?:in|out\s+of)(?:\s+every)?\s+(?:{_CARDINAL}|\d{{1,4}}))(?![\w,])
      | (?P<digits>{_DIGITS})(?P<plus>\+)?(?:\s?(?P<percent>%|per\ ?cent\b)|\s(?P<large>thousand|million|billion)\b)?
      | (?P<words>{_WORDS})(?:\s(?P<percent_word>per\ ?cent)\b)?
    )
    (?![\w/]|[.,:-]\d|-(?:year|month|week|day|hour|minute|old))""",
    re.VERBOSE | re.IGNORECASE,
)
_MONTHS: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b"
)
_DATE_AFTER: Final = re.compile(rf"\s+(?:of\s+)?{_MONTHS}", re.IGNORECASE)
_DATE_BEFORE: Final = re.compile(rf"{_MONTHS}\.?\s+$", re.IGNORECASE)
_CLOCK_AFTER: Final = re.compile(r"\s?(?:[ap]\.?m\b|o[’']clock)", re.IGNORECASE)
_AGE_BEFORE: Final = re.compile(r"\b(?:aged?|ages)\s+$", re.IGNORECASE)
_MONEY_BEFORE: Final = re.compile(r"(?:[$€£¥]|\b[A-Z]{3})\s?$")
_MONEY_AFTER: Final = re.compile(r"\s?(?:[€£¥$]|(?:dollars?|euros?|pounds?|cents?)\b|[A-Z]{3}\b)")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number in a text, from `start` to `end`, with its qualifier. `percent`: it is of a hundred."""

    text: str
    start: int
    end: int
    range: Range
    percent: bool


def find(text: str) -> Iterator[Claimed]:
    """The numbers that a text claims, in their order."""
    for match in _PHRASE.finditer(text):
        if not _is_something_else(match, text):
            claimed = _claimed(match)
            if claimed is not None:
                yield claimed


def read(phrase: str) -> Claimed | None:
    """What a whole phrase claims ("over 1,000"); None if it isn't one number alone."""
    bare = phrase.strip()
    found = list(find(bare))
    return found[0] if len(found) == 1 and found[0].text == bare else None


def _is_something_else(match: re.Match[str], text: str) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    number = match["digits"]
    if number is None:
        # "a" alone is an article, "one" a pronoun more often than a number.
        return (
            match["words"] is not None
            and match["words"].lower() in ("a", "an", "one")
            and not match["percent_word"]
        )
    if match["percent"]:
        return False
    bare_year = re.fullmatch(r"(?:19|20)\d\d", number) is not None and not (
        match["qualifier"] or match["large"]
    )
    return bare_year or any(
        (
            _DATE_AFTER.match(after), _DATE_BEFORE.search(before), _CLOCK_AFTER.match(after),
            _AGE_BEFORE.search(before), _MONEY_BEFORE.search(before), _MONEY_AFTER.match(after),
        )
    )  # fmt: skip


def _claimed(match: re.Match[str]) -> Claimed | None:
    share = _share(match)
    qualifier = _QUALIFIERS.get(re.sub(r"\s+", " ", (match["qualifier"] or "").lower()), "")
    percent = share is not None or bool(match["percent"] or match["percent_word"])
    if share is not None:
        number = Decimal(100) * share[0] / share[1]
        if number > 100:
            return None
        slack = min(number / 10, Decimal("2.5"))
        plain = Range(number - slack, number + slack)
    else:
        number, step = _number(match)
        rounded = Range(number - step / 2, number + step / 2, high_open=True)
        plain = rounded if percent or match["large"] else quantities.exactly(number)
    said = (
        quantities.at_least(number) if match["plus"] and not qualifier else _range(qualifier, number, plain)
    )
    return Claimed(match[0], match.start(), match.end(), said, percent)


def _range(qualifier: str, number: Decimal, plain: Range) -> Range:
    tenth, twentieth = number / 10, number / 20
    return {
        "above": quantities.above(number),
        "at_least": quantities.at_least(number),
        "below": quantities.below(number),
        "at_most": quantities.at_most(number),
        "just_over": Range(number, number + tenth, low_open=True),
        "nearly": Range(number - tenth, number, high_open=True),
        "about": Range(number - twentieth, number + twentieth),
        "": plain,
    }[qualifier]


def _share(match: re.Match[str]) -> tuple[int, int] | None:
    if match["part"]:
        return _PARTS[re.sub(r"\s+", " ", match["part"].lower())]
    if not match["share"]:
        return None
    first, second = re.split(r"\s+(?:in|out\s+of)(?:\s+every)?\s+", match["share"].lower())
    of, whole = (int(each) if each.isdigit() else _in_words(each) for each in (first, second))
    return (of, whole) if whole else (of, 1)


def _number(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    """The number, and the step of its last digit: 0.1 million for "1.2 million"."""
    if match["words"]:
        return Decimal(_in_words(match["words"])), Decimal(1)
    bare = re.sub(r"[,\u00a0\u202f]", "", match["digits"])
    _, _, decimals = bare.partition(".")
    by = Decimal(_LARGE[match["large"].lower()] if match["large"] else 1)
    return Decimal(bare) * by, by.scaleb(-len(decimals))


def _in_words(words: str) -> int:
    """ "two hundred and eighty-six" -> 286, "a dozen" -> 12."""
    total = group = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in ("a", "an"):
            group += 1
        elif word == "dozen":
            group = max(group, 1) * 12
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word in _LARGE:
            total += max(group, 1) * _LARGE[word]
            group = 0
        elif word != "and":
            group += _UNITS.get(word, _TENS.get(word, 0))
    return total + group
