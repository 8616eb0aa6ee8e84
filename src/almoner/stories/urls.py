from django.urls import path, re_path

from almoner.stories import data, evidence, feed, finding, programmes, views

urlpatterns = [
    path("programmes/", programmes.index, name="stories-programmes"),
    path("programmes/<slug:programme>/", programmes.page, name="stories-programme"),
    path("data/programmes.json", data.as_json, name="stories-data-json"),
    path("data/figures.csv", data.as_csv, name="stories-data-csv"),
    path("data/iati-activities.xml", data.activities, name="stories-iati-activities"),
    path("data/iati-organisation.xml", data.organisation, name="stories-iati-organisation"),
    path("figures/<slug:programme>/<slug:indicator>/", evidence.page, name="stories-evidence"),
    path("feed.xml", feed.feed, name="stories-feed"),
    path("<slug:language>/feed.xml", feed.feed, name="stories-feed-in"),
    path("sitemap.xml", views.sitemap, name="stories-sitemap"),
    path("robots.txt", views.robots, name="stories-robots"),
    path("drawings/<slug:name>/<slug:primary>/<slug:accent>.svg", views.drawing, name="stories-drawing"),
    # In front of Wagtail's own view of pages, and by its name: what leads here leads to a page.
    re_path(r"^(?!_util/)((?:[\w\-]+/)*)$", finding.serve, name="wagtail_serve"),
]
