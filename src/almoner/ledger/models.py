"""Accounts, and postings between two of them.

One row debits one account and credits another by the same amount, so the books balance by construction: there is no
half of an entry that could be lost. An event that touches three accounts is two rows.
"""

from django.db import models
from django.db.models import F, Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity


class Account(models.Model):
    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        INCOME = "income"
        EXPENSE = "expense"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charity", "code", "currency"], name="ledger_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"


class Posting(models.Model):
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What it explains: ("attempt", its UUID, "charge"). Repeating an event can't post it twice.
    source = models.CharField(max_length=20)
    source_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    # An analysis code of the room above ("form:12"), so that a form's total is a sum over the books.
    tag = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id", "kind"], name="ledger_posting_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_posting_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_posting_two_accounts"),
        ]
        # None over time for the books' pages: it would cost each gift a twelfth of its speed.
        indexes = [models.Index(fields=["tag", "currency"], condition=~Q(tag=""), name="ledger_posting_tag")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency} ({self.source} {self.source_id})"


class Closing(models.Model):
    """All days up to one are closed: what every account stood at then is kept."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    # Where that day ended.
    zone = models.CharField(max_length=64)
    # {"bank AUD": 5000}: debits less credits, in minor units.
    balances = models.JSONField()
    closed_at = models.DateTimeField()
    closed_by_id = models.BigIntegerField()
    closed_by_name = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "until"], name="ledger_closed_once")]

    def __str__(self) -> str:
        return f"closed until {self.until}"


class DayProved(models.Model):
    """What `almoner prove` said of a charity's books on one of its days: the last run of that day."""

    class Verdict(models.TextChoices):
        GREEN = "green", "all held"
        RED = "red", "something differs"
        # Nothing differs as far as could be seen: a gateway could not be reached.
        NOT_ASKED = "not asked", "a gateway was not asked"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    # How many checks held, broke, and could not ask.
    held = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()
    not_asked = models.PositiveIntegerField()
    # [{"check": "clearing", "of": "stripe", "says": "attempt ...", "gift": "its UUID, or empty"}]: no names of people.
    findings = models.JSONField(default=list)
    at = models.DateTimeField()
    # Gateways were asked about what was made or moved since then, and their whole balance; null: about everything.
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "day"], name="ledger_proved_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.verdict}"


protect("ledger_posting")
protect("ledger_closing")
