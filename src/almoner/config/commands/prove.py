"""`almoner prove`: every invariant, on the live database and at each gateway, as a table; 1 if one is broken."""

import argparse
from datetime import timedelta

from almoner.config import prove
from almoner.kernel.clock import now


def run(options: argparse.Namespace) -> int:
    if not options.offline:
        prove.take_in()
    since = now() - timedelta(days=options.days) if options.days else None
    return prove.report(print, offline=options.offline, since=since)
