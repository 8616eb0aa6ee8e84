"""The WordPress plugin as WordPress takes it: one file, the same bytes each time."""

import io
import zipfile
from pathlib import Path
from typing import Final

# It stands in the package, so that an installed one has it; in a clone wordpress/almoner leads here.
_PLUGIN: Final = Path(__file__).parent / "plugin"
_TIME: Final = (2026, 1, 1, 0, 0, 0)


def packed() -> bytes:
    """A ZIP with the folder `almoner` in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in _PLUGIN.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(f"almoner/{path.relative_to(_PLUGIN).as_posix()}", _TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return out.getvalue()
