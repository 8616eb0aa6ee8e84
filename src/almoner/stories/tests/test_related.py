"""Nearness of stories, without a database."""

import math

from hypothesis import given
from hypothesis import strategies as st

from almoner.stories.related import neighbours, terms

LIGHTHOUSE = "The lighthouse keeper walks the harbour wall each night and lights the lamp."
HARBOUR = "Along the harbour wall the lamp is lit again, and the lighthouse answers."
BREAD = "Bread rises slowly; flour, water and patience make the loaf."


def ranked(*texts: str) -> dict[int, list[int]]:
    found = neighbours({number: terms(text) for number, text in enumerate(texts)}, limit=5)
    return {story: [other for other, _ in others] for story, others in found.items()}


def test_words_and_pairs_are_counted_without_the_common_ones() -> None:
    assert terms("The safe harbour, the SAFE Harbour!") == {
        "safe": 2, "harbour": 2, "safe harbour": 2, "harbour safe": 1,
    }  # fmt: skip


def test_accents_and_case_are_folded() -> None:
    assert terms("Café CAFE") == {"cafe": 2, "cafe cafe": 1}


def test_the_nearest_comes_first_and_strangers_not_at_all() -> None:
    found = ranked(LIGHTHOUSE, HARBOUR, BREAD)
    assert found[0] == [1]
    assert found[1] == [0]
    assert found[2] == []


def test_a_shared_pair_brings_stories_nearer_than_the_same_words_apart() -> None:
    found = neighbours(
        {1: terms("safe harbour opens"), 2: terms("safe harbour closes"), 3: terms("harbour masts safe")},
        limit=2,
    )
    assert [other for other, _ in found[1]] == [2, 3]


def test_the_same_text_scores_one_and_ties_go_by_identifier() -> None:
    found = neighbours({7: terms(BREAD), 3: terms(BREAD), 5: terms(BREAD)}, limit=9)
    assert [other for other, _ in found[7]] == [3, 5]
    assert math.isclose(found[7][0][1], 1.0, abs_tol=1e-6)


def test_empty_stories_have_no_neighbours_and_harm_nobody() -> None:
    assert ranked("", "the of and", BREAD) == {0: [], 1: [], 2: []}


def test_no_more_than_asked_for() -> None:
    found = neighbours({number: terms(BREAD) for number in range(9)}, limit=3)
    assert {len(others) for others in found.values()} == {3}


@given(st.lists(st.text(alphabet="abc é", max_size=20), max_size=6))
def test_nearness_is_the_same_from_both_sides(texts: list[str]) -> None:
    found = neighbours({number: terms(text) for number, text in enumerate(texts)}, limit=99)
    scores = {(story, other): score for story, others in found.items() for other, score in others}
    for (story, other), score in scores.items():
        assert scores[other, story] == score
        assert 0 < score <= 1.000001
        assert story != other


def test_what_no_other_story_says_pushes_out_nothing() -> None:
    """A long story's own pairs of words are the rarest of all; they must not take the places of what is shared."""
    long = " ".join(f"alone{number}" for number in range(600))
    stories = {1: terms(f"lantern school {long}"), 2: terms("lantern school"), 3: terms("harbour market")}
    assert [other for other, _ in neighbours(stories, limit=2)[1]] == [2]


def test_one_rare_word_says_more_than_two_common_ones() -> None:
    others = [f"bridge on{number} meadow with{number} path{number}" for number in range(6)]
    found = ranked(
        "kestrel bridge winter meadow", "kestrel path0 path1 winter0", "bridge path2 meadow winter1", *others
    )
    assert found[0][0] == 1


def test_a_pair_says_less_than_one_more_word() -> None:
    assert ranked("open harbour lantern", "open harbour town", "harbour open lantern")[0] == [2, 1]
