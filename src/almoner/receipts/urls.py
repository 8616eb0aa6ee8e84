"""/receipts/…: unguessable addresses, but for the keys."""

from django.urls import path, re_path

from almoner.receipts import views

app_name = "receipts"
_ADDRESS = r"(?P<token>[A-Za-z0-9_-]{22})"

urlpatterns = [
    re_path(rf"^{_ADDRESS}\.pdf$", views.pdf, name="pdf"),
    re_path(rf"^check/{_ADDRESS}/$", views.check, name="check"),
    path("keys.json", views.keys, name="keys"),
]
