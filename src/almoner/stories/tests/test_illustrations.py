"""Our drawings: well-formed, without ids, and in whatever colours a charity has."""

from xml.etree import ElementTree

import pytest

from almoner.stories import illustrations

PARTS = {"sky", "glow", "light", "lamp", "far", "mid", "near", "deep", "paper", "sheet", "line", "thin"}


@pytest.mark.parametrize("name", illustrations.NAMES)
def test_a_drawing_names_parts_and_nothing_that_could_clash_or_run(name: str) -> None:
    svg = illustrations.standalone(name, primary="#14495c", accent="#f0a43c")
    root = ElementTree.fromstring(svg)  # noqa: S314 (our own file)
    for element in root.iter():
        assert not {"id", "style", "href", "fill", "stroke"} & set(element.attrib)
        assert element.tag.rpartition("}")[2] in {"svg", "style", "path", "circle", "rect", "g"}
        assert set(element.get("class", "").split()) <= PARTS
    assert len(svg) < 5_500


@pytest.mark.parametrize("name", illustrations.NAMES)
def test_inside_a_page_a_drawing_is_hidden_from_those_who_listen(name: str) -> None:
    inline = illustrations.inline(name)
    ElementTree.fromstring(inline)  # noqa: S314 (our own file)
    assert inline.startswith('<svg class="art" aria-hidden="true" focusable="false" viewBox="0 0 800 450"')


def test_an_unknown_name_is_the_first_drawing() -> None:
    assert illustrations.inline("../secrets") == illustrations.inline("lanterns")


def test_both_modes_have_every_part() -> None:
    css = illustrations.art_css("#7a1f4b", "#00aa88")
    light, dark = css.split("@media(prefers-color-scheme:dark)")
    for part in PARTS - {"thin"}:
        assert f"--art-{part}:#" in light
        assert f"--art-{part}:#" in dark
    assert "#7a1f4b" in light
