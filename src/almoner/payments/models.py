"""Attempts to move money, what happened to them, refunds, webhooks as they came in, and credits on the bank account.

Rows that are append-only hold identifiers, amounts and codes; personal data has no field here.
"""

import uuid
from typing import Any, Final

from django.db import models
from django.db.models import F, Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity
from almoner.payments.gateways.port import About
from almoner.payments.transitions import OPEN_STATES, DisputeState, PayoutState, RefundState, State

# How a gift was paid that was imported: elsewhere, and acknowledged there. It gets no receipt of ours.
IMPORTED_METHOD: Final = "imported"


class Attempt(models.Model):
    """One try to pay for one gift: at most one object at one gateway."""

    # Made before anything is sent, and the idempotency key of all that is.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gift_id = models.UUIDField()
    ordinal = models.PositiveSmallIntegerField()
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    gateway = models.CharField(max_length=20)
    # Whose account at the gateway: a charity may have one of its own. Empty: the installation's.
    account = models.CharField(max_length=120, blank=True, default="")
    method = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What is sent besides the columns, until the gateway's object exists: a repeat under the same key is the same body.
    order: "models.JSONField[dict[str, str] | None, dict[str, str] | None]" = models.JSONField(null=True)
    # Given by the room above: where income is posted, and the analysis tag that its postings carry.
    income_code = models.CharField(max_length=80)
    ledger_tag = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State], default=State.NEW)
    gateway_id = models.CharField(max_length=120, null=True)  # noqa: DJ001 (nulls are distinct to the index)
    settled_minor = models.BigIntegerField(null=True)
    fee_minor = models.BigIntegerField(default=0)
    decline_code = models.CharField(max_length=40, blank=True)
    next_action: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(
        null=True
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # When the gateway is asked next, while the attempt is open; and how often it was.
    look_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift_id", "ordinal"], name="payments_attempt_ordinal"),
            models.UniqueConstraint(
                fields=["gift_id"], condition=Q(state__in=OPEN_STATES), name="payments_one_open_attempt"
            ),
            models.UniqueConstraint(
                fields=["gateway", "account", "gateway_id"],
                condition=Q(gateway_id__isnull=False),
                name="payments_gateway_object_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_amount_positive"),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=Q(look_at__isnull=False), name="payments_attempt_look"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Event(models.Model):
    """Something that happened to an attempt, written with the change of state that it caused."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    # What moved, on events that move money; and the fee that this very event brought (less than 0: given back).
    amount_minor = models.BigIntegerField(null=True)
    fee_minor = models.BigIntegerField(null=True)
    # A decline's code, who told us (answer, look, webhook, staff): codes only.
    code = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class Refund(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=200)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in RefundState], default=RefundState.REQUESTED
    )
    gateway_id = models.CharField(max_length=120, null=True)  # noqa: DJ001 (nulls are distinct to the index)
    requested_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_refund_positive"),
            models.UniqueConstraint(
                fields=["attempt", "gateway_id"],
                condition=Q(gateway_id__isnull=False),
                name="payments_refund_object_once",
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="payments_refund_look"),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"


class RefundEvent(models.Model):
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    code = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class Dispute(models.Model):
    """A charge that the donor's bank questions, as the gateway tells it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="disputes")
    gateway_id = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # The gateway's word for it, such as fraudulent.
    reason = models.CharField(max_length=60)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in DisputeState], default=DisputeState.NEW
    )
    fee_minor = models.BigIntegerField(default=0)
    respond_by = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_dispute_positive"),
            models.UniqueConstraint(fields=["attempt", "gateway_id"], name="payments_dispute_once"),
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk}"


class DisputeEvent(models.Model):
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    # The fee that this very event brought (less than 0: given back).
    fee_minor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class DisputeReply(models.Model):
    """What the charity says to a dispute: an answer with evidence, or that it gives up. Text and files may name people:
    they stand in rows that can be changed, and go when the dispute is long over."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence"
        ACCEPT = "accept"

    class State(models.TextChoices):
        ASKED = "asked", "on its way"
        SENT = "sent"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    text = models.TextField(blank=True)
    asked_by_id = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # A gateway reads one answer; another may follow only one that it refused.
            models.UniqueConstraint(
                fields=["dispute"], condition=~Q(state="refused"), name="payments_one_reply"
            ),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class DisputeFile(models.Model):
    """A document that staff added to an answer. It names people."""

    reply = models.ForeignKey(DisputeReply, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.name


class Payout(models.Model):
    """Money that a gateway sends to the charity's bank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # In whose books it stands: an account at a gateway holds all charities' money.
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=120)
    gateway_id = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in PayoutState], default=PayoutState.NEW
    )
    arrives_on = models.DateField()
    # What the gateway says that the bank's statement will show of it, if it says so.
    reference = models.CharField(max_length=120, blank=True, db_default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "account", "gateway_id"], name="payments_payout_once"),
        ]

    def __str__(self) -> str:
        return f"payout {self.pk}"


class PayoutEvent(models.Model):
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class InboxMessage(models.Model):
    """Something that happened at a gateway, told by a signed webhook or found by asking for what none had brought. It
    is a reason to look, not a fact: the object is fetched again."""

    class State(models.TextChoices):
        RECEIVED = "received"
        PARKED = "parked"
        DONE = "done"
        # About something in the same account that this installation did not make.
        FOREIGN = "foreign"

    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=120)
    event_id = models.CharField(max_length=120)
    event_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120)
    about = models.CharField(
        max_length=10, choices=[(a.value, a.value) for a in About], default=About.CHARGE.value
    )
    received_at = models.DateTimeField()
    # Pruned after 90 days: what gateways send may hold personal data. Of several events in one body the first has it.
    body = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    # No webhook had told of it an hour after it happened: the gateway's own list did.
    missed = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "account", "event_id"], name="payments_inbox_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_type} {self.event_id}"


class EventCursor(models.Model):
    """How far a gateway's own list of events was read. What a lost webhook would have told stands in that list."""

    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=120)
    # The newest event that was read.
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "account"], name="payments_cursor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.account} {self.at:%Y-%m-%d %H:%M}"


class BalanceCheck(models.Model):
    """The last comparison of a gateway's balance with its clearing account, in one currency."""

    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    # What the books hold more than the gateway; 0 is the good case.
    difference_minor = models.BigIntegerField()
    # The first few attempts or other sources that differ, for the person who looks.
    sources = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "account", "currency"], name="payments_balance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.currency} {self.difference_minor}"


# Nobody's gift and no payout yet, not sent back, and still on the statement.
IN_SUSPENSE: Final = Q(
    attempt__isnull=True, payout__isnull=True, sent_back_at__isnull=True, withdrawn_at__isnull=True
)


class BankCredit(models.Model):
    """A credit on the charity's bank account, as staff or a statement saw it: in suspense, matched to an attempt or to
    a gateway's payout, sent back, or withdrawn with its statement."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What the statement says. It may name a person, so it stands in a row that can be changed.
    text = models.CharField(max_length=500, blank=True)
    attempt = models.OneToOneField(Attempt, null=True, on_delete=models.PROTECT, related_name="bank_credit")
    payout = models.OneToOneField(Payout, null=True, on_delete=models.PROTECT, related_name="bank_credit")
    entered_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True)
    # It was nobody's gift, and the bank returned it.
    sent_back_at = models.DateTimeField(null=True)
    # The statement that showed it was taken back.
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_credit_positive"),
            models.CheckConstraint(
                condition=Q(attempt__isnull=True, payout__isnull=True, matched_at__isnull=True)
                | Q(attempt__isnull=False, payout__isnull=True, matched_at__gte=F("created_at"))
                | Q(attempt__isnull=True, payout__isnull=False, matched_at__gte=F("created_at")),
                name="payments_credit_matched_at",
            ),
            models.CheckConstraint(
                condition=Q(matched_at__isnull=True)
                | Q(sent_back_at__isnull=True, withdrawn_at__isnull=True),
                name="payments_credit_left_once",
            ),
        ]

    def __str__(self) -> str:
        return f"bank credit {self.pk}"

    @property
    def in_suspense(self) -> bool:
        """What `IN_SUSPENSE` asks of the database."""
        return not (self.attempt_id or self.payout_id or self.sent_back_at or self.withdrawn_at)


protect("payments_event")
protect("payments_refundevent")
protect("payments_disputeevent")
protect("payments_payoutevent")
