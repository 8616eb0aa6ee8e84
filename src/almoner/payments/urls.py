"""Under /webhooks/."""

from django.urls import path

from almoner.payments import views

urlpatterns = [path("<slug:code>/", views.webhook, name="webhook")]
