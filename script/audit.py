"""Asks the advisory service for known vulnerabilities of every locked package: script/check runs it.

An audit that could not be made must not read as one that found nothing. Where the service can't be reached at all, or
answers that it knows none of the packages (a mirror of the registry without its advisories), this says so and exits 0.
A package that alone is unknown, a vulnerability, and any other error are failures.
"""

import json
import subprocess
import sys
from typing import Any, Final

_LOCKS: Final = ("requirements/base.txt", "requirements/dev.txt")
_UNREACHED: Final = (
    "ConnectionError", "ServiceError", "Max retries", "Failed to resolve", "HTTPError", "Name or service",
)  # fmt: skip
_NOT_CHECKED: Final = "NOT CHECKED: {}, so known vulnerabilities were not looked up."


def main() -> int:
    locks = [word for lock in _LOCKS for word in ("-r", lock)]
    run = subprocess.run(
        ["pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", *locks],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.stdout.strip():
        verdict, text = judged(json.loads(run.stdout)["dependencies"])
        print(text)
        return verdict
    if any(sign in run.stderr for sign in _UNREACHED):
        print(_NOT_CHECKED.format("the advisory service can't be reached from here"))
        return 0
    print(run.stderr, file=sys.stderr)
    return 1


def judged(packages: list[dict[str, Any]]) -> tuple[int, str]:
    """The exit code and what to say of pip-audit's answer: a row a package, with `vulns` or a `skip_reason`."""
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    if packages and len(unknown) == len(packages):
        return 0, _NOT_CHECKED.format("the advisory service here knows none of the packages")
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none yet'}"
        for each in packages
        for fault in each.get("vulns", ())
    ] + [f"{name}: not known to the advisory service" for name in unknown]
    if faults:
        return 1, "\n".join(faults)
    return 0, f"{len(packages)} packages, no known vulnerability"


if __name__ == "__main__":
    sys.exit(main())
