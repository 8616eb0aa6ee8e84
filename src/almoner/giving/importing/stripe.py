"""Stripe's subscriptions, and the invoices that they brought: its lists as JSON, page after page, or an object a line.

The dashboard's CSV names no saved method, and what stands there could not be charged.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TextIO

from almoner.giving.importing import stripe_invoices
from almoner.giving.importing.records import FileWrong, GiftLine, Line, LineWrong, PlanLine, Reading
from almoner.giving.importing.stripe_invoices import moment, person
from almoner.kernel.money import CurrencyUnknown, exponent
from almoner.payments.gateways.stripe.currencies import UNSURE, from_stripe
from almoner.plans import schedule
from almoner.plans.models import Every
from almoner.plans.transitions import PlanState
from almoner.supporters.people import Details

Json = Mapping[str, Any]
_CHUNK: Final = 1 << 16
# A subscription is a few kilobytes; one that is larger than this is something else.
_LARGEST: Final = 1 << 20
# So much of an object tells whether it is a list's frame.
_HEAD: Final = 200
_FRAMES: Final = ('{"object":"list"', '{"data":[')
_CHARGING: Final = ("active", "trialing", "past_due")
_ENDED: Final = "canceled"
_METHODS: Final = {
    "card": "stripe_element", "link": "stripe_element", "au_becs_debit": "stripe_becs",
    "bacs_debit": "stripe_bacs", "sepa_debit": "stripe_sepa",
}  # fmt: skip
_WITH_CUSTOMER: Final = "export with the customer and the default payment method expanded"


def read(path: Path, given: Reading) -> Iterator[Line]:
    """Raises `FileWrong`."""
    with path.open(encoding="utf-8-sig") as file:
        for number, found in _objects(file, path.name):
            yield _line(number, found, given)


def _objects(file: TextIO, name: str) -> Iterator[tuple[int, Json]]:
    """The subscriptions in a list, in a list's pages one after the other, or an object a line; and each one's first
    line. A list's own frame is skipped, so that no more than one subscription is held."""
    decoder, text, number, more = json.JSONDecoder(), "", 1, True
    while more or "{" in text:
        begin, end, found = text.find("{"), 0, None
        if begin >= 0 and (len(text) - begin >= _HEAD or not more):
            number += text.count("\n", 0, begin)
            text = text[begin:]
            if "".join(text[:_HEAD].split()).startswith(_FRAMES):
                end = text.find("[") + 1
            else:
                found, end = _decoded(decoder, text)
        if end:
            if found is not None:
                yield number, found
            number += text.count("\n", 0, end)
            text = text[end:]
            continue
        if not more or len(text) > _LARGEST + _CHUNK:
            raise FileWrong(f"{name}, line {number}: it is no JSON, or cut short")
        chunk = file.read(_CHUNK)
        more = bool(chunk)
        text += chunk


def _decoded(decoder: json.JSONDecoder, text: str) -> tuple[Json | None, int]:
    """The object that the text begins with and where it ends; (None, 0) as long as it isn't whole."""
    try:
        found, end = decoder.raw_decode(text)
    except json.JSONDecodeError:
        return None, 0
    return found, end


def _line(number: int, found: Json, given: Reading) -> Line:
    invoice = found.get("object") == "invoice"
    try:
        amount_minor, currency = stripe_invoices.amount_of(found) if invoice else _amount(found)
    except LineWrong as wrong:
        return Line(number, wrong=str(wrong))
    read = stripe_invoices.gift if invoice else _plan
    try:
        made: PlanLine | GiftLine = read(found, given, amount_minor, currency)
    except LineWrong as wrong:
        return Line(number, wrong=str(wrong), amount_minor=amount_minor, currency=currency)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        shape = "an invoice" if invoice else "a subscription"
        why = f"it is not of the shape of {shape} ({error})"
        return Line(number, wrong=why, amount_minor=amount_minor, currency=currency)
    return Line(number, made, amount_minor=amount_minor, currency=currency)


def _amount(found: Json) -> tuple[int, str]:
    """What a period comes to, in ISO minor units."""
    if found.get("object") != "subscription":
        raise LineWrong("it is no subscription and no invoice")
    try:
        items = found["items"]["data"]
        currency = str(items[0]["price"]["currency"]).upper()
        exponent(currency)
        amount = sum(item["price"]["unit_amount"] * (item.get("quantity") or 1) for item in items)
    except (KeyError, TypeError, IndexError):
        raise LineWrong("no amount stands with it") from None
    except CurrencyUnknown as unknown:
        raise LineWrong(f"{unknown} is no currency's code") from None
    if currency in UNSURE:
        raise LineWrong(f"what Stripe's amounts in {currency} mean is not sure")
    if amount <= 0:
        raise LineWrong("it is over nothing")
    return from_stripe(amount, currency), currency


def _plan(found: Json, given: Reading, amount_minor: int, currency: str) -> PlanLine:
    if found.get("discount") or found.get("discounts"):
        raise LineWrong("it has a discount: what is charged is not what it says")
    if found["status"] not in (*_CHARGING, _ENDED, "paused"):
        raise LineWrong(f"it does not go on at the source ({found['status']})")
    ends_at = moment(found.get("cancel_at"))
    period_end = _period_end(found)
    next_on = schedule.local_date(period_end, given.timezone)
    stops = bool(found.get("cancel_at_period_end")) or (ends_at is not None and ends_at <= period_end)
    ended = found["status"] == _ENDED
    method, saved_method, label, expires = _method_of_ended(found) if ended else _method(found)
    return PlanLine(
        origin=f"stripe {found['id']}",
        details=_person(found),
        amount_minor=amount_minor,
        currency=currency,
        every=_every(found),
        next_on=next_on,
        day=_day(found, next_on, given.timezone),
        gateway="stripe",
        method=method,
        saved_method=saved_method,
        method_label=label,
        method_expires=expires,
        ends_on=schedule.local_date(ends_at, given.timezone) if ends_at and not stops else None,
        fund=str((found.get("metadata") or {}).get("fund", "")),
        ended=ended or stops,
        over_as=_over_as(found, ends_at) if ended else None,
        paused=found["status"] == "paused" or bool(found.get("pause_collection")),
        charges=found["status"] in _CHARGING and not stops and not found.get("pause_collection"),
        cancelled_at=moment(found.get("canceled_at")),
    )


def _over_as(found: Json, ends_at: datetime | None) -> PlanState:
    """Its donor's promise was for a time, and that ran out; or somebody ended it."""
    ended_at = moment(found.get("ended_at"))
    ran_out = ends_at is not None and ended_at is not None and ended_at >= ends_at
    asked = bool(found.get("cancel_at_period_end"))
    return PlanState.COMPLETED if ran_out and not asked else PlanState.CANCELLED


def _period_end(found: Json) -> datetime:
    """Newer versions of Stripe's API say it with each item."""
    ends = [item.get("current_period_end") for item in found["items"]["data"]]
    end = moment(found.get("current_period_end") or max(filter(None, ends), default=None))
    if end is None:
        raise LineWrong("no end of its current period stands with it")
    return end


def _day(found: Json, next_on: date, timezone: str) -> int:
    """The day that its dates are counted from: the 31st falls on the last of a shorter month."""
    anchor = moment(found.get("billing_cycle_anchor"))
    return schedule.local_date(anchor, timezone).day if anchor else next_on.day


def _every(found: Json) -> int:
    rhythms = {
        (item["price"]["recurring"]["interval"], item["price"]["recurring"].get("interval_count", 1))
        for item in found["items"]["data"]
    }
    if len(rhythms) != 1:
        raise LineWrong("its items have different rhythms")
    interval, count = rhythms.pop()
    months = {"month": 1, "year": 12}.get(interval, 0) * count
    if months not in Every.values:
        raise LineWrong(f"every {count} {interval} is not offered: monthly, quarterly or yearly")
    return int(months)


def _method(found: Json) -> tuple[str, str, str, str]:
    """Our method, the token "cus_… pm_…", its label and the month in which it expires."""
    customer = found.get("customer")
    whose = customer if isinstance(customer, dict) else {}
    kept = (
        found.get("default_payment_method")
        or (whose.get("invoice_settings") or {}).get("default_payment_method")
        or found.get("default_source")
        or whose.get("default_source")
    )
    method = kept if isinstance(kept, dict) else {"id": kept}
    customer_id = whose.get("id", customer)
    if not customer_id or not method.get("id"):
        raise LineWrong(f"no saved method stands with it; {_WITH_CUSTOMER}")
    kind = method.get("type", "card")
    if kind not in _METHODS:
        raise LineWrong(f"its method ({kind}) can't be charged again here")
    details = method.get(kind) or {}
    label = (
        f"{str(details.get('brand', kind)).title()} ···· {details['last4']}" if details.get("last4") else ""
    )
    expires = f"{details['exp_year']}-{details['exp_month']:02}" if details.get("exp_year") else ""
    return _METHODS[kind], f"{customer_id} {method['id']}", label, expires


def _method_of_ended(found: Json) -> tuple[str, str, str, str]:
    """Nothing is charged to it, so that it may be gone; one that can be read begins a plan that waits for the move."""
    try:
        return _method(found)
    except LineWrong:
        return "", "", "", ""


def _person(found: Json) -> Details:
    customer = found.get("customer")
    if not isinstance(customer, dict):
        raise LineWrong(f"nobody is named; {_WITH_CUSTOMER}")
    return person(
        name=str(customer.get("name") or ""),
        email=customer.get("email") or "",
        phone=customer.get("phone") or "",
        address=customer.get("address") or {},
    )
