"""`almoner prove`: every invariant, on the live database and at each gateway, as a table; 1 if one is broken."""

import argparse

from almoner.config import prove


def run(options: argparse.Namespace) -> int:
    if not options.offline:
        prove.take_in()
    return prove.report(print, offline=options.offline)
