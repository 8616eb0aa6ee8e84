"""What a page is made of. A block renders with the page's context; `page_forms` in it knows the forms."""

from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.rich_text import RichText, expand_db_html

from almoner.impact.shelf import Measured
from almoner.impact.translated import Reader
from almoner.stories import drawings, inline_figures, pasted
from almoner.stories.figure_picker import FEATURE, indicator_choices
from almoner.stories.figures import Figures
from almoner.stories.forms import DONATION_TAGS, FIRST, PageForms
from almoner.stories.people_blocks import PictureBlock, QuoteBlock
from almoner.stories.rendered import Rendered
from almoner.stories.richtext import expand
from almoner.stories.unfinished import is_previewed, may_name

_FEATURES: Final = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr", FEATURE]


class TextBlock(blocks.RichTextBlock):
    """Rich text whose shortcodes are answered, and whose figures are the register's."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", _FEATURES)
        super().__init__(**kwargs)

    def render(self, value: Any, context: dict[str, Any] | None = None) -> SafeString:
        figures: Figures | None = (context or {}).get("figures")
        html = inline_figures.in_html(value.source, figures) if figures is not None else value.source
        html = expand_db_html(html)
        page_forms: PageForms | None = (context or {}).get("page_forms")
        if page_forms is not None:
            html = expand(html, known=DONATION_TAGS, answer=page_forms.answer)
        return mark_safe(html)  # noqa: S308 (Wagtail's whitelist made it, and our answers are escaped)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(RichText(pasted.tidied(value.source)))
        for named in inline_figures.named_in_html(cleaned.source):
            if not may_name(named.key):
                raise ValidationError(
                    f"No indicator in the register is called “{named.key}”. Choose the figure again."
                )
        return cleaned

    class Meta:
        icon = "pilcrow"
        label = "Text"


class SourceBlock(Rendered, blocks.StructBlock):
    """Where a fact comes from, and who did what it tells of."""

    credit = blocks.CharBlock(
        required=False,
        max_length=120,
        help_text="Whose work or finding it is: a name, such as that of a partner.",
    )
    title = blocks.CharBlock(
        required=False, max_length=200, help_text="What the source is called, and who published it."
    )
    url = blocks.URLBlock(
        required=False,
        label="Address",
        help_text="The page where this very fact can be read, never a front page. If there is none, leave it empty.",
    )
    dated = blocks.CharBlock(
        required=False, max_length=60, help_text="As exactly as the source says it, such as “November 2022”."
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if (cleaned["title"] or cleaned["url"] or cleaned["dated"]) and not (
            cleaned["credit"] or cleaned["title"]
        ):
            problem = ValidationError("Name who it comes from, or what the source is called.")
            raise StructBlockValidationError(block_errors={"credit": ErrorList([problem])})
        return cleaned

    class Meta:
        icon = "link"
        label = "Source"
        template = "stories/blocks/source.html"


class IndicatorBlock(blocks.CharBlock):
    """An indicator by its name in the register, picked from a list of those of the editor's charities."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Asked for each time that it is shown: Django takes a function, which its types don’t know yet.
        self.field.widget = forms.Select(choices=indicator_choices)  # type: ignore[arg-type]
        # What stands above the menu; what is passed in stands in migrations, and spoke of a name that was typed.
        self.field.help_text = (
            "The page shows what stands there on the day it is read, and leads to how it is known."
        )

    def deconstruct(self) -> Any:
        # What is kept is its name, as text: migrations need not know how it is picked.
        _, positional, named = super().deconstruct()
        return "wagtail.blocks.CharBlock", positional, named


class _RegisteredBlock(Rendered, blocks.StructBlock):
    """A figure that the register says, or one that is typed."""

    indicator = IndicatorBlock(
        required=False,
        max_length=121,
        label="From the register",
        help_text="Its name there, such as rescue/rescued: the page then says what stands there, and how it is known.",
    )
    style = blocks.ChoiceBlock(
        required=False,
        label="Said as",
        choices=[
            ("exact", "It is: 286"),
            ("over", "Over a round number: over 280"),
            ("nearly", "Nearly one: nearly 300"),
            ("about", "About one: about 300"),
            ("share", "A share: one in five"),
        ],
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["indicator"] and cleaned["value"]:
            problem = ValidationError("Take it from the register or type it, one of the two.")
            raise StructBlockValidationError(block_errors={"value": ErrorList([problem])})
        if cleaned["indicator"] and not may_name(cleaned["indicator"]):
            problem = ValidationError("No indicator in the register has this name: programme/indicator.")
            raise StructBlockValidationError(block_errors={"indicator": ErrorList([problem])})
        return cleaned


class FigureValueBlock(_RegisteredBlock):
    value = blocks.CharBlock(
        required=False, max_length=20, help_text="As it is read, if it isn’t in the register: “over 1,000”."
    )
    label = blocks.CharBlock(required=False, max_length=120, help_text="What it counts.")

    class Meta:
        icon = "order"
        label = "Figure"


class FactHeadingBlock(blocks.CharBlock):
    """A heading whose figures are the register's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.field.help_text = "A number in it can be the register’s: [figure rescue/rescued over]."

    def deconstruct(self) -> Any:
        _, positional, named = super().deconstruct()
        return "wagtail.blocks.CharBlock", positional, named

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        for named in inline_figures.named_in_text(cleaned):
            if not may_name(named.key):
                raise ValidationError(
                    f"No indicator in the register is called “{named.key}”: write programme/indicator."
                )
        return cleaned


class FactBlock(Rendered, blocks.StructBlock):
    heading = FactHeadingBlock(max_length=160)
    text = TextBlock()
    figure = FigureValueBlock()
    source = SourceBlock()

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        figures: Figures | None = context.get("figures")
        heading = value["heading"]
        if figures is not None:
            heading = inline_figures.in_heading(heading, figures)
        return context | _said(value["figure"], context) | {"heading": heading}

    class Meta:
        icon = "tick-inverse"
        label = "Fact"
        template = "stories/blocks/fact.html"


def _said(value: Any, context: dict[str, Any]) -> dict[str, Any]:
    """`shown`: what the register says now; None for a figure that is typed, or that nobody verified: that is left out,
    and `notice` says so to an editor."""
    figures: Figures | None = context.get("figures")
    if figures is None or not value.get("indicator"):
        return {"shown": None, "notice": ""}
    shown = figures.shown(value["indicator"], value.get("style") or "")
    return {"shown": shown, "notice": "" if shown else inline_figures.unsaid(value["indicator"], figures)}


def _unchosen(value: Any, context: dict[str, Any]) -> dict[str, Any]:
    """What an editor reads where no figure is chosen, as in a list that offers one no more."""
    figures: Figures | None = context.get("figures")
    if figures is None or not figures.editor or value.get("indicator") or value.get("value"):
        return {}
    return {"notice": inline_figures.UNCHOSEN}


class FactsBlock(Rendered, blocks.StructBlock):
    heading = blocks.CharBlock(required=False, max_length=160)
    facts = blocks.ListBlock(FactBlock(), min_num=1)

    class Meta:
        icon = "list-ol"
        label = "Numbered facts"
        template = "stories/blocks/facts.html"


class FigureBlock(_RegisteredBlock):
    value = blocks.CharBlock(
        required=False, max_length=20, help_text="As it is read, if it isn’t in the register: “over 1,000”."
    )
    label = blocks.CharBlock(
        required=False, max_length=160, help_text="What it counts. Empty: as the register says it."
    )
    source = SourceBlock()

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["indicator"] and not is_previewed():
            missing = [name for name in ("value", "label") if not cleaned[name]]
            problem = ErrorList([ValidationError("This field is required.", code="required")])
            if missing:
                raise StructBlockValidationError(block_errors=dict.fromkeys(missing, problem))
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return context | _said(value, context) | _unchosen(value, context)

    class Meta:
        icon = "order"
        label = "Figure"
        template = "stories/blocks/figure.html"


class _DrawnBlock(Rendered, blocks.StructBlock):
    """Numbers that only the register says. Where nobody verified one, readers see nothing."""

    indicator = IndicatorBlock(
        max_length=121,
        label="From the register",
        help_text="Its name there, such as rescue/rescued: the page then draws what stands there.",
    )
    label = blocks.CharBlock(
        required=False, max_length=160, help_text="What it counts. Empty: as the register says it."
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not may_name(cleaned["indicator"]):
            problem = ValidationError("No indicator in the register has this name: programme/indicator.")
            raise StructBlockValidationError(block_errors={"indicator": ErrorList([problem])})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        drawn = self.drawn(value, context.get("figures"))
        return context | _said(value, context) | drawn | _unchosen(value, context)

    def drawn(self, value: Any, figures: Figures | None) -> dict[str, Any]:
        measured = figures.measured(value["indicator"]) if figures is not None else None
        if figures is None or measured is None:
            return {}
        title = capfirst(figures.title(measured.indicator))
        return self.draw(value, measured, figures.drawing(), title, figures.speaks)

    def draw(self, value: Any, measured: Measured, key: str, title: str, speaks: Reader) -> dict[str, Any]:
        """What the template needs of the numbers; `key` names the drawing in the page, `title` says of what it is, and
        `speaks` what its groups are called."""
        raise NotImplementedError


class ProgressBlock(_DrawnBlock):
    """How far a number is to its next target."""

    def draw(self, value: Any, measured: Measured, key: str, title: str, speaks: Reader) -> dict[str, Any]:
        return {"aim": drawings.aim(measured.indicator, measured.newest, key=key, title=title)}

    class Meta:
        icon = "tasks"
        label = "Progress to a target"
        template = "stories/blocks/progress.html"


class ChartBlock(_DrawnBlock):
    """A number's course over time, or the groups of its newest breakdown."""

    kind = blocks.ChoiceBlock(
        label="What it shows",
        default="line",
        choices=[("line", "Its course over time: a line"), ("bars", "Its newest breakdown: bars")],
    )

    def draw(self, value: Any, measured: Measured, key: str, title: str, speaks: Reader) -> dict[str, Any]:
        bars = value["kind"] == "bars"
        indicator = measured.indicator
        return {
            "bars": bars,
            "chart": drawings.bars(measured, key=key, title=title, speaks=speaks)
            if bars
            else drawings.line(measured, key=key, title=title, speaks=speaks),
            "rows": drawings.rows(drawings.groups(measured) if bars else measured.wholes, speaks),
            "at_risk": bars and indicator.at_risk and bool(indicator.dimensions.all()),
        }

    class Meta:
        icon = "history"
        label = "Small chart"
        template = "stories/blocks/chart.html"


class CallBlock(Rendered, blocks.StructBlock):
    """A call to give: a button that leads to the form on this page, or to the form's own."""

    heading = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(required=False, max_length=400)
    button = blocks.CharBlock(max_length=40, default="Give now")
    number = blocks.CharBlock(
        required=False,
        max_length=50,
        label="Form",
        help_text="Its number or name in the address. Empty: the form here.",
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        page_forms: PageForms | None = context.get("page_forms")
        context["address"] = page_forms.address(value["number"]) if page_forms is not None else ""
        return context

    class Meta:
        icon = "pick"
        label = "Call to give"
        template = "stories/blocks/call.html"


class ElsewhereBlock(Rendered, blocks.StructBlock):
    """A video or a post on another site, as a link that says where it leads. Nothing of it is fetched, by us or by a
    reader's browser: whoever reads a story is told to nobody."""

    title = blocks.CharBlock(
        max_length=160, help_text="What it is: “The rescue, told by those who were there (video)”."
    )
    url = blocks.URLBlock(
        label="Address", help_text="Where it can be seen: the page of the video or the post."
    )
    text = blocks.TextBlock(required=False, max_length=400)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if urlsplit(cleaned["url"]).scheme not in ("http", "https"):
            problem = ValidationError("Enter the address of a web page: https://…")
            raise StructBlockValidationError(block_errors={"url": ErrorList([problem])})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return context | {"host": (urlsplit(value["url"]).hostname or "").removeprefix("www.")}

    class Meta:
        icon = "media"
        label = "Video or post elsewhere"
        template = "stories/blocks/elsewhere.html"


class FormBlock(blocks.StructBlock):
    """The giving form itself. A second form on a page becomes a link."""

    number = blocks.CharBlock(
        max_length=50, label="Form", help_text="Its number or its name in the address: 4840."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not above: what stands in a definition stands in migrations, and nothing of it is the database's affair.
        field = self.child_blocks["number"].field
        field.required = False
        field.help_text = "The word or the number behind /give/ in its address. Empty: your first form."

    def render(self, value: Any, context: dict[str, Any] | None = None) -> SafeString:
        page_forms: PageForms | None = (context or {}).get("page_forms")
        if page_forms is None:
            return SafeString()
        return mark_safe(page_forms.place(value["number"].strip() or FIRST).html)  # noqa: S308 (giving's own template)

    class Meta:
        icon = "form"
        label = "Giving form"


class RelatedBlock(Rendered, blocks.StructBlock):
    """Where related stories stand, and which come first. Without this block they stand at the end."""

    heading = blocks.CharBlock(required=False, max_length=120)
    stories = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="stories.StoryPage"),
        min_num=0,
        max_num=6,
        label="Your picks",
        help_text="Shown first. What is missing is filled with the nearest stories.",
    )

    class Meta:
        icon = "doc-full-inverse"
        label = "Related stories"
        template = "stories/blocks/related.html"


class KeptBlock(blocks.StructBlock):
    """What an import could not turn into anything here, as it stood. Staff read it; nobody else does."""

    what = blocks.CharBlock(max_length=200, label="What it was")
    why = blocks.CharBlock(max_length=300, label="Why it isn’t shown")
    text = blocks.TextBlock(required=False, max_length=20_000, label="As it stood")

    def render(self, value: Any, context: dict[str, Any] | None = None) -> SafeString:
        page_forms: PageForms | None = (context or {}).get("page_forms")
        if page_forms is None or not page_forms.editor:
            return SafeString()
        said = '<div class="s-notice" role="note" lang="en" dir="ltr"><b>{}</b> {} {}<pre>{}</pre></div>'
        about = "Readers don’t see this. Make something of it, or take it out:"
        return format_html(said, about, f"{value['what']}.", value["why"], value["text"])

    class Meta:
        icon = "warning"
        label = "Kept from an import"


class BodyBlock(Rendered, blocks.StreamBlock):
    text = TextBlock()
    facts = FactsBlock()
    figure = FigureBlock()
    progress = ProgressBlock()
    chart = ChartBlock()
    quote = QuoteBlock()
    picture = PictureBlock()
    elsewhere = ElsewhereBlock()
    call = CallBlock()
    form = FormBlock()
    related = RelatedBlock()
    kept = KeptBlock()

    class Meta:
        template = "stories/blocks/body.html"
        block_counts = {"related": {"max_num": 1}}
