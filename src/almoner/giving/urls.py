"""Under /give/, and under /ar/give/ in another language."""

from django.urls import path

from almoner.giving import views

urlpatterns = [
    path("assets/<slug:digest>/<str:name>", views.asset_file, name="give-asset"),
    path("thanks/<slug:public_key>/", views.thanks_page, name="give-thanks"),
    path("return/<slug:public_key>/", views.come_back, name="give-return"),
    path("<slug:key>/", views.form_page, name="give-form"),
    path("<slug:key>/details/", views.take_amount, name="give-details"),
    path("<slug:key>/payment/", views.take_details, name="give-payment"),
    path("<slug:key>/submit/", views.submit, name="give-submit"),
]
