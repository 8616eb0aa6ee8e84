"""People. All personal data of donors stands in `Contact` and `Supporter`: erasing it never touches the books."""

from typing import Any

from django.db import models

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity


class Supporter(models.Model):
    """A person as one charity knows them, found by their email address."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    # Lower case, trimmed. Null for people who gave no address: they aren't joined to anybody.
    email_key = models.CharField(max_length=254, null=True)  # noqa: DJ001 (nulls are distinct to the index; "" isn't)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "email_key"], name="supporters_email_once")]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """What a person typed with one gift, kept as it was typed: nobody may change another's details by giving."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    supporter = models.ForeignKey(Supporter, null=True, on_delete=models.PROTECT, related_name="contacts")
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    # The name as staff's search reads it (`people.name_key`). Personal data like the rest.
    name_key = models.CharField(max_length=402, blank=True, editable=False)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # addresses.PostalAddress.to_dict(), or null when none was asked for or given.
    address: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(null=True)
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField()
    # Mail that came back for good; nothing more is sent there until a person looks.
    bounced_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        # A search for a part of a name reads this narrow index and no row.
        indexes = [models.Index(fields=["charity", "name_key"], name="supporters_contact_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """As a letter would write it: given and family name, else the organisation."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or self.organisation


class ConsentWording(models.Model):
    """The words that people were shown when they were asked. A change of words is a new version."""

    class Basis(models.TextChoices):
        CONSENT = "consent"
        SOFT_OPT_IN = "soft_opt_in", "soft opt-in"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    basis = models.CharField(max_length=20, choices=Basis.choices, default=Basis.CONSENT)
    version = models.PositiveIntegerField()
    text = models.TextField()
    # Of words in another language than the charity's: which, and what they say.
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="said")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charity", "channel", "version"], name="supporters_wording_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} v{self.version}"


class Consent(models.Model):
    """One answer of one person to one wording. The newest counts; none is ever changed."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents")
    wording = models.ForeignKey(ConsentWording, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    granted = models.BooleanField()
    at = models.DateTimeField()
    # Where it was given: "form 4840", "phone".
    source = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.channel}: {'yes' if self.granted else 'no'}"


protect("supporters_consentwording")
protect("supporters_consent")
