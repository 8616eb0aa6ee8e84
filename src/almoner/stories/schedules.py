"""Publishing and taking down at the time an editor set. The worker calls this every minute or so."""

from io import StringIO

from django.core.management import call_command


def publish_due() -> None:
    """Publish what is due, take down what has lapsed. Safe to repeat; publishing itself drops the ready pages."""
    call_command("publish_scheduled", stdout=StringIO())
