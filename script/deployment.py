"""script/deployment's second half, run by a venv of its own: compose files and the chart, read by what reads them.

--json prints the rendered manifests of each shape, for the tests. --chart FOLDER and --compose FILE look at others.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import compose_spec
import helm_python
import kubernetes_validate
import yaml

_ROOT: Final = Path(__file__).resolve().parent.parent
_KUBERNETES: Final = ("1.30", "1.34")
# Prometheus's operator brings its own kinds.
_NOT_KUBERNETES: Final = frozenset({"ServiceMonitor"})
_LEAST: Final[dict[str, Any]] = {
    "image": {"repository": "registry.example.org/almoner"},
    "secretName": "almoner-settings",
    "site": {
        "url": "https://give.example.org",
        "hosts": ["give.example.org"],
        "mailFrom": "gifts@example.org",
    },
    "database": {"host": "postgresql-primary"},
}
# Shapes of the chart, each with what it says beside the least that must be said.
SHAPES: Final[dict[str, dict[str, Any]]] = {
    "least": {},
    "most": {
        "image": {"repository": "registry.example.org/almoner", "digest": f"sha256:{'0' * 64}"},
        "imagePullSecrets": [{"name": "registry"}],
        "pgbouncer": {"enabled": True, "image": "registry.example.org/almoner-pgbouncer:1"},
        "settings": {"ALMONER_LOG_LEVEL": "INFO"},
        "addresses": {"existingClaim": "addresses"},
        "media": {"storageClass": "shared"},
        "ingress": {"className": "nginx", "annotations": {"example.org/body-size": "26m"}},
        "metrics": {"serviceMonitor": True},
    },
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--chart", type=Path, default=_ROOT / "deploy/chart")
    options.add_argument(
        "--compose", type=Path, nargs="*", default=sorted((_ROOT / "deploy").glob("compose*.yaml"))
    )
    given = options.parse_args()
    faults = [fault for file in given.compose for fault in _compose_faults(file)]
    rendered = {}
    for name, more in SHAPES.items():
        manifests, wrong = _chart(given.chart, name, {**_LEAST, **more})
        rendered[name] = manifests
        faults += wrong
    for fault in faults:
        print(f"script/deployment: {fault}", file=sys.stderr)
    if given.json:
        print(json.dumps(rendered))
    else:
        number = sum(len(manifests) for manifests in rendered.values())
        told = f"Helm {helm_python.helm_sdk_version()}, Kubernetes {' and '.join(_KUBERNETES)}"
        print(f"{len(given.compose)} compose files, {number} manifests of {len(SHAPES)} shapes ({told})")
    return 1 if faults else 0


def _compose_faults(file: Path) -> Iterator[str]:
    """By the specification's types, which know no key that isn't in it. Variables have some value."""
    text = re.sub(
        r"\$\{(\w+)[^}]*\}", lambda found: os.environ.get(found[1], "value"), file.read_text("utf-8")
    )
    try:
        told = compose_spec.PyCompose.from_json(json.dumps(yaml.safe_load(text)))
        told.validate()
    except (ValueError, TypeError, yaml.YAMLError) as error:
        yield f"{file.name}: {error}"


def _chart(folder: Path, shape: str, values: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """(the manifests, what is wrong with them)"""
    report = helm_python.lint(folder, values, strict=True)
    # 1 is a word of advice, such as that an icon is missing.
    said = [each for each in report["messages"] if each["severity"] > 1]
    faults = [f"chart, {shape}: {each['path']}: {each['error']}" for each in said]
    try:
        with helm_python.Chart.load(folder) as chart:
            chart.validate_schema(values)
            texts = chart.render(values, name="giving", namespace="almoner")
    except helm_python.HelmError as error:
        return [], [*faults, f"chart, {shape}: {error}"]
    documents = [
        document
        for name, text in texts.items()
        if name.endswith(".yaml")
        for document in yaml.safe_load_all(text)
        if document is not None
    ]
    return documents, [*faults, *(fault for each in documents for fault in _manifest_faults(shape, each))]


def _manifest_faults(shape: str, manifest: dict[str, Any]) -> Iterator[str]:
    if manifest["kind"] in _NOT_KUBERNETES:
        return
    for version in _KUBERNETES:
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            name = f"{manifest['kind']} {manifest['metadata']['name']}"
            yield f"chart, {shape}: {name} for Kubernetes {version}: {error}"


if __name__ == "__main__":
    sys.exit(main())
