"""Lists of staff's. On a phone each row becomes a list of its own, in which the cells say what they are of; the roles
keep it a table for whoever listens.

A column is named once, by its cells: the head is made of the first row's.

    {% stacked "Imports" %}
        {% for move in part %}
            {% row %}
                {% title "Export" %}<a href="…">{{ move.file_name }}</a>{% endtitle %}
                {% cell "State" %}{% include "stories/move_state.html" %}{% endcell %}
                {% figure "New" move.imported %}
            {% endrow %}
        {% endfor %}
    {% endstacked %}
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class _Columns:
    """Headings of the list that is being written: of its first row, and of the row in which we are."""

    def __init__(self) -> None:
        self.first: list[SafeString] = []
        self.row: list[SafeString] = []


def _columns(context: Context) -> _Columns:
    kept: Any = context.render_context
    found: _Columns = kept.setdefault("staff_lists", _Columns())
    return found


def _class(classes: str) -> SafeString:
    return format_html(' class="{}"', classes) if classes else SafeString()


def joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 (all are safe)


def cell_html(label: str, content: object, classes: str = "") -> SafeString:
    """With what it is of, for where it stands below the others and not under its heading."""
    return format_html(
        '<td role="cell" data-label="{}"{}><div>{}</div></td>', label, _class(classes), content
    )


def title_html(content: object, classes: str = "title") -> SafeString:
    """What the row is of, which needs no label."""
    return format_html('<td role="cell"{}>{}</td>', _class(classes), content)


def row_html(cells: object, classes: str = "") -> SafeString:
    return format_html('<tr role="row"{}>{}</tr>', _class(classes), cells)


def stacked_html(
    label: str, heads: Iterable[SafeString], body: SafeString, *, classes: str = "", sorts: bool = False
) -> SafeString:
    """`body`: rows, or parts with rows of their own. `sorts`: its heads lead to other orders."""
    return format_html(
        '<div class="bo-scroll" role="region" aria-label="{}" tabindex="0">'
        '<table class="{}" role="table"><thead role="rowgroup"{}>{}</thead>{}</table></div>',
        label,
        f"listing bo-stack {classes}".strip(),
        _class("bo-sorts" * sorts),
        row_html(joined(heads)),
        body if body.startswith("<tbody") else format_html('<tbody role="rowgroup">{}</tbody>', body),
    )


def _stripped(content: str) -> SafeString:
    """White space would keep a cell from being empty, and an empty one is not shown on a phone."""
    return mark_safe(conditional_escape(content).strip())  # noqa: S308 (escaped)


def _put(context: Context, heading: object, cell: SafeString, classes: str = "") -> SafeString:
    shown = _class("bo-number" * ("bo-number" in classes))
    _columns(context).row.append(format_html('<th role="columnheader"{}>{}</th>', shown, heading))
    return cell


@register.simple_block_tag(takes_context=True)
def cell(context: Context, content: str, label: str, classes: str = "") -> SafeString:
    return _put(context, label, cell_html(label, _stripped(content), classes), classes)


@register.simple_tag(takes_context=True)
def value(context: Context, label: str, shown: object, classes: str = "") -> SafeString:
    """A cell without markup of its own."""
    return _put(context, label, cell_html(label, render_value_in_context(shown, context), classes), classes)


@register.simple_tag(takes_context=True)
def figure(context: Context, label: str, shown: object) -> SafeString:
    return value(context, label, shown, "bo-number")


@register.simple_block_tag(takes_context=True)
def title(context: Context, content: str, label: str, classes: str = "", scope: str = "") -> SafeString:
    """`scope`: it heads its row, as a month or an account does."""
    if scope:
        made = format_html('<th role="rowheader" scope="{}">{}</th>', scope, _stripped(content))
    else:
        made = title_html(_stripped(content), f"title {classes}".strip())
    return _put(context, label, made)


@register.simple_block_tag(takes_context=True)
def act(context: Context, content: str, label: str) -> SafeString:
    """What can be done with the row: its heading is only heard."""
    heading = format_html('<span class="w-sr-only">{}</span>', label)
    return _put(context, heading, format_html('<td role="cell">{}</td>', _stripped(content)))


@register.simple_block_tag(takes_context=True)
def row(context: Context, content: str, classes: str = "") -> SafeString:
    columns = _columns(context)
    found, columns.row = columns.row, []
    columns.first = columns.first or found
    if found != columns.first:
        raise ValueError(f"This row's columns are {found}, and the first row's are {columns.first}.")
    return row_html(_stripped(content), classes)


@register.simple_block_tag(takes_context=True)
def stacked(context: Context, content: str, label: str, classes: str = "") -> SafeString:
    """`label`: the name of the list, for whoever listens. It has a row at least."""
    columns = _columns(context)
    heads, columns.first = columns.first, []
    return stacked_html(label, heads, _stripped(content), classes=classes)
