"""A charity's public pages: its home, its list of stories, and the stories. Drafts, previews, review and schedules
are Wagtail's."""

from datetime import timedelta
from typing import Any, ClassVar, Final

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

from almoner.charities.models import Charity
from almoner.kernel.clock import now
from almoner.stories import editing, gate, illustrations, presenting, reading, shelves, tongues
from almoner.stories.blocks import BodyBlock
from almoner.stories.wordpress import old_addresses

STORIES_PER_PAGE = 24

_SHORTCODES = (
    "<p>A giving form stands where you write its shortcode on a line of its own, such as "
    "<code>[pronto-donation-form id=4840]</code>: its number, or the word behind /give/ in its address. Put it in two "
    "pairs of brackets to show the words themselves.</p>"
)


class PublicPage(Page):
    """What all our pages share: they are rendered in their charity's name, looks and language, and checked."""

    base_form_class = editing.CheckedPageForm

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return presenting.answer(self, request, preview=False)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return presenting.answer(self, request, preview=True)

    def publish(self, revision: Any, user: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Wagtail's own, behind the gate: reviews, lists and schedules end here. Raises `gate.NotPublished`."""
        scheduled = kwargs.get("log_action") == gate.SCHEDULED
        if gate.lets_through(revision, user=user, scheduled=scheduled):
            return super().publish(revision, user, *args, **kwargs)
        return None

    def get_view_restrictions(self) -> Any:
        """Most sites restrict no page: one question tells, where to look at each page above this one takes two. A story
        that was found by `finding` has been asked."""
        if not getattr(self, "guarded", True) or not PageViewRestriction.objects.exists():
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        """What the page's own template needs beside `page` and `frame`."""
        return {}


class HomePage(PublicPage):
    heading: Any = models.CharField(max_length=120, help_text="What the charity is for, in one line.")
    intro: Any = models.TextField(max_length=500, blank=True)
    drawing: Any = models.CharField(max_length=20, choices=illustrations.CHOICES, default="lanterns")
    body = StreamField(BodyBlock(), blank=True)

    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["stories.StoryIndexPage", "stories.TextPage"]
    template = "stories/home_page.html"
    content_panels: ClassVar = [
        *editing.PANELS,
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("intro"),
        FieldPanel("drawing"),
        FieldPanel("body"),
    ]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An address of WordPress's by number, `/?p=4711`, leads to what was imported from there."""
        found = old_addresses.by_number(ImportedPost.objects.all(), self, request)
        return found or super().serve(request, *args, **kwargs)

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        latest = shelves.newest(
            StoryPage, frame.place, frame.permits, frame.figures, limit=3, code=tongues.code_of(self)
        )
        return {"latest": latest}


class StoryIndexPage(PublicPage):
    intro: Any = models.TextField(max_length=500, blank=True)

    parent_page_types: ClassVar = ["stories.HomePage"]
    subpage_types: ClassVar = ["stories.StoryPage"]
    max_count_per_parent = 1
    template = "stories/story_index_page.html"
    content_panels: ClassVar = [*editing.PANELS, *Page.content_panels, FieldPanel("intro")]

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        paginator = Paginator(shelves.readable(StoryPage.objects.all()).child_of(self), STORIES_PER_PAGE)
        part = paginator.get_page(request.GET.get("page"))
        return {
            "part": part,
            "cards": shelves.cards(part.object_list, frame.place, frame.permits, frame.figures),
        }


class StoryPage(PublicPage):
    is_story = True
    summary: Any = models.CharField(
        max_length=300, help_text="What readers see in lists and when the story is shared."
    )
    author: Any = models.CharField(
        "credited to",
        max_length=200,
        blank=True,
        help_text="Who wrote it, as readers should read it. Empty: nobody is named.",
    )
    topics: Any = models.CharField(
        max_length=500, blank=True, help_text="What it is about, in words separated by commas."
    )
    attribution: Any = models.CharField(
        max_length=500,
        blank=True,
        help_text="If the work that is told of is not ours: whose it is. Stands under the headline.",
    )
    attribution_title: Any = models.CharField(
        "where it can be read",
        max_length=200,
        blank=True,
        help_text="The title of the article or report, who published it, and when if that is known.",
    )
    attribution_url: Any = models.URLField(
        "address of where it can be read",
        blank=True,
        help_text="The page that says it itself, never a front page. Open it before you publish. If there is none, "
        "leave this empty: title, publisher and date are enough to ask for it.",
    )
    drawing: Any = models.CharField(
        max_length=20,
        choices=illustrations.CHOICES,
        default="lanterns",
        help_text="Stands at the head of the story, unless there is a picture.",
    )
    lead_image: Any = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lead_alt: Any = models.CharField("description of the picture", max_length=300, blank=True)
    lead_decorative: Any = models.BooleanField(
        "it merely decorates", default=False, db_default=False, help_text="Then it needs no description."
    )
    lead_credit: Any = models.CharField("whose picture it is", max_length=120, blank=True)
    body = StreamField(BodyBlock())

    parent_page_types: ClassVar = ["stories.StoryIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "stories/story_page.html"
    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("topics"),
        index.SearchField("body"),
    ]
    content_panels: ClassVar = [
        *editing.PANELS,
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("author"),
        FieldPanel("topics"),
        MultiFieldPanel(
            [FieldPanel("attribution"), FieldPanel("attribution_title"), FieldPanel("attribution_url")],
            heading="Whose work it is",
        ),
        MultiFieldPanel(
            [
                FieldPanel("drawing"),
                FieldPanel("lead_image"),
                FieldPanel("lead_alt"),
                FieldPanel("lead_decorative"),
                FieldPanel("lead_credit"),
            ],
            heading="At the head of the story",
        ),
        HelpPanel(_SHORTCODES, heading="Giving forms in the text"),
        FieldPanel("body"),
    ]

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        chosen = reading.picks(self.body) if frame.preview else None
        return {
            "related": shelves.related(
                StoryPage,
                self.pk,
                frame.place,
                frame.permits,
                limit=3,
                picks=chosen,
                code=tongues.code_of(self),
                figures=frame.figures,
            ),
            "related_placed": reading.has_related(self.body),
        }


class TextPage(PublicPage):
    """What is no story: who we are, how to reach us. Pages of it may stand below one another."""

    body = StreamField(BodyBlock(), blank=True)

    parent_page_types: ClassVar = ["stories.HomePage", "stories.TextPage"]
    subpage_types: ClassVar = ["stories.TextPage"]
    template = "stories/text_page.html"
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("body")]
    content_panels: ClassVar = [
        *editing.PANELS,
        *Page.content_panels,
        HelpPanel(_SHORTCODES, heading="Giving forms in the text"),
        FieldPanel("body"),
    ]

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        """The text pages above it and below it: each links to the next, or none would be found."""
        pages = TextPage.objects.live().public().order_by("path")
        return {"above": pages.ancestor_of(self), "below": pages.child_of(self)}


class StoryTerms(models.Model):
    """How often a published story uses each word and pair of words: what nearness is computed from."""

    story = models.OneToOneField(StoryPage, on_delete=models.CASCADE, primary_key=True, related_name="terms")
    counts: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "story terms"

    def __str__(self) -> str:
        return f"terms of story {self.story_id}"


class RelatedStory(models.Model):
    """That `other` goes with `story`: an editor's pick, or near by its words. Written when a story is published."""

    story = models.ForeignKey(StoryPage, on_delete=models.CASCADE, related_name="related_rows")
    other = models.ForeignKey(StoryPage, on_delete=models.CASCADE, related_name="+")
    picked = models.BooleanField()
    rank = models.PositiveSmallIntegerField(help_text="Among the picked, or among the near: 0 comes first.")
    score = models.FloatField(default=0.0, help_text="The cosine of the two, 0 to 1; 0 for a pick.")

    class Meta:
        verbose_name_plural = "related stories"
        ordering: ClassVar = ["-picked", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["story", "other", "picked"], name="stories_related_once"),
            models.CheckConstraint(
                condition=~models.Q(story=models.F("other")), name="stories_related_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} → {self.other_id}"


class ImportedPost(models.Model):
    """A post or page of a WordPress site, and what became of it. Its key tells it: a second import knows it."""

    class State(models.TextChoices):
        IMPORTED = "imported", "Imported"
        QUARANTINED = "quarantined", "Quarantined"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text="SHA-256 of its GUID, in hexadecimal.")
    kind = models.CharField(max_length=10, help_text="post or page.")
    number = models.BigIntegerField(help_text="WordPress's own number of it; 0 if there is none.")
    title = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=1000, blank=True, help_text="Where it stood.")
    page = models.ForeignKey("wagtailcore.Page", null=True, on_delete=models.SET_NULL, related_name="+")
    revision = models.PositiveBigIntegerField(
        null=True, help_text="The page's version that the import wrote: a later one is an editor's."
    )
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what the import wrote.")
    published = models.BooleanField(default=False, help_text="Whether an import has ever published it.")
    state = models.CharField(max_length=12, choices=State.choices)
    reasons: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charity", "key"], name="stories_imported_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("imported", "quarantined")), name="stories_imported_state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["charity", "number"], name="stories_imported_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ImportedPicture(models.Model):
    """A picture of a WordPress site, by the address it had there: taken once, however many posts show it."""

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text="SHA-256 of its address, in hexadecimal.")
    address = models.CharField(max_length=2000)
    image = models.ForeignKey("wagtailimages.Image", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charity", "key"], name="stories_picture_once")
        ]

    def __str__(self) -> str:
        return self.address


# Longer than a slice of an import and the lease of a worker that died with it.
MOVE_SILENCE: Final = timedelta(minutes=5)


class Move(models.Model):
    """One import of a WordPress export, real or dry, and how far it is. Its lines say what became of each post."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(
        max_length=150, help_text="Who of staff; empty: by the command line.", blank=True
    )
    file_name = models.CharField(max_length=255)
    dry_run = models.BooleanField()
    publish = models.BooleanField(default=False)
    fetch_images = models.BooleanField(default=False)
    forms: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list, help_text="Of each shortcode: its tag, its number, and our form that stands for it."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=500, blank=True, help_text="Of one that failed.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0, help_text="Taken by it.")
    missing: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField(
        default=list,
        help_text="Of each shortcode that no form answers to: its tag, its number, in how many posts.",
    )
    left_out: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    heard_at = models.DateTimeField(help_text="When it last said how far it is.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "running"), ended_at__isnull=True)
                | models.Q(state__in=("done", "failed"), ended_at__isnull=False),
                name="stories_move_ended",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def broke_off(self) -> bool:
        """It should have been heard of, and was not: its process ended, or no worker runs."""
        return self.under_way and self.heard_at < now() - MOVE_SILENCE


class MovePart(models.Model):
    """A piece of an export that came by the browser: the worker may be on another machine. Gone after the import."""

    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="parts")
    ordinal = models.PositiveSmallIntegerField()
    body = models.BinaryField(help_text="Packed by zlib.")

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["move", "ordinal"], name="stories_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.move_id}/{self.ordinal}"


class MoveLine(models.Model):
    """What became of one post in one import."""

    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="lines")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, help_text="post or page.")
    title = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=1000, blank=True, help_text="Where it stood.")
    fate = models.CharField(max_length=12, help_text="imported, changed, unchanged or quarantined.")
    page = models.ForeignKey("wagtailcore.Page", null=True, on_delete=models.SET_NULL, related_name="+")
    published = models.BooleanField()
    redirected = models.BooleanField(help_text="Whether its old address was made to lead to the page.")
    reasons: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    notes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["ordinal"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["move", "ordinal"], name="stories_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.move_id}/{self.ordinal}"
