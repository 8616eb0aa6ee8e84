"""What is mirrored at Salesforce, how far it has come, and how a charity's words are told there.

No personal data: what is sent is read from its own room when it is sent, so that an erasure finds nothing here.
"""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from almoner.charities.models import Charity, Fund

_ID = RegexValidator(
    r"^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$",
    "Write the record’s Id as Salesforce has it: 15 or 18 letters and digits, from its address.",
)


class Link(models.Model):
    """A charity's gifts go to Salesforce, and in whose words."""

    charity = models.OneToOneField(Charity, on_delete=models.CASCADE, related_name="salesforce")
    active = models.BooleanField("send gifts to Salesforce", default=False)
    # Gifts of this day and later. Earlier ones are there already, or are nobody's business.
    since = models.DateField("from the gifts of")
    # Empty: Salesforce gives its own default.
    record_type_id = models.CharField("record type", max_length=18, blank=True, validators=[_ID])
    stage_paid = models.CharField("stage of a gift that is paid", max_length=40, default="Closed Won")
    stage_lost = models.CharField(
        "stage of a gift that went back in whole", max_length=40, default="Closed Lost"
    )
    multi_currency = models.BooleanField("Salesforce keeps several currencies", default=False)
    # Nothing is sent before, because Salesforce, or what it said of us, asks for a pause; and which of its words.
    paused_until = models.DateTimeField(null=True)
    paused_code = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.charity} at Salesforce"


class FundUnit(models.Model):
    """The General Accounting Unit that a fund is there."""

    fund = models.OneToOneField(Fund, on_delete=models.CASCADE, related_name="salesforce")
    unit_id = models.CharField(max_length=18, validators=[_ID])

    def __str__(self) -> str:
        return self.unit_id


class AppealCampaign(models.Model):
    """The Campaign that an appeal is there."""

    charity = models.ForeignKey(Charity, on_delete=models.CASCADE, related_name="+")
    appeal = models.CharField(max_length=60)
    campaign_id = models.CharField(max_length=18, validators=[_ID])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "appeal"], name="crm_appeal_once")]

    def __str__(self) -> str:
        return self.appeal


class Place(models.Model):
    """How far a table of events was read."""

    table = models.CharField(max_length=60, primary_key=True)
    after = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.table} {self.after}"


class Person(models.Model):
    """A donor who is a Contact (or, of an organisation, an Account) there. It is made once, and then left to the people
    who work there; only when staff or the donor put its details right here are they sent again."""

    charity = models.ForeignKey(Charity, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    # How often its details were put right here, and how often they had been when they were sent. Null: never sent.
    corrected = models.PositiveIntegerField(default=0)
    sent_corrected = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.key

    @property
    def is_there(self) -> bool:
        """As it stands here."""
        return self.sent_corrected == self.corrected


class Mirror(models.Model):
    """A gift or a plan, and whether Salesforce has it as it stands here."""

    class Kind(models.TextChoices):
        GIFT = "gift"
        PLAN = "plan", "regular gift"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        # Salesforce refused it, and will again until a person has mended something: a dead letter.
        HELD = "held"
        # A person said that it isn't wanted there.
        LEFT_OUT = "left_out", "left out"

    charity = models.ForeignKey(Charity, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    # Of the gift or the plan, and there the external id: what is sent twice is there once.
    object_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # Counts what happened to it: who sends it says which of these was sent.
    wanted = models.PositiveIntegerField(default=1)
    # Of what is wanted now: how often it was tried in vain.
    tries = models.PositiveSmallIntegerField(default=0)
    # Why it is held, or was put off: Salesforce's code, of which object, and of which of its fields. `said` is what an
    # administrator wrote into a rule of theirs; what Salesforce itself says may quote a donor, and is not kept.
    code = models.CharField(max_length=60, blank=True)
    about = models.CharField(max_length=60, blank=True)
    fields: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    said = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # Its Id there, for the link to it.
    salesforce_id = models.CharField(max_length=18, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "held", "left_out"]), name="crm_mirror_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="crm_mirror_sent_at"
            ),
            models.CheckConstraint(condition=~Q(state="held") | ~Q(code=""), name="crm_mirror_held_why"),
        ]
        indexes = [
            models.Index(fields=["charity", "state", "-asked_at"], name="crm_mirror_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
