"""script/sbom [FILE]: a bill of materials (CycloneDX 1.6, JSON) of what a production installs, out of its locks.

Every package with its version, its hashes, and whether it comes only with spans (requirements/telemetry.txt). No
registry is asked, and the same locks give the same file. Without FILE it goes to stdout.
"""

import argparse
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT: Final = Path(__file__).resolve().parent.parent
# The first that names a package says how it is wanted.
LOCKS: Final = {
    "requirements/base.txt": ComponentScope.REQUIRED,
    "requirements/telemetry.txt": ComponentScope.OPTIONAL,
}
_PACKAGE: Final = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VERSION: Final = re.compile(r'__version__ = "([^"]+)"')


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("file", nargs="?", type=Path)
    given = options.parse_args()
    text = of_locks(ROOT)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        print(f"script/sbom: this is no CycloneDX: {str(fault)[:500]}", file=sys.stderr)
        return 1
    if given.file:
        given.file.write_text(text + "\n", "utf-8")
    else:
        print(text)
    return 0


def of_locks(root: Path) -> str:
    """The bill, as JSON."""
    ours = _VERSION.search((root / "src/almoner/__init__.py").read_text("utf-8"))
    assert ours is not None
    bom = Bom()
    bom.metadata.component = product = Component(
        type=ComponentType.APPLICATION, name="almoner", version=ours[1], bom_ref=BomRef("almoner")
    )
    found: dict[str, Component] = {}
    for lock, scope in LOCKS.items():
        for component in _components((root / lock).read_text("utf-8"), scope):
            # Of some packages there are two, each for other versions of Python.
            found.setdefault(str(component.purl), component)
    bom.components.update(found.values())
    bom.register_dependency(product, found.values())
    # When it was made would make each one another.
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(sorted(found)))
    told = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    del told["metadata"]["timestamp"]
    return json.dumps(told, indent=2)


def _components(lock: str, scope: ComponentScope) -> list[Component]:
    components = []
    # A package begins a line; its hashes are indented below it.
    for block in re.split(r"\n(?=\S)", lock.strip()):
        named = _PACKAGE.match(block)
        if named is None:
            raise SystemExit(f"script/sbom: no package in {block[:80]!r}")
        name, version = named.groups()
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in _HASH.findall(block)]
        if not hashes:
            raise SystemExit(f"script/sbom: {name} has no hash")
        purl = PackageURL("pypi", name=name, version=version)
        components.append(
            Component(
                type=ComponentType.LIBRARY,
                name=name,
                version=version,
                purl=purl,
                bom_ref=BomRef(str(purl)),
                scope=scope,
                hashes=hashes,
            )
        )
    return components


if __name__ == "__main__":
    sys.exit(main())
