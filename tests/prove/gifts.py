"""Corruptions of gifts, of what guards the tables, of the log, and of the outbox."""

import uuid
from datetime import timedelta

from django.db import connection, transaction

from almoner.charities.models import AuditEntry, Fund
from almoner.giving.actions.following import follow_refund
from almoner.giving.models import Gift
from almoner.kernel.clock import now
from almoner.outbox.models import Job, State
from almoner.payments import progress, refunds
from almoner.payments.gateways.port import Status
from almoner.payments.models import Attempt, Refund, RefundEvent
from tests.prove.history import History
from tests.prove.planting import attempt_of, edited, other_charity, plants


@plants("gift status")
def a_gifts_status_changed(history: History) -> str:
    edited(history.declined, status="pending")
    return f"gift {history.declined.pk}"


@plants("gift amounts")
def a_gifts_refund_changed(history: History) -> str:
    edited(history.card, refunded_minor=1_501)
    return f"gift {history.card.pk}: refunded"


@plants("gift amounts")
def a_gift_that_settled_less(history: History) -> str:
    edited(history.twice, settled_minor=5_000)
    return f"gift {history.twice.pk}: settled"


@plants("gift amounts")
def a_declined_gift_that_settled(history: History) -> str:
    edited(history.declined, settled_minor=1)
    return f"gift {history.declined.pk}: settled"


@plants("gift amounts")
def a_gift_of_another_amount(history: History) -> str:
    edited(history.cash, amount_minor=1_999, total_minor=1_999)
    return f"gift {history.cash.pk}: asked"


@plants("gifts have attempts")
def an_attempt_without_a_gift(history: History) -> str:
    attempt = progress.begin(
        attempt_id=uuid.uuid4(), gift_id=uuid.uuid4(), ordinal=1, charity_id=history.charity.pk, gateway="sandbox",
        method="sandbox_card", amount_minor=1, currency="AUD", income_code="income:x", ledger_tag="", at=now(),
    )  # fmt: skip
    return f"attempts of gift {attempt.gift_id}, which does not exist"


@plants("one charge")
def a_second_payment_hidden(history: History) -> str:
    edited(history.twice, flag="")
    return f"gift {history.twice.pk}"


@plants("given back once")
def a_donor_who_has_it_twice(history: History) -> str:
    returned = Attempt.objects.get(state="returned")
    at = now()
    refund = Refund.objects.create(
        attempt=returned, amount_minor=100, currency="AUD", state="submitted", created_at=at, updated_at=at,
        look_at=at + timedelta(hours=1),
    )  # fmt: skip
    RefundEvent.objects.create(
        refund=refund, name="submitted", from_state="requested", to_state="submitted", at=at
    )
    with transaction.atomic():
        change = refunds.apply_status(refund, Status.SUCCEEDED, "sbr_x", at=at)
        follow_refund(returned, change)
    with history.sandbox.store.write() as rows:
        rows.execute(
            "INSERT INTO refund (id, key, charge_id, amount_minor, state, created_at) "
            "VALUES ('sbr_x', 'x', ?, 100, 'succeeded', '')",
            (returned.gateway_id,),
        )
    gift = Gift.objects.get(pk=returned.gift_id)
    assert gift.flag == "back_twice"
    edited(gift, flag="")
    return f"gift {gift.pk}: attempt {returned.pk}"


@plants("one charity")
def a_gift_moved_to_another_charity(history: History) -> str:
    edited(history.card, charity=other_charity())
    return f"gift {history.card.pk}: attempt {attempt_of(history.card).pk} is another's"


@plants("one charity", "ledger from events")
def an_attempt_moved_to_another_charity(history: History) -> str:
    attempt = attempt_of(history.cash)
    edited(attempt, charity=other_charity())
    return f"gift {history.cash.pk}: attempt {attempt.pk} is another's"


@plants("one charity")
def a_fund_of_another_charity(history: History) -> str:
    fund = Fund.objects.create(charity=other_charity(), code="general", name="Theirs")
    edited(history.card, fund=fund)
    return f"gift {history.card.pk}: its fund, its donor or its form is another's"


@plants("references")
def a_reference_with_a_wrong_character(history: History) -> str:
    wrong = ("0" if history.card.reference[0] != "0" else "1") + history.card.reference[1:]
    edited(history.card, reference=wrong)
    return f"gift {wrong}"


@plants("append-only")
def a_trigger_dropped(history: History) -> str:
    on = ' ON "ledger_posting"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "ledger_posting_no_update"{on}')
    return "ledger_posting_no_update"


@plants("append-only")
def a_trigger_that_does_nothing(history: History) -> str:
    """Of the right name, on the right table."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_posting_no_update")
            cursor.execute(
                "CREATE TRIGGER ledger_posting_no_update BEFORE UPDATE ON ledger_posting BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            )
            cursor.execute(
                "CREATE OR REPLACE TRIGGER ledger_posting_no_update BEFORE UPDATE ON ledger_posting "
                "FOR EACH ROW EXECUTE FUNCTION nothing()"
            )
    return "ledger_posting_no_update"


@plants("append-only")
def a_trigger_that_acts_only_now_and_then(history: History) -> str:
    when = "WHEN (OLD.amount_minor < 0)" if connection.vendor == "postgresql" else "WHEN OLD.amount_minor < 0"
    does = (
        "FOR EACH ROW %s EXECUTE FUNCTION almoner_append_only()"
        if connection.vendor == "postgresql"
        else "%s BEGIN SELECT RAISE(ABORT, 'ledger_posting is append-only'); END"
    )
    on = " ON ledger_posting" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_posting_no_delete{on}")
        cursor.execute(
            f"CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting {does % when}"
        )
    return "ledger_posting_no_delete"


@plants("append-only")
def what_the_triggers_rest_on_undone(history: History) -> str:
    """INSERT OR REPLACE walks round them on SQLite; their function does nothing on PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA recursive_triggers = OFF")
            return "recursive_triggers"
        cursor.execute(
            "CREATE OR REPLACE FUNCTION almoner_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
    return "almoner_append_only"


@plants("audit chain")
def the_end_of_the_log_removed(history: History) -> str:
    written = AuditEntry.objects.count()
    edited(AuditEntry.objects.latest("id"))
    return f"the log's end: {written - 1} entries stand, {written} were written"


@plants("audit chain")
def the_whole_log_removed(history: History) -> str:
    written = AuditEntry.objects.count()
    for entry in AuditEntry.objects.all():
        edited(entry)
    return f"the log's end: 0 entries stand, {written} were written"


@plants("audit chain")
def a_log_row_changed(history: History) -> str:
    entry = AuditEntry.objects.filter(action="refund gift").earliest("id")
    edited(entry, detail={"amount_minor": 1})
    return f"audit entry {entry.pk}"


@plants("audit chain")
def a_log_row_removed(history: History) -> str:
    first, second = AuditEntry.objects.order_by("id")[:2]
    edited(first)
    return f"audit entry {second.pk}"


@plants("outbox")
def work_that_was_given_up(history: History) -> str:
    job = Job.objects.create(
        kind="x",
        dedupe_key="x",
        state=State.DEAD,
        run_at=now(),
        created_at=now(),
        finished_at=now(),
        last_error="no",
    )
    return f"job {job.pk} x: no"


@plants("outbox in time")
def work_that_nobody_does(history: History) -> str:
    at = now() - timedelta(hours=2)
    job = Job.objects.create(kind="x", dedupe_key="x", run_at=at, created_at=at)
    return f"job {job.pk} x, due {at:%Y-%m-%d %H:%M} UTC"
