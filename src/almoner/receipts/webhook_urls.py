"""/webhooks/mail/…: where the sending service reports bounces."""

from django.urls import path

from almoner.receipts import views

app_name = "mail"

urlpatterns = [path("<slug:service>/", views.mail_events, name="events")]
