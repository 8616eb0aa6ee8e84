"""The cluster's files, asked of the programs that will read them. Where one is missing, its test says so."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cluster import layout
from tests.support.server import free_port, wait_until

pytestmark = pytest.mark.once


@pytest.fixture
def home() -> Iterator[Path]:
    """Where PostgreSQL's user may read, for neither Patroni nor PgBouncer runs as root."""
    folder = Path(tempfile.mkdtemp(prefix="almoner-cluster-files-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def program(name: str, path: Path | None = None) -> str:
    if path is not None and path.exists():
        return str(path)
    try:
        return layout.program(name)
    except layout.ProgramMissing as missing:
        pytest.skip(f"NOT CHECKED: {missing} (script/cluster up brings it)")


def as_server(*command: str) -> list[str]:
    if os.geteuid() != 0:
        return [*command]
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def laid_out(home: Path) -> list[layout.Node]:
    program("postgres")
    layout.lay_out(home)
    return layout.nodes(home)


def test_haproxy_takes_its_file_and_refuses_a_bad_one(home: Path) -> None:
    haproxy = program("haproxy")
    laid_out(home)
    config = home / "haproxy.cfg"

    def said() -> "subprocess.CompletedProcess[str]":
        return subprocess.run([haproxy, "-c", "-f", str(config)], capture_output=True, text=True, check=False)

    assert said().returncode == 0, said().stderr
    config.write_text(config.read_text().replace("balance leastconn", "balance fairly"))
    assert "balance" in said().stderr and said().returncode == 1


@pytest.mark.parametrize("synchronous", [True, False])
def test_patroni_takes_its_file_and_refuses_a_bad_one(home: Path, synchronous: bool) -> None:
    patroni = program("patroni", Path(f"/var/tmp/almoner-patroni-{os.getuid()}/bin/patroni"))
    node = laid_out(home)[0]
    config = node.folder / "patroni.yml"
    config.write_text(layout.patroni(node, synchronous=synchronous))

    def faults() -> list[str]:
        done = subprocess.run(
            as_server(patroni, "--validate-config", "--ignore-listen-port", str(config)),
            cwd=home, capture_output=True, text=True, check=False,
        )  # fmt: skip
        # No etcd runs here.
        said = (done.stdout + done.stderr).splitlines()
        return [line for line in said if line.strip() and "is not reachable" not in line]

    assert faults() == []
    config.write_text(config.read_text().replace("retry_timeout: 5", "retry_timeout: soon"))
    assert "retry_timeout" in "\n".join(faults())


def test_what_was_measured_stands_in_the_files(home: Path) -> None:
    """A failover within 30 seconds that loses nothing rests on these; docs/explanation/failover.md says why."""
    node = laid_out(home)[0]
    dcs = yaml.safe_load((node.folder / "patroni.yml").read_text())["bootstrap"]["dcs"]
    assert {name: dcs[name] for name in ("ttl", "loop_wait", "retry_timeout")} == {
        "ttl": 20, "loop_wait": 5, "retry_timeout": 5,
    }  # fmt: skip
    assert (dcs["synchronous_mode"], dcs["synchronous_mode_strict"], dcs["failsafe_mode"]) == (
        "quorum", True, True,
    )  # fmt: skip
    # With 0 nobody is ever near enough to take over.
    assert dcs["maximum_lag_on_failover"] > 0
    parameters = dcs["postgresql"]["parameters"]
    assert (parameters["synchronous_commit"], parameters["wal_retrieve_retry_interval"]) == ("on", "500ms")
    proxy = (home / "haproxy.cfg").read_text()
    primary = proxy.partition("listen primary")[2].partition("listen site")[0]
    for line in ("option httpchk OPTIONS /primary", "inter 500ms fall 2", "on-marked-down shutdown-sessions"):
        assert line in primary, line
    assert "pool_mode = transaction" in (node.folder / "pgbouncer.ini").read_text()


def test_etcd_elects_as_fast_as_the_sum_says(home: Path) -> None:
    """Each election makes every lease begin anew, and that much longer: docs/explanation/failover.md adds it up."""
    program("etcd")
    assert {"--heartbeat-interval=100", "--election-timeout=1000"} <= {*layout.etcd(laid_out(home)[0])}


def test_pgbouncer_starts_with_its_file(home: Path) -> None:
    pgbouncer = program("pgbouncer")
    node = laid_out(home)[0]
    config = node.folder / "pgbouncer.ini"
    port = free_port()
    text = config.read_text().replace(str(node.port("pgbouncer")), str(port))
    config.write_text(text)
    with (home / "log").open("wb") as log:
        started = subprocess.Popen(as_server(pgbouncer, str(config)), stdout=log, stderr=log)
    try:
        wait_until(
            lambda: listens(node.host, port) or started.poll() is not None, says=(home / "log").read_text
        )
        assert started.poll() is None, (home / "log").read_text()
    finally:
        started.terminate()
        started.wait(timeout=30)
    said = (home / "log").read_text()
    assert "WARNING" not in said and "ERROR" not in said
    config.write_text(text.replace("pool_mode = transaction", "pool_mode = sometimes"))
    refused = subprocess.run(
        as_server(pgbouncer, str(config)), capture_output=True, text=True, timeout=30, check=False
    )
    assert refused.returncode != 0 and "pool_mode" in refused.stderr


def listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def test_each_donor_is_sent_to_a_page_that_says_what_to_do(home: Path) -> None:
    """What HAProxy shows when no server is ready: whole, uncached, and it names when to come back."""
    head, _, page = (layout.TEMPLATES / "503.http").read_bytes().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 503 ") and b"Retry-After: 5" in head and b"no-store" in head
    assert b"never charges you twice" in page and page.rstrip().endswith(b"</html>")
