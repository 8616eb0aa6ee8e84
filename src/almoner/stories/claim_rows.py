"""Claims as staff read them: what the register says now, where to mend them, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from almoner.impact import standing
from almoner.impact.models import Claim, Indicator, Observation
from almoner.impact.saying import Style
from almoner.stories.figures import key_of, said

State, Origin = Claim.State, Claim.Origin

_TYPED: Final = "Take the number from the register instead (the figure in the editor’s toolbar), or mend it."
_PRINTED: Final = "Withdraw or reprint it, and end it here; or enter what is said instead."
# (origin, state) -> what somebody should do.
_TO_DO: Final[dict[tuple[str, str], str]] = {
    (
        Origin.FIGURE,
        State.UNVERIFIED,
    ): "Readers see no number there. Have one verified and its programme public, or take the figure out.",
    (Origin.FIGURE, State.EXPIRED): "Give it a later day, or take the figure out.",
    (Origin.READ, State.HOLDS): "It holds today. Take it from the register, and it will never go stale.",
    (Origin.READ, State.CONTRADICTED): _TYPED,
    (
        Origin.READ,
        State.UNVERIFIED,
    ): "The register can’t tell whether it is true. It may be a part of the whole.",
    (Origin.READ, State.EXPIRED): "Give it a later day, or take the sentence out.",
    (Origin.ENTERED, State.CONTRADICTED): _PRINTED,
    (
        Origin.ENTERED,
        State.STALE,
    ): "What it rests on was corrected. Look, and say that it still holds, or end it.",
    (Origin.ENTERED, State.UNVERIFIED): "Have a number verified that shows it, or withdraw it.",
    (Origin.ENTERED, State.EXPIRED): "Withdraw it and end it here, or give it a later day.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """`says` is the register's number as it is, '' for none; `url` is where the words can be changed, or ''."""

    claim: Claim
    says: str
    indicator: str
    key: str
    url: str
    to_do: str


def rows_of(claims: Iterable[Claim]) -> list[Row]:
    """Three queries, however many they are."""
    found = list(claims)
    wanted = Indicator.objects.filter(pk__in={each.indicator_id for each in found})
    stand = standing.newest(wanted)
    named = {each.pk: each for each in wanted.select_related("result__programme")}
    return [_row(each, named[each.indicator_id], stand.get(each.indicator_id)) for each in found]


def edit_url(claim: Claim) -> str:
    if claim.carrier == Claim.Carrier.PAGE and claim.carrier_id:
        return reverse("wagtailadmin_pages:edit", args=[claim.carrier_id])
    if claim.carrier == Claim.Carrier.FORM and claim.carrier_id:
        return reverse("forms:edit", args=[claim.carrier_id])
    return ""


def _row(claim: Claim, indicator: Indicator, stands: Observation | None) -> Row:
    meant = f"Published so on purpose by {claim.meant_by_name}: {claim.meant_reason}"
    return Row(
        claim=claim,
        says=said(stands, Style.EXACT) if stands is not None else "",
        indicator=indicator.title,
        key=key_of(indicator),
        url=edit_url(claim),
        to_do=meant if claim.meant_reason else _TO_DO.get((claim.origin, claim.state), ""),
    )
