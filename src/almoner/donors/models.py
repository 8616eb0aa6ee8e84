"""Links that were asked for, donors' visits to their own page, methods being set up, mails about regular gifts, and
what donors were told that their funds have reached.

No personal data stands here: rows point at a person, and hold hashes, codes, amounts, figures and times. Erasing a
person drops their links and visits.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity
from almoner.charities.sealed import MarkField, SealedCharField
from almoner.donors.transitions import SetUpState
from almoner.impact.models import Observation
from almoner.plans.models import Plan
from almoner.supporters.models import Contact, Supporter


class LinkRequest(models.Model):
    """Somebody asked for a link to their page. Made for every address alike: one that nobody has points at nobody."""

    # Names the request in its link; what opens it is a MAC over this, which is kept nowhere.
    key = models.CharField(max_length=22, unique=True)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    supporter = models.ForeignKey(Supporter, null=True, on_delete=models.CASCADE, related_name="+")
    # SHA-256 of the value in the asking browser's cookie, in hexadecimal.
    browser = models.CharField(max_length=64)
    # Where it was asked, for a cookie belongs to its host.
    host = models.CharField(max_length=253)
    language = models.CharField(max_length=10)
    # The plan that the donor was on the way to, by its reference, or one of its pages ("K7Q2M9XTB5/method"). "": the
    # first page.
    onward = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    # From the moment the mail left; null until then.
    ends_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="donors_link_asked"),
            models.Index(fields=["browser"], name="donors_link_browser"),
        ]

    def __str__(self) -> str:
        return f"asked at {self.asked_at:%Y-%m-%d %H:%M}"


class Visit(models.Model):
    """A donor who is signed in, in one browser. The cookie's token stands here as its SHA-256."""

    token = models.CharField(max_length=64, unique=True)
    # The token before it was last replaced, good for a moment more: a second tab may still send it.
    token_before = models.CharField(max_length=64, blank=True)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    replaced_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["token_before"], condition=~Q(token_before=""), name="donors_visit_token_before"
            ),
            models.Index(fields=["began_at"], name="donors_visit_began"),
        ]

    def __str__(self) -> str:
        return f"since {self.began_at:%Y-%m-%d %H:%M}"


class AskHit(models.Model):
    """One request for a link, for the limits: keyed hashes of the email and the network, never these themselves."""

    at = models.DateTimeField()
    email = models.CharField(max_length=22)
    network = models.CharField(max_length=22)

    class Meta:
        indexes = [
            models.Index(fields=["email", "at"], name="donors_hit_email"),
            models.Index(fields=["network", "at"], name="donors_hit_network"),
        ]

    def __str__(self) -> str:
        return f"asked at {self.at:%Y-%m-%d %H:%M}"


class MethodSetUp(models.Model):
    """A method that a donor saves for a plan without paying. The row is there before the gateway is asked."""

    # The idempotency key at the gateway.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="set_ups")
    gateway = models.CharField(max_length=20)
    account = models.CharField(max_length=64)
    method = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in SetUpState], default=SetUpState.NEW.value
    )
    gateway_id = models.CharField(max_length=255, blank=True)
    # What the plan was charged to from then on; "" until it is done. One token is saved once, for one plan.
    token = SealedCharField(max_length=400, blank=True, marked="token_mark")
    token_mark = MarkField(of="token")
    created_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("new", "left")) | ~Q(gateway_id=""),
                name="donors_set_up_has_its_object",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("new", "open"), look_at__isnull=False, ended_at__isnull=True)
                | Q(
                    state__in=("done", "failed", "left", "overtaken"),
                    look_at__isnull=True,
                    ended_at__isnull=False,
                ),
                name="donors_set_up_is_looked_at_or_over",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_id"], condition=~Q(gateway_id=""), name="donors_set_up_object"
            ),
            models.UniqueConstraint(
                fields=["gateway", "token_mark"],
                condition=Q(token_mark__isnull=False),
                name="donors_set_up_marked_once",
            ),
            # Rows from before this column have none.
            models.CheckConstraint(
                condition=Q(state="done") | Q(token=""), name="donors_set_up_kept_if_done"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="donors_set_up_look")
        ]

    def __str__(self) -> str:
        return f"{self.method} since {self.created_at:%Y-%m-%d %H:%M}"


class MailQuerySet(models.QuerySet[Any]):
    """Mails of one kind, and what is written down of them. Each act returns how many rows it changed."""

    def reported(self, number: str) -> "MailQuerySet":
        """Those that a sending service means by a number, be it ours or its own."""
        bare = number.strip("<>")
        return self.filter(Q(provider_id__in=[bare, f"<{bare}>"]) | Q(message_id=f"<{bare}>"))

    def settle(
        self, state: str, *, at: datetime, reason: str = "", provider_id: str = "", **more: Any
    ) -> int:
        sent = {"sent_at": at} if state == "sent" else {}
        return self.update(state=state, reason=reason, provider_id=provider_id, outcome_at=at, **sent, **more)

    def came_back(self, reason: str, *, at: datetime) -> int:
        """A mail that the server took, and gave back later."""
        return self.update(state="bounced", reason=reason[:40], outcome_at=at)


class DonorMail(models.Model):
    """A mail that its row asks for: what names it to mail servers, and what became of it. States are its kind's own."""

    # A code: no_address, bounced_before, erased, opted_out, nothing_new, switched_off, overtaken, refused ...
    reason = models.CharField(max_length=40, blank=True)
    message_id = models.CharField(max_length=200)
    provider_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    outcome_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()
    # Nobody got it, for a reason that may pass: not public then, or no good address.
    MAY_GO_YET: ClassVar[Q] = Q(
        state="skipped", reason__in=("not_public", "no_address", "bounced_before")
    ) | Q(state="bounced", sent_at__isnull=True)

    class Meta:
        abstract = True


class PlanMail(DonorMail):
    """One mail about a regular gift. To whom stands in supporters; here is what it says and what became of it."""

    class Kind(models.TextChoices):
        STARTED = "started"
        NOTICE = "notice", "notice of a debit"
        DECLINED = "declined", "declined, tried again"
        NEEDS_METHOD = "needs_method", "can't be charged any more"
        AUTHENTICATE = "authenticate", "the bank asks the donor"
        GAVE_UP = "gave_up", "paused after the last try"
        PAUSED = "paused"
        RESUMED = "resumed"
        SKIPPED = "skipped"
        CHANGED = "changed"
        METHOD_CHANGED = "method_changed"
        CANCELLED = "cancelled"
        COMPLETED = "completed"
        EXPIRING = "expiring", "card expires"
        FINISH = "finish", "begun by staff, to be finished"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        BOUNCED = "bounced"
        # Nobody to send it to, or overtaken by what happened since.
        SKIPPED = "skipped"

    # Names the occasion, so that a repeated job finds its row.
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="mails")
    # The period and the gift that it is about.
    period_id = models.UUIDField(null=True)
    gift_id = models.UUIDField(null=True)
    # What it says of that moment: dates, amounts and codes. Never personal data.
    facts: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="donors_sent_has_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.key


class YearlyMessage(models.Model):
    """Whether and when a charity tells its donors, once a year, what their funds have reached. Without a row: never."""

    charity = models.OneToOneField(Charity, on_delete=models.PROTECT, primary_key=True, related_name="+")
    on = models.BooleanField(default=False)
    # The day of each year, where the charity is. After a year's figures are in, and far from the season of asking.
    month = models.PositiveSmallIntegerField(default=2)
    day = models.PositiveSmallIntegerField(default=15)
    # When it was last switched or moved: a day of that year that had come by then is the next year's.
    since = models.DateTimeField()

    class Meta:
        constraints = [
            # Every month has a 28th.
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, day__gte=1, day__lte=28), name="donors_yearly_day"
            )
        ]

    def __str__(self) -> str:
        return f"{'on' if self.on else 'off'}, {self.day}/{self.month}"


class ReachedMail(DonorMail):
    """One mail that says what funds have reached: the yearly message, or a correction of what was told before."""

    class Kind(models.TextChoices):
        YEARLY = "yearly", "yearly message"
        CORRECTION = "correction"

    class State(models.TextChoices):
        QUEUED = "queued"
        # Committed before the mail server is asked. Of a yearly message that is found so, nobody knows: it isn't sent
        # again.
        SENDING = "sending"
        SENT = "sent"
        UNKNOWN = "unknown", "may have gone"
        BOUNCED = "bounced"
        # Nobody to send it to, nothing to say, or not wanted.
        SKIPPED = "skipped"

    # Names the occasion: the person and the year, or the person and the correction. None is asked for twice.
    key = models.CharField(max_length=80, unique=True)
    # Stands in the address at which the yearly message is stopped. For ever, so it is no MAC under a changing secret.
    public_key = models.CharField(max_length=22, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(null=True)
    # The figure that took the place of what this person had been told.
    correction = models.ForeignKey(Observation, null=True, on_delete=models.PROTECT, related_name="+")
    # While it is being sent: what becomes `Told` when the mail server has it.
    said: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="yearly", year__isnull=False, correction__isnull=True)
                | Q(kind="correction", year__isnull=True, correction__isnull=False),
                name="donors_reached_has_its_occasion",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="donors_reached_sent_has_a_time"
            ),
        ]
        indexes = [models.Index(fields=["charity", "kind", "year"], name="donors_reached_of_year")]

    def __str__(self) -> str:
        return self.key


class Told(models.Model):
    """A figure that a donor was told by mail, in the words in which they read it. Never changed."""

    mail = models.ForeignKey(ReachedMail, on_delete=models.PROTECT, related_name="told")
    # Whose mail it was: the person is the contact's, and stays so when an address is put right.
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="+")
    where = models.CharField(max_length=10, choices=ReachedMail.Kind.choices)
    language = models.CharField(max_length=10)
    number = models.CharField(max_length=120)
    words = models.CharField(max_length=500)
    # When the figure was read out of the register for it.
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "observation"], name="donors_told_once")]

    def __str__(self) -> str:
        return self.words


protect("donors_told")
