"""The register of programmes: read, and figures entered. Verifying one is a person's, who looks at its source."""

import uuid
from decimal import Decimal
from typing import Annotated, Final

from django.core.validators import slug_re
from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router

from almoner.addresses.countries import every_name
from almoner.api.calling import Caller, Key, Outcome, caller_of, once, takes
from almoner.api.figures import FigureIn, ObservationOut, ProgrammeOut
from almoner.api.paging import Cursor, Limit, Page, moment, page_of, whole
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.impact import standing
from almoner.impact.entering import Cited, Known, check_address, enter_new, keep_source
from almoner.impact.models import Indicator, Observation, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotEntered

router = Router(tags=["programmes"])
_JOINED: Final = ("indicator__result__programme", "source", "verification")
_DEEP: Final = (
    "partnerships__partner",
    "results__indicators__dimensions",
    "results__indicators__targets",
)


@router.get("", **takes(Scope.IMPACT_READ), response=Page[ProgrammeOut], operation_id="list_programmes")
def listing(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[ProgrammeOut]:
    """The newest first, each with its results, indicators and targets."""
    programmes = Programme.objects.filter(charity=caller_of(request).charity).prefetch_related(*_DEEP)
    found, after = page_of(programmes, by={"id": whole}, cursor=cursor, limit=limit)
    return Page[ProgrammeOut](items=[ProgrammeOut.of(each) for each in found], next=after)


@router.get(
    "/{programme}",
    **takes(Scope.IMPACT_READ),
    response={200: ProgrammeOut, 404: ProblemBody},
    operation_id="get_programme",
)
def one(request: HttpRequest, programme: str) -> ProgrammeOut:
    return ProgrammeOut.of(_find(caller_of(request), programme))


@router.get(
    "/{programme}/observations",
    **takes(Scope.IMPACT_READ),
    response={200: Page[ObservationOut], 404: ProblemBody},
    operation_id="list_observations",
)
def observations(
    request: HttpRequest,
    programme: str,
    cursor: Cursor = "",
    limit: Limit = 50,
    indicator: Annotated[str, Query(max_length=60, description="Only of this one.")] = "",
) -> Page[ObservationOut]:
    """All that was ever entered, the newest first. `state` is what a second person said, `stands` whether it counts."""
    found = _find(caller_of(request), programme)
    rows = Observation.objects.filter(indicator__result__programme=found)
    if indicator:
        rows = rows.filter(indicator__slug=indicator) if slug_re.fullmatch(indicator) else rows.none()
    page, after = page_of(
        rows.select_related(*_JOINED), by={"entered_at": moment, "id": uuid.UUID}, cursor=cursor, limit=limit
    )
    return Page[ObservationOut](items=_shown(page), next=after)


@router.post(
    "/{programme}/observations",
    **takes(Scope.IMPACT_WRITE),
    response={201: ObservationOut, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody},
    operation_id="enter_observation",
)
def enter(request: HttpRequest, programme: str, sent: FigureIn, key: Key) -> Outcome:
    """A figure that waits for somebody of the staff to look at its source. The same figure again is the same row;
    another for the same time is refused: staff correct the one that is there. Of people at risk, a place that is no
    country and stands with no verified figure of the programme is refused until `place_confirmed` says that it may be
    read by everybody; the call then has a new key."""
    caller = caller_of(request)
    found = _find(caller, programme)

    def act(observation_id: uuid.UUID) -> ObservationOut:
        try:
            # Of one that is refused its source isn't kept either.
            with transaction.atomic():
                figure = _figure(caller, found, sent)
                if not sent.place_confirmed:
                    _check_place(figure)
                [row] = enter_new(
                    [figure], programme_id=found.pk, actor=caller.actor, observation_id=observation_id
                )
        except NotEntered as refused:
            raise Problem(422, "figure", f"{refused.field}: {refused}") from None
        return _shown([Observation.objects.select_related(*_JOINED).get(pk=row.pk)])[0]

    return once(request, key, act, status=201)


def _find(caller: Caller, slug: str) -> Programme:
    # What can't be a name is no question for a database.
    programmes = Programme.objects.filter(charity=caller.charity).prefetch_related(*_DEEP)
    found = programmes.filter(slug=slug).first() if slug_re.fullmatch(slug) else None
    if found is None:
        raise not_found()
    return found


def _figure(caller: Caller, programme: Programme, sent: FigureIn) -> Figure:
    """Raises `NotEntered`."""
    indicators = Indicator.objects.filter(result__programme=programme).select_related(
        "result__programme__charity"
    )
    indicator = indicators.filter(slug=sent.indicator).first() if slug_re.fullmatch(sent.indicator) else None
    if indicator is None:
        raise NotEntered("The programme has no such indicator.", field="indicator")
    check_address(sent.source.url)
    return Figure(
        indicator=indicator,
        first=sent.first,
        last=sent.last,
        as_of=sent.as_of,
        value=Decimal(sent.value),
        bound=Bound(sent.bound),
        dimension=sent.dimension,
        category=sent.category,
        place=sent.place,
        method=sent.method,
        source=keep_source(caller.charity, Cited(**sent.source.dict())),
    )


def _check_place(figure: Figure) -> None:
    """Raises `NotEntered` where the place of a new figure may show who is meant."""
    known = Known([figure.indicator], countries=every_name())
    doubt = known.place_doubt(figure.indicator, figure.place)
    if doubt and known.same_time(figure) is None:
        raise NotEntered(f"{doubt} Or send place_confirmed with a new key.", field="place")


def _shown(rows: list[Observation]) -> list[ObservationOut]:
    stand = set(standing.standing().filter(pk__in=[each.pk for each in rows]).values_list("pk", flat=True))
    return [ObservationOut.of(each, stands=each.pk in stand) for each in rows]
