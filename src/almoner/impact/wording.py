"""Numbers in sentences: where they stand, and what each claims.

    "over 1,000"        above 1,000: not exactly 1,000
    "just over 1,000"   above it, by a tenth at most
    "nearly 300"        below 300, by a tenth at most
    "about 300"         a twentieth more or less
    "286"               286, and nothing else
    "a dozen"           12, a tenth more or less
    "hundreds"          200 or more
    "200–300"           from the one to the other, as "between 200 and 300"
    "1.2 million"       what rounds to it: 1.15 up to, and without, 1.25 million
    "20%"               what rounds to it: 19.5 up to, and without, 20.5
    "one in five"       a share: a tenth of it more or less, but never more than 2.5 points

Years, dates, ages, clocks, and sums of money are no claims of this kind and are passed over. So it is in each language
that `tongues` has a table of.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from almoner.impact import quantities
from almoner.impact.quantities import Range
from almoner.impact.tongue import Tongue, folded
from almoner.impact.tongues import tongue_of

_MONEY_BEFORE: Final = re.compile(r"(?:[$€£¥]|\b[A-Z]{3})\s?$")
_MONEY_AFTER: Final = re.compile(r"\s?(?:[€£¥$]|[A-Z]{3}\b)")

_LARGE_AT_END: Final = re.compile(r"(?:\s|(?<=\d))[^\W\d_]+\.?$")
# Within so many characters of "between" its "and" is looked for.
_LONGEST_END: Final = 80


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number in a text, from `start` to `end`, with its qualifier. `percent`: it is of a hundred."""

    text: str
    start: int
    end: int
    range: Range
    percent: bool


@dataclass(frozen=True, slots=True)
class _Patterns:
    """A language's expressions, for folded text."""

    tongue: Tongue
    phrase: re.Pattern[str]
    share: re.Pattern[str]
    between: re.Pattern[str]
    middle: re.Pattern[str]
    date_before: re.Pattern[str]
    not_after: re.Pattern[str]
    not_before: re.Pattern[str]


def find(text: str, language: str = "en") -> Iterator[Claimed]:
    """The numbers that a text claims, in their order; none in a language without a table."""
    tongue = tongue_of(language)
    waits: Claimed | None = None
    if tongue is None:
        return
    for claimed in _each(text, tongue):
        if waits is not None and text[waits.end : claimed.start] == "–" and _are_ends(waits, claimed):
            words, ends = text[waits.start : claimed.end], _from_to(waits, claimed, tongue)
            waits = Claimed(words, waits.start, claimed.end, ends, claimed.percent)
        else:
            if waits is not None:
                yield waits
            waits = claimed
    if waits is not None:
        yield waits


def _are_ends(one: Claimed, other: Claimed) -> bool:
    """ "200–300" and "10–20%" are one claim; what is open to a side ends none."""
    return (
        one.range.low.is_finite()
        and other.range.high.is_finite()
        and one.range.high <= other.range.low
        and (not one.percent or other.percent)
    )


def _from_to(one: Claimed, other: Claimed, tongue: Tongue) -> Range:
    low = _as_large(one, other, tongue) or one.range
    return Range(low.low, other.range.high, high_open=other.range.high_open)


def _as_large(one: Claimed, other: Claimed, tongue: Tongue) -> Range | None:
    """ "2–3 million" begins at two million; None where only the second is meant, as in "300–2 thousand"."""
    found = _LARGE_AT_END.search(other.text)
    if found is None or _flat(found[0].strip()) not in {**tongue.large, **tongue.scales}:
        return None
    words = one.text + found[0]
    again = list(_each(words, tongue))
    whole = len(again) == 1 and again[0].text == words and again[0].range.high <= other.range.low
    return again[0].range if whole else None


def _each(text: str, tongue: Tongue) -> Iterator[Claimed]:
    patterns = _patterns(tongue)
    flat, at = folded(text)
    done = 0
    for begins in patterns.between.finditer(flat):
        pair = _pair(text, flat, at, begins, patterns) if begins.start() >= done else None
        if pair is not None:
            yield from _alone(text, flat, at, done, begins.start(), patterns)
            claimed, done = pair
            if claimed is not None:
                yield claimed
    yield from _alone(text, flat, at, done, len(flat), patterns)


def _alone(
    text: str, flat: str, at: Sequence[int], first: int, last: int, patterns: _Patterns
) -> Iterator[Claimed]:
    """The numbers that begin from `first` up to `last`, each by itself."""
    for match in patterns.phrase.finditer(flat, first):
        if match.start() >= last:
            return
        if (claimed := _one(match, text, flat, at, patterns)) is not None:
            yield claimed


def _one(
    match: re.Match[str], text: str, flat: str, at: Sequence[int], patterns: _Patterns
) -> Claimed | None:
    start, end = at[match.start()], at[match.end()]
    if _is_something_else(match, flat, text[:start], text[end:], patterns):
        return None
    claimed = _claimed(match, patterns)
    return Claimed(text[start:end], start, end, *claimed) if claimed is not None else None


def _pair(
    text: str, flat: str, at: Sequence[int], begins: re.Match[str], patterns: _Patterns
) -> tuple[Claimed | None, int] | None:
    """What "between 200 and 300" claims, and where it ends; None where no two ends follow, and no claim where one of
    them is something else, such as a year: then neither is a number of its own."""
    ends = patterns.middle.finditer(flat, begins.end(), begins.end() + _LONGEST_END)
    # The last first: "between two hundred and fifty and three hundred".
    for middle in reversed(list(ends)):
        one = patterns.phrase.fullmatch(flat, begins.end(), middle.start())
        # In Arabic the second number is written onto the "and".
        reach = slice(middle.end(), middle.end() + 2 * _LONGEST_END)
        rest, places = flat[reach], at[reach.start : reach.stop + 1]
        other = patterns.phrase.match(rest)
        if one is None or other is None:
            continue
        low, high = _one(one, text, flat, at, patterns), _one(other, text, rest, places, patterns)
        end = middle.end() + other.end()
        if low is None or high is None or patterns.not_before.search(flat, 0, begins.start()):
            return None, end
        if _are_ends(low, high):
            start = at[begins.start()]
            return Claimed(
                text[start : high.end], start, high.end, _from_to(low, high, patterns.tongue), high.percent
            ), end
    return None


def read(phrase: str, language: str = "en") -> Claimed | None:
    """What a whole phrase claims ("over 1,000"); None if it isn't one number alone."""
    bare = phrase.strip()
    found = list(find(bare, language))
    return found[0] if len(found) == 1 and found[0].text == bare else None


@cache
def _patterns(tongue: Tongue) -> _Patterns:
    link, months = _flat(tongue.link), _flat(tongue.months)
    percent, share = _flat(tongue.percent), _flat(tongue.share)
    every = _any_of(tongue.words)
    word = rf"{every}(?:(?:{tongue.inside})?{every})*" if tongue.glued else every
    begins = word if tongue.begins_large else _any_of([*tongue.leads, *tongue.atoms])
    few = rf"(?:{word}|\d{{1,4}})(?!\w)"
    groups, point = re.escape(tongue.groups), re.escape(tongue.point)
    phrase = rf"""(?<![\w.,$€£¥/-])(?<!\d:)
    (?:{tongue.prefix}(?P<before>{_any_of(tongue.before)})(?:\s+|(?<=['~≈])))?
    (?:
        (?P<roughly>{_any_of(tongue.roughly)})(?!\w)
      | (?P<many>{_any_of(tongue.many)})(?!\w)
      | (?P<part>{_any_of(tongue.parts)})(?!\w)
      | (?P<share>{tongue.share_first.format(few=few)}\s+{share}\s+{few})(?!,\d)
      | (?P<digits>\d{{1,3}}(?:[{groups}]\d{{3}})+(?:{point}\d+)?|\d+(?:{point}\d+)?)(?P<plus>\+)?
        (?:\s?(?P<percent>%|(?:{percent})\b)|\s(?P<large>{_any_of(tongue.large)})(?!\w)
          |(?P<scale>{_any_of(tongue.scales)})(?!\w))?
      | (?P<words>(?:{begins})(?!\w)(?:{link}(?:{word})(?!\w))*)(?:\s(?P<percent_word>{percent})\b)?
    )
    (?:\s+(?P<after>{_any_of(tongue.after)})(?!\w))?
    (?![\w/]|[.,:-]\d|-[^\W\d_])"""
    date_after = rf"\.?\s+(?:(?:of|de|di|du)\s+)?(?:{months})\b"
    return _Patterns(
        tongue=tongue,
        phrase=re.compile(phrase, re.VERBOSE),
        share=re.compile(rf"\s+{share}\s+"),
        between=re.compile(rf"(?<!\w){tongue.prefix}(?:{_flat(tongue.between)})\s+"),
        middle=re.compile(_flat(tongue.middle)),
        date_before=re.compile(rf"\b(?:{months})\.?\s+$"),
        not_after=re.compile(rf"{date_after}|\s?(?:{_flat(tongue.not_after)})\b"),
        not_before=re.compile(rf"\b(?:{_flat(tongue.not_before)})\s+$"),
    )


def _any_of(words: Iterable[str]) -> str:
    """The longer first: "just over" isn't "over"."""
    found = sorted(words, key=len, reverse=True)
    return (
        "(?:" + "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in found) + ")" if found else "(?!)"
    )


def _flat(text: str) -> str:
    return folded(text)[0]


def _is_something_else(match: re.Match[str], flat: str, before: str, after: str, patterns: _Patterns) -> bool:
    """`flat` is the whole text folded; `before` and `after` are what stands about the number as it was typed."""
    tongue, number = patterns.tongue, match["digits"]
    counted = patterns.not_before.search(flat, 0, match.start()) is not None
    if number is None:
        # "a" alone is an article, "one" a pronoun more often than a number.
        alone = match["words"] in tongue.articles and not match["percent_word"]
        return match["words"] is not None and (alone or counted)
    if match["percent"]:
        return False
    large = match["large"] or match["scale"]
    bare = not (match["before"] or match["after"] or large)
    bare_year = bare and re.fullmatch(r"(?:19|20)\d\d", number) is not None
    # A thousand to some, one with three decimals to others.
    either = re.fullmatch(rf"\d{{1,3}}{re.escape(tongue.point)}\d{{3}}", number) and not large
    return (
        bare_year
        or counted
        or either is not None
        or patterns.date_before.search(flat, 0, match.start()) is not None
        or patterns.not_after.match(flat, match.end()) is not None
        or _MONEY_BEFORE.search(before) is not None
        or _MONEY_AFTER.match(after) is not None
    )


def _claimed(match: re.Match[str], patterns: _Patterns) -> tuple[Range, bool] | None:
    """What a number claims, and whether it is of a hundred."""
    tongue = patterns.tongue
    if match["many"]:
        return quantities.at_least(Decimal(2 * tongue.many[_spaced(match["many"])])), False
    kind = tongue.before.get(_spaced(match["before"])) or tongue.after.get(_spaced(match["after"]), "")
    share = _share(match, patterns)
    percent = share is not None or bool(match["percent"] or match["percent_word"])
    if share is not None:
        number = Decimal(100) * share[0] / share[1]
        if number > 100:
            return None
        slack = min(number / 10, Decimal("2.5"))
        plain = Range(number - slack, number + slack)
    else:
        read_as = _number(match, tongue)
        if read_as is None:
            return None
        number, step = read_as
        rounded = Range(number - step / 2, number + step / 2, high_open=True)
        plain = rounded if percent or match["large"] or match["scale"] else quantities.exactly(number)
        if match["roughly"]:
            plain = Range(number - number / 10, number + number / 10)
            kind = "" if kind == "about" else kind
    said = quantities.at_least(number) if match["plus"] and not kind else _range(kind, number, plain)
    return said, percent


def _spaced(words: str | None) -> str:
    return re.sub(r"\s+", " ", words or "")


def _range(kind: str, number: Decimal, plain: Range) -> Range:
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
    }[kind]


def _share(match: re.Match[str], patterns: _Patterns) -> tuple[int, int] | None:
    if match["part"]:
        return patterns.tongue.parts[_spaced(match["part"])]
    if not match["share"]:
        return None
    of, whole = (_small(each, patterns.tongue) for each in patterns.share.split(match["share"], maxsplit=1))
    return (of, whole) if whole else (of, 1)


def _small(words: str, tongue: Tongue) -> int:
    """The number that begins "un enfant"; a noun alone is one."""
    first = words.split()[0]
    found = int(first) if first.isdecimal() else tongue.value(words) or tongue.value(first)
    return 1 if found is None else found


def _number(match: re.Match[str], tongue: Tongue) -> tuple[Decimal, Decimal] | None:
    """The number, and the step of its last digit: 0.1 million for "1.2 million"."""
    if match["roughly"]:
        return Decimal(tongue.roughly[_spaced(match["roughly"])]), Decimal(1)
    if match["words"]:
        value = tongue.value(_spaced(match["words"]))
        return (Decimal(value), Decimal(1)) if value is not None else None
    bare = re.sub(f"[{re.escape(tongue.groups)}]", "", match["digits"]).replace(tongue.point, ".")
    _, _, decimals = bare.partition(".")
    large = {**tongue.large, **tongue.scales}
    by = Decimal(large.get(_spaced(match["large"] or match["scale"]), 1))
    return Decimal(bare) * by, by.scaleb(-len(decimals))
