"""`almoner prove`: every invariant on the live database, as a table; exit code 1 if one is broken."""

import argparse

from almoner.config.prove import report


def run(options: argparse.Namespace) -> int:
    return report(print)
