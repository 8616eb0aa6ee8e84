from django.apps import AppConfig
from django.utils.module_loading import import_string


class WiringConfig(AppConfig):
    name = "almoner.config"
    label = "config"

    def ready(self) -> None:
        # Only now can models be imported, and the wiring imports every room's.
        import_string("almoner.config.wiring.connect")()
