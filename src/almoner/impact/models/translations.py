"""What programmes, results and indicators are called in other languages than their charity's, and how what is entered
with their numbers is worded there."""

from django.db import models
from django.db.models import Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity
from almoner.impact.models.programmes import Indicator, Programme, Result


class Translation(models.Model):
    """Of a programme, or of one of its results or indicators, as it is called in one language of readers.

    `programme` stands on each, so that all that a charity's register says in a language is asked for at once.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="translations")
    result = models.ForeignKey(
        Result, null=True, blank=True, on_delete=models.CASCADE, related_name="translations"
    )
    indicator = models.ForeignKey(
        Indicator, null=True, blank=True, on_delete=models.CASCADE, related_name="translations"
    )
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=160)
    # The programme's summary, the result's description, the counting rule.
    text = models.TextField(blank=True, max_length=2000)
    # What a sentence of that language calls what an indicator counts, with commas.
    nouns = models.CharField("words for it", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result=None) | Q(indicator=None), name="impact_translation_of_one"
            ),
            models.UniqueConstraint(
                fields=["programme", "language"],
                condition=Q(result=None, indicator=None),
                name="impact_translation_programme_once",
            ),
            models.UniqueConstraint(
                fields=["result", "language"],
                condition=Q(result__isnull=False),
                name="impact_translation_result_once",
            ),
            models.UniqueConstraint(
                fields=["indicator", "language"],
                condition=Q(indicator__isnull=False),
                name="impact_translation_indicator_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class Wording(models.Model):
    """How one language says words that were entered with a number, or to group numbers by.

    It stands beside the words and not beside a row, for those rows never change, and what is said each month is worded
    once. This table only grows: the newest of the same words stands, and an empty one takes those before it back.
    """

    class Kind(models.TextChoices):
        """What the words are, as staff read it above them."""

        BREAKDOWN = "breakdown", "Breakdowns"
        GROUP = "group", "Groups of breakdowns"
        METHOD = "method", "How it was counted"
        PLACE = "place", "Places"
        REASON = "reason", "Why a number was corrected"
        ROLE = "role", "Who looked at the source"
        SOURCE = "source", "Titles of sources"
        PUBLISHER = "publisher", "Publishers of sources"
        KEPT_AT = "kept_at", "Where sources on paper are kept"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=10)
    # As it was entered, in the charity's language.
    own = models.CharField(max_length=500)
    text = models.CharField(max_length=800, blank=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(own="") & ~Q(language=""), name="impact_wording_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.own}: {self.text} ({self.language})"


protect("impact_wording")
