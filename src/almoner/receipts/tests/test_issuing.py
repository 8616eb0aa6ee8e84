import threading
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.support.databases import LiveDb

from almoner.charities import appendonly
from almoner.charities.models import Charity
from almoner.giving import actions, demo, desk
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.payments import progress
from almoner.payments.models import Attempt
from almoner.receipts import issuing
from almoner.receipts.models import Receipt, ReceiptCancellation, ReceiptSeries
from almoner.receipts.tests.conftest import Give, chain, promised, settle

Reason = ReceiptCancellation.Reason


def test_a_success_gets_one_receipt_and_one_job(give: Give, charity: Charity) -> None:
    gift = give()
    (receipt,) = chain(gift)
    assert (receipt.number, receipt.turn, receipt.amount_minor, receipt.currency) == (1, 1, 5000, "AUD")
    assert receipt.charity == charity
    assert receipt.given_at == gift.given_at
    assert len(receipt.token) == 22
    job = Job.objects.get(kind=issuing.JOB)
    assert job.payload == {
        "key": f"receipt:{receipt.pk}",
        "kind": "receipt",
        "gift": str(gift.pk),
        "receipt": receipt.pk,
    }


def test_issuing_costs_three_statements(give: Give) -> None:
    gift = give()
    attempt = Attempt.objects.get(gift_id=gift.pk)
    other = _copy_of(gift)
    with CaptureQueriesContext(connection) as queries:
        issuing.issue(other, attempt, now())
    kinds = [
        query["sql"].split()[0] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert kinds == ["INSERT", "INSERT", "INSERT"], [query["sql"] for query in queries]


def _copy_of(gift: Gift) -> Gift:
    """Another gift of the same donor's words, without any receipt."""
    contact = gift.contact
    contact.pk = None
    contact.save()
    return Gift.objects.create(
        charity=gift.charity,
        fund=gift.fund,
        contact=contact,
        reference="X" * 10,
        public_key="x" * 22,
        amount_minor=gift.amount_minor,
        total_minor=gift.total_minor,
        currency=gift.currency,
        given_at=gift.given_at,
    )


def test_numbers_follow_each_other_in_each_charity(give: Give, charity: Charity) -> None:
    other = Charity.objects.create(
        slug="other", name="Other", legal_name="Other", country="NZ", timezone="Pacific/Auckland", currency="NZD",
        email="a@other.example", mail_from="a@other.example",
    )  # fmt: skip
    fund = other.funds.create(code="all", name="All")
    mine = [give(), give()]
    theirs = give(charity=other, fund=fund, currency="NZD")
    mine.append(give())
    assert [chain(gift)[0].number for gift in mine] == [1, 2, 3]
    assert chain(theirs)[0].number == 1


def test_a_rollback_leaves_no_gap(give: Give) -> None:
    give()
    with pytest.raises(RuntimeError), transaction.atomic():
        give()
        raise RuntimeError
    assert chain(give())[0].number == 2


def test_the_same_success_twice_is_one_receipt(give: Give) -> None:
    gift = give()
    issuing.issue(gift, Attempt.objects.get(gift_id=gift.pk), now())
    assert [receipt.number for receipt in chain(gift)] == [1]
    assert ReceiptSeries.objects.get().last_number == 1


def test_a_gift_that_is_not_paid_has_none(charity: Charity, give: Give) -> None:
    gift = give()
    waiting = _copy_of(gift)
    issuing.on_refunded(waiting, Attempt.objects.get(gift_id=gift.pk), now())
    assert chain(waiting) == []
    assert ReceiptSeries.objects.get().last_number == 1


# ---- Refunds, returns, corrections ---------------------------------------------------------------------------------


def test_a_refund_in_full_cancels_and_takes_no_number(give: Give, staff: Any) -> None:
    gift = give()
    actions.refund(gift_id=gift.pk, amount_minor=5000, reason="asked", actor=staff)
    (receipt,) = chain(gift)
    assert receipt.cancellation.reason == Reason.REFUNDED
    assert ReceiptSeries.objects.get().last_number == 1
    assert Job.objects.filter(dedupe_key=f"mail cancelled:{receipt.pk}").exists()


def test_a_refund_in_part_cancels_and_replaces_with_what_is_left(give: Give, staff: Any) -> None:
    gift = give()
    give()
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    old, new = chain(gift)
    assert old.cancellation.reason == Reason.REFUNDED
    assert (old.number, old.amount_minor) == (1, 5000)
    assert (new.number, new.amount_minor, new.turn) == (3, 3000, 2)
    assert not hasattr(new, "cancellation")
    assert new.given_at == old.given_at
    assert Job.objects.filter(dedupe_key=f"mail replaced:{new.pk}").exists()


def test_refund_after_refund_keeps_the_whole_chain(give: Give, staff: Any) -> None:
    gift = give()
    for _ in range(3):
        actions.refund(gift_id=gift.pk, amount_minor=1000, reason="asked", actor=staff)
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    receipts = chain(gift)
    assert [receipt.amount_minor for receipt in receipts] == [5000, 4000, 3000, 2000]
    assert all(hasattr(receipt, "cancellation") for receipt in receipts)
    assert issuing.link(gift.pk) is None


def test_a_return_cancels_and_collecting_it_after_all_issues_anew(give: Give) -> None:
    gift = give()
    attempt = Attempt.objects.get(gift_id=gift.pk)
    with transaction.atomic():
        actions.follow(gift, progress.move(attempt, "returned", at=now()))
    (old,) = chain(gift)
    assert old.cancellation.reason == Reason.RETURNED
    with transaction.atomic():
        actions.follow(gift, progress.move(attempt, "collected", at=now()))
    old, new = chain(gift)
    assert (new.turn, new.number, new.amount_minor) == (2, 2, 5000)
    assert Job.objects.filter(dedupe_key=f"mail receipt:{new.pk}").exists()


def test_bringing_in_line_what_is_in_line_changes_nothing(give: Give) -> None:
    gift = give()
    for _ in range(3):
        issuing.bring_in_line(gift, at=now(), reason=Reason.REFUNDED)
    assert len(chain(gift)) == 1
    assert not ReceiptCancellation.objects.exists()


def test_the_thank_you_page_links_the_receipt_that_holds(give: Give, staff: Any) -> None:
    gift = give()
    first = issuing.link(gift.pk)
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    second = issuing.link(gift.pk)
    assert first is not None and second is not None
    assert (first.number, second.number) == ("000001", "000002")
    assert second.url == f"/receipts/{chain(gift)[1].token}.pdf"


def test_a_transfer_counts_from_the_day_it_reached_the_bank(charity: Charity, give: Give, staff: Any) -> None:
    gift = promised(charity)
    credit = desk.record_credit(
        charity=charity,
        received_on=date(2026, 11, 20),
        amount_minor=4500,
        currency="AUD",
        text="",
        actor=staff,
    )
    desk.match_credit(credit_id=credit.pk, gift_id=gift.pk, actor=staff)
    (receipt,) = chain(gift)
    assert receipt.amount_minor == 4500
    assert receipt.given_at.isoformat() == "2026-11-20T01:00:00+00:00"


# ---- What nobody may change ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE receipts_receipt SET amount_minor = 1",
        "DELETE FROM receipts_receipt",
        "UPDATE receipts_receiptcancellation SET reason = 'x'",
        "DELETE FROM receipts_receiptcancellation",
    ],
)
def test_what_was_issued_is_never_edited(give: Give, staff: Any, statement: str) -> None:
    gift = give()
    actions.refund(gift_id=gift.pk, amount_minor=2000, reason="asked", actor=staff)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert len(chain(gift)) == 2


def test_the_tables_are_registered_as_append_only() -> None:
    assert {
        "receipts_receipt", "receipts_receiptcancellation", "receipts_receiptseal", "receipts_signingkey",
    } <= set(appendonly.protected_tables())  # fmt: skip


# ---- Many at once --------------------------------------------------------------------------------------------------


def test_parallel_successes_leave_no_gap_and_no_double(live_db: LiveDb) -> None:
    charity = demo.seed()
    gifts = [promised(charity, nth) for nth in range(24)]
    failures: list[BaseException] = []

    def settle_some(some: list[Gift], fail_every: int) -> None:
        try:
            for nth, gift in enumerate(some):
                settle(gift, then_fail=nth % fail_every == 0)
        except BaseException as error:  # noqa: BLE001 (handed to the test's own thread)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=settle_some, args=(gifts[nth::4], 3)) for nth in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    assert failures == []
    numbers = sorted(Receipt.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 17))
    assert ReceiptSeries.objects.get().last_number == 16


def test_two_refunds_at_once_replace_a_receipt_once_each(live_db: LiveDb) -> None:
    charity = demo.seed()
    staff = User.objects.create_user("sam")
    gift = promised(charity)
    settle(gift)
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def give_back() -> None:
        try:
            barrier.wait(60)
            actions.refund(gift_id=gift.pk, amount_minor=1000, reason="asked", actor=staff)
        except BaseException as error:  # noqa: BLE001 (handed to the test's own thread)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=give_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    assert failures == []
    assert [receipt.amount_minor for receipt in chain(gift)] == [5000, 4000, 3000]
