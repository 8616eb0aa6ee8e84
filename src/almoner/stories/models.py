"""A charity's public pages: its home, its list of stories, and the stories. Drafts, previews, review and schedules
are Wagtail's."""

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from almoner.stories import illustrations, presenting, reading, shelves
from almoner.stories.blocks import BodyBlock

STORIES_PER_PAGE = 24

_SHORTCODES = (
    "<p>A giving form stands where you write its shortcode on a line of its own, such as "
    "<code>[pronto-donation-form id=4840]</code>. Put it in two pairs of brackets to show the words themselves.</p>"
)


class PublicPage(Page):
    """What all our pages share: they are rendered in their charity's name, looks and language."""

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return presenting.answer(self, request, preview=False)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return presenting.answer(self, request, preview=True)

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        """What the page's own template needs beside `page` and `frame`."""
        return {}


class HomePage(PublicPage):
    heading: Any = models.CharField(max_length=120, help_text="What the charity is for, in one line.")
    intro: Any = models.TextField(max_length=500, blank=True)
    drawing: Any = models.CharField(max_length=20, choices=illustrations.CHOICES, default="lanterns")
    body = StreamField(BodyBlock(), blank=True)

    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["stories.StoryIndexPage"]
    template = "stories/home_page.html"
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("intro"),
        FieldPanel("drawing"),
        FieldPanel("body"),
    ]

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        return {"latest": shelves.newest(StoryPage.objects.all(), frame.place, limit=3)}


class StoryIndexPage(PublicPage):
    intro: Any = models.TextField(max_length=500, blank=True)

    parent_page_types: ClassVar = ["stories.HomePage"]
    subpage_types: ClassVar = ["stories.StoryPage"]
    max_count_per_parent = 1
    template = "stories/story_index_page.html"
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]

    def public_context(self, request: HttpRequest, frame: presenting.Frame) -> dict[str, Any]:
        paginator = Paginator(shelves.readable(StoryPage.objects.all()).child_of(self), STORIES_PER_PAGE)
        part = paginator.get_page(request.GET.get("page"))
        return {"part": part, "cards": [shelves.card(story, frame.place) for story in part.object_list]}


class StoryPage(PublicPage):
    summary: Any = models.CharField(
        max_length=300, help_text="What readers see in lists and when the story is shared."
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
    lead_credit: Any = models.CharField("whose picture it is", max_length=120, blank=True)
    body = StreamField(BodyBlock())

    parent_page_types: ClassVar = ["stories.StoryIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "stories/story_page.html"
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldPanel("attribution"), FieldPanel("attribution_title"), FieldPanel("attribution_url")],
            heading="Whose work it is",
        ),
        MultiFieldPanel(
            [
                FieldPanel("drawing"),
                FieldPanel("lead_image"),
                FieldPanel("lead_alt"),
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
            "related": shelves.related(StoryPage.objects.all(), self.pk, frame.place, limit=3, picks=chosen),
            "related_placed": reading.has_related(self.body),
        }


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
