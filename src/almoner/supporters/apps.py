from django.apps import AppConfig


class SupportersConfig(AppConfig):
    name = "almoner.supporters"
    label = "supporters"
    default_auto_field = "django.db.models.BigAutoField"
