"""What is said of the numbers in public, by whom, and the tables in which they are handed in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from almoner.charities.models import Charity
from almoner.impact.identifiers import organisation_identifier
from almoner.impact.models.figures import Observation
from almoner.impact.models.programmes import Indicator, Partner


class Publisher(models.Model):
    """What a charity's open data says of it as their publisher. Without a row, what can be told of the charity is."""

    charity = models.OneToOneField(Charity, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True, default="", db_default="")
    iati_identifier = models.CharField(
        "IATI organisation identifier", max_length=100, blank=True, validators=[organisation_identifier],
        help_text="Such as AU-ABN-12345678901. Empty: made of the country and the first tax number.",
    )  # fmt: skip
    kind = models.CharField(
        "kind of organisation", max_length=2, choices=Partner.Kind.choices, default=Partner.Kind.NATIONAL_NGO
    )

    def __str__(self) -> str:
        return self.iati_identifier or str(self.charity)


class FigureFile(models.Model):
    """A table of figures that was handed in, until its rows are entered: by a person's word after the dry run."""

    class State(models.TextChoices):
        DRAFT = "draft", "to be checked"
        READING = "reading", "being entered"
        DONE = "done", "entered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    # The file itself, until its rows are entered.
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # Rows in all, rows that were looked at, and of these: entered, known before, not taken.
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # The first rows that were not taken: {"row": 7, "why": "..."}.
    report = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["charity", "-created_at"], name="impact_file_newest")]

    def __str__(self) -> str:
        return self.file_name


class Claim(models.Model):
    """A wording that is published somewhere, and the number of the register that it is held against.

    Those of pages and forms are written anew whenever one is published and every night (`origin` figure or read); what
    went to the printer or into a mail is entered by staff. One that is no longer said anywhere has ended, and stays.
    """

    class Origin(models.TextChoices):
        FIGURE = "figure", "From the register"
        READ = "read", "Found in the text"
        ENTERED = "entered", "Entered by hand"

    class Carrier(models.TextChoices):
        PAGE = "page", "Page"
        FORM = "form", "Giving form and its mail"
        MAIL = "mail", "Mail"
        PRINT = "print", "Printed matter"
        ELSEWHERE = "elsewhere", "Elsewhere"

    class State(models.TextChoices):
        HOLDS = "holds", "Holds"
        CONTRADICTED = "contradicted", "Contradicted"
        STALE = "stale", "Stale"
        EXPIRED = "expired", "Expired"
        UNVERIFIED = "unverified", "Not shown"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="claims")
    # What it rests on: what stood when it was made, or when somebody said that it still holds.
    observation = models.ForeignKey(
        Observation, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    origin = models.CharField(max_length=10, choices=Origin.choices)
    carrier = models.CharField(max_length=10, choices=Carrier.choices)
    carrier_id = models.CharField(max_length=40, blank=True, help_text="Of a page or a form: its number.")
    carrier_title = models.CharField(max_length=255)
    number = models.CharField(max_length=120, help_text="As it is said: over 1,000.")
    wording = models.CharField(max_length=1000, help_text="The sentence in which it is said.")
    language = models.CharField(
        max_length=10, default="en", db_default="en", help_text="In which it is said, and its number is read."
    )
    # SHA-256 of what makes it this claim: where it stands, its origin, indicator, number and sentence.
    key = models.CharField(max_length=64)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it may be said.")
    state = models.CharField(max_length=12, choices=State.choices)
    # The trouble (`claims.trouble`) of which its owner was told, and the one that somebody published all the same.
    told_of = models.CharField(max_length=60, blank=True)
    meant_for = models.CharField(max_length=60, blank=True)
    meant_reason = models.CharField(max_length=300, blank=True)
    meant_by_name = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "key"], name="impact_claim_once")]
        indexes = [
            models.Index(fields=["charity", "state"], name="impact_claim_state", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.carrier_title})"
