"""`almoner backup FILE`: database and uploads into one file, while the site runs."""

import argparse
import sys
from pathlib import Path

from almoner.config import backups, dumps


def run(options: argparse.Namespace) -> int:
    target = Path(options.file).absolute()
    try:
        entries = backups.write(target)
    except (backups.PlaceTaken, dumps.ToolFailed, OSError) as refused:
        print(refused, file=sys.stderr)
        return 1
    total = sum(entry.size_bytes for entry in entries.values())
    print(f"{target}: {len(entries)} files, {total:,} bytes. Keep ALMONER_SECRET_KEY with it, apart from it.")
    return 0
