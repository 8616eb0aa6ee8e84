"""Under /admin/, in front of Wagtail's and wagtail-2fa's own views of these names."""

from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access

from almoner.backoffice.entrance.reset import Ask, Confirm
from almoner.backoffice.entrance.second_factor import Enrol, Remove, SecondFactor
from almoner.backoffice.entrance.sign_in import SignIn

urlpatterns = [
    path("login/", never_cache(SignIn.as_view()), name="wagtailadmin_login"),
    path("password_reset/", never_cache(Ask.as_view()), name="wagtailadmin_password_reset"),
    path(
        "password_reset/confirm/<uidb64>/<token>/",
        never_cache(Confirm.as_view()),
        name="wagtailadmin_password_reset_confirm",
    ),
    path("2fa/auth", never_cache(require_admin_access(SecondFactor.as_view())), name="wagtail_2fa_auth"),
    path(
        "2fa/devices/new", never_cache(require_admin_access(Enrol.as_view())), name="wagtail_2fa_device_new"
    ),
    re_path(
        r"^2fa/devices/(?P<pk>\d+)/remove$",
        never_cache(require_admin_access(Remove.as_view())),
        name="wagtail_2fa_device_remove",
    ),
]
