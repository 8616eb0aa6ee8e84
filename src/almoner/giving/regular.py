"""A regular gift in the donor's words: on which days it comes, how it ends, and what is allowed by giving it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from almoner.giving.views_model import Frequency, Promise
from almoner.plans.schedule import first_of_plan, occurrence

# Months between two gifts.
EVERY: Final[dict[Frequency, int]] = {"once": 0, "monthly": 1, "quarterly": 3, "yearly": 12}


def frequency_of(every: int) -> Frequency:
    """The name of so many months; `KeyError` for a rhythm that no form offers."""
    return {months: name for name, months in EVERY.items()}[every]


def often_in_words(every: int) -> str:
    """So many months, as donors choose it: the words stand on the first step too."""
    return {1: _("Every month"), 3: _("Every three months"), 12: _("Every year")}[every]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a donor asked for. `day` 0 is that of the first gift; neither `gifts` nor `until`: until it is stopped."""

    frequency: Frequency
    day: int = 0
    gifts: int | None = None
    # No gift comes after this day.
    until: date | None = None

    @property
    def every(self) -> int:
        return EVERY[self.frequency]

    def next_on(self, given_on: date) -> date:
        """The date of the second gift, when the first is given on this one."""
        anchor, number = self._begins(given_on)
        return occurrence(anchor, self.every, number)

    def last_on(self, given_on: date) -> date | None:
        """The date of the last gift; None while nobody stops it."""
        anchor, number = self._begins(given_on)
        if self.until is not None:
            while occurrence(anchor, self.every, number + 1) <= self.until:
                number += 1
            return occurrence(anchor, self.every, number)
        if self.gifts is None:
            return None
        return occurrence(anchor, self.every, number + self.gifts - 2)

    def _begins(self, given_on: date) -> tuple[date, int]:
        return first_of_plan(given_on, every=self.every, day=self.day or None)


def promise_of(schedule: Schedule, *, today: date, charity_name: str) -> Promise:
    """The promise, as it is read beside the button that makes it."""
    next_on, last_on = schedule.next_on(today), schedule.last_on(today)
    return Promise(
        then=_then(schedule, day=schedule.day or today.day, next_on=next_on, last_on=last_on),
        agreement=_(
            "By pressing the button you allow %(charity)s to take each of these gifts in the same way, without asking "
            "you again."
        )
        % {"charity": charity_name},
        stopping=_("You can change it, pause it or stop it whenever you like: we email you a link."),
    )


def day_choices(today: date) -> tuple[tuple[str, str], ...]:
    """Days of the month to choose from, as (value, label). A shorter month gives on its last day."""
    same = _("The same day as today: the %(day)s") % {"day": ordinal(today.day)}
    others = [(str(day), _("The %(day)s") % {"day": ordinal(day)}) for day in range(1, 32)]
    return (("", same), *others)


def ordinal(day: int) -> str:
    """A day of the month within a sentence: "25th"."""
    if day == 1:
        # Of its own: French and Italian number only the first day as such.
        return _("1st")
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day // 10 != 1 else 0, "th")
    words = {
        "st": _("%(number)sst"),
        "nd": _("%(number)snd"),
        "rd": _("%(number)srd"),
        "th": _("%(number)sth"),
    }
    return words[ending] % {"number": day}


def _then(schedule: Schedule, *, day: int, next_on: date, last_on: date | None) -> str:
    """Whole sentences: their parts stand in another order in other languages."""
    forever = {
        "monthly": _("Then on the %(day)s of every month, next on %(next)s, until you stop it."),
        "quarterly": _("Then on the %(day)s of every third month, next on %(next)s, until you stop it."),
        "yearly": _("Then once a year, next on %(next)s, until you stop it."),
    }
    counted = {
        "monthly": _(
            "Then on the %(day)s of every month, next on %(next)s: %(count)s gifts in all, the last on %(last)s."
        ),
        "quarterly": _(
            "Then on the %(day)s of every third month, next on %(next)s: %(count)s gifts in all, the last on %(last)s."
        ),
        "yearly": _("Then once a year, next on %(next)s: %(count)s gifts in all, the last on %(last)s."),
    }
    dated = {
        "monthly": _("Then on the %(day)s of every month, next on %(next)s, the last one on %(last)s."),
        "quarterly": _(
            "Then on the %(day)s of every third month, next on %(next)s, the last one on %(last)s."
        ),
        "yearly": _("Then once a year, next on %(next)s, the last one on %(last)s."),
    }
    words = forever if last_on is None else dated if schedule.until is not None else counted
    return words[schedule.frequency] % {
        "day": ordinal(day),
        "next": date_format(next_on, "DATE_FORMAT"),
        "count": schedule.gifts,
        "last": date_format(last_on, "DATE_FORMAT") if last_on is not None else "",
    }
