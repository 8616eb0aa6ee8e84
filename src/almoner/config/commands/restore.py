"""`almoner restore FILE`: a backup in the place of this installation, brought to this version, and proved."""

import argparse
import sys
from pathlib import Path

from almoner.config import backups, dumps, presence
from almoner.config.commands import upgrade
from almoner.config.prove import report
from almoner.plans import restoring


def run(options: argparse.Namespace) -> int:
    try:
        backups.restore(Path(options.file), force=options.force)
    except (
        backups.BackupInvalid,
        backups.PlaceTaken,
        dumps.DumpInvalid,
        dumps.ToolFailed,
        presence.InUse,
    ) as refused:
        print(f"{refused}\nNothing was restored; what stood here still stands.", file=sys.stderr)
        return 1
    upgrade.apply(verbosity=0)
    if restoring.hold():
        print("No regular gift is charged until the worker has asked the gateways what they hold.")
    print(f"Restored from {options.file}. What must hold:\n")
    return report(print)
