"""This installation's way to Salesforce, as its settings say."""

from functools import lru_cache

from django.conf import settings

from almoner.crm.salesforce.client import Client, Setup


def setup() -> Setup | None:
    """None: it isn't used here."""
    if not settings.ALMONER_SALESFORCE_DOMAIN:
        return None
    return Setup(
        base=settings.ALMONER_SALESFORCE_DOMAIN,
        client_id=settings.ALMONER_SALESFORCE_CLIENT_ID,
        client_secret=settings.ALMONER_SALESFORCE_CLIENT_SECRET,
        timeout_seconds=float(settings.ALMONER_SALESFORCE_TIMEOUT_SECONDS),
    )


def client() -> Client | None:
    """One for a process, so that its token is used again."""
    known = setup()
    return _client(known) if known is not None else None


@lru_cache(maxsize=1)
def _client(known: Setup) -> Client:
    return Client(known)
