from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "almoner.crm"
    label = "crm"
    default_auto_field = "django.db.models.BigAutoField"
