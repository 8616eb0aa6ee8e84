"""The page for machines that read: the charity and how to give to it, and the story as an article (schema.org)."""

import json
from typing import TYPE_CHECKING, Any, Final

from django.utils.safestring import SafeString, mark_safe

from almoner.charities.models import Charity
from almoner.stories.head import picture

if TYPE_CHECKING:
    from almoner.stories.presenting import Frame

# A "</script>" in a title must not end the element.
_ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def script(page: Any, frame: "Frame") -> SafeString:
    """The content of the page's `application/ld+json` element."""
    graph = [_charity(frame)]
    if hasattr(page, "summary"):
        graph.append(_article(page, frame))
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 (escaped for a script element just here)


def _charity(frame: "Frame") -> dict[str, Any]:
    charity = frame.charity
    about: dict[str, Any] = {
        "@type": "NGO",
        "@id": _identifier(frame),
        "name": charity.name,
        "legalName": charity.legal_name,
        "url": frame.root_url + "/",
        "email": charity.email,
    }
    if charity.phone:
        about["telephone"] = charity.phone
    if charity.tax_numbers:
        about["taxID"] = charity.tax_numbers[0]["value"]
    if give := _give_url(charity, frame):
        target = {"@type": "EntryPoint", "urlTemplate": give, "inLanguage": frame.look.language}
        about["potentialAction"] = {
            "@type": "DonateAction", "recipient": {"@id": _identifier(frame)}, "target": target,
        }  # fmt: skip
    return about


def _article(page: Any, frame: "Frame") -> dict[str, Any]:
    publisher = {"@id": _identifier(frame)}
    article: dict[str, Any] = {
        "@type": "Article",
        "headline": page.title,
        "description": frame.words(page.summary),
        "url": frame.url,
        "mainEntityOfPage": frame.url,
        "inLanguage": frame.look.language,
        "image": picture(page, frame.root_url, frame.permits).url,
        "author": {"@type": "Person", "name": page.author} if page.author else publisher,
        "publisher": publisher,
    }
    if page.first_published_at:
        article["datePublished"] = page.first_published_at.isoformat(timespec="seconds")
        article["dateModified"] = page.last_published_at.isoformat(timespec="seconds")
    if sources := _sources(page.body):
        article["citation"] = sources
    return article


def _sources(body: Any) -> list[dict[str, str]]:
    """Each source once, in the order of the page."""
    found: dict[str, dict[str, str]] = {}
    for child in body:
        values = child.value["facts"] if child.block_type == "facts" else [child.value]
        for value in values:
            source = value.get("source") if hasattr(value, "get") else None
            if source and (source["title"] or source["credit"]):
                entry = {"@type": "CreativeWork", "name": source["title"] or source["credit"]}
                if source["url"]:
                    entry["url"] = source["url"]
                found.setdefault(json.dumps(entry), entry)
    return list(found.values())


def _give_url(charity: Charity, frame: "Frame") -> str:
    address = frame.page_forms.default_address()
    return frame.root_url + address if address else ""


def _identifier(frame: "Frame") -> str:
    return f"{frame.root_url}/#charity"
