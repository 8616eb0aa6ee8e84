"""Bank accounts, the statements that were imported, and each line of them once."""

import uuid

from django.db import models
from django.db.models import Q

from almoner.charities.models import Charity
from almoner.payments.models import BankCredit, Payout


class BankAccount(models.Model):
    """An account of the charity's, and how its bank writes its files."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    # As the bank writes it in its files, if it does: an IBAN, or an account number. Empty: any is taken.
    number = models.CharField(max_length=40, blank=True)
    # How its CSV files are read (`banking.tables.ColumnMap`), kept from the last file. Empty until there was one.
    columns = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charity", "name"], name="banking_account_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """One file, from the moment it was handed in until its lines are booked, or taken back."""

    class State(models.TextChoices):
        DRAFT = "draft", "to be checked"
        READING = "reading", "being booked"
        DONE = "done", "booked"
        UNDOING = "undoing", "being taken back"
        UNDONE = "undone", "taken back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    # The file itself, until its lines are kept: it names people.
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    imported_by_id = models.BigIntegerField()
    imported_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    # When it was last asked for: booking it, or taking it back; and when that was done.
    asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Lines of the file that an earlier one had brought already, and rows that couldn't be read.
    known = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    # The first of these: {"number": 7, "why": "..."}.
    left_out = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["charity", "-created_at"], name="banking_statement_newest")]

    def __str__(self) -> str:
        return self.file_name


class StatementLine(models.Model):
    """A line of a statement, and what became of it."""

    class Outcome(models.TextChoices):
        NEW = "new", "to be booked"
        MATCHED = "matched", "matched to a gift"
        SUSPENSE = "suspense", "in suspense"
        PAYOUT = "payout", "a gateway’s payout"
        # Money that left and is no gateway's: the bank's own books have it, ours take no part in it.
        LEFT = "left", "money that left"
        UNDONE = "undone", "taken back"
        # Its statement was taken back, and it could not be.
        KEPT = "kept", "could not be taken back"

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    # Where it stands in the file, from 1.
    number = models.PositiveIntegerField()
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    # All of it until the line is booked, for a reference may stand at its end; then its credit has what is kept, where
    # it can be forgotten with a donor. Of money that left only what names a gateway stays, which is nobody's name.
    text = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.NEW)
    # For staff: why it is where it is.
    note = models.CharField(max_length=200, blank=True)
    credit = models.OneToOneField(BankCredit, null=True, on_delete=models.PROTECT, related_name="line")
    # Money that left because a gateway took back what refunds had brought it below 0: a payout below 0.
    payout = models.OneToOneField(Payout, null=True, on_delete=models.PROTECT, related_name="line")

    class Meta:
        constraints = [
            # The same line in two files is one line, unless the first file was taken back.
            models.UniqueConstraint(
                fields=["account", "fingerprint"],
                condition=~Q(outcome="undone"),
                name="banking_line_once",
            ),
        ]
        indexes = [models.Index(fields=["statement", "outcome"], name="banking_line_outcome")]

    def __str__(self) -> str:
        return f"line {self.number}"
