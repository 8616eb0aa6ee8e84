"""Consents for tests: of a person, for everything, unless said otherwise."""

from datetime import date
from typing import Any

from almoner.charities.models import Charity
from almoner.consents import acts
from almoner.consents.models import CHANNELS, Consent
from almoner.consents.standing import Work


def make_consent(charity: Charity, *works: Work, **terms: Any) -> Consent:
    """Recorded, with what it covers."""
    every: dict[str, Any] = {
        "portrayal": "real", "pseudonym": "Mara", "named": "changed", "taken_by": "Field office", "language": "en",
        "taken_on": date(2026, 1, 2), "form_hash": "ab" * 32, "channels": list(CHANNELS), "fundraising": True,
        "expires_on": date(2040, 1, 2),
    }  # fmt: skip
    consent = Consent(charity=charity, **(every | terms))
    return acts.enter(
        consent, [(work, "words" if work.kind == "words" else "") for work in works], actor=None
    )
