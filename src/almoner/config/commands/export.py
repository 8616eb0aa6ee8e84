"""`almoner export FOLDER`: everything a charity has here, so that it can leave."""

import argparse
import sys
from pathlib import Path

from almoner.charities.models import Charity
from almoner.config.exporting import PlaceTaken, write, write_for
from almoner.kernel.money import format_plain


def run(options: argparse.Namespace) -> int:
    charity = Charity.objects.filter(slug=options.charity).first()
    if charity is None:
        print(f"almoner export: there is no charity {options.charity}", file=sys.stderr)
        return 2
    folder = Path(options.folder)
    try:
        manifest = write_for(options.system, charity, folder) if options.system else write(charity, folder)
    except (PlaceTaken, OSError) as refused:
        print(f"almoner export: {refused}", file=sys.stderr)
        return 1
    for name, entry in manifest["files"].items():
        totals = ", ".join(
            f"{format_plain(minor, code)} {code}" for code, minor in entry["totals_minor"].items()
        )
        print(f"{name}: {entry['rows']} rows" + (f", {totals}" if totals else ""))
    tokens = "" if options.system else " and the tokens by which gifts are charged"
    print(f"They hold personal data{tokens}: keep them as you keep a password.")
    return 0
