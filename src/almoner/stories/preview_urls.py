"""Under /admin/, in front of Wagtail's own views at these addresses."""

from django.urls import path
from wagtail.admin.auth import require_admin_access

from almoner.stories.previewing import OnCreate, OnEdit

urlpatterns = [
    path("pages/<int:page_id>/edit/preview/", require_admin_access(OnEdit.as_view())),
    path(
        "pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/preview/",
        require_admin_access(OnCreate.as_view()),
    ),
]
