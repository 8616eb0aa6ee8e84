"""Rows of the register that tests begin with."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.charities.models import Charity
from almoner.impact import claims
from almoner.impact.models import Claim, Dimension, Indicator, Programme, Result, Source
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure
from almoner.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Person:
    """Who entered or verified a number."""

    pk: int
    name: str

    def get_username(self) -> str:
        return self.name


def make_charity(slug: str = "tidelight") -> Charity:
    return Charity.objects.create(
        slug=slug, name=slug.title(), legal_name=slug, country="AU", timezone="Australia/Sydney", currency="AUD",
        email="hello@example.org", mail_from="gifts@example.org",
    )  # fmt: skip


def make_result(charity: Charity, slug: str = "rescue", **changes: Any) -> Result:
    """Of a programme of its own, to which the changes are."""
    programme = Programme.objects.create(
        **{"charity": charity, "slug": slug, "title": slug.title(), "starts_on": date(2011, 1, 1)} | changes
    )
    return Result.objects.create(programme=programme, kind="2", title="Children are safe")


def make_indicator(charity: Charity, **changes: Any) -> Indicator:
    """`result`: that of a programme of its own, if none is named."""
    said = {"slug": "rescued", "title": "Children rescued", "rule": "Each child once."} | changes
    return Indicator.objects.create(**{"result": said.pop("result", None) or make_result(charity)} | said)


def make_source(charity: Charity) -> Source:
    return Source.objects.create(
        charity=charity, title="Annual report", dated=date(2022, 12, 31), created_at=now()
    )


def make_figure(charity: Charity) -> Figure:
    """Over 1,000 since 2011, as it was on 15 September 2022."""
    return Figure(
        indicator=make_indicator(charity),
        first=date(2011, 1, 1),
        last=date(2022, 9, 15),
        as_of=date(2022, 9, 15),
        value=Decimal(1000),
        bound=Bound.MORE_THAN,
        source=make_source(charity),
    )


def make_claim(indicator: Indicator, **changes: Any) -> Claim:
    """What a leaflet says."""
    said: dict[str, Any] = {
        "charity": indicator.result.programme.charity, "indicator": indicator, "carrier": "print",
        "carrier_title": "Leaflet", "number": "1,000", "wording": "We rescued 1,000 children.",
    }  # fmt: skip
    return claims.enter(Claim(**said | changes), actor=Person(1, "ana"))


def make_breakdown(figure: Figure, groups: dict[str, int], *, last: date | None = None) -> list[Figure]:
    """The figure's groups by age, and the number of everybody."""
    Dimension.objects.get_or_create(
        indicator=figure.indicator, name="age", defaults={"categories": list(groups)}
    )
    day = last or figure.last
    whole = replace(figure, value=Decimal(sum(groups.values())), bound=Bound.EXACT, last=day, as_of=day)
    cells = [replace(whole, dimension="age", category=name, value=Decimal(n)) for name, n in groups.items()]
    return [whole, *cells]
