"""Under /giving/, and under /ar/giving/ in another language."""

from django.urls import path, re_path

from almoner.donors import plan_views, views, yearly_views

app_name = "donors"

_PLAN = r"^plans/(?P<reference>[0-9A-Z]{10})/"

urlpatterns = [
    path("", views.home, name="home"),
    path("ask/", views.ask, name="ask"),
    path("sent/", views.sent, name="sent"),
    path("code/", views.code, name="code"),
    re_path(r"^enter/(?P<key>[A-Za-z0-9_-]{22})/(?P<token>[A-Za-z0-9_-]{32})/$", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
    path("yearly/", yearly_views.switch, name="yearly"),
    re_path(r"^yearly/(?P<key>[A-Za-z0-9_-]{22})/$", yearly_views.stop, name="yearly-stop"),
    re_path(_PLAN + "$", plan_views.plan, name="plan"),
    re_path(_PLAN + "amount/$", plan_views.amount, name="plan-amount"),
    re_path(_PLAN + "day/$", plan_views.day_of_month, name="plan-day"),
    re_path(_PLAN + "end/$", plan_views.end, name="plan-end"),
    re_path(_PLAN + "method/$", plan_views.method, name="plan-method"),
    re_path(_PLAN + "back/$", plan_views.back, name="plan-back"),
    re_path(_PLAN + "details/$", plan_views.details, name="plan-details"),
    re_path(_PLAN + "pause/$", plan_views.pause, name="plan-pause"),
    re_path(_PLAN + "resume/$", plan_views.resume, name="plan-resume"),
    re_path(_PLAN + "skip/$", plan_views.skip, name="plan-skip"),
    re_path(_PLAN + "cancel/$", plan_views.cancel, name="plan-cancel"),
    re_path(r"^pay/(?P<public_key>[A-Za-z0-9_-]{22})/$", plan_views.pay, name="pay"),
]
