"""Under /giving/, and under /ar/giving/ in another language."""

from django.urls import path, re_path

from almoner.donors import views

app_name = "donors"

urlpatterns = [
    path("", views.home, name="home"),
    path("ask/", views.ask, name="ask"),
    path("sent/", views.sent, name="sent"),
    path("code/", views.code, name="code"),
    re_path(r"^enter/(?P<key>[A-Za-z0-9_-]{22})/(?P<token>[A-Za-z0-9_-]{32})/$", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
]
