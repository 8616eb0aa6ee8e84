"""Programmes and their figures as other systems see and send them. Numbers are texts, for JSON's own round them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from almoner.api.taking import Line, Said, Taken, Text
from almoner.impact.models import Claim, Indicator, Observation, Programme, Result, Source

_Short = Annotated[Line, StringConstraints(max_length=80)]


class PartnerOut(Schema):
    """`role` and `kind` are IATI's OrganisationRole and OrganisationType codes."""

    name: str
    kind: str
    role: str


class TargetOut(Schema):
    first: date
    last: date
    value: str


class DimensionOut(Schema):
    """`adds_up`: each one who is counted stands in exactly one of its categories."""

    name: str
    categories: list[str]
    adds_up: bool


class IndicatorOut(Schema):
    slug: str
    title: str
    measure: str
    rule: str
    cumulative: bool
    since: date | None
    every_months: int
    nouns: str
    more_is_better: bool
    at_risk: bool
    ordinal: int
    baseline_value: str | None
    baseline_on: date | None
    dimensions: list[DimensionOut]
    targets: list[TargetOut]

    @classmethod
    def of(cls, indicator: Indicator) -> "IndicatorOut":
        """Its dimensions and targets are prefetched."""
        names = (
            "slug", "title", "measure", "rule", "cumulative", "since", "every_months", "nouns", "more_is_better",
            "at_risk", "ordinal", "baseline_on",
        )  # fmt: skip
        baseline = indicator.baseline_value
        return cls(
            baseline_value=f"{baseline.normalize():f}" if baseline is not None else None,
            dimensions=[
                DimensionOut(name=each.name, categories=each.categories, adds_up=each.adds_up)
                for each in sorted(indicator.dimensions.all(), key=lambda each: (each.ordinal, each.pk))
            ],
            targets=[
                TargetOut(first=each.first, last=each.last, value=f"{each.value.normalize():f}")
                for each in indicator.targets.all()
            ],
            **{name: getattr(indicator, name) for name in names},
        )


class ResultOut(Schema):
    """`kind` is IATI's ResultType code: 1 output, 2 outcome, 3 impact."""

    id: int
    title: str
    kind: str
    description: str
    ordinal: int
    indicators: list[IndicatorOut]

    @classmethod
    def of(cls, result: Result) -> "ResultOut":
        indicators = sorted(result.indicators.all(), key=lambda each: (each.ordinal, each.pk))
        return cls(
            id=result.pk,
            title=result.title,
            kind=result.kind,
            description=result.description,
            ordinal=result.ordinal,
            indicators=[IndicatorOut.of(each) for each in indicators],
        )


class ProgrammeOut(Schema):
    slug: str
    title: str
    summary: str
    country: str
    sector: str
    starts_on: date
    ends_on: date | None
    public: bool
    funds: list[str]
    partners: list[PartnerOut]
    results: list[ResultOut]

    @classmethod
    def of(cls, programme: Programme) -> "ProgrammeOut":
        """Its partnerships and results are prefetched, with all below them."""
        names = ("slug", "title", "summary", "country", "sector", "starts_on", "ends_on", "public")
        results = sorted(programme.results.all(), key=lambda each: (each.ordinal, each.pk))
        return cls(
            funds=sorted(each.code for each in programme.funds.all()),
            partners=[
                PartnerOut(name=each.partner.name, kind=each.partner.kind, role=each.role)
                for each in programme.partnerships.all()
            ],
            results=[ResultOut.of(each) for each in results],
            **{name: getattr(programme, name) for name in names},
        )


class FigureSourceOut(Schema):
    id: int
    title: str
    publisher: str
    dated: date
    url: str
    file_name: str
    file_sha256: str
    kept_at: str
    access: str

    @classmethod
    def of(cls, source: Source) -> "FigureSourceOut":
        return cls(**{name: getattr(source, name) for name in cls.model_fields})


class ClaimOut(Schema):
    """What is said of an indicator in public, held against the register. `origin`: "figure" is said by the register,
    "read" was found in a text, "entered" came from staff. It rests on `observation`; `ended_at`: it is no longer said.
    `meant_reason` is why somebody published it all the same."""

    id: int
    programme: str
    indicator: str
    observation: UUID | None
    origin: str
    carrier: str
    carrier_title: str
    number: str
    wording: str
    language: str
    state: str
    meant_reason: str
    expires_on: date | None
    made_at: datetime
    looked_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, claim: Claim) -> "ClaimOut":
        """Its indicator with the programme is joined."""
        own = {"programme", "indicator", "observation"}
        return cls(
            programme=claim.indicator.result.programme.slug,
            indicator=claim.indicator.slug,
            observation=claim.observation_id,
            **{name: getattr(claim, name) for name in cls.model_fields if name not in own},
        )


class ObservationOut(Schema):
    """`state` is "waiting", "verified" or "sent_back". `stands`: it was verified, and no correction took its place."""

    id: UUID
    programme: str
    indicator: str
    dimension: str
    category: str
    first: date
    last: date
    as_of: date
    value: str
    bound: str
    place: str
    method: str
    source: FigureSourceOut
    state: str
    stands: bool
    verified_role: str
    verified_at: datetime | None
    supersedes: UUID | None
    reason: str
    entered_at: datetime

    @classmethod
    def of(cls, row: Observation, *, stands: bool) -> "ObservationOut":
        """Its indicator with the programme, its source and its verification are joined."""
        verification = getattr(row, "verification", None)
        state = "waiting" if verification is None else "verified" if verification.accepted else "sent_back"
        names = (
            "dimension", "category", "first", "last", "as_of", "bound", "place", "method", "reason", "entered_at",
        )  # fmt: skip
        return cls(
            id=row.pk,
            programme=row.indicator.result.programme.slug,
            indicator=row.indicator.slug,
            value=f"{row.value.normalize():f}",
            source=FigureSourceOut.of(row.source),
            state=state,
            stands=stands,
            verified_role=verification.role if verification is not None else "",
            verified_at=verification.at if verification is not None else None,
            supersedes=row.supersedes_id,
            **{name: getattr(row, name) for name in names},
        )


class DecisionOut(Schema):
    """The figures, in the order in which they were sent."""

    items: list[ObservationOut]


class FigureSourceIn(Taken):
    """Where the figure stands, and how it can be looked at again: `url`, `file_sha256` or `kept_at` is needed. Of a
    file its name and fingerprint, never the file; `kept_at` says where one on paper is, such as an office's archive."""

    title: Annotated[Line, StringConstraints(min_length=1)]
    dated: date
    publisher: Annotated[Line, StringConstraints(max_length=160)] = ""
    url: Annotated[Text, StringConstraints(max_length=500)] = ""
    file_name: Line = ""
    file_sha256: Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")] = ""
    kept_at: Line = ""
    access: Literal["public", "on_request", "internal"] = "internal"


class KnownSourceIn(Taken):
    """A source that the charity has: its `id`."""

    id: Annotated[int, Field(strict=True, ge=1, lt=2**63)]


class _NumberIn(Taken):
    first: date
    last: date
    as_of: date
    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$")]
    bound: Literal["exact", "at_least", "more_than"] = "exact"
    place: _Short = ""
    place_confirmed: bool = False
    method: Annotated[Text, StringConstraints(max_length=500)] = ""
    source: FigureSourceIn | KnownSourceIn


class FigureIn(_NumberIn):
    """A number that a source has. `dimension` and `category` are of a breakdown's cell, both empty for the whole; a
    place is a country or a region, and no text says anything about a person."""

    indicator: Line
    dimension: Line = ""
    category: Line = ""


class CorrectionIn(_NumberIn):
    """The number that is right, of the same indicator and group. `reason` says what changed and why: it stands in
    public, beside both numbers, and says nothing about a person."""

    reason: Annotated[Said, StringConstraints(min_length=1)]


class DecisionIn(Taken):
    """What is said of figures whose sources were looked at. `role` stands in public beside each, such as "Programme
    lead"; `note` is for who entered them, and is needed to send them back."""

    observations: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    accepted: Annotated[bool, Field(strict=True)]
    role: Annotated[Line, StringConstraints(min_length=1, max_length=80)]
    note: Said = ""
