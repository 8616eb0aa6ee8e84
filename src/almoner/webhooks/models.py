"""Where events are sent, how far the house's own tables were read, what is to be sent, and each try to send it.

No row holds a body: it is made when it is sent, of what stands then, so that an erasure finds no person here but in the
answers of others, which it empties.
"""

import uuid

from django.db import models
from django.db.models import Q

from almoner.charities.models import Charity
from almoner.charities.sealed import SealedTextField
from almoner.webhooks import keys


class OffReason(models.TextChoices):
    STAFF = "staff", "by staff"
    GONE = "gone", "it answered that it is gone for good (410)"
    FAILING = "failing", "it failed for five days"


class Endpoint(models.Model):
    """One address of another system, and what it is told."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    # What it is for, in the words of whoever made it.
    description = models.CharField(max_length=80)
    types: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    # Whether bodies say who gave, as the API does to a token that reads people.
    people = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    # When it was switched on last: what happened before isn't told.
    since = models.DateTimeField()
    off_reason = models.CharField(max_length=8, choices=OffReason.choices, blank=True)
    off_at = models.DateTimeField(null=True)
    # No foreign key: it may outlive the account of whoever made it.
    made_by_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    # Tries that failed since the last that didn't, and when the first of them was.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    # It is left alone until then.
    rests_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(active=True, off_at__isnull=True, off_reason="")
                | Q(active=False, off_at__isnull=False, off_reason__in=OffReason.values),
                name="webhooks_off_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class EndpointSecret(models.Model):
    """What signs. During a rotation there are two, and every message is signed with both."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    # A copy of the database signs nothing.
    secret = SealedTextField(bound=("endpoint_id", "made_at"), former=keys.unseal_former, db_column="sealed")
    made_at = models.DateTimeField()
    # Null for the newest.
    good_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(good_until__isnull=True), name="webhooks_one_newest_secret"
            ),
        ]

    def __str__(self) -> str:
        return f"secret of {self.endpoint_id}, {self.made_at:%Y-%m-%d %H:%M}"


class Tail(models.Model):
    """How far one table was read."""

    source = models.CharField(max_length=40, primary_key=True)
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.source} {self.after}"


class Delivery(models.Model):
    """One event for one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    # The message's identifier: the same at every try, so that a receiver knows what it has had. Random, for after a
    # restored backup the tables' numbers begin again.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    # The row that it tells of: "payments_event 812".
    event_key = models.CharField(max_length=60)
    type = models.CharField(max_length=40)
    # The gift, plan, receipt or supporter; and the refund or dispute of the gift.
    object_id = models.CharField(max_length=40)
    detail_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # Since it was last put on its way.
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_key"], name="webhooks_event_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False, finished_at__isnull=True)
                | Q(state__in=["done", "failed"], next_at__isnull=True, finished_at__isnull=False),
                name="webhooks_waiting_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"], condition=Q(state="waiting"), name="webhooks_delivery_due"
            ),
            models.Index(fields=["endpoint", "-made_at"], name="webhooks_delivery_newest"),
            models.Index(fields=["made_at"], name="webhooks_delivery_made"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"

    @property
    def message_id(self) -> str:
        """As the header `webhook-id` has it."""
        return f"msg_{self.id.hex}"


class Try(models.Model):
    """One request. Its row is there before it is sent, so that a worker that died in between is seen."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    begun_at = models.DateTimeField()
    # Null while it is under way, or for ever when the worker died; 0 when no answer came.
    status = models.PositiveSmallIntegerField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    # A code of `calling.WHY`, where no answer came.
    why = models.CharField(max_length=20, blank=True)
    # Its first KB, of an answer that was no success.
    answer = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.begun_at:%Y-%m-%d %H:%M}"
