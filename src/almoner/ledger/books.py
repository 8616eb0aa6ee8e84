"""Post to the books, and read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, Sum

from almoner.charities.rows import insert
from almoner.kernel.clock import now
from almoner.ledger import closing
from almoner.ledger.models import Account, Posting

# Keys of accounts that were found. One that this very transaction made may still be rolled back, after which SQLite may
# give its key to another account: it is kept once the transaction is committed.
_known: dict[tuple[int, str, str], int] = {}


class BooksClosed(ValueError):
    """These days were closed: nothing is posted into them any more."""


class AccountUnknown(ValueError):
    """No account's code begins like this, so its kind can't be told."""


# Days can be closed that have been over for so long.
_OVER: Final = timedelta(hours=1)
_KINDS = {
    "bank": Account.Kind.ASSET,
    "clearing": Account.Kind.ASSET,
    "in_transit": Account.Kind.ASSET,
    "undeposited": Account.Kind.ASSET,
    "suspense": Account.Kind.LIABILITY,
    "income": Account.Kind.INCOME,
    "refunds": Account.Kind.INCOME,
    "fees": Account.Kind.EXPENSE,
    # What a gateway took back until a dispute is decided, what it cost, and what was lost.
    "disputes": Account.Kind.ASSET,
    "dispute-fees": Account.Kind.EXPENSE,
    "dispute-losses": Account.Kind.EXPENSE,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting to be made: `debit` and `credit` are account codes such as "clearing:sandbox"."""

    debit: str
    credit: str
    amount_minor: int
    kind: str


def post(
    entries: list[Entry],
    *,
    charity_id: int,
    currency: str,
    source: str,
    source_id: object,
    at: datetime,
    tag: str = "",
) -> None:
    """Write postings, inside the caller's transaction. A second posting of the same (source, id, kind) raises
    IntegrityError: an event is posted by whoever moves the state, once. Raises `BooksClosed` for closed days."""
    # What happens now can't lie in days that are over: only what moves in from elsewhere is asked about.
    if at < now() - _OVER and closing.is_closed(charity_id, at):
        raise BooksClosed(f"The books of {at.isoformat(timespec='minutes')} are closed.")
    insert(
        *(
            Posting(
                charity_id=charity_id,
                debit_id=account_id(charity_id, entry.debit, currency),
                credit_id=account_id(charity_id, entry.credit, currency),
                amount_minor=entry.amount_minor,
                currency=currency,
                source=source,
                source_id=str(source_id),
                kind=entry.kind,
                tag=tag,
                at=at,
            )
            for entry in entries
        )
    )


def account_id(charity_id: int, code: str, currency: str) -> int:
    """The account's key; the account is made when it is new."""
    known = _known.get((charity_id, code, currency))
    if known is not None:
        return known
    kind = kind_of(code)
    if kind is None:
        raise AccountUnknown(code)
    account, _created = Account.objects.get_or_create(
        charity_id=charity_id, code=code, currency=currency, defaults={"kind": kind}
    )
    transaction.on_commit(lambda: _known.update({(charity_id, code, currency): account.pk}))
    return account.pk


def kind_of(code: str) -> Account.Kind | None:
    """What an account's code says of its kind; None when it says nothing."""
    return _KINDS.get(code.partition(":")[0])


def forget_accounts() -> None:
    """Empty the memory of account keys, when the database behind it is another one."""
    _known.clear()


def balance_minor(charity_id: int, code: str, currency: str) -> int:
    """Debits less credits of one account, in minor units."""
    account = Account.objects.filter(charity_id=charity_id, code=code, currency=currency).first()
    if account is None:
        return 0
    debits = account.debits.aggregate(total=Sum("amount_minor"))["total"] or 0
    credits = account.credits.aggregate(total=Sum("amount_minor"))["total"] or 0
    return int(debits) - int(credits)


@dataclass(frozen=True, slots=True)
class TaggedIncome:
    """Income under a tag, in minor units, and how many payments stand in it."""

    amount_minor: int
    payments: int


def tagged_income(tag: str, currency: str, *, before: datetime) -> TaggedIncome:
    """What was posted as income under a tag before a moment: credits to income, less refunds and returns. A payment
    that was returned, or proved another's, counts no more; one that was refunded does."""
    tagged = Posting.objects.filter(tag=tag, currency=currency, at__lt=before)
    into = tagged.filter(credit__kind=Account.Kind.INCOME).aggregate(
        total=Sum("amount_minor"), payments=Count("id", filter=Q(kind__startswith="charge"))
    )
    out_of = tagged.filter(debit__kind=Account.Kind.INCOME).aggregate(
        total=Sum("amount_minor"),
        payments=Count("id", filter=Q(kind__startswith="return") | Q(kind__startswith="unmatched")),
    )
    return TaggedIncome((into["total"] or 0) - (out_of["total"] or 0), into["payments"] - out_of["payments"])
