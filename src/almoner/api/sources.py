"""Where figures stand: sources that are cited, each once."""

import uuid

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from almoner.api.calling import Key, Outcome, caller_of, once, takes
from almoner.api.figures import FigureSourceIn, FigureSourceOut, KnownSourceIn
from almoner.api.paging import Cursor, Limit, Page, page_of, whole
from almoner.api.problems import Problem, ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.charities.models import Charity
from almoner.impact.entering import Cited, check_address, keep_source
from almoner.impact.models import Source
from almoner.impact.register import NotEntered

router = Router(tags=["sources"])


@router.get("", **takes(Scope.IMPACT_READ), response=Page[FigureSourceOut], operation_id="list_sources")
def listing(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[FigureSourceOut]:
    """The newest first."""
    sources = Source.objects.filter(charity=caller_of(request).charity)
    found, after = page_of(sources, by={"id": whole}, cursor=cursor, limit=limit)
    return Page[FigureSourceOut](items=[FigureSourceOut.of(each) for each in found], next=after)


@router.get(
    "/{source}",
    **takes(Scope.IMPACT_READ),
    response={200: FigureSourceOut, 404: ProblemBody},
    operation_id="get_source",
)
def one(request: HttpRequest, source: str) -> FigureSourceOut:
    try:
        key = whole(source)
    except ValueError:
        raise not_found() from None
    found = Source.objects.filter(charity=caller_of(request).charity, pk=key).first()
    if found is None:
        raise not_found()
    return FigureSourceOut.of(found)


@router.post(
    "",
    **takes(Scope.IMPACT_WRITE),
    response={201: FigureSourceOut, 409: ProblemBody, 422: ProblemBody},
    operation_id="keep_source",
)
def keep(request: HttpRequest, sent: FigureSourceIn, key: Key) -> Outcome:
    """A source for figures to name by its `id`. The same one again is the same row; one never changes."""
    charity = caller_of(request).charity

    def act(_: uuid.UUID) -> FigureSourceOut:
        try:
            with transaction.atomic():
                return FigureSourceOut.of(cited(charity, sent))
        except NotEntered as refused:
            raise Problem(422, "source", f"{refused.field}: {refused}") from None

    return once(request, key, act, status=201)


def cited(charity: Charity, sent: FigureSourceIn | KnownSourceIn) -> Source:
    """The source that is meant, kept if it is new. Raises `NotEntered`."""
    if isinstance(sent, KnownSourceIn):
        known = Source.objects.filter(charity=charity, pk=sent.id).first()
        if known is None:
            raise NotEntered("The charity has no source of this id.", field="source")
        return known
    check_address(sent.url)
    return keep_source(charity, Cited(**sent.dict()))
