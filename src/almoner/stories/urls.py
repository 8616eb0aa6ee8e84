import re

from django.conf import settings
from django.urls import path, re_path, register_converter

from almoner.stories import data, evidence, feed, finding, programmes, sitemap, views


class _Language:
    """One of the languages that pages are told in, and no word besides: pages of editors stand below others."""

    regex = "|".join(re.escape(code) for code, _ in settings.LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_Language, "language")

urlpatterns = [
    path("programmes/", programmes.index, name="stories-programmes"),
    path("<language:language>/programmes/", programmes.index),
    path("programmes/<slug:programme>/", programmes.page, name="stories-programme"),
    path("<language:language>/programmes/<slug:programme>/", programmes.page),
    path("data/programmes.json", data.as_json, name="stories-data-json"),
    path("data/figures.csv", data.as_csv, name="stories-data-csv"),
    path("data/iati-activities.xml", data.activities, name="stories-iati-activities"),
    path("data/iati-organisation.xml", data.organisation, name="stories-iati-organisation"),
    path("figures/<slug:programme>/<slug:indicator>/", evidence.page, name="stories-evidence"),
    path("<language:language>/figures/<slug:programme>/<slug:indicator>/", evidence.page),
    path("feed.xml", feed.feed, name="stories-feed"),
    path("<slug:language>/feed.xml", feed.feed, name="stories-feed-in"),
    path("sitemap.xml", sitemap.sitemap, name="stories-sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", sitemap.part, name="stories-sitemap-part"),
    path("robots.txt", views.robots, name="stories-robots"),
    path("drawings/<slug:name>/<slug:primary>/<slug:accent>.svg", views.drawing, name="stories-drawing"),
    # In front of Wagtail's own view of pages, and by its name: what leads here leads to a page.
    re_path(r"^(?!_util/)((?:[\w\-]+/)*)$", finding.serve, name="wagtail_serve"),
]
