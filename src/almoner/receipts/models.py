"""Receipts: what was issued, what became of it, its document, and the mails that carried it.

Rows that are append-only hold identifiers and amounts; the donor's name stands in `ReceiptPerson`, and in the PDF.
Erasing empties these two and touches nothing else.
"""

from functools import cached_property

from django.db import models
from django.db.models import Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity
from almoner.giving.models import Gift
from almoner.payments.models import Attempt


def shown_number(number: int) -> str:
    """As it is printed: "000123"."""
    return f"{number:06d}"


class ReceiptSeries(models.Model):
    """A charity's numbers. The row is stepped in the transaction that inserts the receipt, so a rollback leaves no
    gap."""

    charity = models.OneToOneField(Charity, on_delete=models.PROTECT, primary_key=True, related_name="+")
    last_number = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "receipt series"

    def __str__(self) -> str:
        return shown_number(self.last_number)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def valid(self) -> "ReceiptQuerySet":
        return self.filter(cancellation__isnull=True)


class Receipt(models.Model):
    """One receipt. A gift's receipts form a chain: each `turn` replaces the one before it, which stays.

    `amount_minor` is what was given in all, less what had been given back on the day of issue.
    """

    class Status(models.TextChoices):
        VALID = "valid"
        CANCELLED = "cancelled"
        REPLACED = "replaced"

    # Covered by the unique constraints, which begin with these columns.
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    number = models.PositiveBigIntegerField()
    turn = models.PositiveSmallIntegerField()
    # Payments know no receipts, so this is no foreign key to them.
    attempt_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    # When the gift was made: when it was charged, reached the bank, or was handed over.
    given_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    # 128 bits that nobody can guess: the address of the document and of the public check.
    token = models.CharField(max_length=22, unique=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charity", "number"], name="receipts_number_once"),
            models.UniqueConstraint(fields=["gift", "turn"], name="receipts_turn_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="receipts_amount_positive"),
            models.CheckConstraint(condition=Q(number__gt=0), name="receipts_number_positive"),
        ]

    def __str__(self) -> str:
        return self.shown_number

    @cached_property
    def attempt(self) -> Attempt:
        """The success that it acknowledges."""
        return Attempt.objects.get(pk=self.attempt_id)

    @property
    def shown_number(self) -> str:
        return shown_number(self.number)


class ReceiptCancellation(models.Model):
    """That a receipt no longer holds, and why."""

    class Reason(models.TextChoices):
        REFUNDED = "refunded", "the gift was given back, in whole or part"
        RETURNED = "returned", "the donor's bank took the payment back"
        UNMATCHED = "unmatched", "the transfer was another gift's"
        CHANGED = "changed", "what settled is another amount"
        DETAILS = "details", "the donor's details were put right"

    receipt = models.OneToOneField(
        Receipt, on_delete=models.PROTECT, primary_key=True, related_name="cancellation"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.reason}"


class ReceiptSeal(models.Model):
    """What was signed, and the fingerprint of the document that says it. Written once, when the PDF is made."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, primary_key=True, related_name="seal")
    # facts.canonical_bytes, exactly as they were signed.
    facts = models.TextField()
    key_id = models.CharField(max_length=40)
    signature = models.CharField(max_length=100)
    wording = models.CharField(max_length=40)
    pdf_sha256 = models.CharField(max_length=64)
    # Something in it couldn't be set in its own script on this machine.
    transliterated = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=Q(transliterated=True), name="receipts_transliterated")
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}: {self.key_id}"


class SigningKeyRecord(models.Model):
    """Every public key that ever signed here, so that old receipts can be checked after keys have rotated."""

    key_id = models.CharField(max_length=40, primary_key=True)
    public = models.CharField(max_length=44)
    first_used_at = models.DateTimeField()

    class Meta:
        db_table = "receipts_signingkey"

    def __str__(self) -> str:
        return self.key_id


class ReceiptPerson(models.Model):
    """To whom a receipt was made out. `salt` keys the hash of the name in the signed facts, in hexadecimal."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, primary_key=True, related_name="person")
    name = models.CharField(max_length=250, blank=True)
    address_lines: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    salt = models.CharField(max_length=32, blank=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"person of receipt {self.receipt_id}"


class ReceiptFile(models.Model):
    """The document's bytes, made once. The seal holds their fingerprint, so a changed byte is found."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, primary_key=True, related_name="file")
    pdf = models.BinaryField()

    def __str__(self) -> str:
        return f"file of receipt {self.receipt_id}"


class ReceiptDelivery(models.Model):
    """One mail about a gift. To whom stands in supporters; here is what became of it."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt"
        RESENT = "resent", "receipt, sent again"
        REPLACED = "replaced", "cancelled and replaced"
        CANCELLED = "cancelled"
        INSTRUCTIONS = "instructions", "how to send a transfer"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        BOUNCED = "bounced"
        FAILED = "failed"
        # Nobody to send it to: no address, an erased donor, or an address that bounced before.
        SKIPPED = "skipped"

    # Names the occasion, so that a repeated job finds its row: "receipt:17", "resent:17:<uuid>".
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="receipt_mails")
    receipt = models.ForeignKey(Receipt, null=True, on_delete=models.PROTECT, related_name="mails")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # A code: no_address, bounced_before, erased, refused, rejected, hard_bounce, spam ...
    reason = models.CharField(max_length=40, blank=True)
    # Ours, and the sending service's own, by which it reports bounces.
    message_id = models.CharField(max_length=200)
    provider_id = models.CharField(max_length=200, blank=True)
    asked_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "receipt deliveries"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False),
                name="receipts_sent_has_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="receipts_mail_provider"),
            # What a person has to look at.
            models.Index(
                fields=["-created_at"],
                condition=Q(state__in=["bounced", "failed"]),
                name="receipts_mail_trouble",
            ),
        ]

    def __str__(self) -> str:
        return self.key


def status_of(receipt: Receipt, *, newest_turn: int) -> Receipt.Status:
    """From the append-only rows: needs `cancellation` loaded, and the newest turn of the gift's chain."""
    if getattr(receipt, "cancellation", None) is None:
        return Receipt.Status.VALID
    return Receipt.Status.REPLACED if receipt.turn < newest_turn else Receipt.Status.CANCELLED


protect("receipts_receipt")
protect("receipts_receiptcancellation")
protect("receipts_receiptseal")
protect("receipts_signingkey")
