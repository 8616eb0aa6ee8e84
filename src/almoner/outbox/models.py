"""Work that must happen once its transaction has committed, and goes on happening until it is done."""

from typing import Any

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Job(models.Model):
    """One piece of work. `kind` names its handler, `dedupe_key` makes asking twice harmless."""

    kind = models.CharField(max_length=60)
    dedupe_key = models.CharField(max_length=200, unique=True)
    # Identifiers only: what a job needs of people it reads when it runs, so that an erasure finds nothing here.
    payload: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    state = models.CharField(max_length=6, choices=State.choices, default=State.READY)
    # How often its handler was begun.
    attempts = models.PositiveIntegerField(default=0)
    # When it was begun under the lease that runs; empty while it only waits its turn in a worker's hands.
    started_at = models.DateTimeField(null=True)
    # How often a worker died (or lost its database) while it ran this job.
    deaths = models.PositiveSmallIntegerField(default=0)
    run_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=100, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="outbox_job_state"),
            models.CheckConstraint(
                condition=~Q(state=State.LEASED) | Q(lease_until__isnull=False), name="outbox_job_lease_ends"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.DONE, State.DEAD]) | Q(finished_at__isnull=False),
                name="outbox_job_finished",
            ),
        ]
        indexes = [
            # The worker's question, over open work only: what is done weighs nothing.
            models.Index(fields=["run_at"], condition=Q(state=State.READY), name="outbox_job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state=State.LEASED), name="outbox_job_leased"),
            models.Index(fields=["-finished_at"], condition=Q(state=State.DEAD), name="outbox_job_dead"),
            models.Index(fields=["finished_at"], condition=Q(state=State.DONE), name="outbox_job_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key}"


class Periodic(models.Model):
    """A repeated task's turn. Whoever leases it runs it, so two workers never both do; one that ran out is taken."""

    name = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=100, blank=True)
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "periodic tasks"

    def __str__(self) -> str:
        return self.name
