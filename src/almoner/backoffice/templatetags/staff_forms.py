"""Forms of staff's whose fields don't simply stand one below the other."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag(takes_context=True)
def staff_form(context: Context, content: str, submit: str, classes: str = "") -> SafeString:
    """The page's `form` around its fields, as `_form.html` has it."""
    page: Any = context.flatten()
    more = {"written": content, "submit": submit, "classes": classes}
    return render_to_string("backoffice/_form.html", page | more)
