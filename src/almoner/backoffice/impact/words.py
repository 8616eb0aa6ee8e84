"""What the register's rows are called on staff's screens."""

from datetime import date
from typing import Final

from django.utils.formats import number_format

from almoner.backoffice.words import Chip
from almoner.impact.disclosure import Why
from almoner.impact.due import State
from almoner.impact.models import Observation, Target
from almoner.impact.quantities import Bound
from almoner.impact.saying import Style, say

BOUNDS: Final = (
    (Bound.EXACT.value, "Exactly"),
    (Bound.AT_LEAST.value, "At least"),
    (Bound.MORE_THAN.value, "More than"),
)


_WHY: Final = {
    Why.SMALL: "Fewer than ten people: it could lead to one of them.",
    Why.BESIDE: "It isn’t small, but what it leaves of the total would give a smaller group away.",
    Why.STEP: "It differs by fewer than ten from a number that was published before: the difference would be told.",
    Why.KEPT: "It was hidden in an earlier publication: said now, it would tell how many there were then.",
    Why.OVERLAP: "It counts part of a time that was published, or another place in the same time: one could be taken "
    "from the other.",
    Why.TORN: "It corrects a table that was published: with what was said before, a hidden group could be told.",
    Why.PLACE: "Another place, or everywhere, is published for this time: one could be taken from the other.",
    Why.REST: "With the total, or with the numbers of other times, it would leave a small rest.",
    Why.SUM: "The groups of its breakdown don’t add up to the total.",
    Why.SHARE: "Shares of people at risk aren’t broken down in public.",
}  # fmt: skip


def why_hidden(observation: Observation) -> str:
    """Why a figure that stands isn't public. Its verdict is joined, where there is one."""
    verdict = getattr(observation, "disclosure", None)
    if verdict is None and observation.category:
        return (
            "It waits: every group of the breakdown has to be verified, and all have to add up to the total."
        )
    if verdict is None:
        return "It waits: the groups of a breakdown of this time, which are public, add up to another number."
    if verdict.shown:
        return "It isn’t hidden."
    return _WHY.get(verdict.why, "It could lead to a person, or give another number away.")


def said(observation: Observation | None) -> str:
    """ "over 1,000", "286", "45%"."""
    if observation is None:
        return ""
    return say(observation.quantity, Style.EXACT, percent=observation.indicator.percent)


def days(first: date, last: date) -> str:
    if (first.day, first.month) == (last.day, last.month) and first.year == last.year:
        return f"{first:%-d %B %Y}"
    begins = f"{first:%-d %B}" if first.year == last.year else f"{first:%-d %B %Y}"
    return f"{begins} to {last:%-d %B %Y}"


def period(first: date, last: date) -> str:
    """A month, a quarter or a year by its name."""
    if first.month == last.month:
        return f"{first:%B %Y}"
    return f"{first:%Y}" if (first.month, last.month) == (1, 12) else f"{first:%B} to {last:%B %Y}"


def target(found: Target) -> str:
    whole = found.value.to_integral_value()
    value = number_format(whole if whole == found.value else found.value.normalize(), force_grouping=True)
    return f"{value} by {found.last:%-d %B %Y}"


def observation_chip(observation: Observation) -> Chip:
    """Its verification is joined; `replaced` may be set by whoever asks."""
    verification = getattr(observation, "verification", None)
    if verification is None:
        return Chip("Waits for a second person", "wait")
    if not verification.accepted:
        return Chip("Sent back", "bad")
    return Chip("Corrected", "quiet") if getattr(observation, "replaced", False) else Chip("Verified", "good")


def chips(state: State) -> list[Chip]:
    found = []
    if state.due is not None:
        found.append(Chip(f"Due: {period(*state.due)}", "wait"))
    if state.waiting:
        found.append(Chip(f"{state.waiting} to verify", "wait"))
    if state.stale:
        found.append(Chip("Stale", "bad"))
    if not found and state.newest is not None:
        found.append(Chip("Up to date", "good"))
    return found or [Chip("No figure yet", "quiet")]
