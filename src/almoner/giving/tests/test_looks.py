"""A theme can be read whatever two colours it is made of."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from almoner.giving import looks
from almoner.giving.looks import (
    DARK_GROUNDS,
    DARK_INK,
    LIGHT_GROUNDS,
    LIGHT_INK,
    ColourInvalid,
    contrast,
    theme,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours, colours)
@example("#ffffff", "#ffffff")
@example("#000000", "#000000")
@example("#ffff00", "#00ff00")
@settings(max_examples=300, deadline=None)
def test_any_two_colours_give_a_theme_that_can_be_read(primary: str, accent: str) -> None:
    made = theme(primary, accent)
    for palette, grounds, ink in (
        (made.light, LIGHT_GROUNDS, LIGHT_INK),
        (made.dark, DARK_GROUNDS, DARK_INK),
    ):
        for shade in (palette.brand, palette.brand_hover):
            assert contrast(palette.on_brand, shade) >= 4.5
            assert min(contrast(shade, ground) for ground in grounds) >= 3
        assert min(contrast(palette.brand_text, ground) for ground in (*grounds, palette.brand_soft)) >= 4.5
        assert contrast(ink, palette.brand_soft) >= 7
        assert contrast(palette.on_accent, palette.accent) >= 4.5


def test_a_primary_that_can_be_seen_is_kept_as_it_is() -> None:
    assert theme("#14495c", "#f0a43c").light.brand == "#14495c"
    assert theme("#14495c", "#f0a43c").light.accent == "#f0a43c"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
        ("#abcdef", "#abcdef", 1),
    ],
)
def test_contrast_is_wcags(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_colours_go_there_and_back() -> None:
    for colour in ("#000000", "#ffffff", "#ff0000", "#14495c", "#7f7f7f", "#00ff00", "#0000ff"):
        assert looks._to_hex(looks._to_oklch(colour)) == colour


@pytest.mark.parametrize(("typed", "colour"), [("#0AF", "#00aaff"), (" #14495C ", "#14495c")])
def test_colours_are_written_one_way(typed: str, colour: str) -> None:
    assert looks.normalise_colour(typed) == colour


@pytest.mark.parametrize(
    "typed", ["", "teal", "14495c", "#12345", "#12345g", "#fff;}body{display:none", "#١٢٣"]
)
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(ColourInvalid):
        theme(typed, "#ffffff")


def test_what_is_wrong_with_a_colour_is_said_with_what_to_do() -> None:
    assert looks.colour_problem("#14495c") is None
    assert looks.colour_problem("teal") == (
        "“teal” is not a colour. Write # and six digits or letters, such as #0f5c6e."
    )
    pale = looks.colour_problem("#ffd400")
    assert pale is not None
    assert pale.startswith("#ffd400 is too pale for buttons: against the page it reaches 1.3 to 1")
    suggested = re.findall(r"#[0-9a-f]{6}", pale)[-1]
    assert looks.colour_problem(suggested) is None


def test_the_css_sets_each_property_in_both_modes() -> None:
    css = theme("#14495c", "#f0a43c").css("#giving")
    assert css.startswith("#giving{--brand:#14495c;")
    light, dark = css.split("@media(prefers-color-scheme:dark){")
    for each in fields(looks.Palette):
        assert light.count(f"--{each.name.replace('_', '-')}:#") == 1
        assert dark.count(f"--{each.name.replace('_', '-')}:#") == 1


def test_tokens_hold_the_neutrals_that_the_theme_was_checked_against() -> None:
    tokens = (Path(looks.__file__).parent / "assets" / "tokens.css").read_text("utf-8")
    light, dark = tokens.split("@media (prefers-color-scheme: dark)")
    for part, (paper, surface), ink, others in (
        (light, LIGHT_GROUNDS, LIGHT_INK, {"muted": 4.5, "danger": 4.5, "edge": 3}),
        (dark, DARK_GROUNDS, DARK_INK, {"muted": 4.5, "danger": 4.5, "edge": 3}),
    ):
        colours = re.findall(r"--([a-z-]+): #((?:[0-9a-f]{3}){1,2});", part)
        values = {
            name: "#" + (colour if len(colour) == 6 else "".join(2 * c for c in colour))
            for name, colour in colours
        }
        assert (values["paper"], values["surface"], values["ink"]) == (paper, surface, ink)
        for name, ratio in others.items():
            assert min(contrast(values[name], ground) for ground in (paper, surface)) >= ratio, name
        assert contrast(values["danger"], values["danger-soft"]) >= 4.5
