"""What the IATI standard says of a file: its schemas, and its codelists by its own table of where each holds."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

_STANDARD = Path(__file__).parent / "iati"


def faults(document: bytes) -> Iterator[str]:
    """Everything in which a file of activities or of an organisation isn't as IATI 2.03 has it."""
    root = etree.fromstring(document)
    schema = _schema("activities" if root.tag == "iati-activities" else "organisations")
    if not schema.validate(root):
        yield from (f"line {each.line}: {each.message}" for each in schema.error_log)
    for mapping in etree.parse(_STANDARD / "codelist-mapping.xml").getroot():
        yield from _unknown_codes(root, mapping)


@lru_cache
def _schema(name: str) -> Any:
    return etree.XMLSchema(etree.parse(_STANDARD / f"iati-{name}-schema.xsd"))


def _unknown_codes(root: Any, mapping: Any) -> Iterator[str]:
    path, listed = mapping.findtext("path"), mapping.find("codelist").get("ref")
    condition, known = mapping.findtext("condition"), _codes(listed)
    if known is None:
        return
    if condition:
        holder, _, attribute = path.rpartition("/")
        path = f"{holder}[{condition}]/{attribute}"
    for code in root.xpath(path, namespaces={"xml": "http://www.w3.org/XML/1998/namespace"}):
        if str(code) not in known:
            yield f"{path}: {code} is not in {listed}"


@lru_cache
def _codes(listed: str) -> frozenset[str] | None:
    """None for a list that our files have no code of."""
    file = _STANDARD / "codelists" / f"{listed}.xml"
    return frozenset(each.text for each in etree.parse(file).iter("code")) if file.exists() else None
