"""What people agreed to before their picture or their words are shown.

There is no field here for who somebody is, and there must never be one (ADR 0030, ADR 0033): a pseudonym, what was
agreed to, and the hash of a form that is kept elsewhere. What a record covers is told by a hash of it, so that the same
picture sent again, and the same words written again, are known again. That and a withdrawal only grow.
"""

from datetime import date
from typing import Final

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from almoner.charities.appendonly import protect
from almoner.charities.models import Charity

_SHA256 = RegexValidator(
    r"^[0-9a-f]{64}$", "Write the SHA-256 of the form's file: 64 digits and letters a to f."
)


class Channel(models.TextChoices):
    """Where something is shown. The first five are ours and held by the program; the rest are for staff to heed."""

    WEB = "web", "Web pages"
    LISTS = "lists", "Lists of stories and related stories"
    SOCIAL = "social", "Previews of links that others share"
    FEED = "feed", "Feeds"
    EMBED = "embed", "Other sites, by embedding"
    MAIL = "mail", "Emails"
    PRINT = "print", "Print"
    PARTNERS = "partners", "Partners and press"


CHANNELS: Final = tuple(Channel.values)


class Consent(models.Model):
    """What was agreed to for some pictures and words. Of what shows nobody: who says so, and when."""

    class Portrayal(models.TextChoices):
        REAL = "real", "A person, as they are"
        MODEL = "model", "A model, or an actor, who stands for somebody"
        ILLUSTRATIVE = "illustrative", "Drawn or made up: an illustration, nobody’s words"
        NOBODY = "nobody", "No person is shown, or words that anybody may quote"

    class Named(models.TextChoices):
        CHANGED = "changed", "By the pseudonym, marked as changed"
        NONE = "none", "By no name"
        OWN = "own", "By the name that the story gives, as they wish"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    portrayal = models.CharField(max_length=12, choices=Portrayal.choices)
    pseudonym = models.CharField(max_length=60, blank=True, help_text="Never a real name.")
    named = models.CharField("named", max_length=8, choices=Named.choices, default=Named.NONE)
    identifiable = models.BooleanField(default=False)
    minor = models.BooleanField(default=False)
    guardian = models.BooleanField(default=False, help_text="That one agreed; never who.")
    taken_by = models.CharField(
        max_length=120, help_text="Who of staff or of a partner asked, and saw the form signed."
    )
    taken_on = models.DateField()
    language = models.CharField(
        max_length=35, blank=True, help_text="In which it was asked, such as en or tl."
    )
    form_hash = models.CharField(max_length=64, blank=True, validators=[_SHA256])
    channels: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    countries: "models.JSONField[list[str], list[str]]" = models.JSONField(
        default=list, help_text="Two-letter codes. Empty: everywhere."
    )
    fundraising = models.BooleanField(default=False)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it holds.")
    embargoed = models.BooleanField(default=False)
    embargo_until = models.DateField(
        null=True, blank=True, help_text="The first day after it. Empty: until lifted."
    )
    embargo_reason = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(portrayal__in=("illustrative", "nobody"))
                | (Q(expires_on__isnull=False) & ~Q(form_hash="") & ~Q(language="")),
                name="consents_person_agreed_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(minor=False) | (Q(guardian=True) & ~Q(named="own")),
                name="consents_minor_is_guarded",
            ),
            models.CheckConstraint(
                condition=~Q(named="changed") | ~Q(pseudonym=""), name="consents_changed_name_is_given"
            ),
            models.CheckConstraint(
                condition=Q(embargoed=False) | ~Q(embargo_reason=""), name="consents_embargo_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="consents_expiry")]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    @property
    def of_person(self) -> bool:
        return self.portrayal in (self.Portrayal.REAL, self.Portrayal.MODEL)

    def under_embargo(self, day: date) -> bool:
        return self.embargoed and (self.embargo_until is None or day < self.embargo_until)

    def lapsed(self, day: date) -> bool:
        return self.expires_on is not None and self.expires_on < day


class Covered(models.Model):
    """A picture, by its pixels, or words that a consent covers. It stays: a withdrawal holds for what comes again."""

    class Kind(models.TextChoices):
        PICTURE = "picture", "Picture"
        WORDS = "words", "Words"

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="covered")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the picture's pixels, or of the words.")
    words = models.TextField(blank=True, max_length=600, help_text="As they are shown; of a picture none.")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["consent", "kind", "digest"], name="consents_covered_once")
        ]
        indexes = [models.Index(fields=["digest"], name="consents_covered_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class Withdrawal(models.Model):
    """That a consent was taken back. It can't be undone."""

    class By(models.TextChoices):
        PERSON = "person", "The person"
        GUARDIAN = "guardian", "A guardian"
        CHARITY = "charity", "We ourselves, for their safety or because it was wrong"
        LAW = "law", "A court or an authority"

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.CharField(max_length=8, choices=By.choices)
    why = models.CharField(max_length=300)
    recorded_by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"withdrawal of consent {self.consent_id}"


class ExternalUse(models.Model):
    """Where else something was shown, which no program can take down: after a withdrawal, work for somebody."""

    class Kind(models.TextChoices):
        PRINT = "print", "Printed"
        PARTNER = "partner", "Given to a partner"
        PRESS = "press", "Given to the press"
        SOCIAL = "social", "Posted on a social network"
        OTHER = "other", "Elsewhere"

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="external_uses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    where = models.CharField(max_length=300)
    used_on = models.DateField()
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="When somebody saw that it is gone from there.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="consents_use_ended_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.where}"


protect("consents_covered")
protect("consents_withdrawal")
