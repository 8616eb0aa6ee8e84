from django.apps import AppConfig


class CharitiesConfig(AppConfig):
    name = "almoner.charities"
    label = "charities"
    default_auto_field = "django.db.models.BigAutoField"
