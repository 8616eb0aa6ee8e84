"""What the warm process has imported before it forks: all that a server, a worker and a drill run."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
# Its threads would not be there in a fork.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
django.setup(set_prefix=False)

for name in (
    "almoner.config.urls",
    "almoner.config.middleware",
    "almoner.config.wiring",
    "almoner.config.commands.serve",
    "almoner.config.commands.worker",
    "django.core.management.commands.shell",
    "tests.crash.drill",
    "tests.gateways.stripe.walk",
    "tests.support.warm",
):
    import_module(name)
