"""What programmes are to reach, and with whom."""

from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from almoner.charities.models import Charity, Fund

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
