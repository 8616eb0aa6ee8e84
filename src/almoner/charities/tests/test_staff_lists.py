"""The lists of staff's: a column is named once, and each cell says on a phone what it is of."""

import re
from typing import Any

import pytest
from django.template import Context, Template

LIST = """{% load staff_lists %}{% stacked name %}{% for each, note, more in rows %}{% row %}
  {% title "Who" %} <b>{{ each }}</b> {% endtitle %}
  {% figure "Gifts" forloop.counter %}{% value "Said" note %}
  {% cell "Note" %}
    {{ note }}
  {% endcell %}
  {% if more %}{% act "Remove" %}<a href="/">Remove</a>{% endact %}{% endif %}
{% endrow %}{% endfor %}{% endstacked %}"""


def shown(*rows: tuple[str, str, bool], name: str = "Donors") -> str:
    return str(Template(LIST).render(Context({"rows": rows, "name": name})))


def headings(html: str) -> Any:
    return re.findall(r"<th [^>]*>(?:<span[^>]*>)?([^<]*)<", html)


def test_the_head_is_made_of_the_first_rows_cells() -> None:
    one, two = shown(("Ada", "x", True), ("Ben", "", True)), shown(("Ada", "x", False))
    assert headings(one) == ["Who", "Gifts", "Said", "Note", "Remove"]
    assert headings(two) == ["Who", "Gifts", "Said", "Note"]
    assert re.findall('data-label="([^"]*)"', one) == ["Gifts", "Said", "Note"] * 2
    assert '<td role="cell" data-label="Gifts" class="bo-number"><div>2</div></td>' in one
    # What is empty is not shown on a phone, and must have no white space.
    assert '<td role="cell" data-label="Note"><div></div></td>' in one


def test_two_lists_of_a_page_have_a_head_each() -> None:
    rows = [("Ada", "x", False), ("Ben", "y", False)]
    html = Template(LIST + LIST.replace("Who", "Whom")).render(Context({"rows": rows, "name": "Donors"}))
    assert headings(html) == ["Who", "Gifts", "Said", "Note", "Whom", "Gifts", "Said", "Note"]


def test_what_is_entered_is_no_markup() -> None:
    html = shown(("<i>", "<u>", False), name='"><s>')
    assert "&lt;i&gt;" in html and html.count("<div>&lt;u&gt;</div>") == 2
    assert 'aria-label="&quot;&gt;&lt;s&gt;"' in html and "<b>" in html


def test_a_row_of_other_columns_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="columns"):
        shown(("Ada", "x", True), ("Ben", "y", False))
