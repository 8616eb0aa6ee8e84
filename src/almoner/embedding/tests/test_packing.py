"""The plugin that staff download, and that an installed package has."""

import io
import re
import struct
import tomllib
import zipfile
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from almoner.embedding.packing import packed

pytestmark = pytest.mark.once
PLUGIN = Path(__file__).parent.parent / "plugin"
ROOT = Path(__file__).parents[4]


def test_it_is_whole_and_the_same_bytes_each_time() -> None:
    body = packed()
    assert body == packed()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    files = [path for path in PLUGIN.rglob("*") if path.is_file()]
    assert found == {f"almoner/{path.relative_to(PLUGIN).as_posix()}": path.read_bytes() for path in files}
    assert b"Plugin Name:" in found["almoner/almoner.php"] and "almoner/readme.txt" in found


# As WordPress names its languages.
LOCALES = ("ar", "de_DE", "es_ES", "fr_FR", "it_IT", "nl_NL", "pt_BR")


@pytest.mark.parametrize("locale", LOCALES)
def test_its_words_are_compiled(locale: str) -> None:
    source = PLUGIN / f"languages/almoner-{locale}.po"
    out = io.BytesIO()
    write_mo(out, read_po(io.BytesIO(source.read_bytes())))
    wanted = bytearray(out.getvalue())
    # WordPress looks for the words behind the table of hashes, and Babel says that there is none, at 0.
    words, tables_start = struct.unpack_from("<8xII", wanted)
    struct.pack_into("<I", wanted, 24, tables_start + 16 * words)
    assert source.with_suffix(".mo").read_bytes() == bytes(wanted)


def test_it_speaks_every_language_that_forms_have() -> None:
    assert {code.replace("-", "_").lower() for code, _ in settings.LANGUAGES} - {"en"} == {
        locale.lower() if locale == "pt_BR" else locale[:2] for locale in LOCALES
    }
    written = (PLUGIN / "includes/form.php").read_text()
    told = re.search(r"ALMONER_LANGUAGES = array\((.*?)\)", written)
    assert told is not None
    assert set(re.findall(r"'([a-z-]+)'", told[1])) == {code for code, _ in settings.LANGUAGES} - {"en"}


def test_an_installed_package_has_it() -> None:
    """The patterns by which setuptools takes files into a wheel name every one of them."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = said["tool"]["setuptools"]["package-data"]["almoner"]
    taken = {path for pattern in patterns for path in (ROOT / "src/almoner").glob(pattern)}
    assert {path for path in PLUGIN.rglob("*") if path.is_file()} <= taken


def test_its_readme_is_what_wordpress_reads() -> None:
    """The headers and limits of WordPress's own validator, and one version wherever it is told."""
    readme, main = (PLUGIN / "readme.txt").read_text(), (PLUGIN / "almoner.php").read_text()
    lines = readme.splitlines()
    assert re.fullmatch(r"=== .+ ===", lines[0])
    head = dict(line.split(": ", 1) for line in lines[1 : lines.index("")])
    needed = (
        "Tags",
        "Requires at least",
        "Tested up to",
        "Requires PHP",
        "Stable tag",
        "License",
    )
    assert set(needed) <= set(head), head
    assert len(head["Tags"].split(",")) <= 5
    short = lines[lines.index("") + 1]
    assert 0 < len(short) <= 150
    for name in ("Description", "Installation", "Changelog"):
        assert f"== {name} ==" in readme
    told = dict(re.findall(r"^ \* ([A-Z][A-Za-z ]+):\s+(.+)$", main, re.MULTILINE))
    assert told["Version"] == head["Stable tag"]
    assert (
        told["Requires PHP"] == head["Requires PHP"]
        and told["Requires at least"] == head["Requires at least"]
    )


def test_it_is_php_7_4() -> None:
    """No word of a later PHP: what was added by 8.0 to 8.3, as far as it can be told by its look."""
    later = {
        "match": r"\bmatch\s*\(", "nullsafe": r"\?->", "attribute": r"^\s*#\[", "enum": r"^\s*enum\s",
        "str_ functions": r"\bstr_(contains|starts_with|ends_with)\(", "readonly": r"\breadonly\b",
        "union type": r"\(\s*\w+\|\w+\s+\$", "return union": r"\):\s*\w+\|", "mixed": r":\s*mixed\b",
        "promotion": r"__construct\(\s*(public|private|protected)", "static return": r"\):\s*static\b",
        "throw expression": r"(\?\?|=>|\?:)\s*throw\b", "never": r"\):\s*never\b",
        "callable syntax": r"\w\(\.\.\.\)", "array functions": r"\barray_(is_list|find|any|all)\(",
    }  # fmt: skip
    for path in PLUGIN.rglob("*.php"):
        text = path.read_text()
        found = [name for name, pattern in later.items() if re.search(pattern, text, re.MULTILINE)]
        assert not found, f"{path.name}: {found}"
