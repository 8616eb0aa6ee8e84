"""Plans, their periods, and what happened to them.

The gateway keeps the saved method, and we the schedule. A plan knows its gifts by their identifiers alone; personal
data stands with its contact.
"""

import uuid
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity, Fund
from almoner.charities.sealed import MarkField, SealedCharField, marks
from almoner.plans.transitions import LIVING_STATES, PeriodState, PlanState
from almoner.supporters.models import Contact


class Every(models.IntegerChoices):
    """Months between two gifts."""

    MONTH = 1, "monthly"
    QUARTER = 3, "quarterly"
    YEAR = 12, "yearly"


class Plan(models.Model):
    """A regular gift: this much, this often, from this method, until it ends or is stopped."""

    # Minted with the draft of its first gift: the same draft can't be two plans.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    # As the donor last put it. Each period's gift takes a copy, for a receipt says what was true on its day.
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="plans")
    reference = models.CharField(max_length=10, unique=True)
    # Where it began: the form's number in the database, the first gift, appeal and the like; of the room above.
    form_id = models.BigIntegerField(null=True)
    first_gift_id = models.UUIDField(null=True, unique=True)
    source: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="en")

    amount_minor = models.BigIntegerField(validators=[MinValueValidator(1)])
    cover_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    every = models.PositiveSmallIntegerField(choices=Every.choices, default=Every.MONTH)
    # The n-th period falls on `anchor + n * every` months, in the charity's time zone; a chosen day moves the anchor.
    anchor = models.DateField()
    # The number of the next period, its date, and the moment on which it is made: charged, or, with a method that needs
    # a notice, told of. Null: nothing is due any more, or for now.
    next_number = models.PositiveIntegerField(default=1)
    next_on = models.DateField(null=True)
    next_at = models.DateTimeField(null=True)
    # What was promised: the last day, or how many gifts in all, the first included; neither: until it is stopped.
    ends_on = models.DateField(null=True)
    ends_after = models.PositiveIntegerField(null=True)
    given_count = models.PositiveIntegerField(default=0)
    # Of these: how many its source had counted before it moved in, and that are no gifts here (yet).
    given_elsewhere = models.PositiveIntegerField(default=0)

    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PlanState], default=PlanState.STARTING
    )
    # While paused: the day on which it goes on by itself; null waits for somebody.
    resume_on = models.DateField(null=True)
    # While retrying: how often the period was declined, when it is tried next (null: never by itself, as after a hard
    # decline), and what the donor has to do.
    declines = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    decline_code = models.CharField(max_length=40, blank=True)
    # False: never charged again, as after a hard decline or a revoked mandate, until the donor replaces it.
    method_usable = models.BooleanField(default=True)

    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=120, blank=True, default="")
    method = models.CharField(max_length=20)
    # The gateway's token for charging again, sealed. Empty until the first gift gave one.
    saved_method = SealedCharField(max_length=400, blank=True, marked="method_mark")
    method_mark = MarkField(of="saved_method")
    # "Visa ···· 4242", and "2028-12".
    method_label = models.CharField(max_length=80, blank=True)
    method_expires = models.CharField(max_length=7, blank=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=40, blank=True)
    # Where it was before: "stripe sub_123", so that an import that runs twice brings it once.
    imported_from = models.CharField(max_length=160, null=True)  # noqa: DJ001 (nulls are distinct to the index)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="plans_amount_positive"),
            models.CheckConstraint(condition=Q(cover_minor__gte=0), name="plans_cover_not_negative"),
            models.CheckConstraint(condition=Q(every__in=[1, 3, 12]), name="plans_every_known"),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | Q(state__in=LIVING_STATES), name="plans_due_only_alive"
            ),
            models.UniqueConstraint(fields=["charity", "imported_from"], name="plans_imported_once"),
        ]
        indexes = [
            # The oldest due first, each gateway at its own pace.
            models.Index(
                fields=["gateway", "next_at"], condition=Q(next_at__isnull=False), name="plans_plan_due"
            ),
            models.Index(
                fields=["resume_on"], condition=Q(resume_on__isnull=False), name="plans_plan_resume"
            ),
            # A saved method's own news, and whether another plan still needs it; by its token, those not sealed yet.
            models.Index(
                fields=["method_mark"], condition=Q(method_mark__isnull=False), name="plans_plan_mark"
            ),
            models.Index(fields=["saved_method"], condition=~Q(saved_method=""), name="plans_plan_method"),
            models.Index(fields=["charity", "state", "-created_at"], name="plans_plan_state"),
            models.Index(fields=["charity", "-created_at"], name="plans_plan_newest"),
            # Staff's list by the next gift, and by amount.
            models.Index(fields=["charity", "next_on"], name="plans_plan_next"),
            models.Index(fields=["charity", "amount_minor"], name="plans_plan_amount"),
            # Those that may wait for their donor: few.
            models.Index(
                fields=["charity"],
                condition=~Q(decline_code="") | Q(method_usable=False),
                name="plans_plan_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def total_minor(self) -> int:
        return self.amount_minor + self.cover_minor

    @property
    def has_method(self) -> bool:
        """Whether one is saved. Opens no seal."""
        return bool(self.__dict__["saved_method"])

    @staticmethod
    def charged_to(token: str) -> Q:
        """Plans whose saved method this is, by its whole token or by the last word, which is all that some gateways
        tell of it."""
        open_ones = Q(saved_method__stands=token) | Q(saved_method__stands_end=f" {token}")
        return Q(method_mark__in=marks(token)) | Q(method_mark__isnull=True) & open_ones


class PlanAlias(models.Model):
    """A further number of a plan that moved in: GiveWP's own for a subscription of Stripe's. Gifts name any of them."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="aliases")
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    # As `Plan.imported_from`: "givewp sub 9".
    origin = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "origin"], name="plans_alias_once")]

    def __str__(self) -> str:
        return self.origin


class Period(models.Model):
    """One due date of a plan: at most one charge, whatever crashes. Of a gift that was made before its plan moved in:
    the day of that gift, and no charge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="periods", db_index=False)
    on = models.DateField()
    # Counted from the plan's anchor; below 0 of gifts that were made elsewhere long before.
    number = models.IntegerField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PeriodState], default=PeriodState.DUE
    )
    gift_id = models.UUIDField(null=True, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # Of a debit that is asked for ahead: the day on which the account is debited, as the donor is told.
    debit_on = models.DateField(null=True)
    # When the advance notice of a debit was sent, for methods that need one; no debit before.
    notice_sent_at = models.DateTimeField(null=True)
    # When it was charged for the first time: the days on which it is tried again count from here. Null of one that was
    # charged elsewhere.
    charged_at = models.DateTimeField(null=True)
    # When a worker comes to it by itself: to charge it, to try again, or to give up. Null: never.
    wake_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "on"], name="plans_period_once"),
            models.CheckConstraint(
                condition=Q(state__in=[PeriodState.DUE, PeriodState.SKIPPED]) | Q(gift_id__isnull=False),
                name="plans_charged_period_has_gift",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=[PeriodState.DUE, PeriodState.CHARGING]),
                name="plans_period_open",
            ),
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="plans_period_wake"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.on}"


class PlanEvent(models.Model):
    """What happened to a plan, and who did it: written with the change. Codes, dates and amounts only."""

    class By(models.TextChoices):
        DONOR = "donor"
        STAFF = "staff"
        WORKER = "worker"
        GATEWAY = "gateway"
        IMPORT = "import"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="events")
    # A move of the table, or "changed" for what moves no state: amount, day, method, address.
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=8, choices=By.choices)
    actor_id = models.BigIntegerField(null=True)
    # Of "changed": what, from what, to what. Never personal data.
    detail: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # Whose payment was declined, of all plans: see the list's filter.
            models.Index(fields=["at"], condition=Q(name="declined"), name="plans_event_declined"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class OldMethod(models.Model):
    """A saved method that a plan no longer uses, until the gateway has forgotten it: only then is the change told."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="old_methods")
    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=120, blank=True)
    token = SealedCharField(max_length=400, bound=("plan_id", "event_id"))
    # What is told when it is done: "cancelled" or "method_changed", and the plan's event that it was.
    news = models.CharField(max_length=20)
    event = models.ForeignKey(PlanEvent, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.gateway}"


class Withdrawal(models.Model):
    """A debit that was asked for ahead and is no longer wanted so, until its gateway has said whether it could still be
    stopped: only then is the change told that asked for it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="withdrawals")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="withdrawals")
    attempt_id = models.UUIDField()
    # What is told when it is stopped, and the plan's event that it was; "": what asked for it is told by another.
    news = models.CharField(max_length=20, blank=True)
    event = models.ForeignKey(PlanEvent, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    # False: the banks had it already, and it goes out.
    stopped = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, stopped__isnull=True)
                | Q(done_at__isnull=False, stopped__isnull=False),
                name="plans_withdrawal_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.attempt_id}"


class GatewayPause(models.Model):
    """A gateway that asked to be left alone for a while: no worker charges there before."""

    gateway = models.CharField(max_length=20, unique=True)
    until = models.DateTimeField()
    # A backup was restored: what was charged since it was made has to be found at the gateway first.
    after_restore = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.gateway} until {self.until:%Y-%m-%d %H:%M}"


class FoundCharge(models.Model):
    """A charge that the gateway holds under a key of ours, and that our books, restored from a backup, don't know: the
    attempt that comes to the same key takes it, and makes no other."""

    gateway = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    gateway_id = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "key"], name="plans_found_once")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.gateway_id}"


class ChargeRun(models.Model):
    """A night's work at one gateway, from the first plan due to the last: what staff see of how far it has come."""

    gateway = models.CharField(max_length=20)
    total_count = models.PositiveIntegerField()
    left_count = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway"], condition=Q(ended_at__isnull=True), name="plans_one_open_run"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.started_at:%Y-%m-%d %H:%M}"


protect("plans_planevent")
