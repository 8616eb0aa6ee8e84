"""Files for other systems, streamed: none is kept here, where it would be one more copy of people's data."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Final

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from almoner.api import limits
from almoner.api.calling import caller_of, takes
from almoner.api.scopes import Scope
from almoner.api.taking import Moment
from almoner.charities import audit
from almoner.crm.shapes import SHAPES, Of, Shape, all_of, lines
from almoner.kernel.sheets import csv_pieces

router = Router(tags=["exports"])
_ROWS_AT_ONCE: Final = 500


class ShapeName(StrEnum):
    """Which system it is for, and which of its files."""

    NPSP = "npsp"
    NPSP_PLANS = "npsp-plans"
    RAISERS_EDGE_PEOPLE = "raisers-edge-people"
    RAISERS_EDGE_GIFTS = "raisers-edge-gifts"
    RAISERS_EDGE_PLANS = "raisers-edge-plans"
    CIVICRM_PEOPLE = "civicrm-people"
    CIVICRM_GIFTS = "civicrm-gifts"
    CIVICRM_PLANS = "civicrm-plans"


class Format(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"


_TYPES: Final = {Format.CSV: "text/csv", Format.NDJSON: "application/x-ndjson"}
_ANSWER: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The file.",
            "content": {each: {"schema": {"type": "string"}} for each in _TYPES.values()},
        }
    }
}


@router.get(
    "/{shape}",
    auth=takes(Scope.EXPORTS_READ)["auth"],
    openapi_extra={**takes(Scope.EXPORTS_READ)["openapi_extra"], **_ANSWER},
    operation_id="download_export",
)
def download(
    request: HttpRequest,
    shape: ShapeName,
    format: Annotated[Format, Query(description="CSV, or a JSON object a line.")] = Format.CSV,
    given_since: Moment | None = None,
    given_before: Moment | None = None,
) -> StreamingHttpResponse:
    """Gifts that were paid, less what was given back, or their donors, or regular gifts that go on, under the headings
    of another system. Of a regular gift it counts when it was begun."""
    caller, wanted = caller_of(request), SHAPES[shape]
    at = "created_at" if wanted.of == Of.PLAN else "given_at"
    asked = {f"{at}__gte": given_since, f"{at}__lt": given_before}
    found = all_of(wanted, caller.charity).filter(
        **{name: at for name, at in asked.items() if at is not None}
    )
    audit.record(
        actor=caller.actor,
        charity=caller.charity,
        action="export plans" if wanted.of == Of.PLAN else "export gifts",
        object_type="plans" if wanted.of == Of.PLAN else "gifts",
        object_id=wanted.name,
        detail={"format": format, **{name: at.isoformat() for name, at in asked.items() if at is not None}},
    )
    rows = lines(wanted, found)
    pieces = csv_pieces(wanted.header, rows) if format == Format.CSV else _objects(wanted, rows)
    response = StreamingHttpResponse(pieces, content_type=f"{_TYPES[format]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{wanted.name}.{format}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return limits.tell(request, response)


def _objects(shape: Shape, rows: Iterator[list[str]]) -> Iterator[bytes]:
    """For programs, so nothing is escaped for spreadsheets."""
    texts: list[str] = []
    for row in rows:
        texts.append(json.dumps(dict(zip(shape.header, row, strict=True)), ensure_ascii=False) + "\n")
        if len(texts) >= _ROWS_AT_ONCE:
            yield "".join(texts).encode("utf-8", "replace")
            texts = []
    yield "".join(texts).encode("utf-8", "replace")
