"""What differs between countries in how an address is typed: where the number stands, what a postcode looks like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

_STATES: Final = {
    "AU": "NSW=new south wales|VIC=victoria|QLD=queensland|WA=western australia|SA=south australia|TAS=tasmania|"
    "ACT=australian capital territory|NT=northern territory|OT=other territories",
    "US": "AL=alabama|AK=alaska|AZ=arizona|AR=arkansas|CA=california|CO=colorado|CT=connecticut|DE=delaware|"
    "DC=district of columbia|FL=florida|GA=georgia|HI=hawaii|ID=idaho|IL=illinois|IN=indiana|IA=iowa|KS=kansas|"
    "KY=kentucky|LA=louisiana|ME=maine|MD=maryland|MA=massachusetts|MI=michigan|MN=minnesota|MS=mississippi|"
    "MO=missouri|MT=montana|NE=nebraska|NV=nevada|NH=new hampshire|NJ=new jersey|NM=new mexico|NY=new york|"
    "NC=north carolina|ND=north dakota|OH=ohio|OK=oklahoma|OR=oregon|PA=pennsylvania|RI=rhode island|"
    "SC=south carolina|SD=south dakota|TN=tennessee|TX=texas|UT=utah|VT=vermont|VA=virginia|WA=washington|"
    "WV=west virginia|WI=wisconsin|WY=wyoming|PR=puerto rico",
    "CA": "AB=alberta|BC=british columbia|MB=manitoba|NB=new brunswick|NL=newfoundland and labrador|NS=nova scotia|"
    "NT=northwest territories|NU=nunavut|ON=ontario|PE=prince edward island|QC=quebec|SK=saskatchewan|YT=yukon",
}  # fmt: skip
# What a whole postcode looks like, folded; a beginning of one counts while it is typed.
_POSTCODES: Final = {
    "AU": r"\d{4}", "NZ": r"\d{4}", "US": r"\d{5}", "GB": r"[a-z]{1,2}\d[a-z\d]?(?:\d[a-z]{2})?",
    "CA": r"[a-z]\d[a-z](?:\d[a-z]\d)?", "DE": r"\d{5}", "FR": r"\d{5}", "IS": r"\d{3}", "NL": r"\d{4}(?:[a-z]{2})?",
    "AT": r"\d{4}", "CH": r"\d{4}", "BE": r"\d{4}", "IE": r"[a-z]\d[\dw](?:[a-z\d]{4})?",
}  # fmt: skip
_NUMBER_FIRST: Final = frozenset(
    {"AU", "NZ", "GB", "IE", "US", "CA", "FR", "ZA", "SG", "HK", "IN", "LU", "MT", "PH"}
)


@dataclass(frozen=True, slots=True)
class Rules:
    """A country's way of typing. `regions` maps a region's folded code and name to its code."""

    country: str
    number_first: bool
    postcode: "re.Pattern[str]"
    regions: Mapping[str, str] = field(default_factory=dict)
    # "3/12 George Street"; elsewhere "Flat 3, 12 High Street".
    unit_slash: bool = False
    # "12 Main Street Apt 4": the unit follows the street.
    unit_last: bool = False


@lru_cache(maxsize=64)
def rules_for(country: str) -> Rules:
    """The rules of an ISO 3166-1 alpha-2 code; the general order (street, then number) for one without an entry."""
    regions: dict[str, str] = {}
    for pair in filter(None, _STATES.get(country, "").split("|")):
        code, _, name = pair.partition("=")
        regions |= {code.lower(): code, name: code}
    return Rules(
        country=country,
        number_first=country in _NUMBER_FIRST,
        postcode=re.compile(_POSTCODES.get(country, r"\d{3,7}")),
        regions=regions,
        unit_slash=country in ("AU", "NZ"),
        unit_last=country in ("US", "CA"),
    )
