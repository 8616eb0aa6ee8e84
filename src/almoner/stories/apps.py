from importlib import import_module

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "almoner.stories"
    label = "stories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The one place where this code base listens to signals, to two of Wagtail's: it publishes and takes down from
        # screens, schedules and workflows, and tells of all of them only so (docs/adr/0017).
        import_module("almoner.stories.publishing")
