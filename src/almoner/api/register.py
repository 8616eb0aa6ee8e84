"""What the register counts, made and changed by other systems, by the action that staff's pages use."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.db import transaction
from django.http import HttpRequest

from almoner.api.calling import Caller, Key, Outcome, caller_of, once, takes
from almoner.api.counted import (
    IndicatorChangeIn,
    IndicatorIn,
    ProgrammeChangeIn,
    ProgrammeIn,
    ResultChangeIn,
    ResultIn,
)
from almoner.api.figures import ProgrammeOut
from almoner.api.paging import whole
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.programmes import find, router, shown
from almoner.api.scopes import Scope
from almoner.api.taking import Taken
from almoner.charities.models import Charity, Fund
from almoner.impact import keeping
from almoner.impact.keeping import Entry, NotKept
from almoner.impact.models import Indicator, Programme, Result

# What is posted to an address stands on the router that reads it: of two the first would answer for both.
__all__ = ["router"]
_ANSWERS: Final = {404: ProblemBody, 409: ProblemBody, 422: ProblemBody}
_MADE: Final = {201: ProgrammeOut} | _ANSWERS
_CHANGED: Final = {200: ProgrammeOut} | _ANSWERS
# What stands below an entry, and is no column of it.
_LISTS: Final = ("funds", "partners", "breakdowns", "targets")


@router.post("", **takes(Scope.IMPACT_MANAGE), response=_MADE, operation_id="make_programme")
def make_programme(request: HttpRequest, sent: ProgrammeIn, key: Key) -> Outcome:
    """A programme with its partners. Each of these calls answers with the whole programme; the same one made again is
    the same one, and another of its name is refused."""

    def act(caller: Caller) -> str:
        there = Programme.objects.filter(charity=caller.charity, slug=sent.slug).first()
        return _kept(caller, there or Programme(charity=caller.charity), sent, making=True).slug

    return _done(request, key, act, status=201)


@router.post("/{programme}", **takes(Scope.IMPACT_MANAGE), response=_CHANGED, operation_id="change_programme")
def change_programme(request: HttpRequest, programme: str, sent: ProgrammeChangeIn, key: Key) -> Outcome:
    """What isn't sent stays. `partners` and `funds` that are sent are all that it has from then on."""
    find(caller_of(request), programme)
    return _done(request, key, lambda caller: _kept(caller, find(caller, programme), sent).slug, status=200)


@router.post("/{programme}/results", **takes(Scope.IMPACT_MANAGE), response=_MADE, operation_id="make_result")
def make_result(request: HttpRequest, programme: str, sent: ResultIn, key: Key) -> Outcome:
    """A result that indicators stand under. A programme has one of each title."""
    find(caller_of(request), programme)

    def act(caller: Caller) -> str:
        of = find(caller, programme)
        there = of.results.filter(title=sent.title).order_by("pk").first()
        return _kept(caller, there or Result(programme=of), sent, making=True).slug

    return _done(request, key, act, status=201)


@router.post(
    "/{programme}/results/{result}",
    **takes(Scope.IMPACT_MANAGE),
    response=_CHANGED,
    operation_id="change_result",
)
def change_result(
    request: HttpRequest, programme: str, result: str, sent: ResultChangeIn, key: Key
) -> Outcome:
    """What isn't sent stays. `result` is its `id`."""
    _result(caller_of(request), programme, result)
    return _done(
        request, key, lambda caller: _kept(caller, _result(caller, programme, result), sent).slug, status=200
    )


@router.post(
    "/{programme}/results/{result}/indicators",
    **takes(Scope.IMPACT_MANAGE),
    response=_MADE,
    operation_id="make_indicator",
)
def make_indicator(request: HttpRequest, programme: str, result: str, sent: IndicatorIn, key: Key) -> Outcome:
    """An indicator with its counting rule, breakdowns and targets. Its name is one of the programme's."""
    _result(caller_of(request), programme, result)

    def act(caller: Caller) -> str:
        of = _result(caller, programme, result)
        there = of.indicators.filter(slug=sent.slug).first()
        return _kept(caller, there or Indicator(result=of), sent, making=True).slug

    return _done(request, key, act, status=201)


@router.post(
    "/{programme}/indicators/{indicator}",
    **takes(Scope.IMPACT_MANAGE),
    response=_CHANGED,
    operation_id="change_indicator",
)
def change_indicator(
    request: HttpRequest, programme: str, indicator: str, sent: IndicatorChangeIn, key: Key
) -> Outcome:
    """What isn't sent stays. `breakdowns` and `targets` that are sent are all that it has from then on; a breakdown or
    a group that has figures has to stay."""
    _indicator(caller_of(request), programme, indicator)
    return _done(
        request,
        key,
        lambda caller: _kept(caller, _indicator(caller, programme, indicator), sent).slug,
        status=200,
    )


def _done(request: HttpRequest, key: str, act: Callable[[Caller], str], *, status: int) -> Outcome:
    """`act` returns the name of the programme that is shown."""
    caller = caller_of(request)

    def all_or_nothing(_: uuid.UUID) -> ProgrammeOut:
        try:
            with transaction.atomic():
                # Two who make the same one come one after the other. Gifts, which only point here, don't wait.
                Charity.objects.select_for_update(no_key=True).get(pk=caller.charity.pk)
                slug = act(caller)
        except NotKept as refused:
            raise Problem(422, "register", f"{refused.field}: {refused}") from None
        return shown(caller, slug)

    return once(request, key, all_or_nothing, status=status)


def _kept(caller: Caller, found: Entry, sent: Taken, *, making: bool = False) -> Programme:
    """Its programme. Nothing is written where it is so already. Raises `NotKept`."""
    values = sent.dict(include=sent.model_fields_set)
    below = {name: values.pop(name) for name in _LISTS if name in values}
    if values.get("baseline_value") is not None:
        values["baseline_value"] = Decimal(values["baseline_value"])
    writes = _writes(found, below)
    changed = [name for name, value in values.items() if found.pk is None or getattr(found, name) != value]
    if not [*changed, *writes]:
        return keeping.programme_of(found)
    if making and found.pk is not None:
        raise NotKept(
            "There is another of this name: change that one.", field="slug" if "slug" in values else "title"
        )
    _check(found, values, changed)

    def write() -> None:
        found.save()
        for each in writes.values():
            each()

    return keeping.programme_of(
        keeping.keep(found, changed=[*changed, *writes], write=write, actor=caller.actor)
    )


def _check(found: Entry, values: dict[str, Any], changed: list[str]) -> None:
    """Put the values in, and raise `NotKept` where it couldn't stand so."""
    if isinstance(found, Indicator):
        stays = [name for name in keeping.fixed(found) if name in changed]
        if stays:
            raise NotKept("It has figures already: make another indicator instead.", field=stays[0])
        if found.pk is None:
            keeping.check_name(found, values["slug"])
    for name, value in values.items():
        setattr(found, name, value)
    if isinstance(found, Programme) and found.ends_on is not None and found.ends_on < found.starts_on:
        raise NotKept("It ends before it starts.", field="ends_on")
    try:
        found.full_clean()
    except ValidationError as wrong:
        field, messages = next(iter(wrong.message_dict.items()))
        raise NotKept(messages[0], field=field) from None


def _writes(found: Entry, below: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """By its name, what writes each list that is other than before."""
    writes: dict[str, Callable[[], object]] = {}
    new = found.pk is None
    if isinstance(found, Programme):
        if "funds" in below:
            funds = _funds(found.charity, below["funds"])
            if set(funds) != (set() if new else set(found.funds.all())):
                writes["funds"] = lambda: found.funds.set(funds)
        if "partners" in below:
            partners = [(each["name"], each["kind"], each["role"]) for each in below["partners"]]
            there = set() if new else set(found.partnerships.values_list("partner__name", "role"))
            if {(name, role) for name, _, role in partners} != there:
                writes["partners"] = lambda: keeping.set_partners(found, partners)
    if isinstance(found, Indicator):
        writes |= _below_indicator(found, below, new=new)
    return writes


def _below_indicator(
    found: Indicator, below: dict[str, Any], *, new: bool
) -> dict[str, Callable[[], object]]:
    writes: dict[str, Callable[[], object]] = {}
    if "breakdowns" in below:
        wanted = [
            (each["name"], list(dict.fromkeys(each["categories"])), each["adds_up"])
            for each in below["breakdowns"]
        ]
        if len({name for name, *_ in wanted}) != len(wanted):
            raise NotKept("Each breakdown once.", field="breakdowns")
        there = [] if new else found.dimensions.order_by("ordinal", "pk")
        if wanted != [(each.name, each.categories, each.adds_up) for each in there]:
            writes["breakdowns"] = lambda: keeping.set_breakdowns(found, wanted)
    if "targets" in below:
        targets = {(each["first"], each["last"]): Decimal(each["value"]) for each in below["targets"]}
        known = {} if new else {(each.first, each.last): each.value for each in found.targets.all()}
        if targets != known:
            writes["targets"] = lambda: keeping.set_targets(found, targets)
    return writes


def _funds(charity: Charity, codes: list[str]) -> list[Fund]:
    found = {each.code: each for each in Fund.objects.filter(charity=charity)}
    unknown = [each for each in codes if each not in found]
    if unknown:
        raise NotKept(f"The charity has no fund {unknown[0]}.", field="funds")
    return [found[each] for each in dict.fromkeys(codes)]


def _result(caller: Caller, programme: str, name: str) -> Result:
    of = find(caller, programme)
    try:
        found = of.results.filter(pk=whole(name)).first()
    except ValueError:
        raise not_found() from None
    if found is None:
        raise not_found()
    return found


def _indicator(caller: Caller, programme: str, slug: str) -> Indicator:
    of = find(caller, programme)
    indicators = Indicator.objects.filter(result__programme=of).select_related("result__programme__charity")
    found = indicators.filter(slug=slug).first() if slug_re.fullmatch(slug) else None
    if found is None:
        raise not_found()
    return found
