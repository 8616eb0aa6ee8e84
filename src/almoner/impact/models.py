"""What programmes reached, in the shape of IATI 2.03: programme, result, indicator, target, observation.

There is no field here for anything about a survivor, a suspect or a witness, and there must never be one (ADR 0030):
the register counts people, it doesn't know them. Observations and what was decided on them only grow. A correction is
another observation that names the one it takes the place of, and both stay to be read.
"""

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity, Fund
from almoner.impact.identifiers import organisation_identifier
from almoner.impact.quantities import Bound, Quantity

_COUNTRY = RegexValidator(r"^[A-Z]{2}$", "Write the country as its two-letter code, such as PH.")
_SECTOR = RegexValidator(r"^\d{5}$", "Write the sector as its five-digit DAC code, such as 15160.")


class Programme(models.Model):
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(
        max_length=60, help_text="In its address, and in its IATI identifier. Never changed."
    )
    title = models.CharField(max_length=160)
    summary = models.TextField(blank=True, max_length=2000, help_text="What it does, for whom, and why.")
    country = models.CharField(max_length=2, blank=True, validators=[_COUNTRY], help_text="Empty: several.")
    sector = models.CharField(
        max_length=5, blank=True, validators=[_SECTOR], help_text="DAC code, such as 15160 (human rights)."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    public = models.BooleanField(
        default=True, help_text="Whether it has a public page and stands in open data."
    )
    funds = models.ManyToManyField(
        Fund,
        blank=True,
        related_name="programmes",
        help_text="What gifts pay for it: its page then asks for one, and its open data give the sums.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charity", "slug"], name="impact_programme_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="impact_programme_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Partner(models.Model):
    """An organisation that works on programmes with the charity."""

    class Kind(models.TextChoices):
        """IATI's OrganisationType codes."""

        GOVERNMENT = "10", "Government"
        LOCAL_GOVERNMENT = "11", "Local government"
        INTERNATIONAL_NGO = "21", "International NGO"
        NATIONAL_NGO = "22", "National NGO"
        MULTILATERAL = "40", "Multilateral"
        FOUNDATION = "60", "Foundation"
        COMPANY = "70", "Company"
        ACADEMIC = "80", "Academic, training and research"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=2, choices=Kind.choices)
    website = models.URLField(blank=True)
    iati_identifier = models.CharField("IATI identifier", max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "name"], name="impact_partner_once")]

    def __str__(self) -> str:
        return self.name


class Partnership(models.Model):
    class Role(models.TextChoices):
        """IATI's OrganisationRole codes."""

        FUNDING = "1", "Funds it"
        ACCOUNTABLE = "2", "Answers for it"
        EXTENDING = "3", "Passes funds on"
        IMPLEMENTING = "4", "Carries it out"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partnerships")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="partnerships")
    role = models.CharField(max_length=1, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "partner", "role"], name="impact_partnership_once")
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_role_display()}"


class Result(models.Model):
    class Kind(models.TextChoices):
        """IATI's ResultType codes."""

        OUTPUT = "1", "Output: what was done"
        OUTCOME = "2", "Outcome: what changed for people"
        IMPACT = "3", "Impact: what changed for good"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="results")
    kind = models.CharField(max_length=1, choices=Kind.choices)
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True, max_length=1000)
    ordinal = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    class Measure(models.TextChoices):
        COUNT = "count", "A count: whole ones"
        PERCENT = "percent", "A share, in per cent"

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="indicators")
    slug = models.SlugField(max_length=60, help_text="In addresses and files. Never changed.")
    title = models.CharField(max_length=160, help_text="Such as: Children and young people rescued.")
    measure = models.CharField(max_length=10, choices=Measure.choices, default=Measure.COUNT)
    # What a sentence calls them: by these words free text is found that speaks of this indicator.
    nouns = models.CharField(
        "words for it",
        max_length=300,
        blank=True,
        help_text="As sentences say it, with commas: children rescued, people freed. Free text is checked by them.",
    )
    rule = models.TextField(
        "counting rule",
        max_length=1000,
        help_text="Who or what is counted, once or each time, and when. It stands on the public page of each figure.",
    )
    cumulative = models.BooleanField(
        default=True,
        help_text="Each figure counts from the beginning; otherwise each counts its own time alone.",
    )
    since = models.DateField(
        null=True, blank=True, help_text="The day from which a cumulative figure counts."
    )
    # How often a figure is due, in months; 0 never is.
    every_months = models.PositiveSmallIntegerField(
        "reported",
        choices=[(1, "Each month"), (3, "Each quarter"), (12, "Each year"), (0, "When there is news")],
        default=1,
        db_default=1,
        help_text="When a figure is due, the programme’s page says so, and when the last one is stale.",
    )
    more_is_better = models.BooleanField(default=True)
    baseline_value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    at_risk = models.BooleanField(
        "people at risk",
        default=True,
        help_text="Its small numbers could lead to a person: breakdowns hide counts under 10.",
    )
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "slug"], name="impact_indicator_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> bool:
        return self.measure == self.Measure.PERCENT


class Dimension(models.Model):
    """How an indicator's figures may be broken down, such as by age. Its groups are fixed, so that nobody types one."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="dimensions")
    name = models.CharField(max_length=40, help_text="Such as: age.")
    # Names of at most 60 characters each, in the order in which forms and pages show them.
    categories = models.JSONField("groups", default=list)
    # Disclosure control reckons with it: a hidden group is what the whole leaves over.
    adds_up = models.BooleanField(
        "adds up",
        default=True,
        help_text="Each one who is counted stands in exactly one group, so that they add up to the whole.",
    )
    ordinal = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "name"], name="impact_dimension_once")]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """What an indicator is meant to reach in a time, both days included."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    first = models.DateField()
    last = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4, validators=[MinValueValidator(Decimal(0))])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "first", "last"], name="impact_target_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="impact_target_time"),
        ]

    def __str__(self) -> str:
        return f"{self.value.normalize():f} by {self.last}"


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
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.PUBLIC)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


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


protect("impact_source")
protect("impact_observation")
protect("impact_verification")
protect("impact_replacement")
protect("impact_disclosure")
protect("impact_release")
protect("impact_releaseapproval")
protect("impact_releaseend")
