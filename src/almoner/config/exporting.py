"""Everything a charity has here, in files: each table as CSV for people and as JSON lines for programs.

One snapshot, a row at a time: a million gifts need no more memory than one.
"""

import csv
import hashlib
import json
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

from almoner import __version__
from almoner.charities.models import Charity
from almoner.config.snapshot import snapshot
from almoner.crm.shapes import SHAPES, Shape, all_of, lines, totals_minor
from almoner.donors.models import MethodSetUp, Told
from almoner.giving.importing.plain import GIFT_COLUMNS, PLAN_COLUMNS
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.kernel.sheets import safe_cell
from almoner.payments.models import Attempt, Refund
from almoner.payments.transitions import RefundState
from almoner.plans import schedule
from almoner.plans.models import Plan
from almoner.plans.transitions import LIVING_STATES
from almoner.receipts.models import Receipt
from almoner.supporters.models import Consent, Contact, Supporter

Row = dict[str, Any]
_AT_ONCE: Final = 500


class PlaceTaken(Exception):
    """Something stands there already; nothing was written over it."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    rows: Callable[[Charity], Iterator[Row]]
    # The column of an amount in minor units whose totals the manifest tells.
    total: str = ""


def write(charity: Charity, folder: Path) -> dict[str, Any]:
    """Write all tables and, last, the manifest, which is returned. Raises `PlaceTaken`."""
    _make(folder)
    files: dict[str, Any] = {}
    with snapshot():
        for table in _TABLES:
            files |= _write(table, charity, folder)
    return _manifest(charity, folder, files)


def write_for(system: str, charity: Charity, folder: Path) -> dict[str, Any]:
    """Write gifts that were paid, their donors, and the regular gifts that go on, as `system` imports them, and the
    manifest. Raises `PlaceTaken`.

    A file's totals are those of its gifts, less what was given back; of regular gifts, one gift of each.
    """
    _make(folder)
    files: dict[str, Any] = {}
    with snapshot():
        for shape in SHAPES.values():
            if shape.name == system or shape.name.startswith(f"{system}-"):
                files |= _write_shape(shape, charity, folder)
    return _manifest(charity, folder, files)


def _make(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise PlaceTaken(f"{folder} is not empty")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _write_shape(shape: Shape, charity: Charity, folder: Path) -> dict[str, Any]:
    path, found, count = folder / f"{shape.name}.csv", all_of(shape, charity), 0
    with _open(path) as sheet:
        writer = csv.writer(sheet)
        writer.writerow(shape.header)
        for row in lines(shape, found):
            writer.writerow([safe_cell(value) for value in row])
            count += 1
    return {path.name: {"rows": count, "totals_minor": totals_minor(shape, found), "sha256": _sha256(path)}}


def _manifest(charity: Charity, folder: Path, files: dict[str, Any]) -> dict[str, Any]:
    manifest = {
        "almoner": __version__,
        "charity": charity.slug,
        "written_at": now().isoformat(timespec="seconds"),
        "files": files,
    }
    with _open(folder / "manifest.json") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.write("\n")
    return manifest


def _open(path: Path) -> IO[str]:
    """A new file that nobody else may read, from its first byte on."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(number, "w", encoding="utf-8", newline="")


def _write(table: _Table, charity: Charity, folder: Path) -> dict[str, Any]:
    as_csv, as_json = folder / f"{table.name}.csv", folder / f"{table.name}.jsonl"
    count, totals = 0, Counter[str]()
    with _open(as_csv) as sheet, _open(as_json) as lines:
        writer = csv.writer(sheet)
        writer.writerow(table.columns)
        for row in table.rows(charity):
            writer.writerow([safe_cell(_plain(row[name])) for name in table.columns])
            lines.write(json.dumps(row, default=_plain, ensure_ascii=False) + "\n")
            count += 1
            if table.total:
                totals[row["currency"]] += row[table.total]
    about = {"rows": count, "totals_minor": dict(sorted(totals.items()))}
    return {path.name: {**about, "sha256": _sha256(path)} for path in (as_csv, as_json)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


# ---- tables ------------------------------------------------------------------------------------------------------


def _gifts(charity: Charity) -> Iterator[Row]:
    gifts = Gift.objects.filter(charity=charity).select_related("contact", "fund", "plan").order_by("pk")
    refunded_on = _refunded_on(charity)
    for gift in gifts.iterator(_AT_ONCE):
        yield {
            "number": gift.reference,
            "amount": format_plain(gift.amount_minor, gift.currency),
            "cover": format_plain(gift.cover_minor, gift.currency),
            "currency": gift.currency,
            "given_on": schedule.local_date(gift.given_at, charity.timezone),
            "plan_number": gift.plan.reference if gift.plan is not None else "",
            "period_on": gift.period_on,
            "refunded_on": refunded_on.get(gift.pk),
            "fund": gift.fund.code,
            "note": gift.message,
            **_person(gift.contact),
            "id": gift.pk,
            "given_at": gift.given_at,
            "status": gift.status,
            "total_minor": gift.total_minor,
            "settled_minor": gift.settled_minor,
            "refunded_minor": gift.refunded_minor,
            "settled_at": gift.settled_at,
            "channel": gift.channel,
            "frequency": gift.frequency,
            "plan": gift.plan_id,
            "tribute_kind": gift.tribute_kind,
            "tribute_name": gift.tribute_name,
            "anonymous": gift.anonymous,
            "benefit": gift.benefit,
            "benefit_minor": gift.benefit_minor,
            "contact": gift.contact_id,
        }


def _refunded_on(charity: Charity) -> dict[uuid.UUID, date]:
    """The day on which each gift was last given back. Few are."""
    done = Refund.objects.filter(attempt__charity=charity, state=RefundState.SUCCEEDED).order_by("updated_at")
    rows = done.values_list("attempt__gift_id", "updated_at")
    return {gift_id: schedule.local_date(at, charity.timezone) for gift_id, at in rows.iterator(_AT_ONCE)}


def _plans(charity: Charity) -> Iterator[Row]:
    plans = Plan.objects.filter(charity=charity).select_related("contact", "fund").order_by("pk")
    for plan in plans.iterator(_AT_ONCE):
        left = None if plan.ends_after is None else max(plan.ends_after - plan.given_count, 0)
        yield {
            "number": plan.reference,
            "amount": format_plain(plan.amount_minor, plan.currency),
            "cover": format_plain(plan.cover_minor, plan.currency),
            "currency": plan.currency,
            "every": plan.every,
            "next_on": _next_on(plan),
            "day": plan.anchor.day,
            "ends_on": plan.ends_on,
            "gifts_given": plan.given_count,
            "gifts_left": left,
            "state": plan.state,
            "fund": plan.fund.code,
            "gateway": plan.gateway,
            "account": plan.account,
            "method": plan.method,
            "saved_method": plan.saved_method,
            "method_label": plan.method_label,
            "method_expires": plan.method_expires,
            **_person(plan.contact),
            "id": plan.pk,
            "method_usable": plan.method_usable,
            "total_minor": plan.total_minor,
            "resume_on": plan.resume_on,
            "created_at": plan.created_at,
            "cancelled_at": plan.cancelled_at,
            "cancel_reason": plan.cancel_reason,
            "imported_from": plan.imported_from,
            "contact": plan.contact_id,
        }


def _next_on(plan: Plan) -> date | None:
    """Of a plan that is paused, the date on which its next period would fall."""
    if plan.state not in LIVING_STATES:
        return None
    return plan.next_on or schedule.occurrence(plan.anchor, plan.every, plan.next_number)


def _tokens(charity: Charity) -> Iterator[Row]:
    """What another system needs to go on charging at the same gateway."""
    plans = Plan.objects.filter(charity=charity).exclude(saved_method="").order_by("pk")
    names = ("pk", "reference", "gateway", "account", "method", "saved_method", "state")
    for plan in plans.only(*names).iterator(_AT_ONCE):
        customer, _, kept = plan.saved_method.rpartition(" ")
        yield {
            "plan": plan.pk,
            "number": plan.reference,
            "gateway": plan.gateway,
            "account": plan.account,
            "method": plan.method,
            "customer": customer,
            "token": kept,
            "state": plan.state,
        }


def _person(contact: Contact) -> Row:
    address = contact.address or {}
    names = ("line1", "line2", "locality", "region", "postcode", "country")
    return {
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "organisation": contact.organisation,
        "email": contact.email,
        "phone": contact.phone,
        "language": contact.language,
        **{f"address_{name}": address.get(name, "") for name in names},
    }


def _values(found: Any, names: tuple[str, ...]) -> Iterator[Row]:
    for row in found.order_by("pk").values_list(*names).iterator(_AT_ONCE):
        yield dict(zip(names, row, strict=True))


def _set_ups(found: Any) -> Iterator[Row]:
    """What stands sealed is opened."""
    for row in _values(found, _SET_UP):
        yield row | {"token": MethodSetUp(pk=row["id"], token=row["token"]).token}


_SET_UP: Final = (
    "id", "plan_id", "plan__reference", "gateway", "account", "method", "state", "gateway_id", "token", "created_at",
    "ended_at",
)  # fmt: skip
_ATTEMPT: Final = (
    "id", "gift_id", "ordinal", "gateway", "account", "method", "amount_minor", "currency", "state", "gateway_id",
    "settled_minor", "fee_minor", "decline_code", "created_at", "updated_at",
)  # fmt: skip
_REFUND: Final = (
    "id",
    "attempt_id",
    "amount_minor",
    "currency",
    "reason",
    "state",
    "gateway_id",
    "created_at",
    "updated_at",
)
_RECEIPT: Final = (
    "number", "gift_id", "turn", "amount_minor", "currency", "given_at", "issued_at", "cancellation__reason",
    "cancellation__at",
)  # fmt: skip
_SUPPORTER: Final = ("id", "name", "email_key", "created_at", "erased_at")
_CONSENT: Final = (
    "contact_id", "contact__supporter_id", "channel", "granted", "at", "source", "wording__basis",
    "wording__version", "wording__text",
)  # fmt: skip
_TOLD: Final = (
    "contact_id", "contact__supporter_id", "at", "where", "language", "words", "observation_id",
    "observation__indicator__title", "mail__year",
)  # fmt: skip
_TABLES: Final = (
    _Table(
        "gifts",
        (
            *GIFT_COLUMNS, "id", "given_at", "total_minor", "settled_minor", "settled_at",
            "channel", "frequency", "plan", "tribute_kind", "tribute_name", "anonymous", "benefit",
            "benefit_minor", "contact",
        ),
        _gifts,
        "total_minor",
    ),
    _Table(
        "plans",
        (
            *PLAN_COLUMNS, "id", "method_usable", "total_minor", "resume_on", "created_at",
            "cancelled_at", "cancel_reason", "imported_from", "contact",
        ),
        _plans,
        "total_minor",
    ),
    _Table(
        "tokens", ("plan", "number", "gateway", "account", "method", "customer", "token", "state"), _tokens
    ),
    _Table(
        "set_ups",
        _SET_UP,
        lambda charity: _set_ups(MethodSetUp.objects.filter(plan__charity=charity)),
    ),
    _Table(
        "attempts",
        _ATTEMPT,
        lambda charity: _values(Attempt.objects.filter(charity=charity), _ATTEMPT),
        "amount_minor",
    ),
    _Table(
        "refunds",
        _REFUND,
        lambda charity: _values(Refund.objects.filter(attempt__charity=charity), _REFUND),
        "amount_minor",
    ),
    _Table(
        "receipts",
        _RECEIPT,
        lambda charity: _values(Receipt.objects.filter(charity=charity), _RECEIPT),
        "amount_minor",
    ),
    _Table("people", _SUPPORTER, lambda charity: _values(Supporter.objects.filter(charity=charity), _SUPPORTER)),
    _Table(
        "consents",
        _CONSENT,
        lambda charity: _values(Consent.objects.filter(contact__charity=charity), _CONSENT),
    ),
    _Table("told", _TOLD, lambda charity: _values(Told.objects.filter(mail__charity=charity), _TOLD)),
)  # fmt: skip
