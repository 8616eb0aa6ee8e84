"""The numbers, and what was decided on them. These tables only grow."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity
from almoner.impact.models.programmes import Indicator
from almoner.impact.quantities import Bound, Quantity


class Source(models.Model):
    """Where a number can be found. It never changes: another edition is another source."""

    class Access(models.TextChoices):
        PUBLIC = "public", "Anybody can read it"
        ON_REQUEST = "on_request", "Shown on request"
        INTERNAL = "internal", "Kept inside"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=160, blank=True)
    dated = models.DateField()
    url = models.URLField("address", max_length=500, blank=True)
    # Of the file that staff hold, so that it can be shown to be this one. The file itself stays where it is.
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    # Of one that is on paper. A new source has this, an address or a file (`entering.check_source`); old ones may not.
    kept_at = models.CharField(max_length=200, blank=True, default="", db_default="")
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.PUBLIC)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title

    @property
    def shown_kept_at(self) -> str:
        """Where it is kept, as far as the public may know: of one that is internal nobody can ask for it there."""
        return self.kept_at if self.access != self.Access.INTERNAL else ""


class Observation(models.Model):
    """A number that somebody found in a source. A breakdown's cell names its dimension and category."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="observations")
    # The time that it counts, both days included; of a cumulative one since its beginning.
    first = models.DateField()
    last = models.DateField()
    # When it stood so, as the source says.
    as_of = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4)
    bound = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Bound])
    dimension = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=60, blank=True)
    # A country or a region, never a town: a place, a day and a count can lead to a person.
    place = models.CharField(max_length=80, blank=True)
    method = models.CharField(max_length=500, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="observations")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    # Why it takes the other's place, for everybody to read.
    reason = models.CharField(max_length=500, blank=True)
    entered_by_id = models.BigIntegerField()
    entered_by_name = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="impact_observation_no_negative"),
            models.CheckConstraint(
                condition=Q(last__gte=F("first")) & Q(as_of__gte=F("first")), name="impact_observation_time"
            ),
            models.CheckConstraint(
                condition=Q(dimension="", category="") | ~Q(dimension="") & ~Q(category=""),
                name="impact_observation_cell",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(reason=""), name="impact_observation_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value.normalize():f} ({self.as_of})"

    @property
    def quantity(self) -> Quantity:
        return quantity_of(self.value, self.bound, self.indicator.measure)


def quantity_of(value: Decimal, bound: str, measure: str) -> Quantity:
    """What the columns of an observation and of its indicator say."""
    return Quantity(value.normalize(), Bound(bound), counted=measure == Indicator.Measure.COUNT)


class Verification(models.Model):
    """What a second person said of an observation, once."""

    observation = models.OneToOneField(Observation, on_delete=models.PROTECT, related_name="verification")
    accepted = models.BooleanField()
    # Said in public: who verified is named by this, never by a name.
    role = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'accepted' if self.accepted else 'sent back'} by {self.role}"


class Replacement(models.Model):
    """An accepted correction took an accepted number's place; corrections that were sent back may lie between."""

    old = models.OneToOneField(Observation, on_delete=models.PROTECT, related_name="replacement")
    new = models.OneToOneField(Observation, on_delete=models.PROTECT, related_name="replaces")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.new_id} for {self.old_id}"


class Disclosure(models.Model):
    """Whether a number may be said in public, judged once, when it was verified (`disclosing`). Later ones are judged
    beside it, so it never changes."""

    observation = models.OneToOneField(Observation, on_delete=models.PROTECT, related_name="disclosure")
    shown = models.BooleanField()
    # Why it is hidden, for staff alone; empty where it is said, and of what was judged before this was kept.
    why = models.CharField(max_length=10, blank=True, default="", db_default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.observation_id} {'is said' if self.shown else 'is hidden'}"


class Release(models.Model):
    """A small number that its source has made public already: one person says why it may stand. Once that was refused
    or taken back, it may be asked for again: the next attempt."""

    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="releases")
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1)
    reason = models.CharField(max_length=500)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["observation", "attempt"], name="impact_release_once")]

    def __str__(self) -> str:
        return self.reason


class ReleaseApproval(models.Model):
    """A second person agrees, and from then on it is said in public."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="approval")
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by_name}: {self.release_id}"


class ReleaseEnd(models.Model):
    """It was refused before anybody agreed, or taken back after: either way it isn't said from then on."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="end")
    reason = models.CharField(max_length=500)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by_name}: {self.release_id}"


protect("impact_source")
protect("impact_observation")
protect("impact_verification")
protect("impact_replacement")
protect("impact_disclosure")
protect("impact_release")
protect("impact_releaseapproval")
protect("impact_releaseend")
