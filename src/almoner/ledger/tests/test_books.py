"""The memory of account keys never outlives the account."""

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from almoner.charities.models import Charity
from almoner.ledger import books
from almoner.ledger.models import Account


class _Undone(Exception):
    pass


@pytest.fixture
def charity(db: None) -> Charity:
    books.forget_accounts()
    return Charity.objects.create(slug="books", name="Books")


def test_an_account_that_was_rolled_back_is_forgotten(charity: Charity) -> None:
    """Found again in the transaction that made it; after that its key belongs to another account."""
    with pytest.raises(_Undone), transaction.atomic():
        gone = books.account_id(charity.pk, "clearing:one", "AUD")
        assert books.account_id(charity.pk, "clearing:one", "AUD") == gone
        raise _Undone
    books.account_id(charity.pk, "fees:other", "AUD")
    found = Account.objects.get(pk=books.account_id(charity.pk, "clearing:one", "AUD"))
    assert (found.code, found.kind) == ("clearing:one", Account.Kind.ASSET)


def test_a_committed_account_costs_no_query(
    charity: Charity,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = books.account_id(charity.pk, "clearing:one", "AUD")
    with django_assert_num_queries(0):
        assert books.account_id(charity.pk, "clearing:one", "AUD") == made


def test_a_code_that_says_nothing_of_its_kind(charity: Charity) -> None:
    with pytest.raises(books.AccountUnknown):
        books.account_id(charity.pk, "yachts", "AUD")
