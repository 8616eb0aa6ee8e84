"""What a register counts, as other systems send it. Of a change what isn't sent stays; a list that is sent is whole."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from almoner.api.taking import Line, Taken, Text

# Of a field that wasn't sent nothing is read.
_UNSENT: Final[Any] = Field(default_factory=str)
_Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$")]
_Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,60}$")]
_Title = Annotated[Line, StringConstraints(min_length=1, max_length=160)]
_Place = Annotated[int, Field(strict=True, ge=0, le=32767, description="Its place in the list.")]
_Yes = Annotated[bool, Field(strict=True)]


class PartnerIn(Taken):
    """`role` and `kind` are IATI's OrganisationRole and OrganisationType codes; one that is known needs no `kind`."""

    name: Annotated[Line, StringConstraints(min_length=1)]
    kind: Literal["", "10", "11", "21", "22", "40", "60", "70", "80"] = ""
    role: Literal["1", "2", "3", "4"]


class ProgrammeChangeIn(Taken):
    """`country` is two letters, `sector` a five-digit DAC code, both empty for none; `funds` are codes of funds."""

    title: _Title = _UNSENT
    summary: Annotated[Text, StringConstraints(max_length=2000)] = _UNSENT
    country: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = _UNSENT
    sector: Annotated[str, StringConstraints(pattern="^([0-9]{5})?$")] = _UNSENT
    starts_on: date = _UNSENT
    ends_on: date | None = _UNSENT
    public: _Yes = _UNSENT
    funds: Annotated[list[Line], Field(max_length=200)] = _UNSENT
    partners: Annotated[list[PartnerIn], Field(max_length=100)] = _UNSENT


class ProgrammeIn(ProgrammeChangeIn):
    """`slug` stands in addresses and never changes."""

    slug: _Slug
    title: _Title
    starts_on: date


class ResultChangeIn(Taken):
    """`kind` is IATI's ResultType code: 1 output, 2 outcome, 3 impact."""

    title: _Title = _UNSENT
    kind: Literal["1", "2", "3"] = _UNSENT
    description: Annotated[Text, StringConstraints(max_length=1000)] = _UNSENT
    ordinal: _Place = _UNSENT


class ResultIn(ResultChangeIn):
    title: _Title
    kind: Literal["1", "2", "3"]


class BreakdownIn(Taken):
    """A breakdown and its groups in their order. Groups never name a person."""

    name: Annotated[Line, StringConstraints(min_length=1, max_length=40)]
    categories: Annotated[list[Annotated[Line, StringConstraints(min_length=1)]], Field(max_length=100)]
    adds_up: _Yes = True


class TargetIn(Taken):
    first: date
    last: date
    value: _Number


class IndicatorChangeIn(Taken):
    """`rule` says who or what is counted, once or each time, and when. Once it has figures, `measure` and `cumulative`
    stay. `every_months` is 0 for one that is reported when there is news."""

    title: _Title = _UNSENT
    rule: Annotated[Text, StringConstraints(min_length=1, max_length=1000)] = _UNSENT
    measure: Literal["count", "percent"] = _UNSENT
    nouns: Annotated[Text, StringConstraints(max_length=300)] = _UNSENT
    cumulative: _Yes = _UNSENT
    since: date | None = _UNSENT
    every_months: Literal[0, 1, 3, 12] = _UNSENT
    more_is_better: _Yes = _UNSENT
    at_risk: _Yes = _UNSENT
    baseline_value: _Number | None = _UNSENT
    baseline_on: date | None = _UNSENT
    ordinal: _Place = _UNSENT
    breakdowns: Annotated[list[BreakdownIn], Field(max_length=20)] = _UNSENT
    targets: Annotated[list[TargetIn], Field(max_length=200)] = _UNSENT


class IndicatorIn(IndicatorChangeIn):
    """`slug` stands in addresses and never changes."""

    slug: _Slug
    title: _Title
    rule: Annotated[Text, StringConstraints(min_length=1, max_length=1000)]
