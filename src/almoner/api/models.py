"""Tokens of other systems, and the calls that they made once."""

from typing import Any

from django.db import models

from almoner.charities.models import Charity


class ApiToken(models.Model):
    """Opens one charity's data to one system. The token itself is shown once and not kept: a digest is."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    # What it is for, in the words of whoever made it.
    name = models.CharField(max_length=80)
    # SHA-256 of the token in hexadecimal. 256 random bits need no slower digest.
    digest = models.CharField(max_length=64, unique=True)
    # The first characters, by which staff tell one from another.
    begins = models.CharField(max_length=12)
    scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    # No foreign key: a token may outlive the account of whoever made it.
    made_by_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # To the day: one write a day, and no trace of each call.
    used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class ApiCall(models.Model):
    """A call that changes something, under the key that its caller gave it, and what it answered."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=255)
    # SHA-256 of method, path and body: the same key with something else is a mistake of the caller's.
    fingerprint = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    # Null while it is under way, or after a crash in the middle of it.
    status = models.PositiveSmallIntegerField(null=True)
    answer: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_call_once")]
        indexes = [models.Index(fields=["begun_at"], name="api_call_begun")]

    def __str__(self) -> str:
        return self.key


class ApiRate(models.Model):
    """How many calls a token made in the minute of its last one."""

    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Since 1970.
    minute = models.BigIntegerField()
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.token_id}: {self.calls}"
