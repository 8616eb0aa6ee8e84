"""The clearing account against what the gateway holds, gift by gift: for `almoner prove`, and for staff each day."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from almoner.kernel.crashpoint import crash_point
from almoner.ledger.models import Posting
from almoner.payments.gateways.port import Answer, Gateway, Status
from almoner.payments.models import Attempt, BalanceCheck, Dispute, Payout, Refund
from almoner.payments.progress import holding_account
from almoner.payments.transitions import HELD_DISPUTE_STATES, OPEN_REFUND_STATES, OPEN_STATES

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Apart:
    """What the books and the gateway hold by one source, in minor units, where that differs. `at`: when it was made
    there, where the gateway says so."""

    booked_minor: int
    held_minor: int
    at: datetime | None = None

    @property
    def minor(self) -> int:
        """What the books hold more."""
        return self.booked_minor - self.held_minor


# By (currency, what the books explain it by).
Differences = dict[_Key, Apart]

_NAMED: Final = 3
NOT_OURS: Final = "nothing of ours"
_EVER: Final = datetime(2015, 1, 1, tzinfo=UTC)


def compare(gateway: Gateway, *, at: datetime) -> list[BalanceCheck]:
    """Keep how the gateway's balance compares, a row for each currency. Gift by gift only where the sums differ."""
    held, booked = gateway.balance(), _booked_by_currency(gateway)
    currencies = held.keys() | booked.keys()
    differ = any(held.get(currency, 0) != booked.get(currency, 0) for currency in currencies)
    lasting = all_differences(gateway) if differ else {}
    with transaction.atomic():
        kept = [_keep(gateway, currency, lasting, at=at) for currency in sorted(currencies)]
        crash_point("balance.before-commit")
    crash_point("balance.after-commit")
    return kept


def all_differences(gateway: Gateway) -> Differences:
    """Gift by gift, and what the whole balance differs by beyond that. It lists all that the gateway holds, twice."""
    lasting = lasting_differences(gateway)
    return {**lasting, **unexplained(gateway, lasting)}


def lasting_differences(gateway: Gateway) -> Differences:
    """What differs at both of two looks: a gift that moved between our look at the gateway and the one at the books
    agrees by then. No clock decides what is new, for clocks are set back."""
    first = differences(gateway)
    return (
        {key: apart for key, apart in differences(gateway).items() if first.get(key) == apart}
        if first
        else {}
    )


def unexplained(gateway: Gateway, explained: Differences) -> Differences:
    """What the whole balance differs by and no gift, refund, dispute or payout does: somebody else's payments in the
    same account, a balance from before, a monthly invoice. Looked for twice, and only while nothing is under way."""
    first = totals_apart(gateway)
    under_way = _under_way(gateway).exists()
    if under_way or not first or first != totals_apart(gateway):
        return {}
    found: Differences = {}
    for currency, (booked_minor, held_minor) in first.items():
        explained_minor = named(explained, currency)[0]
        if booked_minor - held_minor != explained_minor:
            found[currency, NOT_OURS] = Apart(booked_minor, held_minor + explained_minor)
    return found


def totals_apart(gateway: Gateway) -> dict[str, tuple[int, int]]:
    """(what the books hold, what the gateway holds), by currency; only where they differ."""
    held, booked = gateway.balance(), _booked_by_currency(gateway)
    found = {
        currency: (booked.get(currency, 0), held.get(currency, 0)) for currency in held.keys() | booked.keys()
    }
    return {currency: sides for currency, sides in found.items() if sides[0] != sides[1]}


def named(found: Differences, currency: str) -> tuple[int, str]:
    """(what the books hold more in a currency, the first few sources of it)."""
    own = {source: apart.minor for (of, source), apart in found.items() if of == currency}
    return sum(own.values()), ", ".join(sorted(own)[:_NAMED])


def differences(gateway: Gateway) -> Differences:
    """One look; nothing of what is under way."""
    charges = list(gateway.charges())
    attempts = Attempt.objects.filter(gateway=gateway.code, account__in=("", gateway.account))
    known = {gateway_id: str(pk) for pk, gateway_id in attempts.values_list("pk", "gateway_id")}
    booked = _booked(gateway)
    held: dict[_Key, int] = {}
    made: dict[_Key, datetime | None] = {}
    for charge in charges:
        if charge.status in (Status.SUCCEEDED, Status.RETURNED):
            key = charge.currency, f"attempt {known.get(charge.gateway_id, charge.gateway_id)}"
            held[key], made[key] = held.get(key, 0) + _held_minor(charge), charge.made_at
    _take_disputes(gateway, held)
    _take_payouts(gateway, held, made)
    under_way = {f"attempt {pk}" for pk in _under_way(gateway).values_list("pk", flat=True)}
    return {
        key: Apart(booked.get(key, 0), held.get(key, 0), made.get(key))
        for key in booked.keys() | held.keys()
        if booked.get(key, 0) != held.get(key, 0) and key[1] not in under_way
    }


def _under_way(gateway: Gateway) -> QuerySet[Attempt]:
    open_now = Q(state__in=OPEN_STATES) | Q(refunds__state__in=OPEN_REFUND_STATES)
    return Attempt.objects.filter(open_now, gateway=gateway.code, account__in=("", gateway.account))


def _take_disputes(gateway: Gateway, held: dict[_Key, int]) -> None:
    """What the gateway has taken for disputes, asked for one by one: they are few."""
    for dispute in Dispute.objects.filter(attempt__gateway=gateway.code).iterator():
        answer = gateway.retrieve_dispute(dispute.gateway_id)
        taken_minor = answer.amount_minor if str(answer.status) in HELD_DISPUTE_STATES else 0
        key = answer.currency, f"dispute {dispute.pk}"
        held[key] = held.get(key, 0) - taken_minor - answer.fee_minor


def _take_payouts(gateway: Gateway, held: dict[_Key, int], made: dict[_Key, datetime | None]) -> None:
    rows = Payout.objects.filter(gateway=gateway.code, account=gateway.account)
    known = {gateway_id: str(pk) for pk, gateway_id in rows.values_list("pk", "gateway_id")}
    for answer in gateway.payouts(_EVER):
        if answer.status in (Status.PROCESSING, Status.SUCCEEDED):
            key = answer.currency, f"payout {known.get(answer.gateway_id, answer.gateway_id)}"
            held[key], made[key] = held.get(key, 0) - answer.amount_minor, answer.created_at


def _held_minor(charge: Answer) -> int:
    gross_minor = charge.amount_minor if charge.status == Status.SUCCEEDED else 0
    return gross_minor - charge.refunded_minor - charge.fee_minor


def _booked(gateway: Gateway) -> dict[_Key, int]:
    """Debits less credits of the clearing account by what explains them; a refund counts for its attempt."""
    code = holding_account(gateway.code)
    attempt_of = {
        str(pk): str(attempt)
        for pk, attempt in Refund.objects.filter(attempt__gateway=gateway.code).values_list("pk", "attempt")
    }
    rows = Posting.objects.filter(Q(debit__code=code) | Q(credit__code=code))
    totals: dict[_Key, int] = {}
    for source, source_id, debit, currency, amount_minor in rows.values_list(
        "source", "source_id", "debit__code", "currency", "amount_minor"
    ).iterator():
        refunded = attempt_of.get(source_id) if source == "refund" else None
        key = currency, f"attempt {refunded}" if refunded else f"{source} {source_id}"
        totals[key] = totals.get(key, 0) + (amount_minor if debit == code else -amount_minor)
    return totals


def _booked_by_currency(gateway: Gateway) -> dict[str, int]:
    code = holding_account(gateway.code)
    totals: dict[str, int] = {}
    for side, sign in (("debit__code", 1), ("credit__code", -1)):
        sums = (
            Posting.objects.filter(**{side: code}).values_list("currency").annotate(total=Sum("amount_minor"))
        )
        for currency, total_minor in sums.order_by():
            totals[currency] = totals.get(currency, 0) + sign * total_minor
    return totals


def _keep(gateway: Gateway, currency: str, lasting: Differences, *, at: datetime) -> BalanceCheck:
    difference_minor, sources = named(lasting, currency)
    row, _ = BalanceCheck.objects.update_or_create(
        gateway=gateway.code,
        account=gateway.account,
        currency=currency,
        defaults={"difference_minor": difference_minor, "sources": sources[:300], "at": at},
    )
    return row
