"""Which signals this house listens to: two of Wagtail's, in one place (docs/adr/0017)."""

import re
from pathlib import Path

import almoner


def test_the_house_listens_to_two_signals_in_one_place() -> None:
    root = Path(almoner.__file__).parent
    heard = {
        path.relative_to(root).as_posix(): re.findall(r"@receiver\((\w+)", text)
        for path in root.rglob("*.py")
        if "tests" not in path.parts
        and re.search(r"import receiver|signals import|import signals", text := path.read_text())
    }
    # Others take a name from a module of signals, and listen to none.
    assert {name: signals for name, signals in heard.items() if signals} == {
        "stories/publishing.py": ["page_published", "page_unpublished"]
    }
