"""Bank accounts, named and changed."""

from almoner.banking.models import BankAccount
from almoner.charities import audit
from almoner.charities.models import Charity
from almoner.kernel.clock import now


def keep(
    account: BankAccount | None,
    *,
    actor: audit.Actor,
    name: str,
    number: str,
    currency: str = "",
    charity: Charity | None = None,
) -> BankAccount:
    """Make an account, or change one, inside the caller's transaction. A new one needs `charity` and `currency`; these
    stay afterwards, the currency from the first statement on. Raises `IntegrityError` when the name is taken."""
    if account is None:
        assert charity is not None
        account = BankAccount(charity=charity, created_at=now())
    account.name, account.number = name, number
    account.currency = currency or account.currency
    account.save()
    audit.record(
        actor=actor,
        charity=account.charity,
        action="keep bank account",
        object_type="bank account",
        object_id=account.pk,
        detail={"name": name, "number": number, "currency": account.currency},
    )
    return account
