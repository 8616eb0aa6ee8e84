"""Salesforce's settings. The secret stands in the environment only; half of a set is refused by what is missing."""

import re
from dataclasses import dataclass
from typing import Final

from almoner.kernel.environment import Environment

_NEEDED: Final = (
    "ALMONER_SALESFORCE_DOMAIN",
    "ALMONER_SALESFORCE_CLIENT_ID",
    "ALMONER_SALESFORCE_CLIENT_SECRET",
)
# An organisation's own domain: whom the secret is told. The flow that we use is not answered elsewhere.
_DOMAIN: Final = r"https://[a-z0-9-]+(\.[a-z0-9-]+)*\.my\.salesforce\.com"


@dataclass(frozen=True, slots=True)
class SalesforceSettings:
    """`domain` empty: nothing is sent there. Without a slash at its end."""

    domain: str
    client_id: str
    client_secret: str
    timeout_seconds: int


def read(env: Environment, *, mode: str) -> SalesforceSettings:
    """All of them, or none."""
    used = any(env.is_set(name) for name in _NEEDED)
    domain, client_id, client_secret = (env.text(name, required=used) for name in _NEEDED)
    domain = domain.rstrip("/")
    if domain and mode == "production" and not re.fullmatch(_DOMAIN, domain, re.ASCII):
        env.refuse("ALMONER_SALESFORCE_DOMAIN", "must be of the form https://….my.salesforce.com.")
    env.url(
        "ALMONER_SALESFORCE_DOMAIN", domain, schemes=("https",) if mode == "production" else ("https", "http")
    )
    timeout_seconds = env.integer("ALMONER_SALESFORCE_TIMEOUT_SECONDS", 30, at_least=1, at_most=120)
    return SalesforceSettings(domain, client_id, client_secret, timeout_seconds)
