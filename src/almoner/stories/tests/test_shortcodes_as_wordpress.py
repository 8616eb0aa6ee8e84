"""Every text reads as WordPress's own package reads it, in one Node process. Without Node and npm this is skipped."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import templates

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
        cwd=_installed(),
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


def _installed() -> Path:
    """The package as its lock has it, fetched once; the test is skipped where it can't be had."""
    files = sorted(READER.iterdir())
    state = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = templates.CACHE / f"shortcodes_{state}"
    with templates.lock("shortcodes"):
        if not (folder / "node_modules").is_dir():
            missing = [name for name in ("node", "npm") if shutil.which(name) is None]
            if missing:
                pytest.skip(
                    f"NOT COMPARED WITH WORDPRESS: {' and '.join(missing)} missing (apt-get install nodejs npm)"
                )
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                shutil.copy(file, folder)
            done = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder, capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            if done.returncode:
                shutil.rmtree(folder)
                pytest.skip(
                    f"NOT COMPARED WITH WORDPRESS: npm could not fetch its package: {done.stderr[-300:]}"
                )
    return folder


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS | ATTRIBUTES, min_size=5, max_size=30))
def test_the_parser_and_wordpress_agree(as_wordpress: Read, texts: list[str]) -> None:
    for text in texts:
        assert shape(parse(text, KNOWN)) == as_wordpress(text)
