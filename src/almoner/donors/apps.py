from django.apps import AppConfig


class DonorsConfig(AppConfig):
    name = "almoner.donors"
    label = "donors"
    default_auto_field = "django.db.models.BigAutoField"
