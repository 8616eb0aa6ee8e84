"""`almoner check`: a table of what is well and what isn't, with what to do; exit code 1 if something is wrong."""

import argparse
import os
from collections.abc import Iterator

from almoner.config import diagnosis, maildns, sealing
from almoner.config.diagnosis import LOOK, OK, WRONG, Finding
from almoner.kernel.environment import Environment
from almoner.receipts import fonts


def run(options: argparse.Namespace) -> int:
    found = list(_findings(with_mail=not options.no_mail, with_gateways=not options.no_gateways))
    width = max(len(finding.about) for finding in found)
    for finding in found:
        print(f"{finding.state:5}  {finding.about:{width}}  {finding.says}")
        if finding.do:
            print(f"{'':5}  {'':{width}}  -> {finding.do}")
    wrong = sum(finding.state == WRONG for finding in found)
    print(f"\n{len(found)} looked at, {wrong} wrong")
    return 1 if wrong else 0


def _findings(*, with_mail: bool, with_gateways: bool) -> Iterator[Finding]:
    yield from diagnosis.configuration()
    yield from diagnosis.database()
    yield from diagnosis.charities()
    yield from sealing.findings()
    yield from diagnosis.disk()
    yield from diagnosis.clock()
    yield from diagnosis.addresses()
    yield _fonts()
    if with_gateways:
        yield from diagnosis.payment_gateways()
    if with_mail:
        yield from maildns.server()
        env = Environment(os.environ)
        yield from maildns.senders(env)


def _fonts() -> Finding:
    """Receipts carry names in any script: Noto has them all."""
    families = set(fonts.collection(fonts.font_dirs()).families())
    wanted = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC")
    missing = [name for name in wanted if name not in families]
    if missing:
        return Finding(
            "fonts", LOOK, f"missing: {', '.join(missing)}", "install fonts-noto-core and fonts-noto-cjk"
        )
    return Finding("fonts", OK, f"{len(families)} families, Noto among them")
