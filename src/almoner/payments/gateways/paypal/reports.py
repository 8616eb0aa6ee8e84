"""What PayPal reports of the account: what it holds, what came and went, and what was sent to the bank.

PayPal lists no orders. Its list of transactions has what moved money, up to three years back, a month a request, and
shows a movement some hours late.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from almoner.payments.gateways.http import Json
from almoner.payments.gateways.paypal.amounts import minor_of
from almoner.payments.gateways.paypal.client import Client
from almoner.payments.gateways.port import PayoutAnswer, Status

_WINDOW: Final = timedelta(days=31)
REACHES_BACK: Final = timedelta(days=3 * 365)
# Withdrawals to the bank: by hand, and swept by PayPal each day where the account is set to.
_WITHDRAWALS: Final = ("T0400", "T0401", "T0402", "T0403", "T0404", "T0405")
_STATUS: Final = {
    "S": Status.SUCCEEDED,
    "P": Status.PROCESSING,
    "D": Status.FAILED,
    # Reversed: the bank sent it back.
    "V": Status.FAILED,
}


def balance(client: Client) -> dict[str, int]:
    """Available and withheld, by currency, as of PayPal's last report."""
    found = client.get("/v1/reporting/balances", currency_code="ALL").get("balances") or ()
    totals: dict[str, int] = {}
    for each in found:
        amount_minor, currency = minor_of(each.get("total_balance"))
        totals[currency] = totals.get(currency, 0) + amount_minor
    return totals


def transactions(client: Client, *, since: datetime, until: datetime, **wanted: str) -> Iterator[Json]:
    """Each movement's `transaction_info`, oldest month first."""
    start = max(since, until - REACHES_BACK)
    while start < until:
        end = min(start + _WINDOW, until)
        page, pages = 1, 1
        while page <= pages:
            body = client.get(
                "/v1/reporting/transactions",
                start_date=_stamp(start),
                end_date=_stamp(end),
                fields="transaction_info",
                page_size="500",
                page=str(page),
                **wanted,
            )
            for detail in body.get("transaction_details") or ():
                yield detail.get("transaction_info") or {}
            pages, page = int(body.get("total_pages") or 1), page + 1
        start = end


def payouts(client: Client, *, since: datetime, until: datetime) -> list[PayoutAnswer]:
    """Money that was sent to the bank, oldest first."""
    found = [
        _payout(info)
        for info in transactions(client, since=since, until=until)
        if info.get("transaction_event_code") in _WITHDRAWALS
    ]
    return sorted({each.gateway_id: each for each in found}.values(), key=lambda each: each.created_at)


def _payout(info: Json) -> PayoutAnswer:
    amount_minor, currency = minor_of(info.get("transaction_amount"))
    created_at = _read(str(info.get("transaction_initiation_date", "")))
    updated_at = _read(str(info.get("transaction_updated_date") or info["transaction_initiation_date"]))
    return PayoutAnswer(
        gateway_id=str(info["transaction_id"]),
        status=_STATUS.get(str(info.get("transaction_status")), Status.PROCESSING),
        # It leaves the account: PayPal writes it as less than 0.
        amount_minor=-amount_minor,
        currency=currency,
        arrives_on=updated_at.astimezone(UTC).date(),
        created_at=created_at,
    )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(stamp: str) -> datetime:
    # PayPal writes +0000.
    if len(stamp) > 5 and stamp[-5] in "+-" and ":" not in stamp[-5:]:
        stamp = f"{stamp[:-2]}:{stamp[-2:]}"
    return datetime.fromisoformat(stamp)
