"""A charity is a legal entity: several live in one installation, each with its own site, forms, staff and books."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

_COLOUR = RegexValidator(
    r"^#[0-9a-fA-F]{6}$", "Write the colour as # and six hexadecimal digits, such as #1f5f5b."
)
_CURRENCY = RegexValidator(r"^[A-Z]{3}$", "Write the currency as its three-letter code, such as AUD.")


class Charity(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField("public name", max_length=120, help_text="What donors call it.")
    legal_name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, help_text="ISO 3166 code, such as AU.")
    timezone = models.CharField("time zone", max_length=64, help_text="Such as Australia/Sydney.")
    currency = models.CharField(max_length=3, validators=[_CURRENCY])
    language = models.CharField(max_length=10, default="en")
    # [{"label": "ABN", "value": "12 345 678 901"}], in the order in which they are printed.
    tax_numbers = models.JSONField(default=list, blank=True)
    address_lines = models.TextField(blank=True, help_text="As printed on receipts, a line each.")
    email = models.EmailField(help_text="Where donors reach a person.")
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    privacy_url = models.URLField(
        blank=True, help_text="Where the charity says what it does with personal data."
    )
    mail_from = models.EmailField(help_text="The sender of receipts.")
    # Cleaned when it is saved: no script, no outside address. Empty: the name is set in type.
    logo_svg = models.TextField("logo (SVG)", blank=True)
    colour_primary = models.CharField(max_length=7, default="#1f5f5b", validators=[_COLOUR])
    colour_accent = models.CharField(max_length=7, default="#c8553d", validators=[_COLOUR])
    # [{"label": "BSB", "value": "..."}]: what a donor needs for a bank transfer. Empty: it isn't offered.
    bank_details = models.JSONField(default=list, blank=True)
    is_default = models.BooleanField(default=False, help_text="Answers on hosts that name no charity.")

    class Meta:
        verbose_name_plural = "charities"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="charities_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CharityHost(models.Model):
    """A host name (without port) at which a charity's pages and forms answer."""

    host = models.CharField(max_length=253, unique=True)
    charity = models.ForeignKey(Charity, on_delete=models.CASCADE, related_name="hosts")

    def __str__(self) -> str:
        return self.host


class Fund(models.Model):
    """What a gift is for. Deductibility belongs here: a charity may be endorsed for one of its funds only."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="funds")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    line = models.CharField(max_length=200, blank=True, help_text="A line for donors on what it does.")
    deductible = models.BooleanField(default=False)
    endorsed_name = models.CharField(
        max_length=200,
        blank=True,
        help_text="The fund, authority or institution as the tax office endorsed it.",
    )
    endorsed_abn = models.CharField("endorsed ABN", max_length=20, blank=True)
    is_default = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charity", "code"], name="charities_fund_code"),
            models.UniqueConstraint(
                fields=["charity"], condition=Q(is_default=True), name="charities_one_default_fund"
            ),
            models.CheckConstraint(
                condition=Q(deductible=False) | (~Q(endorsed_name="") & ~Q(endorsed_abn="")),
                name="charities_deductible_fund_is_endorsed",
                violation_error_message="A deductible fund needs its endorsed name and its ABN.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Phrase(models.Model):
    """How one language says words of a charity's own: a form's title, the name of a fund, a question.

    It stands beside the words and not beside a row: what several forms say is said once, and words that were changed
    since are nobody's any more. This table only grows: the newest of the same words stands, and an empty one takes
    those before it back.
    """

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    # As it stands in the charity's language.
    own = models.TextField()
    text = models.TextField(blank=True)
    # No foreign key: what somebody wrote outlives the account.
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["charity", "language"], name="charities_phrase_language")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(own="") & ~Q(language=""), name="charities_phrase_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.own}: {self.text} ({self.language})"


class ContentStamp(models.Model):
    """Counts the changes of a charity's public content, so that every process knows when its memory is stale."""

    charity = models.OneToOneField(Charity, on_delete=models.CASCADE, primary_key=True, related_name="stamp")
    version = models.BigIntegerField(default=0)


class StaffScope(models.Model):
    """A member of staff sees the charities named here; a superuser sees all."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="charity_scopes"
    )
    charity = models.ForeignKey(Charity, on_delete=models.CASCADE, related_name="staff_scopes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "charity"], name="charities_scope_once")]


class AuditEntry(models.Model):
    """One act of staff. Append-only; each row carries a hash over itself and the row before it."""

    at = models.DateTimeField()
    # No foreign key: the log outlives the account.
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    charity = models.ForeignKey(Charity, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    # Identifiers, amounts and the names of changed fields only: personal data would outlive an erasure here.
    detail: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["charity", "-id"]), models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditHead(models.Model):
    """Where the log ends: how many entries there are and the last one's hash, in the one row that every entry moves on.
    Without it nobody would miss an entry that was removed from the end."""

    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.count} entries"
