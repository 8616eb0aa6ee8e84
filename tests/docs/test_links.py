"""Links lead somewhere, pictures are there and small, and nothing names one machine."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.pages import DOCS, DOCUMENTS, ROOT, anchors_of, links_of, name_of, text_of

pytestmark = pytest.mark.once

LARGEST_PICTURE_BYTES = 200_000
ALL_PICTURES_BYTES = 4_000_000
# Folders of one machine, and where one machine gets its packages from.
ONE_MACHINE = re.compile(
    r"(?<![\w.])/(?:root|home/\w+|work)/|--index-url|extra-index-url|pypi\.org/simple|pythonhosted"
    r"|\b10\.\d+\.\d+\.\d+|\b192\.168\."
)


def fault(source: Path, target: str) -> str:
    """What is wrong with a link, or "" """
    if target.startswith(("https://", "mailto:")):
        return ""
    file, _, anchor = target.partition("#")
    path = (source.parent / file).resolve() if file else source
    if not path.exists():
        return f"{target}: no such file"
    if not path.is_relative_to(ROOT):
        return f"{target}: outside the repository"
    if anchor and anchor not in anchors_of(text_of(path)):
        return f"{target}: no such heading"
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    faults = [fault(document, target) for target in links_of(text_of(document))]
    assert [each for each in faults if each] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_document_names_one_machine(document: Path) -> None:
    lines = text_of(document).splitlines()
    assert [line for line in lines if ONE_MACHINE.search(line)] == []


def test_every_document_is_found_from_the_front_page() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in seen or document.suffix != ".md":
            continue
        seen.add(document)
        for target in links_of(text_of(document)):
            if not target.startswith(("https://", "mailto:", "#")):
                waiting.append((document.parent / target.partition("#")[0]).resolve())
    assert [name_of(path) for path in DOCUMENTS if path not in seen] == []


def test_pictures_are_small_whole_and_used() -> None:
    used = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in links_of(text_of(document))
        if target.endswith((".png", ".svg"))
    }
    pictures = {path for path in (DOCS / "pictures").iterdir() if path.suffix in (".png", ".svg")}
    assert sorted(map(name_of, pictures - used)) == []
    sizes = {path: path.stat().st_size for path in pictures}
    assert [name_of(path) for path, size in sizes.items() if size > LARGEST_PICTURE_BYTES] == []
    assert sum(sizes.values()) < ALL_PICTURES_BYTES
    for path in pictures:
        if path.suffix == ".png":
            with Image.open(path) as image:
                image.verify()
