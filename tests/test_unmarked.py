"""What script/unmarked.py finds, and what it leaves alone."""

import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).parent.parent
UNMARKED = runpy.run_path(str(ROOT / "script/unmarked.py"))


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<p>{{ _("Thank you.") }}</p>', []),
        ("<p>Thank you.</p>", ["Thank you."]),
        ("<p>{{ name }} gave {{ amount }}</p>", ["gave"]),
        ('<img alt="A boat" src="{{ url }}">', ["A boat"]),
        ('<button aria-label="{{ _("Close") }}">×</button>', []),
        ("<p>{# Nobody reads this. #}{{ name }}</p>", []),
        ('<p>{{ "Nothing was charged" if free }}</p>', ["Nothing was charged"]),
        ('<p{% if late %} class="late"{% endif %}>{{ words }}</p>', []),
        ("<style>.give { color: red }</style><a href='/x'>WhatsApp</a>", []),
        ('{{ ngettext("%(num)s gift so far", "%(num)s gifts so far", n) }}', []),
    ],
)
def test_words_of_a_template(template: str, found: list[str]) -> None:
    assert list(UNMARKED["in_template"](template)) == found


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ('x = _("Nothing was charged yet.")', []),
        ('x = "Nothing was charged yet."', ["Nothing was charged yet."]),
        ('"""Says what was charged."""', []),
        ('raise ValueError("Nothing was charged yet.")', []),
        ('log.warning("Nothing was charged yet.")', []),
        ('x = "text/html; charset=utf-8"', []),
    ],
)
def test_sentences_of_a_module(module: str, found: list[str]) -> None:
    assert list(UNMARKED["in_module"](module)) == found


def test_the_source_is_whole() -> None:
    assert list(UNMARKED["unmarked"](UNMARKED["SOURCE"])) == []
