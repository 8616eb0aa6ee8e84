"""Blocks in which people are seen or heard. Each asks, whenever it is read, what they agreed to."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from almoner.consents.models import Channel
from almoner.consents.standing import NOTHING_RECORDED, Verdict
from almoner.stories import illustrations, renditions
from almoner.stories.forms import PageForms
from almoner.stories.permits.permits import Permits
from almoner.stories.rendered import Rendered


def _notice(verdict: Verdict, context: dict[str, Any]) -> str:
    """What an editor reads where readers see nothing: why not. To readers nothing is said."""
    page_forms: PageForms | None = context.get("page_forms")
    if verdict.allowed or page_forms is None or not page_forms.editor:
        return ""
    return verdict.notice


class QuoteBlock(Rendered, blocks.StructBlock):
    text = blocks.TextBlock(max_length=600)
    name = blocks.CharBlock(
        required=False,
        max_length=120,
        help_text="Who said it. Never the real name of somebody who was harmed.",
    )
    role = blocks.CharBlock(required=False, max_length=160)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        permits: Permits | None = context.get("permits")
        verdict = permits.words(value["text"], Channel.WEB) if permits else NOTHING_RECORDED
        name = verdict.pseudonym or (value["name"] if verdict.keeps_name else "")
        return context | {"verdict": verdict, "name": name, "notice": _notice(verdict, context)}

    class Meta:
        icon = "openquote"
        label = "Quote"
        template = "stories/blocks/quote.html"


class PictureBlock(Rendered, blocks.StructBlock):
    image = ImageChooserBlock(required=False)
    drawing = blocks.ChoiceBlock(
        choices=illustrations.CHOICES, required=False, help_text="Or one of our drawings."
    )
    alt = blocks.CharBlock(
        required=False,
        max_length=300,
        label="Description",
        help_text="What can be seen, for those who can’t see it. Empty only if it merely decorates.",
    )
    decorative = blocks.BooleanBlock(
        required=False, label="It merely decorates", help_text="Then it needs no description."
    )
    caption = blocks.CharBlock(required=False, max_length=300)
    credit = blocks.CharBlock(required=False, max_length=120, help_text="Whose picture it is.")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["image"]) == bool(cleaned["drawing"]):
            problem = ValidationError("Choose a picture or a drawing, one of the two.")
            raise StructBlockValidationError(block_errors={"image": ErrorList([problem])})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        image, permits = value.get("image"), context.get("permits")
        if image is None:
            return context | {"verdict": None, "cut": None, "notice": ""}
        verdict = permits.picture(image, Channel.WEB) if permits else NOTHING_RECORDED
        cut = renditions.responsive(image, renditions.BODY) if verdict.allowed else None
        return context | {"verdict": verdict, "cut": cut, "notice": _notice(verdict, context)}

    class Meta:
        icon = "image"
        label = "Picture"
        template = "stories/blocks/picture.html"
