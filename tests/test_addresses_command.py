"""`almoner addresses` by its command line: built from every kind of source, asked, looked at, interrupted."""

import csv
import gzip
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from almoner.addresses.tests.test_sources import CORE, CORE_HEAD, core, core_file, gnaf_zip, written
from tests.support import warm
from tests.support.server import Site, wait_until

pytestmark = pytest.mark.once

__all__ = ["core_file", "gnaf_zip"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    return kept | {
        "ALMONER_MODE": "demo",
        "ALMONER_DATA_DIR": str(tmp_path / "data"),
        "PYTHONUNBUFFERED": "1",
    }


Start = Callable[..., "subprocess.Popen[str]"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def start(env: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, program: tuple[str, ...] = ("-m", "almoner")) -> "subprocess.Popen[str]":
        # Where the tests themselves run in a shell's background, Ctrl-C is ignored, and a child would ignore it too.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        popen = subprocess.Popen(
            [sys.executable, *program, "addresses", *map(str, arguments)],
            env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        signal.signal(signal.SIGINT, before)
        started.append(popen)
        return popen

    yield begin
    for popen in started:
        popen.kill()
        popen.communicate()


@pytest.fixture
def run(env: dict[str, str], tmp_path: Path) -> Run:
    def done(*arguments: object) -> tuple[int, str, str]:
        return warm.run(("addresses", *map(str, arguments)), env=env, cwd=tmp_path)

    return done


def test_gnaf_core_is_built_found_and_told_about(run: Run, core_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "g-naf-core_nov26"
    folder.mkdir()
    core_file.rename(folder / core_file.name)
    to = tmp_path / "data/addresses/AU.addresses"
    code, out, err = run("build", folder / core_file.name, "--country", "au", "--ids")
    assert code == 0, err
    assert out.startswith(f"{to}: 10 addresses in 5 streets of 1 places\n")
    assert "10 identifiers kept; 0 addresses have none that can be" in out
    assert "3 of 13 rows left out:" in out
    assert "        1 with too few or too many columns; the first is row 13: too|few\n" in out
    # No terminal: plain lines, and no line that is written again.
    assert "packing" in err and "\r" not in err

    assert run("find", "3/12 geor", "--limit", "1")[:2] == (
        0,
        "3/12 George Street, Sydney NSW 2000   GANSW700000001\n",
    )
    code, out, err = run("find", "9/12 george")
    assert "12 George Street, Sydney NSW 2000   (this flat isn't in the file)" in out
    code, out, err = run("find", "77 george", "--country", "AU", "--file", to)
    assert (code, out) == (0, "George Street, Sydney NSW 2000   (this number isn't in the file)\n")
    code, out, err = run("find", "12 george")
    assert out.count("\n") > 1 and err.startswith(f"{out.count(chr(10))} found in ")

    code, out, _ = run("info", to)
    told = dict(line.split(maxsplit=1) for line in out.splitlines()[:-1])
    assert code == 0
    assert (told["country"], told["source"], told["release"]) == ("AU", "G-NAF Core", "2026-11")
    assert "no mail to an address that no second source confirms" in told["licence"]
    assert "Geoscape Australia" in told["attribution"]
    assert (told["addresses"], told["identifiers"]) == ("10", "10")
    assert len(told["checksum"]) == 32
    assert out.endswith("Every section agrees with its checksum.\n")


def test_the_full_gnaf(run: Run, gnaf_zip: Path, tmp_path: Path) -> None:
    code, out, err = run("build", gnaf_zip, "--country", "AU", "--to", tmp_path / "x.addresses")
    assert code == 0, err
    assert "4 addresses" in out
    assert run("find", "10 crown st redf", "--file", tmp_path / "x.addresses")[1].startswith(
        "10 Crown Street, Surry"
    )
    told = run("info", tmp_path / "x.addresses")[1]
    assert "source        G-NAF\n" in told and "release       2026-11\n" in told


@pytest.mark.parametrize("kind", ["csv", "geojson.gz"])
def test_openaddresses(run: Run, tmp_path: Path, kind: str) -> None:
    source = written(tmp_path / f"us.{kind}", kind)
    about = (
        "--source",
        "OpenAddresses",
        "--release",
        "2026-10",
        "--licence",
        "public domain",
        "--attribution",
        "A. C.",
    )
    code, _, err = run("build", source, "--country", "US", *about)
    assert code == 0, err
    assert run("find", "12 main", "--country", "US")[1] == "12 Main St, Springfield, IL 62701\n"
    told = run("info", tmp_path / "data/addresses/US.addresses")[1]
    for line in ("OpenAddresses", "2026-10", "public domain", "A. C."):
        assert f" {line}\n" in told


def test_any_csv_by_its_columns(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["Haus", "Str", "Ort", "PLZ"], ["12", "Hauptstraße", "Bonn", "53111"]])
    columns = [f"--column={pair}" for pair in ("number=Haus", "street=Str", "locality=Ort", "postcode=PLZ")]
    code, _, err = run("build", "x.csv", "--country", "DE", *columns)
    assert code == 0, err
    assert run("find", "hauptstr 12", "--country", "DE")[1] == "Hauptstraße 12, 53111 Bonn\n"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("build", "x.csv", "--country", "XX"), 2, "XX is no country's code; two letters, such as AU or GB"),
        (("find", "1 a st", "--country", "Oz"), 2, "Oz is no country's code; two letters, such as AU or GB"),
        (("build", "x.csv", "--country", "AU", "--column", "nummer=No"), 2, "--column takes OURS=THEIRS"),
        (("build", "none.csv", "--country", "AU"), 1, "none.csv: No such file or directory"),
        (("build", "none.zip", "--country", "AU"), 1, "none.zip: No such file or directory"),
        (("build", "x.csv", "--country", "AU"), 1, "no column number, street; it has a, b"),
        (("build", "x.zip", "--country", "AU"), 1, "a source is damaged or cut short (File is not a zip file)"),
        (("build", "cut.csv.gz", "--country", "AU"), 1, "a source is damaged or cut short (Compressed file ended"),
        (("build", "empty.csv", "--country", "AU"), 1, "no row of 1 is an address: 1 without a number"),
        (("find", "1 a st"), 1, "AU.addresses: No such file or directory"),
        (("find", "PO Box 5", "--file", "x.csv"), 1, "no file holds these"),
        (("info", "x.csv"), 1, "x.csv: cut short, or not an address index"),
        (("info", "none"), 1, "none: No such file or directory"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_line(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    (tmp_path / "x.zip").write_bytes(b"PK no zip")
    (tmp_path / "empty.csv").write_text("number,street,city\n,A Street,Here\n")
    whole = gzip.compress(b"number,street,city\n" + os.urandom(4_000).hex().encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    old = tmp_path / "data/addresses/AU.addresses"
    if arguments[0] == "build":
        old.parent.mkdir(parents=True)
        old.write_bytes(b"old")
    given, out, err = run(*arguments)
    assert (given, out) == (code, "")
    assert err.startswith("almoner addresses: ") and err.count("\n") == 1 and says in err, err
    if arguments[0] == "build":
        assert old.read_bytes() == b"old" and [*old.parent.iterdir()] == [old]


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_the_old_file(
    start: Start, run: Run, core_file: Path, tmp_path: Path, way: signal.Signals
) -> None:
    to = tmp_path / "data/addresses/AU.addresses"
    assert run("build", core_file, "--country", "AU")[0] == 0
    old = to.read_bytes()
    pipe = tmp_path / "endless.psv"
    os.mkfifo(pipe)
    build = start("build", pipe, "--country", "AU")
    with pipe.open("w") as lines:
        # The build has begun to read, and waits for more.
        lines.write("\n".join([CORE_HEAD, *CORE] * 100))
        lines.flush()
        build.send_signal(way)
        out, err = build.communicate(timeout=180)
    assert (build.returncode, out) == (1, "")
    assert err == "almoner addresses: stopped; what stood there before stays\n"
    assert to.read_bytes() == old and [*to.parent.iterdir()] == [to]


# The command itself, which stops before its file is whole.
STOPS_WHILE_WRITING = """
import os, signal
from almoner.config.cli import main
os.fsync = lambda file: print("writing", flush=True) or signal.pause()
main()
"""


@pytest.mark.parametrize("cleared_by", ["the next build", "any start"])
def test_what_a_killed_build_leaves_is_cleared_but_no_living_one_is(
    start: Start, run: Run, core_file: Path, tmp_path: Path, cleared_by: str
) -> None:
    # Only the folder of the site itself is looked at when a process starts.
    to = tmp_path / ("x/AU.addresses" if cleared_by == "the next build" else "data/addresses/AU.addresses")
    again = ("build", core_file, "--country", "AU", "--to", to)
    assert run(*again)[0] == 0
    build = start(*again, program=("-c", STOPS_WHILE_WRITING))
    assert build.stdout is not None and build.stdout.readline() == "writing\n"
    (left,) = to.parent.glob(".*")
    assert run(*again)[0] == 0 and run("info", to)[0] == 0
    assert {*to.parent.iterdir()} == {to, left}
    build.kill()
    build.wait(timeout=180)
    assert left.exists()
    assert run(*(again if cleared_by == "the next build" else ("info", to)))[0] == 0
    assert [*to.parent.iterdir()] == [to]


def test_two_builds_at_once_leave_one_whole_file(start: Start, run: Run, tmp_path: Path) -> None:
    for name, numbers in (("a", range(1, 2_000)), ("b", range(1, 4_000))):
        rows = [core(NUMBER_FIRST=str(number)) for number in numbers]
        (tmp_path / f"{name}.psv").write_text("\n".join([CORE_HEAD, *rows]) + "\n")
    builds = [start("build", f"{name}.psv", "--country", "AU", "--source", name) for name in "ab"]
    for build in builds:
        _, err = build.communicate(timeout=180)
        assert build.returncode == 0, err
    to = tmp_path / "data/addresses/AU.addresses"
    code, out, _ = run("info", to)
    told = dict(line.split(maxsplit=1) for line in out.splitlines()[:-1])
    assert (code, told["addresses"]) == (0, {"a": "1,999", "b": "3,999"}[told["source"]])
    assert [*to.parent.iterdir()] == [to]


def test_a_damaged_file_is_named_by_info_and_find(run: Run, core_file: Path, tmp_path: Path) -> None:
    to = tmp_path / "x.addresses"
    assert run("build", core_file, "--country", "AU", "--to", to)[0] == 0
    content = bytearray(to.read_bytes())
    content[100] ^= 0xFF
    to.write_bytes(content)
    for arguments in (("info", to), ("find", "12 george", "--file", to)):
        code, out, err = run(*arguments)
        assert (code, out) == (1, "")
        assert "x.addresses: damaged in " in err and "build it again" in err


def test_geojson_through_a_pipe(start: Start, run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "x.geojson"
    os.mkfifo(pipe)
    build = start("build", pipe, "--country", "NZ", "--release", "2026-11")
    properties = {"number": "7", "street": "QUEEN STREET", "city": "AUCKLAND", "postcode": "1010"}
    pipe.write_text(json.dumps({"properties": properties}) + "\n")
    _, err = build.communicate(timeout=180)
    assert build.returncode == 0, err
    assert run("find", "7 queen", "--country", "NZ")[1] == "7 Queen Street, Auckland 1010\n"


def found_by_the_form(site: Site, query: str) -> list[str]:
    """What **Find address** offers on the form, without a script: its radios' values."""

    def post(step: str, **values: str) -> str:
        with urlopen(f"{site.base}/give/4840/{step}/", urlencode(values).encode()) as answer:  # noqa: S310
            return str(answer.read().decode())

    token = re.search(r'name="token" value="([^"]+)"', post("details", amount="50", fund="children"))
    assert token is not None
    page = post("payment", token=token[1], act="find", country="AU", address_query=query)
    return re.findall(r'name="address_choice"[^>]* value="([^"]+)"', page)


def test_a_running_server_uses_the_new_file(demo_site: Site, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data/addresses"
    for process in demo_site.processes:
        process.stop()
    demo_site.serve(ALMONER_ADDRESSES_DIR=str(folder))
    assert found_by_the_form(demo_site, "12 george") == []

    def build(name: str, *lines: str) -> None:
        (tmp_path / f"{name}.psv").write_text("\n".join([CORE_HEAD, *lines]) + "\n")
        code, _, err = run("build", f"{name}.psv", "--country", "AU", "--release", name)
        assert code == 0, err

    build("first", core(NUMBER_FIRST="12"))
    wait_until(lambda: found_by_the_form(demo_site, "12 george") == ["12 George Street, Sydney NSW 2000"])
    build("second", core(NUMBER_FIRST="12", STREET_NAME="GEORGINA"))
    wait_until(lambda: found_by_the_form(demo_site, "12 george") == ["12 Georgina Street, Sydney NSW 2000"])
    # A damaged one in its place is not used: what was open stays.
    (tmp_path / "damaged").write_bytes((folder / "AU.addresses").read_bytes()[:-10])
    (tmp_path / "damaged").replace(folder / "AU.addresses")
    kept = ["12 Georgina Street, Sydney NSW 2000"]

    def refused() -> bool:
        assert found_by_the_form(demo_site, "12 georg") == kept
        return "cut short" in demo_site.processes[-1].output

    wait_until(refused, says=lambda: demo_site.processes[-1].output[-2_000:])
    assert found_by_the_form(demo_site, "12 georg") == kept
