"""The `almoner` command."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.config.settings")
    if sys.argv[1:2] == ["manage"]:
        execute_from_command_line(["almoner manage", *sys.argv[2:]])
        return
    sys.exit("usage: almoner manage ...")
