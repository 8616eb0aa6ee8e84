from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "almoner.backoffice"
    label = "backoffice"
    verbose_name = "Giving"
    default_auto_field = "django.db.models.BigAutoField"
