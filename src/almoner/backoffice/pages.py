"""What every page of ours needs from Wagtail's: the trail of links above it."""

from django.urls import reverse


def crumbs(*trail: tuple[str, str]) -> list[dict[str, str]]:
    """Home, then (label, address) each; the page itself comes last, with an empty address."""
    home = {"url": reverse("wagtailadmin_home"), "label": "Home"}
    return [home, *({"url": url, "label": label} for label, url in trail)]
