"""A country's file is cut short, written over, removed and replaced while two workers answer keystrokes from it.

No worker dies, the donor is shown no error, and every address that is shown stands in one of the files that were whole.
"""

import http.client
import json
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from almoner.addresses.tests.index_support import built, street
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.once

FIRST = [f"12 {name} Street, Sydney NSW 2000" for name in ("George", "Georgetown")]
SECOND = [f"12 {name} Street, Sydney NSW 2000" for name in ("Georgia", "Georgina")]


def content_of(folder: Path, *, lines: list[str], houses: int) -> bytes:
    rows = [
        row
        for line in lines
        for row in street(line.split()[1] + " Street", "Sydney", "NSW", "2000", range(1, houses))
    ]
    folder.mkdir()
    built(rows, folder / "AU.addresses")
    return (folder / "AU.addresses").read_bytes()


class Donors:
    """Threads that ask the same key over and over, each time from another address of the loopback network."""

    def __init__(self, base: str) -> None:
        self._netloc = urlsplit(base).netloc
        self._numbers = count()
        self._over = threading.Event()
        self.seen: Counter[tuple[int, tuple[str, ...]]] = Counter()
        self.latest: deque[tuple[str, ...]] = deque(maxlen=40)
        self.faults: list[Exception] = []
        self._threads = [threading.Thread(target=self._ask_on) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def ask(self) -> tuple[int, tuple[str, ...]]:
        number = next(self._numbers)
        here = f"127.{number % 200 + 1}.{number // 200 % 200}.1"
        connection = http.client.HTTPConnection(self._netloc, timeout=120, source_address=(here, 0))
        try:
            connection.request("GET", f"/give/addresses/?{urlencode({'country': 'AU', 'q': '12 georg'})}")
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        return answer.status, tuple(sorted(each["label"] for each in told.get("found", ())))

    def _ask_on(self) -> None:
        while not self._over.is_set():
            try:
                status, labels = self.ask()
            except Exception as fault:  # noqa: BLE001 (told to the test)
                self.faults.append(fault)
                return
            self.seen[status, labels] += 1
            self.latest.append(labels)

    def all_see(self, lines: list[str]) -> None:
        """Wait until every answer of a while is this, or somebody got none."""

        def holds() -> bool:
            return bool(self.faults) or (len(self.latest) == 40 and {*self.latest} == {tuple(lines)})

        self.latest.clear()
        wait_until(holds, says=lambda: f"{self.seen}, of late {Counter(self.latest)}")
        assert self.faults == []

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def donors_of() -> Iterator[Callable[[str], Donors]]:
    started: list[Donors] = []

    def start(base: str) -> Donors:
        started.append(Donors(base))
        return started[-1]

    yield start
    for donors in started:
        donors.end()


def mapped_by_workers(site: Site) -> dict[int, set[str]]:
    """pid -> inodes of country files (or their copies) that it maps; of every process that the server started."""
    pid = site.processes[0].popen.pid
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            lines = Path(f"/proc/{child}/maps").read_text().splitlines()
            found[child] = {line.split()[4] for line in lines if "/AU." in line}
    return {child: inodes for child, inodes in found.items() if inodes}


def overwrite(path: Path, content: bytes) -> None:
    """As `cp` does: the same file, cut to nothing and written again."""
    inode = path.stat().st_ino
    path.write_bytes(content)
    assert path.stat().st_ino == inode


def replace(path: Path, content: bytes) -> None:
    (path.parent / "new").write_bytes(content)
    (path.parent / "new").replace(path)


def test_whatever_is_done_to_the_file_no_donor_and_no_worker_notices(
    new_server: Callable[..., Site], donors_of: Callable[[str], Donors], tmp_path: Path
) -> None:
    first = content_of(tmp_path / "first", lines=FIRST, houses=3_000)
    second = content_of(tmp_path / "second", lines=SECOND, houses=2_000)
    path = tmp_path / "addresses/AU.addresses"
    path.parent.mkdir()
    path.write_bytes(first)
    site = new_server(ALMONER_WORKERS="2", ALMONER_ADDRESSES_DIR=str(path.parent))
    copies = site.data_dir / "address-copies"
    donors = donors_of(site.base)
    donors.all_see(FIRST)
    wait_until(lambda: donors.faults or len(mapped_by_workers(site)) == 2)
    workers = mapped_by_workers(site)
    assert len({frozenset(inodes) for inodes in workers.values()}) == 1, "one file in memory, for both"

    def told(text: str) -> None:
        # Each worker looks for itself, and says it once.
        before = site.processes[0].output.count(text)
        wait_until(
            lambda: donors.faults or site.processes[0].output.count(text) >= before + 2,
            says=lambda: site.processes[0].output[-3_000:],
        )  # fmt: skip

    os.truncate(path, len(first) // 2)
    told("cut short; copy it again; what was open stays in use")
    donors.all_see(FIRST)
    os.truncate(path, 0)
    told("cut short, or not an address index; what was open stays in use")
    donors.all_see(FIRST)

    overwrite(path, second)
    donors.all_see(SECOND)
    with path.open("r+b") as file:
        file.seek(1_000)
        file.write(os.urandom(len(second) - 3_000))
    told("damaged in ")
    donors.all_see(SECOND)
    overwrite(path, os.urandom(len(second)))
    told("not an address index; what was open stays in use")
    donors.all_see(SECOND)

    path.unlink()
    told("No such file or directory")
    donors.all_see(SECOND)
    replace(path, first)
    donors.all_see(FIRST)
    overwrite(path, second[: len(second) // 3])
    told(f"{len(second) // 3} bytes of {len(second)}: cut short")
    overwrite(path, first)
    donors.all_see(FIRST)

    donors.end()
    assert donors.faults == []
    # Nothing but whole answers out of one file: no refusal, no error, no mixture.
    assert {*donors.seen} == {(200, tuple(FIRST)), (200, tuple(SECOND))}
    assert {*mapped_by_workers(site)} == {*workers}, "no worker died"
    assert [each.name.split(".")[0] for each in copies.glob("[!.]*")] == ["AU"], (
        "the others' copies are cleared"
    )
