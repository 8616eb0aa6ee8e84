from django.urls import path

from floor_django import views

urlpatterns = [
    path("give/", views.form_page),
    path("give/details/", views.details),
    path("give/payment/", views.payment),
    path("give/submit/", views.submit),
    path("give/thanks/<uuid:pk>/", views.thanks, name="thanks"),
]
