"""What must hold in the books, for `almoner prove`."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum

from almoner.kernel.proof import Check
from almoner.ledger import closing
from almoner.ledger.books import kind_of
from almoner.ledger.models import Account, Posting


def checks() -> list[Check]:
    return [
        Check("postings balance", "Debits equal credits in every charity and currency.", _balance),
        Check(
            "postings agree", "A posting and both its accounts are of one charity and one currency.", _agree
        ),
        Check(
            "closed books",
            "What every account stood at when days were closed, it stands at still.",
            closing.changed,
        ),
        Check("account kinds", "Every account is of the kind that its code says.", _kinds),
    ]


def _balance() -> Iterator[str]:
    for charity_id, currency in Account.objects.values_list("charity_id", "currency").distinct().order_by():
        accounts = Account.objects.filter(charity_id=charity_id, currency=currency)
        debits = Posting.objects.filter(debit__in=accounts).aggregate(total=Sum("amount_minor"))["total"] or 0
        credits = (
            Posting.objects.filter(credit__in=accounts).aggregate(total=Sum("amount_minor"))["total"] or 0
        )
        if debits != credits:
            yield f"charity {charity_id} {currency}: debits {debits}, credits {credits}"


def _kinds() -> Iterator[str]:
    for pk, code, kind in Account.objects.values_list("pk", "code", "kind").iterator():
        if kind_of(code) != kind:
            yield f"account {pk} {code}: {kind}"


def _agree() -> Iterator[str]:
    odd = Posting.objects.filter(
        ~Q(debit__currency=F("currency"))
        | ~Q(credit__currency=F("currency"))
        | ~Q(debit__charity=F("charity"))
        | ~Q(credit__charity=F("charity"))
        | Q(amount_minor__lte=0)
    )
    for pk in odd.values_list("pk", flat=True).iterator():
        yield f"posting {pk}"
