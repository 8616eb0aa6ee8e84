"""Receipts, with the addresses of their documents."""

from typing import Annotated

from django.db.models import Max
from django.http import HttpRequest
from django.utils import translation
from ninja import Path, Router

from almoner.api.calling import caller_of, takes
from almoner.api.paging import Cursor, Limit, Page, page_of, whole
from almoner.api.problems import ProblemBody, not_found
from almoner.api.scopes import Scope
from almoner.api.shapes import ReceiptOut
from almoner.charities.models import Charity
from almoner.receipts.links import check_path, pdf_path, site_of
from almoner.receipts.models import Receipt, status_of

router = Router(tags=["receipts"])
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("", **takes(Scope.RECEIPTS_READ), response=Page[ReceiptOut], operation_id="list_receipts")
def listing(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[ReceiptOut]:
    """The newest number first. One that was replaced or cancelled stays, and says so."""
    caller = caller_of(request)
    receipts = Receipt.objects.filter(charity=caller.charity).select_related("gift", "cancellation")
    found, after = page_of(receipts, by={"number": whole}, cursor=cursor, limit=limit)
    return Page[ReceiptOut](items=shown(found, caller.charity), next=after)


@router.get(
    "/{number}",
    **takes(Scope.RECEIPTS_READ),
    response={200: ReceiptOut, 404: ProblemBody},
    operation_id="get_receipt",
)
def one(request: HttpRequest, number: Number) -> ReceiptOut:
    caller = caller_of(request)
    receipts = Receipt.objects.filter(charity=caller.charity, number=number)
    found = list(receipts.select_related("gift", "cancellation"))
    if not found:
        raise not_found()
    return shown(found, caller.charity)[0]


def shown(receipts: list[Receipt], charity: Charity) -> list[ReceiptOut]:
    """Two queries, however many they are."""
    chains = Receipt.objects.filter(gift__in=[each.gift_id for each in receipts]).values("gift")
    newest = dict(chains.annotate(newest=Max("turn")).order_by().values_list("gift", "newest"))
    site, made = site_of(charity), []
    for each in receipts:
        with translation.override(each.language):
            made.append(
                ReceiptOut.of(
                    each,
                    status=status_of(each, newest_turn=newest[each.gift_id]),
                    pdf=site + pdf_path(each.token),
                    check=site + check_path(each.token),
                )
            )
    return made
