"""What every page of ours needs from Wagtail's: the trail of links above it, and the way to its like."""

from django.http import HttpRequest
from django.urls import reverse


def crumbs(*trail: tuple[str, str]) -> list[dict[str, str]]:
    """Home, then (label, address) each; the page itself comes last, with an empty address."""
    home = {"url": reverse("wagtailadmin_home"), "label": "Home"}
    return [home, *({"url": url, "label": label} for label, url in trail)]


def again(request: HttpRequest, **changes: str) -> str:
    """The same page with another query."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"
