"""Every text reads as WordPress's own package reads it, in one Node process. Without Node and npm this is skipped."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import templates
from tests.support.node import installed

from almoner.stories.shortcodes import parse
from almoner.stories.tests.test_shortcodes import KNOWN, shape

READER = templates.ROOT / "tests/support/shortcodes"
# Every kind of space that any of Python, JavaScript and PHP takes for one, and some that none does.
SPACES = [
    *" \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0",
    *"\u1680\u2003\u200b\u2028\u2029\u202f\u205f\u3000\u180e\ufeff",
]
SCRAPS = st.sampled_from(
    [
        *("[", "]", "[[", "]]", "/", "[/", "/]", "=", '"', "'", "-", "_", "\\", "<", ">", "&quot;", "“"),
        *("box", "give_form", "pronto-donation", "-form", "id", "ID", "4840", "a", "é", "ſ", "K", "٣", "🙂"),
        *(' id="4840"', " id='4840'", " id=4840", ' ""', " ''", ' "two words"', " id = 1", ' id=""', "<p>"),
        *SPACES,
    ]
)
TAGS = st.sampled_from(["box", "box", "give_form", "pronto-donation", "pronto-donation-form", "boxes"])
# Whole tags, so that opening and closing ones meet; scraps between them, so that they meet what breaks them.
WHOLE = st.builds(
    "{}{}{}{}".format, st.sampled_from(["[", "[", "[", "[[", "[/"]), TAGS, st.just("") | SCRAPS,
    st.sampled_from(["]", "]", "]", "/]", "]]", "/]]"]),
)  # fmt: skip
TEXTS = st.lists(WHOLE | SCRAPS, min_size=3, max_size=20).map("".join)
ATTRIBUTES = st.lists(SCRAPS, min_size=2, max_size=16).map(lambda parts: f"[box {''.join(parts)}]")

Read = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def as_wordpress() -> Iterator[Read]:
    """Reads a text as WordPress does; one process reads them all."""
    with subprocess.Popen(
        ["node", "read.mjs", *KNOWN],
        cwd=installed(READER, otherwise="NOT COMPARED WITH WORDPRESS"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        write, answers = node.stdin, node.stdout

        def read(text: str) -> list[Any]:
            write.write(json.dumps(text) + "\n")
            write.flush()
            return [_node(each) for each in json.loads(answers.readline())]

        yield read
        write.close()


def _node(node: Any) -> Any:
    if isinstance(node, str):
        return node
    tag, named, positional, content = node
    return (tag, named, tuple(positional), None if content is None else [_node(each) for each in content])


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS | ATTRIBUTES, min_size=5, max_size=30))
def test_the_parser_and_wordpress_agree(as_wordpress: Read, texts: list[str]) -> None:
    for text in texts:
        assert shape(parse(text, KNOWN)) == as_wordpress(text)
