"""Tags of the story templates."""

from django import template
from django.utils.safestring import SafeString

from almoner.stories import illustrations

register = template.Library()


@register.simple_tag
def drawing(name: str) -> SafeString:
    """One of our drawings, by name."""
    return illustrations.inline(name)
