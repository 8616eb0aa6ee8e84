"""What is said of figures in public, read: whether each still holds. Staff mend them where they stand."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from almoner.api.calling import caller_of, takes
from almoner.api.figures import ClaimOut
from almoner.api.paging import Cursor, Limit, Page, page_of, whole
from almoner.api.problems import ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.impact.models import Claim

router = Router(tags=["claims"])
_JOINED = "indicator__result__programme"


@router.get("", **takes(Scope.IMPACT_READ), response=Page[ClaimOut], operation_id="list_claims")
def listing(
    request: HttpRequest,
    cursor: Cursor = "",
    limit: Limit = 50,
    state: Annotated[Claim.State | None, Query(description="Only these.")] = None,
    ended: Annotated[bool, Query(description="Also those that are no longer said anywhere.")] = False,
) -> Page[ClaimOut]:
    """The newest first."""
    claims = Claim.objects.filter(charity=caller_of(request).charity)
    if state is not None:
        claims = claims.filter(state=state)
    if not ended:
        claims = claims.filter(ended_at=None)
    found, after = page_of(claims.select_related(_JOINED), by={"id": whole}, cursor=cursor, limit=limit)
    return Page[ClaimOut](items=[ClaimOut.of(each) for each in found], next=after)


@router.get(
    "/{claim}",
    **takes(Scope.IMPACT_READ),
    response={200: ClaimOut, 404: ProblemBody},
    operation_id="get_claim",
)
def one(request: HttpRequest, claim: str) -> ClaimOut:
    try:
        key = whole(claim)
    except ValueError:
        raise not_found() from None
    claims = Claim.objects.filter(charity=caller_of(request).charity).select_related(_JOINED)
    found = claims.filter(pk=key).first()
    if found is None:
        raise not_found()
    return ClaimOut.of(found)
