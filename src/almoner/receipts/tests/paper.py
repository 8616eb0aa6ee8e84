"""A receipt's facts for tests, and what can be read out of its PDF."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf

from almoner.receipts.facts import CharityFacts, DonorFacts, FundFacts, ReceiptFacts, TaxNumber

A4_WIDTH_PT = 595.28
# As charities' logos are kept: to stand inside a page, with the theme's colours.
LOGO = (
    b'<svg viewBox="0 0 96 60" width="48"><path d="M24 44a24 24 0 0 1 48 0z" fill="var(--accent)"/>'
    b'<path d="M4 53q11-7 22 0t22 0 22 0 22 0" fill="none" stroke="var(--brand)" stroke-width="3"/></svg>'
)
CHARITY = CharityFacts(
    legal_name="Tidelight Foundation Ltd",
    name="Tidelight Foundation",
    country="AU",
    address_lines=("18 Wharf Street", "Newcastle NSW 2300"),
    tax_numbers=(TaxNumber("ABN", "12 345 678 901"),),
    email="hello@tidelight.example",
    logo=LOGO,
    colour="#14495c",
)
DEDUCTIBLE = FundFacts(
    name="Where it is needed most",
    deductible=True,
    endorsed_name="Tidelight Relief Fund",
    endorsed_abn="98 765 432 109",
)
FACTS = ReceiptFacts(
    number="000123",
    charity=CHARITY,
    fund=DEDUCTIBLE,
    donor=DonorFacts(name="Zoë O’Brien-Łukasz", address_lines=("12 Example Street", "Sydney NSW 2000")),
    amount_minor=5000,
    currency="AUD",
    given_on=date(2026, 11, 23),
    issued_on=date(2026, 11, 24),
    method="Card",
    check_url="https://tidelight.example/receipts/check/Gq2v8r0aQ2mB1yq1mZ3b7A/",
    salt=b"\x07" * 16,
)


def facts(name: str | None = None, **changes: Any) -> ReceiptFacts:
    donor = FACTS.donor if name is None else DonorFacts(name=name)
    return replace(FACTS, **{"donor": donor, **changes})


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """What a reader can copy out of the PDF, without marks that only order it."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(
        char for char in done.stdout.decode() if char not in "\u2066\u2067\u2068\u2069\u202a\u202b\u202c"
    )


def right_edge_pt(pdf: bytes) -> float:
    """How far to the right any word reaches, in points from the left edge of the page."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    return max(float(edge) for edge in re.findall(r'<word [^>]*xMax="([0-9.]+)"', done.stdout.decode()))


def tags(pdf: bytes) -> list[str]:
    """The structure's elements in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(str(node.S))
            walk(node.get("/K"))

    with opened(pdf) as document:
        walk(document.Root.StructTreeRoot.K)
    return found
