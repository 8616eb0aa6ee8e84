from django.urls import path

from almoner.stories import evidence, feed, views

urlpatterns = [
    path("figures/<slug:programme>/<slug:indicator>/", evidence.page, name="stories-evidence"),
    path("feed.xml", feed.feed, name="stories-feed"),
    path("<slug:language>/feed.xml", feed.feed, name="stories-feed-in"),
    path("sitemap.xml", views.sitemap, name="stories-sitemap"),
    path("robots.txt", views.robots, name="stories-robots"),
    path("drawings/<slug:name>/<slug:primary>/<slug:accent>.svg", views.drawing, name="stories-drawing"),
]
