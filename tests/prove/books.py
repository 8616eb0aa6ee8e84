"""Corruptions of the books, of what the gateways hold, and of the bank's credits."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from almoner.giving import desk
from almoner.kernel.clock import now
from almoner.ledger.models import Account, Posting
from almoner.payments import banked, payouts
from almoner.payments.gateways.sandbox.set_ups import stamp
from almoner.payments.models import (
    Attempt,
    BankCredit,
    Dispute,
    DisputeEvent,
    Event,
    InboxMessage,
    Payout,
    PayoutEvent,
    Refund,
    RefundEvent,
)
from tests.prove.history import History
from tests.prove.planting import attempt_of, charge, edited, other_charity, plants


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


def dispute(history: History, state: str, amount_minor: int = 1) -> Dispute:
    return Dispute.objects.create(
        attempt=attempt_of(history.transfer), gateway_id="dp_1", amount_minor=amount_minor, currency="AUD",
        reason="fraudulent", state=state, created_at=now(), updated_at=now(),
    )  # fmt: skip


def payout(history: History, state: str, gateway: str = "bank") -> Payout:
    return Payout.objects.create(
        charity=history.charity, gateway=gateway, account=gateway, gateway_id="po_1", amount_minor=1, currency="AUD",
        state=state, arrives_on=now().date(), created_at=now(), updated_at=now(),
    )  # fmt: skip


@plants("dispute states", "one receipt a gift")
def a_dispute_lost_without_an_event(history: History) -> str:
    return f"dispute {dispute(history, 'lost').pk}"


@plants("dispute states", "ledger from events")
def a_dispute_won_before_it_was_opened(history: History) -> str:
    event = DisputeEvent.objects.create(
        dispute=dispute(history, "won"), name="won", from_state="new", to_state="won", at=now()
    )
    return f"dispute event {event.pk}"


@plants("ledger from events")
def a_dispute_that_was_not_posted(history: History) -> str:
    found = dispute(history, "needs_response")
    DisputeEvent.objects.create(
        dispute=found, name="opened", from_state="new", to_state="needs_response", at=now()
    )
    return f"dispute {found.pk}: dispute"


@plants("dispute states", "refunds bounded", "one receipt a gift")
def more_disputed_than_was_paid(history: History) -> str:
    return f"attempt {dispute(history, 'lost', 10_000_000).attempt_id}"


@plants("payout states", "payouts banked")
def a_payout_made_without_an_event(history: History) -> str:
    return f"payout {payout(history, 'in_transit').pk}"


@plants("ledger from events", "payouts banked")
def a_payout_that_was_not_posted(history: History) -> str:
    found = payout(history, "in_transit")
    PayoutEvent.objects.create(payout=found, name="made", from_state="new", to_state="in_transit", at=now())
    return f"payout {found.pk}: payout"


def _banked(history: History) -> Payout:
    """A payout of nobody's gateway, made and on the statement."""
    found = payout(history, "new")
    payouts.move(found, "made", at=now())
    credit = desk.record_credit(
        charity=history.charity,
        received_on=now().date(),
        amount_minor=1,
        currency="AUD",
        text="x",
        actor=history.staff,
    )
    return banked.match(credit_id=credit.pk, payout_id=found.pk, actor=history.staff)


@plants("payouts banked")
def a_banked_payout_without_its_credit(history: History) -> str:
    found = _banked(history)
    edited(found.bank_credit, payout=None, matched_at=None)
    return f"payout {found.pk}"


@plants("payouts banked", "ledger from events")
def a_banked_payout_of_another_amount(history: History) -> str:
    found = _banked(history)
    edited(found, amount_minor=2)
    return f"payout {found.pk} and bank credit {found.bank_credit.pk}"


@plants("payouts banked", "ledger from events")
def a_payout_whose_arrival_was_not_posted(history: History) -> str:
    found = _banked(history)
    edited(Posting.objects.get(source="payout", source_id=str(found.pk), kind="banked"))
    return f"payout {found.pk}: banked"


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


@plants("gateway agrees", "clearing", "receipts at the gateway")
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
    return ": the books hold $0.07 AUD, sandbox $0.00 AUD"


@plants("clearing", "payouts at the gateway")
def a_payout_that_the_gateway_never_made(history: History) -> str:
    found = payout(history, "new", gateway="sandbox")
    payouts.move(found, "made", at=now())
    return (
        f"payout {found.pk} of {now().astimezone(ZoneInfo(history.charity.timezone)).date()}: here in_transit"
    )


@plants("events seen")
def an_event_that_nothing_told(history: History) -> str:
    early = stamp(datetime.now(UTC) - timedelta(hours=2))
    with history.sandbox.store.write() as rows:
        rows.execute("UPDATE event SET created_at = ? WHERE rowid = (SELECT min(rowid) FROM event)", (early,))
    (event_id,) = history.sandbox.store.rows("SELECT id FROM event ORDER BY rowid LIMIT 1")[0][:1]
    return f"event {event_id}"
