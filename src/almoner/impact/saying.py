"""A register's number in words: as it is, or as people round it, and never more than is known."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from math import gcd
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from almoner.impact.quantities import Bound, Quantity

_CLOSE: Final = Decimal("0.05")
_NEAR: Final = Decimal("0.10")


class Style(StrEnum):
    """How an editor wants a figure said."""

    EXACT = "exact"
    OVER = "over"
    NEARLY = "nearly"
    ABOUT = "about"
    SHARE = "share"


def say(known: Quantity, style: Style, *, percent: bool = False, language: str | None = None) -> str:
    """ "286", "over 1,000", "nearly 300", "about 290", "one in five", in `language` or else the active one.

    Where the style would say more than is known (a source that says "over 1,000" itself knows no exact number), or
    has no round number near, the nearest honest one is taken.
    """
    with override(language or get_language()):
        return _in_words(known, style, percent)


def _in_words(known: Quantity, style: Style, percent: bool) -> str:
    if known.bound == Bound.MORE_THAN:
        return _said(_("over {number}"), known.value, percent)
    if known.bound == Bound.AT_LEAST:
        return _said(_("at least {number}"), known.value, percent)
    return _STYLES[style](known.value, percent) or _said("{number}", known.value, percent)


def _over(value: Decimal, percent: bool) -> str:
    return _first(_("over {number}"), (each for each in _rounds(value) if each < value), value, percent)


def _nearly(value: Decimal, percent: bool) -> str:
    return _first(_("nearly {number}"), (each for each in _rounds(value) if each > value), value, percent)


def _about(value: Decimal, percent: bool) -> str:
    near = (each for each in _rounds(value) if abs(value - each) <= each * _CLOSE)
    return _first(_("about {number}"), near, value, percent)


def _share(value: Decimal, percent: bool) -> str:
    """The simplest of 1 in 2 to 9 in 10 that is near enough to be read as such."""
    if not percent:
        return ""
    for whole in range(2, 11):
        for part in range(1, whole):
            exact = Decimal(100) * part / whole
            if gcd(part, whole) == 1 and abs(value - exact) <= min(exact / 20, Decimal("1.25")):
                return _("{part} in {whole}").format(part=_small(part), whole=_small(whole))
    return ""


_STYLES: Final[dict[Style, Callable[[Decimal, bool], str]]] = {
    Style.EXACT: lambda value, percent: "",
    Style.OVER: _over,
    Style.NEARLY: _nearly,
    Style.ABOUT: _about,
    Style.SHARE: _share,
}


def _rounds(value: Decimal) -> Iterator[Decimal]:
    """Round numbers about a value: of one figure where one is close, then of two. One that is round has none."""
    if value <= 0 or len(value.normalize().as_tuple().digits) <= 2:
        return
    for figures, most in ((1, _CLOSE), (2, _NEAR)):
        step = Decimal(1).scaleb(value.adjusted() - figures + 1)
        if figures == 2 and step < 1:
            return
        down = (value / step).to_integral_value("ROUND_FLOOR") * step
        for each in (down, down - step, down + step):
            if each > 0 and abs(each - value) <= most * max(each, value):
                yield each


def _first(words: str, rounds: Iterator[Decimal], value: Decimal, percent: bool) -> str:
    found = next(rounds, None)
    return _said(words, found, percent) if found is not None else ""


def _said(words: str, number: Decimal, percent: bool) -> str:
    shown = number_format(_trimmed(number), use_l10n=True, force_grouping=True)
    return words.format(number=_("{number}%").format(number=shown) if percent else shown)


def _trimmed(number: Decimal) -> Decimal:
    """Without zeros behind the point, and never in powers of ten."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def _small(number: int) -> str:
    """One to ten in words; a language whose words have genders writes the digits, for who they are counted of is not
    known here."""
    words = (
        _("one"), _("two"), _("three"), _("four"), _("five"),
        _("six"), _("seven"), _("eight"), _("nine"), _("ten"),
    )  # fmt: skip
    return words[number - 1]
