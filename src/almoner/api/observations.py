"""Figures of a programme: read, entered, corrected and verified, by somebody else than who entered them."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Final

from django.core.validators import slug_re
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from almoner.addresses.countries import every_name
from almoner.api.calling import Caller, Key, Outcome, caller_of, once, takes
from almoner.api.figures import CorrectionIn, DecisionIn, DecisionOut, FigureIn, ObservationOut
from almoner.api.paging import Cursor, Limit, Page, moment, page_of
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.programmes import find
from almoner.api.scopes import Scope
from almoner.api.sources import cited
from almoner.impact import register, standing
from almoner.impact.entering import Known, enter_new
from almoner.impact.models import Indicator, Observation, Programme
from almoner.impact.quantities import Bound
from almoner.impact.register import Figure, NotDecidable, NotEntered

router = Router(tags=["programmes"])
_JOINED: Final = ("indicator__result__programme__charity", "source", "verification")
_ENTERED: Final = {201: ObservationOut, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody}


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
    found = find(caller_of(request), programme)
    rows = _of(found)
    if indicator:
        rows = rows.filter(indicator__slug=indicator) if slug_re.fullmatch(indicator) else rows.none()
    page, after = page_of(rows, by={"entered_at": moment, "id": uuid.UUID}, cursor=cursor, limit=limit)
    return Page[ObservationOut](items=_shown(page), next=after)


@router.get(
    "/{programme}/observations/{observation}",
    **takes(Scope.IMPACT_READ),
    response={200: ObservationOut, 404: ProblemBody},
    operation_id="get_observation",
)
def one(request: HttpRequest, programme: str, observation: str) -> ObservationOut:
    return _shown([_find(find(caller_of(request), programme), observation)])[0]


@router.post(
    "/{programme}/observations",
    **takes(Scope.IMPACT_WRITE),
    response=_ENTERED,
    operation_id="enter_observation",
)
def enter(request: HttpRequest, programme: str, sent: FigureIn, key: Key) -> Outcome:
    """A figure that waits for somebody else to look at its source. The same figure again is the same row; another for
    the same time is refused: correct the one that is there. A new source has an address, a file or a place. Of people
    at risk, a place that is no country and stands with no verified figure of the programme is refused until
    `place_confirmed` says that it may be read by everybody; the call then has a new key."""
    caller = caller_of(request)
    found = find(caller, programme)

    def act(observation_id: uuid.UUID) -> Observation:
        indicator = _indicator(found, sent.indicator)
        figure = _figure(caller, sent, indicator, dimension=sent.dimension, category=sent.category)
        if not sent.place_confirmed:
            _check_place(figure, new=True)
        return enter_new([figure], programme_id=found.pk, actor=caller.actor, observation_id=observation_id)[
            0
        ]

    return _entered(request, key, act)


@router.post(
    "/{programme}/observations/{observation}/corrections",
    **takes(Scope.IMPACT_WRITE),
    response=_ENTERED,
    operation_id="correct_observation",
)
def correct(request: HttpRequest, programme: str, observation: str, sent: CorrectionIn, key: Key) -> Outcome:
    """A number that takes another's place once somebody else has verified it; both stay to be read. Of each number
    there is one correction: what is wrong of that is corrected there. What was sent back and never stood is entered
    anew. Its place is asked about as that of a new figure."""
    caller = caller_of(request)
    wrong = _find(find(caller, programme), observation)

    def act(observation_id: uuid.UUID) -> Observation:
        figure = _figure(caller, sent, wrong.indicator, dimension=wrong.dimension, category=wrong.category)
        if not sent.place_confirmed:
            _check_place(figure, new=False)
        return register.correct(
            wrong, figure, reason=sent.reason, actor=caller.actor, observation_id=observation_id
        )

    return _entered(request, key, act)


@router.post(
    "/{programme}/decisions",
    **takes(Scope.IMPACT_VERIFY),
    response={200: DecisionOut, 404: ProblemBody, 409: ProblemBody, 422: ProblemBody},
    operation_id="decide_observations",
)
def decide(request: HttpRequest, programme: str, sent: DecisionIn, key: Key) -> Outcome:
    """Say of figures that their sources say so, or send them back: all of them or none. It is for a system in which a
    person has looked at each source, and whoever made the token answers for it. Nobody decides on what they entered
    themselves, on a page or by any token of theirs, and nothing is decided twice; the same decision by the same token
    again changes nothing."""
    caller = caller_of(request)
    found = find(caller, programme)

    def act(_: uuid.UUID) -> DecisionOut:
        if not sent.accepted and not sent.note:
            raise Problem(422, "decision", "note: Say what is wrong: whoever entered it reads it.")
        keys = list(dict.fromkeys(sent.observations))
        rows = {each.pk: each for each in _of(found).filter(pk__in=keys)}
        missing = [str(each) for each in keys if each not in rows]
        if missing:
            raise Problem(
                422, "decision", f"observations: The programme has none of these: {', '.join(missing)}."
            )
        wanted = [rows[each] for each in keys]
        if not all(_said(each, sent, caller) for each in wanted):
            try:
                register.decide_all(
                    wanted, accepted=sent.accepted, role=sent.role, note=sent.note, actor=caller.actor
                )
            except NotDecidable as refused:
                raise Problem(422, "decision", f"{refused} Nothing was decided.") from None
        told = {each.id: each for each in _shown(list(_of(found).filter(pk__in=keys)))}
        return DecisionOut(items=[told[each] for each in keys])

    return once(request, key, act, status=200)


def _entered(request: HttpRequest, key: str, act: Callable[[uuid.UUID], Observation]) -> Outcome:
    """Of a figure that is refused its source isn't kept either."""

    def whole(observation_id: uuid.UUID) -> ObservationOut:
        try:
            with transaction.atomic():
                row = act(observation_id)
        except NotEntered as refused:
            raise Problem(422, "figure", f"{refused.field}: {refused}") from None
        return _shown([Observation.objects.select_related(*_JOINED).get(pk=row.pk)])[0]

    return once(request, key, whole, status=201)


def _said(observation: Observation, sent: DecisionIn, caller: Caller) -> bool:
    """Whether this token has said just this of it already."""
    there = getattr(observation, "verification", None)
    return there is not None and (
        (there.accepted, there.role, there.note, there.by_id, there.by_name)
        == (sent.accepted, sent.role, sent.note, caller.actor.pk, caller.actor.get_username())
    )


def _of(programme: Programme) -> QuerySet[Observation]:
    return Observation.objects.filter(indicator__result__programme=programme).select_related(*_JOINED)


def _find(programme: Programme, name: str) -> Observation:
    try:
        key = uuid.UUID(name)
    except ValueError:
        raise not_found() from None
    found = _of(programme).filter(pk=key).first()
    if found is None:
        raise not_found()
    return found


def _indicator(programme: Programme, slug: str) -> Indicator:
    """Raises `NotEntered`."""
    indicators = Indicator.objects.filter(result__programme=programme).select_related(
        "result__programme__charity"
    )
    indicator = indicators.filter(slug=slug).first() if slug_re.fullmatch(slug) else None
    if indicator is None:
        raise NotEntered("The programme has no such indicator.", field="indicator")
    return indicator


def _figure(
    caller: Caller, sent: FigureIn | CorrectionIn, indicator: Indicator, *, dimension: str, category: str
) -> Figure:
    """Raises `NotEntered`."""
    return Figure(
        indicator=indicator,
        first=sent.first,
        last=sent.last,
        as_of=sent.as_of,
        value=Decimal(sent.value),
        bound=Bound(sent.bound),
        dimension=dimension,
        category=category,
        place=sent.place,
        method=sent.method,
        source=cited(caller.charity, sent.source),
    )


def _check_place(figure: Figure, *, new: bool) -> None:
    """Raises `NotEntered` where the place of a figure may show who is meant. A new one that is there already isn't
    asked about again."""
    known = Known([figure.indicator], countries=every_name())
    doubt = known.place_doubt(figure.indicator, figure.place)
    if doubt and not (new and known.same_time(figure) is not None):
        raise NotEntered(f"{doubt} Or send place_confirmed with a new key.", field="place")


def _shown(rows: list[Observation]) -> list[ObservationOut]:
    stand = set(standing.standing().filter(pk__in=[each.pk for each in rows]).values_list("pk", flat=True))
    return [ObservationOut.of(each, stands=each.pk in stand) for each in rows]
