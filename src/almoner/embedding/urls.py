"""At the site's root: addresses that stand in other sites' pages."""

from django.urls import path

from almoner.embedding import script, views

urlpatterns = [
    path(script.NAME, views.script, name="embedding-script"),
    path(views.OEMBED_PATH.removeprefix("/"), views.oembed, name="embedding-oembed"),
]
