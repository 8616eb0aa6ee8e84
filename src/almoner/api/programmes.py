"""The register of programmes, read. Their figures are in `observations`."""

from typing import Final

from django.core.validators import slug_re
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from ninja import Router

from almoner.api.calling import Caller, caller_of, takes
from almoner.api.figures import ProgrammeOut
from almoner.api.paging import Cursor, Limit, Page, page_of, whole
from almoner.api.problems import ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.impact.models import Programme

router = Router(tags=["programmes"])
_DEEP: Final = (
    "funds",
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
    return shown(caller_of(request), programme)


def shown(caller: Caller, slug: str) -> ProgrammeOut:
    """The caller's own programme of this name with all below it, in six queries or seven. Raises `Problem`."""
    found = find(caller, slug)
    prefetch_related_objects([found], *_DEEP)
    return ProgrammeOut.of(found)


def find(caller: Caller, slug: str) -> Programme:
    """The caller's own programme of this name, in one query and with nothing below it. Raises `Problem`."""
    # What can't be a name is no question for a database.
    programmes = Programme.objects.filter(charity=caller.charity).select_related("charity")
    found = programmes.filter(slug=slug).first() if slug_re.fullmatch(slug) else None
    if found is None:
        raise not_found()
    return found
