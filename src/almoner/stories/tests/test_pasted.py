"""What a paste leaves behind goes on saving, and what an editor meant stays; how hard a text is to read."""

import pytest

from almoner.stories.pasted import tidied
from almoner.stories.reading_level import grade, syllables


@pytest.mark.parametrize(
    ("kept", "tidy"),
    [
        (
            '<p data-block-key="a">\u00a0</p><p data-block-key="b">Words</p>',
            '<p data-block-key="b">Words</p>',
        ),
        ("<p><b> </b></p><h2><br/></h2><ul><li>\u200b</li><li>One</li></ul>", "<ul><li>One</li></ul>"),
        ("<p>Far\u00a0\u00a0 apart,&nbsp; here</p>", "<p>Far apart, here</p>"),
        # One hard space is an editor's: 3 km, and French before its colon.
        ("<p>3\u00a0km</p>", "<p>3\u00a0km</p>"),
        (
            '<a href="https://www.google.com/url?q=https://example.org/a?b%3D1&amp;sa=D&amp;usg=x">here</a>',
            '<a href="https://example.org/a?b=1">here</a>',
        ),
        (
            '<a href="https://www.google.com/url?q=javascript:x">here</a>',
            '<a href="https://www.google.com/url?q=javascript:x">here</a>',
        ),
        ('<p><embed embedtype="figure" indicator="a/b" wording="over"/></p><hr/>',) * 2,
    ],
)
def test_a_text_is_tidied(kept: str, tidy: str) -> None:
    assert tidied(kept) == tidy
    assert tidied(tidy) == tidy


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1), ("rescued", 2), ("restored", 2), ("table", 2), ("make", 1), ("makes", 1), ("more", 1), ("the", 1),
        ("children", 2), ("exploitation", 4), ("wanted", 2), ("families", 3), ("whole", 1), ("houses", 2),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_is_flesch_and_kincaids() -> None:
    # 6 words a sentence of one syllable each: 0.39 x 6 + 11.8 x 1 - 15.59.
    assert grade("The cat sat on the mat. " * 10, "en-AU") == -1.4
    # 4 words and 14 syllables a sentence.
    assert grade("Every family wanted rehabilitation. " * 15, "en") == pytest.approx(
        0.39 * 4 + 11.8 * 14 / 4 - 15.59, abs=0.05
    )
    assert grade("Die Katze saß auf der Matte. " * 20, "de") is None
    assert grade("Too short to tell.", "en") is None
