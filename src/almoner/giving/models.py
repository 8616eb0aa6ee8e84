"""Forms that donors fill in, and the gifts they make with them."""

import uuid
from typing import TYPE_CHECKING, Final

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from almoner.charities.models import Charity, Fund
from almoner.plans.models import Plan
from almoner.supporters.models import ConsentWording, Contact

if TYPE_CHECKING:
    # modelcluster has no types: to the checker a cluster is a model and its ParentalKey a ForeignKey, as they are.
    from django.db.models import ForeignKey as ParentalKey
    from django.db.models import Model as ClusterableModel
else:
    from modelcluster.fields import ParentalKey
    from modelcluster.models import ClusterableModel

_CURRENCY = RegexValidator(r"^[A-Z]{3}$", "Write the currency as its three-letter code, such as AUD.")


class Ask(models.TextChoices):
    NO = "no", "Don't ask"
    OPTIONAL = "optional", "Ask, optional"
    REQUIRED = "required", "Ask, required"


class DonationForm(ClusterableModel):
    """A form as editors make it. What donors see is compiled from it once (`giving.catalogue`)."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="forms")
    slug = models.SlugField()
    title = models.CharField(max_length=120)
    intro = models.TextField(max_length=600, blank=True)
    active = models.BooleanField(default=True)
    # The first is the one that is chosen at first.
    currencies = models.CharField(
        max_length=60,
        default="AUD",
        validators=[
            RegexValidator(r"^[A-Z]{3}( [A-Z]{3})*$", "Write codes with a space between, such as AUD NZD.")
        ],
    )
    # How often donors may give, in this order. Once is chosen at first where it is offered, and else nothing is.
    frequencies = models.CharField(
        max_length=40,
        default="once",
        validators=[
            RegexValidator(
                r"^(once|monthly|quarterly|yearly)( monthly)?( quarterly)?( yearly)?$",
                "Choose how often donors may give.",
            )
        ],
    )
    # Major units as people say them would need a currency: minor units of the first currency.
    minimum_minor = models.BigIntegerField(default=200, validators=[MinValueValidator(1)])
    maximum_minor = models.BigIntegerField(default=5_000_000, validators=[MinValueValidator(1)])
    ask_address = models.CharField(max_length=10, choices=Ask.choices, default=Ask.NO)
    ask_phone = models.CharField(max_length=10, choices=Ask.choices, default=Ask.NO)
    ask_tribute = models.BooleanField("in memory or in honour", default=False)
    ask_message = models.BooleanField(default=False)
    ask_anonymous = models.BooleanField(default=True)
    offer_cover = models.BooleanField("offer to cover the cost", default=True)
    cover_percent_hundredths = models.PositiveIntegerField(
        "fee, hundredths of a percent",
        default=175,
        help_text="175 is 1.75 %. What donors are offered to cover.",
    )
    cover_fixed_minor = models.PositiveIntegerField("fee, fixed part in minor units", default=30)
    # Codes of giving.ways, in the order in which they are offered.
    methods = models.JSONField(default=list, blank=True)
    # A button on the first step that leads to the wallets of a gateway which has some.
    offer_wallets = models.BooleanField(default=False)
    thanks_text = models.TextField(blank=True)
    goal_minor = models.BigIntegerField("goal, minor units", null=True, blank=True)
    # Empty: the charity's own.
    colour_primary = models.CharField(max_length=7, blank=True)
    colour_accent = models.CharField(max_length=7, blank=True)
    logo_svg = models.TextField("logo (SVG)", blank=True)
    # Origins whose pages may show the form in a frame, one a line, as giving.framing writes them. Empty: none.
    frame_sites = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charity", "slug"], name="giving_form_slug"),
            models.CheckConstraint(
                condition=Q(minimum_minor__lte=F("maximum_minor")),
                name="giving_form_range",
                violation_error_message="The smallest amount is larger than the largest.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FormNumber(models.Model):
    """A number that a form answers to, such as that of an old shortcode. Unique in its charity."""

    form = ParentalKey(DonationForm, on_delete=models.CASCADE, related_name="numbers")
    charity = models.ForeignKey(Charity, on_delete=models.CASCADE, related_name="+", editable=False)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["charity", "number"], name="giving_number_once")]

    def __str__(self) -> str:
        return str(self.number)


class FormCurrency(models.Model):
    """The limits of a further currency of a form, and the fixed part of the fee in it. Where there is none, amounts
    worth about as much as in the first currency."""

    form = ParentalKey(DonationForm, on_delete=models.CASCADE, related_name="further_currencies")
    currency = models.CharField(max_length=3, validators=[_CURRENCY])
    minimum_minor = models.BigIntegerField(validators=[MinValueValidator(1)])
    maximum_minor = models.BigIntegerField(validators=[MinValueValidator(1)])
    cover_fixed_minor = models.PositiveIntegerField("fee, fixed part in minor units", default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["form", "currency"], name="giving_form_currency_once"),
            models.CheckConstraint(
                condition=Q(minimum_minor__gte=1, minimum_minor__lte=F("maximum_minor")),
                name="giving_currency_range",
                violation_error_message="The smallest amount is larger than the largest.",
            ),
        ]

    def __str__(self) -> str:
        return self.currency


class SuggestedAmount(models.Model):
    class Frequency(models.TextChoices):
        ONCE = "once"
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"
        YEARLY = "yearly"

    form = ParentalKey(DonationForm, on_delete=models.CASCADE, related_name="suggested_amounts")
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.ONCE)
    currency = models.CharField(max_length=3, validators=[_CURRENCY], default="AUD")
    amount_minor = models.BigIntegerField(validators=[MinValueValidator(1)])
    line = models.CharField("what it does", max_length=120, blank=True)

    class Meta:
        ordering = ["currency", "amount_minor"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "frequency", "currency", "amount_minor"], name="giving_suggested_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class FormFund(models.Model):
    form = ParentalKey(DonationForm, on_delete=models.CASCADE, related_name="form_funds")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["form", "fund"], name="giving_form_fund_once")]


class ConsentQuestion(models.Model):
    class Channel(models.TextChoices):
        EMAIL = "email"
        POST = "post"
        PHONE = "phone"
        SMS = "sms", "text message"

    form = ParentalKey(DonationForm, on_delete=models.CASCADE, related_name="consent_questions")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    basis = models.CharField(
        max_length=20, choices=ConsentWording.Basis.choices, default=ConsentWording.Basis.CONSENT
    )
    text = models.CharField(max_length=300)
    # The version that donors are shown; set when the form is saved.
    wording = models.ForeignKey(
        ConsentWording, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["form", "channel"], name="giving_consent_channel_once")
        ]


class GiftStatus(models.TextChoices):
    """Derived from the gift's attempts (`giving.status.derive`), and kept beside them in the same transaction."""

    PENDING = "pending", "being paid"
    AWAITING = "awaiting", "awaiting a transfer"
    PROCESSING = "processing", "processing"
    UNKNOWN = "unknown", "outcome not known"
    SETTLED = "settled", "settled"
    RETURNED = "returned", "returned"
    FAILED = "failed", "not paid"


class GiftBatch(models.Model):
    """Gifts entered together from a stack of cheques or a cash box, held against a count and a total made by hand."""

    class State(models.TextChoices):
        OPEN = "open"
        POSTED = "posted"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    control_count = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    control_total_minor = models.BigIntegerField(validators=[MinValueValidator(1)])
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    posted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title


def _benefit_is_whole(name: str) -> models.CheckConstraint:
    """Something of value has a description, and nothing has none."""
    something = Q(benefit_minor__isnull=False, benefit_minor__gt=0) & ~Q(benefit="")
    nothing = Q(benefit="") & (Q(benefit_minor__isnull=True) | Q(benefit_minor=0))
    return models.CheckConstraint(condition=something | nothing, name=name)


def _event_says_benefit(name: str) -> models.CheckConstraint:
    """At an event one gets dinner: that nothing was given in return is said, not supposed."""
    condition = ~Q(channel="event") | Q(benefit_minor__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)


class Gift(models.Model):
    """What a donor meant to give. Whether it was paid is its attempts' affair."""

    class Channel(models.TextChoices):
        ONLINE = "online"
        PHONE = "phone"
        CHEQUE = "cheque"
        CASH = "cash"
        EVENT = "event"
        # A credit on the bank account that nobody had promised.
        TRANSFER = "transfer"

    # Minted in the answer to the first step and carried by the draft: the same draft can't be two gifts.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(DonationForm, null=True, on_delete=models.PROTECT, related_name="gifts")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="gift")
    reference = models.CharField(max_length=10, unique=True)
    public_key = models.CharField(max_length=22, unique=True)
    amount_minor = models.BigIntegerField()
    cover_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=10, default="once")
    # The plan that it belongs to, and which of its periods it pays.
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="gifts")
    period_on = models.DateField(null=True)
    # Of a gift that moved in: what its source calls the plan that it belongs to ("givewp sub 9"), here or not.
    plan_origin = models.CharField(max_length=160, null=True)  # noqa: DJ001 (most have none, and no room for it)
    status = models.CharField(max_length=12, choices=GiftStatus.choices, default=GiftStatus.PENDING)
    # What settled in fact (a bank transfer may differ from what was promised), and what was given back of it: of the
    # attempts that are paid, or if none is any more of the newest that was returned.
    settled_minor = models.BigIntegerField(null=True)
    refunded_minor = models.BigIntegerField(default=0)
    # Something a person has to look at: "paid_twice", "back_twice", "amounts_differ". Empty for nearly all.
    flag = models.CharField(max_length=20, blank=True)
    content_digest = models.CharField(max_length=64, blank=True)
    tribute_kind = models.CharField(max_length=10, blank=True)
    tribute_name = models.CharField(max_length=120, blank=True)
    message = models.TextField(blank=True)
    anonymous = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="en")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    given_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    entered_by_id = models.BigIntegerField(null=True)
    batch = models.ForeignKey(GiftBatch, null=True, on_delete=models.PROTECT, related_name="gifts")
    # What the donor got in return, and its market value with GST or the like. None: nobody asked; 0: nothing, it was
    # said. The receipt prints it.
    benefit = models.CharField(max_length=200, blank=True)
    benefit_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="giving_amount_positive"),
            models.CheckConstraint(
                condition=Q(total_minor=F("amount_minor") + F("cover_minor")), name="giving_total_is_sum"
            ),
            models.CheckConstraint(condition=Q(cover_minor__gte=0), name="giving_cover_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0)
                & (Q(settled_minor__isnull=True) | Q(refunded_minor__lte=F("settled_minor"))),
                name="giving_refund_within_gift",
            ),
            _benefit_is_whole("giving_benefit_whole"),
            _event_says_benefit("giving_event_says_benefit"),
            models.UniqueConstraint(fields=["plan", "period_on"], name="giving_one_gift_a_period"),
            models.CheckConstraint(
                condition=Q(plan__isnull=True, period_on__isnull=True)
                | Q(plan__isnull=False, period_on__isnull=False),
                name="giving_plan_has_period",
            ),
        ]
        indexes = [
            # Staff's list: newest first within a charity, filtered by status.
            models.Index(fields=["charity", "-given_at"], name="giving_gift_newest"),
            models.Index(fields=["charity", "status", "-given_at"], name="giving_gift_status"),
            models.Index(fields=["charity", "settled_at"], name="giving_gift_settled"),
            models.Index(fields=["charity"], condition=~Q(flag=""), name="giving_gift_flagged"),
            # Those that wait for their plan to move in too.
            models.Index(
                fields=["charity", "plan_origin"],
                condition=Q(plan__isnull=True, plan_origin__isnull=False),
                name="giving_gift_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class GiftSource(models.Model):
    """Where a gift came from, as far as the form itself carried it: no cookie is involved."""

    gift = models.OneToOneField(Gift, on_delete=models.CASCADE, primary_key=True, related_name="source")
    story_id = models.BigIntegerField(null=True)
    story_title = models.CharField(max_length=200, blank=True)
    appeal = models.CharField(max_length=60, blank=True)
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    utm_campaign = models.CharField(max_length=100, blank=True)
    utm_content = models.CharField(max_length=100, blank=True)
    utm_term = models.CharField(max_length=100, blank=True)
    referrer_host = models.CharField(max_length=253, blank=True)
    # The page that showed the form in a frame, as it says of itself.
    page_url = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.story_title or self.appeal or self.utm_source or self.referrer_host or "direct"


class BatchLine(models.Model):
    """A gift of a batch before the batch is posted. Posting turns each line into a gift, all or none."""

    batch = models.ForeignKey(GiftBatch, on_delete=models.CASCADE, related_name="lines")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Gift.Channel.choices)
    amount_minor = models.BigIntegerField(validators=[MinValueValidator(1)])
    given_on = models.DateField()
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    # PostalAddress.to_dict().
    address = models.JSONField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    benefit = models.CharField(max_length=200, blank=True)
    benefit_minor = models.BigIntegerField(null=True)
    # Minted with the page on which it was typed, so that pressing twice adds one line; its gift takes it as its id.
    key = models.UUIDField(unique=True, null=True)

    class Meta:
        constraints = [
            _benefit_is_whole("giving_line_benefit_whole"),
            _event_says_benefit("giving_line_event_says_benefit"),
        ]

    def __str__(self) -> str:
        return f"line {self.pk}"


class FunnelCount(models.Model):
    """How many reached a step on a day, by form and kind of device. Counts only: nobody can be told from it."""

    form = models.ForeignKey(DonationForm, on_delete=models.CASCADE, related_name="funnel")
    day = models.DateField()
    step = models.CharField(max_length=10)
    device = models.CharField(max_length=10)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "day", "step", "device"], name="giving_funnel_once")
        ]


class Course(models.TextChoices):
    """How a submit was met: paid in the page (after its work or without any), sent to the gateway's own page (under
    attack after its work, or without it after a wait), or turned back before anything reached a gateway."""

    HERE = "", "paid in the page"
    WORKED = "worked", "paid in the page, after a proof of work"
    HOSTED = "hosted", "sent to the gateway’s page"
    WAITED = "waited", "sent to the gateway’s page, after a wait"
    TURNED = "turned", "turned back before it reached the gateway"


# Courses that lead to the gateway's own page.
ELSEWHERE: Final = (Course.HOSTED, Course.WAITED)


class LimitHit(models.Model):
    """One submit, for the limits: keyed hashes of the address and the email, never these themselves."""

    # The attempt's identifier: a decline is marked on its own row. One that was turned back made none, and has its own.
    attempt_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    address = models.CharField(max_length=22)
    email = models.CharField(max_length=22)
    form = models.ForeignKey(DonationForm, on_delete=models.CASCADE, related_name="+", db_index=False)
    declined = models.BooleanField(default=False)
    # Less than the form suggests.
    small = models.BooleanField(default=False, db_default=False)
    course = models.CharField(max_length=6, choices=Course, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="giving_hit_address"),
            models.Index(fields=["email", "at"], name="giving_hit_email"),
            models.Index(fields=["form", "at"], name="giving_hit_form"),
        ]


class Attack(models.Model):
    """A time in which a form was under attack by card testers. A form has one that goes on, at the most."""

    form = models.ForeignKey(DonationForm, on_delete=models.CASCADE, related_name="attacks")
    began_at = models.DateTimeField()
    # Of staff, by their account's name; "": it began by itself.
    begun_by = models.CharField(max_length=150, blank=True)
    # A code of attacks.Seen.sign, or "staff"; and the figures: as they were at first, each grown to its worst since.
    sign = models.CharField(max_length=10)
    seen = models.JSONField(default=dict)
    # When a sign of it was last seen.
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    # Until then none begins by itself: staff ended this one.
    quiet_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form"], condition=models.Q(ended_at=None), name="giving_one_attack_a_form"
            )
        ]
