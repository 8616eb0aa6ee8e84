"""What a fund's programmes have reached: from a gift back to what can be shown of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import F

from almoner.impact import disclosing
from almoner.impact.models import Indicator, Observation
from almoner.impact.saying import Style, say


@dataclass(frozen=True, slots=True)
class Reached:
    """A number that stands now and may be said. `before` is what it was on the day that was asked for, as is known now:
    None where no day was, where nothing newer came since, and where each number counts its own time alone."""

    now: Observation
    before: Observation | None = None
    # The day on which it took the place of a number that had been said, if that was later.
    corrected_on: date | None = None

    @property
    def indicator(self) -> Indicator:
        return self.now.indicator

    @property
    def value(self) -> str:
        """In words, in the active language: "over 1,000"."""
        return _said(self.now)

    @property
    def value_before(self) -> str:
        """ "" where nothing is to be said of it: a source's "over 1,000" is said alike of twelve more."""
        said = _said(self.before) if self.before is not None else ""
        return said if said != self.value else ""


def by_fund(since: Mapping[int, date | None]) -> dict[int, tuple[Reached, ...]]:
    """What the public programmes of each fund have reached, in their order, in one query.

    `since` gives the day for each fund's key; funds without a figure are left out.
    """
    if not since:
        return {}
    found: dict[tuple[int, int], list[Observation]] = defaultdict(list)
    rows = (
        disclosing.public()
        .filter(dimension="", indicator__result__programme__public=True)
        .annotate(
            fund=F("indicator__result__programme__funds"), corrects=F("supersedes__disclosure__shown")
        )
        .filter(fund__in=list(since))
        .order_by(
            "indicator__result__programme__title", "indicator__result__ordinal", "indicator__result",
            "indicator__ordinal", "indicator", "as_of", "last", "entered_at",
        )
    )  # fmt: skip
    for each in rows:
        found[each.fund, each.indicator_id].append(each)
    reached: dict[int, tuple[Reached, ...]] = defaultdict(tuple)
    for (fund, _indicator), stood in found.items():
        reached[fund] += (_reached(stood, since[fund]),)
    return dict(reached)


def _reached(stood: list[Observation], day: date | None) -> Reached:
    """`stood`: an indicator's numbers, the newest last."""
    newest = stood[-1]
    if day is None:
        return Reached(newest)
    corrected_on = _corrected_on(newest)
    then = [each for each in stood if each.as_of <= day and each.place == newest.place]
    known_then = then[-1] if then and then[-1].pk != newest.pk and newest.indicator.cumulative else None
    return Reached(newest, known_then, corrected_on if corrected_on and corrected_on >= day else None)


def _corrected_on(observation: Observation) -> date | None:
    """Where the charity is. `corrects` was asked for with the row."""
    if not getattr(observation, "corrects", False):
        return None
    zone = ZoneInfo(observation.indicator.result.programme.charity.timezone)
    return observation.verification.at.astimezone(zone).date()


def _said(observation: Observation) -> str:
    return say(observation.quantity, Style.EXACT, percent=observation.indicator.percent)
