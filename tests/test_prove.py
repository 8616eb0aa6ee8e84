"""`almoner prove` holds after a history of everything, and names the row of each corruption that is planted."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from pytest_django import Settings as SettingsWrapper

from almoner.charities import appendonly
from almoner.charities.models import AuditEntry, Charity, Fund
from almoner.config import prove
from almoner.giving import actions, desk
from almoner.giving.actions.following import follow_refund
from almoner.giving.models import BatchLine, Gift, GiftBatch
from almoner.giving.tests.conftest import Donor
from almoner.kernel.clock import now
from almoner.ledger.models import Account, Posting
from almoner.outbox.models import Job, State
from almoner.payments import progress, refunds
from almoner.payments.gateways.port import Status
from almoner.payments.gateways.sandbox.gateway import Sandbox
from almoner.payments.models import Attempt, BankCredit, Event, InboxMessage, Refund, RefundEvent
from almoner.supporters.people import Details

BO = Details(given_name="Bo", family_name="Lee", email="bo@example.org")


@dataclass
class History:
    """What has happened, for a corruption to find its row in."""

    charity: Charity
    sandbox: Sandbox
    staff: User
    card: Gift
    declined: Gift
    twice: Gift
    cash: Gift
    transfer: Gift


@pytest.fixture
def history(donor: Donor, charity: Charity, sandbox: Sandbox, settings: SettingsWrapper) -> History:
    settings.LIMIT_ATTEMPTS = settings.LIMIT_DECLINES = settings.LIMIT_DECLINES_WORK = 1_000
    settings.LIMIT_EMAIL_ATTEMPTS = 1_000
    staff = User.objects.create_superuser("treasurer")
    card = given(donor)
    declined = given(donor, "lost_card")
    twice = paid_twice(donor, sandbox)
    for outcome in ("debit_settles", "debit_settles", "debit_fails"):
        given(donor, outcome, method="sandbox_debit")
    for outcome in ("answer_lost", "timeout_before", "authenticate", "busy", "expired_card"):
        given(donor, outcome)
    given(donor, method="sandbox_hosted")
    days_pass(sandbox)
    returned = Attempt.objects.filter(method="sandbox_debit", state="succeeded").latest("created_at")
    sandbox.return_debit(returned.gateway_id or "")
    actions.look(returned.pk)
    given(donor, "answer_lost")  # and of this one nobody knows yet
    transfer = given(donor, method="bank_transfer")
    given(donor, method="bank_transfer")
    cash = desk_work(charity, staff, transfer)
    for amount_minor in (1_000, 500):
        actions.refund(gift_id=card.pk, amount_minor=amount_minor, reason="asked", actor=staff)
    actions.refund(gift_id=given(donor).pk, amount_minor=5_000, reason="all", actor=staff)
    return History(charity, sandbox, staff, card, declined, twice, cash, transfer)


def given(donor: Donor, outcome: str = "success", **values: str) -> Gift:
    known = set(Gift.objects.values_list("pk", flat=True))
    donor.give(donor.to_payment(cover="yes"), outcome, **({"method": "sandbox_card"} | values))
    return Gift.objects.exclude(pk__in=known).get()


def paid_twice(donor: Donor, sandbox: Sandbox) -> Gift:
    declined = donor.give(donor.to_payment(), "do_not_honour")
    first = Attempt.objects.latest("created_at")
    donor.give(declined)
    with sandbox.store.write() as rows:
        rows.execute(
            "UPDATE charge SET state = 'succeeded', fee_minor = 118 WHERE id = ?", (first.gateway_id,)
        )
    actions.look(first.pk)
    return Gift.objects.get(pk=first.gift_id)


def days_pass(sandbox: Sandbox) -> None:
    sandbox.store.move_clock(timedelta(days=4))
    sandbox.settle_due()
    with time_machine.travel(now() + timedelta(hours=30), tick=False):
        actions.look_at_due()


def desk_work(charity: Charity, staff: User, transfer: Gift) -> Gift:
    fund = Fund.objects.get(code="general")
    today = date(2026, 11, 20)
    cash = desk.enter_gift(
        charity=charity, fund=fund, details=BO, amount_minor=2_000, currency="AUD", channel="cash", given_on=today,
        actor=staff,
    )  # fmt: skip
    batch = GiftBatch.objects.create(
        charity=charity,
        title="Cheques",
        currency="AUD",
        control_count=2,
        control_total_minor=3_000,
        created_at=now(),
    )
    for amount_minor in (1_000, 2_000):
        BatchLine.objects.create(
            batch=batch, fund=fund, channel="cheque", amount_minor=amount_minor, given_on=today
        )
    desk.post_batch(batch_id=batch.pk, actor=staff)
    for amount_minor in (4_000, 77, 88, 99):
        credit = desk.record_credit(
            charity=charity,
            received_on=today,
            amount_minor=amount_minor,
            currency="AUD",
            text="x",
            actor=staff,
        )
        if amount_minor == 4_000:
            desk.match_credit(credit_id=credit.pk, gift_id=transfer.pk, actor=staff)
        elif amount_minor == 88:
            desk.gift_of_credit(credit_id=credit.pk, fund=fund, details=BO, actor=staff)
        elif amount_minor == 99:
            desk.send_back_credit(credit_id=credit.pk, actor=staff)
    actions.refund(gift_id=cash.pk, amount_minor=300, reason="asked", actor=staff)
    return cash


def broken() -> dict[str, list[str]]:
    found = {check.name: list(check.run()) for check in prove.checks()}
    return {name: rows for name, rows in found.items() if rows}


def test_everything_holds_after_a_history_of_everything(history: History) -> None:
    assert broken() == {}
    assert set(Gift.objects.values_list("status", flat=True)) == {
        "settled", "failed", "awaiting", "unknown", "returned",
    }  # fmt: skip
    assert Gift.objects.get(pk=history.twice.pk).flag == "paid_twice"
    lines: list[str] = []
    assert prove.report(lines.append) == 0


def edited(row: models.Model, **changes: object) -> None:
    """As somebody with the database's own rights would: the triggers are away for so long."""
    with connection.cursor() as cursor:
        for table in appendonly.protected_tables():
            for act in ("update", "delete"):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_{act}"{on}')
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows.update(**changes) if changes else rows.delete()
    appendonly.install(connection)


def attempt_of(gift: Gift) -> Attempt:
    return Attempt.objects.filter(gift_id=gift.pk).latest("ordinal")


def other_charity() -> Charity:
    return Charity.objects.create(
        slug="other", name="Other", legal_name="Other", country="NZ", timezone="Pacific/Auckland", currency="NZD",
        email="a@b.example", mail_from="a@b.example",
    )  # fmt: skip


def charge(history: History, gift: Gift, sql: str) -> str:
    """Change the gateway's own file behind its back."""
    gateway_id = attempt_of(gift).gateway_id or ""
    with history.sandbox.store.write() as rows:
        rows.execute(sql, (gateway_id,))
    return gateway_id


Corruption = Callable[[History], str]
PLANTED: dict[str, tuple[set[str], Corruption]] = {}


def plants(*breaks: str) -> Callable[[Corruption], Corruption]:
    """A corruption, which returns what must be named, and the checks that it breaks."""

    def keep(corruption: Corruption) -> Corruption:
        PLANTED[corruption.__name__] = (set(breaks), corruption)
        return corruption

    return keep


@plants("postings balance", "postings agree", "ledger from events")
def a_posting_that_credits_anothers_account(history: History) -> str:
    theirs = Account.objects.create(charity=other_charity(), code="undeposited", currency="AUD", kind="asset")
    posting = Posting.objects.create(
        charity=history.charity, debit=theirs, credit=Account.objects.get(code="bank"), amount_minor=1, currency="AUD",
        source="x", source_id="x", kind="x", at=now(),
    )  # fmt: skip
    return f"posting {posting.pk}"


@plants("postings agree", "ledger from events")
def a_posting_moved_to_another_charity(history: History) -> str:
    posting = Posting.objects.earliest("id")
    edited(posting, charity=other_charity())
    return f"posting {posting.pk}"


@plants("events legal")
def an_event_renamed(history: History) -> str:
    event = Event.objects.filter(name="confirming").earliest("id")
    edited(event, name="unknown")
    return f"event {event.pk} of attempt {event.attempt_id}"


@plants("states")
def a_state_changed_without_an_event(history: History) -> str:
    attempt = attempt_of(history.declined)
    edited(attempt, state="cancelled")
    return f"attempt {attempt.pk}"


@plants("refund states")
def a_refunds_event_changed(history: History) -> str:
    event = RefundEvent.objects.filter(name="submitted").earliest("id")
    edited(event, from_state="unknown")
    return f"refund event {event.pk}"


@plants("refund states", "gift amounts", "one receipt a gift")
def a_refund_undone_without_an_event(history: History) -> str:
    refund = Refund.objects.get(attempt__gift_id=history.cash.pk)
    edited(refund, state="failed")
    return f"refund {refund.pk}"


@plants("ledger from events")
def a_posting_made_larger(history: History) -> str:
    posting = Posting.objects.get(source_id=str(attempt_of(history.cash).pk))
    edited(posting, amount_minor=posting.amount_minor + 1)
    return f"attempt {posting.source_id}: charge"


@plants("ledger from events")
def a_posting_removed(history: History) -> str:
    posting = Posting.objects.get(source_id=str(attempt_of(history.cash).pk))
    edited(posting)
    return f"attempt {posting.source_id}: charge"


@plants("ledger from events")
def a_posting_without_an_event(history: History) -> str:
    donor, bank = Account.objects.get(code="income:general"), Account.objects.get(code="bank")
    Posting.objects.create(
        charity=history.charity, debit=bank, credit=donor, amount_minor=1, currency="AUD", source="attempt",
        source_id="made up", kind="charge", at=now(),
    )  # fmt: skip
    return "attempt made up: charge has no event"


@plants("ledger from events")
def a_posting_that_explains_itself_by_nothing_we_know(history: History) -> str:
    bank, suspense = Account.objects.get(code="bank"), Account.objects.get(code="suspense")
    Posting.objects.create(
        charity=history.charity, debit=bank, credit=suspense, amount_minor=1, currency="AUD", source="by hand",
        source_id="7", kind="credit", at=now(),
    )  # fmt: skip
    return "by hand 7: credit has no event"


@plants("ledger from events", "clearing")
def a_fee_that_the_events_do_not_tell_of(history: History) -> str:
    posting = Posting.objects.filter(kind="fee").earliest("id")
    edited(posting, amount_minor=posting.amount_minor + 1)
    return f"attempt {posting.source_id}: fee"


@plants("account kinds")
def an_account_of_another_kind(history: History) -> str:
    account = Account.objects.get(code="suspense")
    edited(account, kind="income")
    return f"account {account.pk} suspense: income"


@plants("refunds bounded")
def a_refund_beyond_what_was_paid(history: History) -> str:
    attempt, at = attempt_of(history.cash), now()
    refund = Refund.objects.create(
        attempt=attempt, amount_minor=1_701, currency="AUD", state="submitted", created_at=at, updated_at=at,
        look_at=at + timedelta(hours=1),
    )  # fmt: skip
    RefundEvent.objects.create(
        refund=refund, name="submitted", from_state="requested", to_state="submitted", at=at
    )
    return f"attempt {attempt.pk}"


@plants("nothing stuck")
def an_attempt_nobody_asks_about(history: History) -> str:
    attempt = Attempt.objects.get(state="unknown")
    edited(attempt, look_at=None)
    return f"attempt {attempt.pk}"


@plants("nothing stuck")
def an_attempt_long_overdue(history: History) -> str:
    attempt = Attempt.objects.get(state="unknown")
    edited(attempt, look_at=now() - timedelta(hours=3))
    return f"attempt {attempt.pk}"


@plants("inbox drained")
def a_webhook_nobody_looked_into(history: History) -> str:
    message = InboxMessage.objects.create(
        gateway="sandbox", account="sandbox", event_id="1", event_type="x", object_id="x",
        received_at=now() - timedelta(hours=3), state="parked",
    )  # fmt: skip
    return f"webhook {message.pk}"


@plants("ledger from events")
def a_bank_credit_made_larger(history: History) -> str:
    credit = BankCredit.objects.get(attempt=None, sent_back_at=None)
    edited(credit, amount_minor=78)
    return f"credit {credit.pk}: credit"


@plants("ledger from events")
def a_bank_credit_removed(history: History) -> str:
    credit = BankCredit.objects.get(attempt=None, sent_back_at=None)
    edited(credit)
    return f"credit {credit.pk}: credit has no event"


@plants("ledger from events")
def a_credit_that_is_said_to_have_gone_back(history: History) -> str:
    credit = BankCredit.objects.get(attempt=None, sent_back_at=None)
    edited(credit, sent_back_at=now())
    return f"credit {credit.pk}: sent-back"


@plants("ledger from events")
def a_credit_booked_to_another_account(history: History) -> str:
    posting = Posting.objects.filter(source="credit", kind="credit").earliest("id")
    edited(posting, debit=Account.objects.get(code="undeposited"))
    return f"credit {posting.source_id}: credit"


@plants("credits matched")
def a_transfer_that_no_credit_brought(history: History) -> str:
    attempt = attempt_of(history.transfer)
    edited(attempt.bank_credit, attempt=None, matched_at=None)
    return f"attempt {attempt.pk}: no bank credit brought it"


@plants("credits matched", "ledger from events")
def a_match_of_another_amount(history: History) -> str:
    credit = attempt_of(history.transfer).bank_credit
    edited(credit, amount_minor=credit.amount_minor + 1)
    return f"bank credit {credit.pk}"


@plants("gateway agrees")
def another_amount_at_the_gateway(history: History) -> str:
    gateway_id = charge(
        history, history.declined, "UPDATE charge SET amount_minor = amount_minor + 1 WHERE id = ?"
    )
    return f"attempt {attempt_of(history.declined).pk} and charge {gateway_id}"


@plants("gateway agrees")
def money_under_way_for_a_failed_attempt(history: History) -> str:
    gateway_id = charge(history, history.declined, "UPDATE charge SET state = 'processing' WHERE id = ?")
    return f"attempt {attempt_of(history.declined).pk} and charge {gateway_id}"


@plants("gateway agrees", "clearing")
def a_charge_that_we_know_nothing_of(history: History) -> str:
    with history.sandbox.store.write() as rows:
        rows.execute(
            "INSERT INTO charge (id, key, amount_minor, currency, method, outcome, state, reference, return_url, "
            "language, created_at) VALUES ('sbx_x', 'x', 1, 'AUD', 'sandbox_card', '', 'succeeded', '', '', 'en', '')"
        )
    return "no attempt has charge sbx_x"


@plants("gateway agrees", "clearing")
def a_refund_made_behind_our_back(history: History) -> str:
    gateway_id = attempt_of(history.card).gateway_id or ""
    history.sandbox.refund(gateway_id, key="by hand", amount_minor=1, currency="AUD")
    return f"attempt {attempt_of(history.card).pk} and charge {gateway_id}"


@plants("gateway knows")
def a_charge_that_the_gateway_lost(history: History) -> str:
    gateway_id = charge(history, history.declined, "DELETE FROM charge WHERE id = ?")
    return f"attempt {attempt_of(history.declined).pk}: {gateway_id}"


@plants("clearing", "ledger from events")
def a_posting_by_hand_to_the_clearing_account(history: History) -> str:
    clearing, bank = Account.objects.get(code="clearing:sandbox"), Account.objects.get(code="bank")
    Posting.objects.create(
        charity=history.charity, debit=clearing, credit=bank, amount_minor=7, currency="AUD", source="x",
        source_id="x", kind="x", at=now(),
    )  # fmt: skip
    return "AUD: the books hold 7 more than the gateway (x x)"


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


@pytest.fixture
def _triggers_whole() -> Iterator[None]:
    """What a connection was told outlives the rollback of a test."""
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.usefixtures("_triggers_whole")
@pytest.mark.parametrize("corruption", PLANTED)
def test_a_corruption_is_named(history: History, corruption: str) -> None:
    breaks, plant = PLANTED[corruption]
    named = plant(history)
    found = broken()
    assert set(found) == breaks
    assert named in found[next(iter(breaks & set(found)))] or any(named in rows for rows in found.values()), (
        found
    )
    lines: list[str] = []
    assert prove.report(lines.append) == 1
    assert any(named in line for line in lines)


def test_every_check_was_seen_to_break() -> None:
    # Those of the receipts have their own corruptions beside their room.
    of_receipts = {check.name for check in prove.receipts.checks()}
    assert {check.name for check in prove.checks()} - of_receipts == set().union(
        *(breaks for breaks, _ in PLANTED.values())
    ) - of_receipts
