"""Where everything of the cluster stands, and its files: those of deploy/cluster/, with the names filled in."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = ROOT / "deploy" / "cluster"
NODES: Final = (1, 2, 3)

# Below what Linux gives to those who ask for any port.
_FIRST_PORT: Final = 24_100
DATABASE_PORT: Final = _FIRST_PORT
SITE_PORT: Final = _FIRST_PORT + 1
# A node's processes run under a group of its own, by which its packets are told from the others'.
_FIRST_GROUP: Final = 45_100

# They guard nothing: what stands here lives for minutes, on loopback.
SUPERUSER_PASSWORD: Final = "drill-superuser"
PASSWORD: Final = "drill-almoner"


class ProgramMissing(RuntimeError):
    """A program of the cluster is not on this machine."""


@dataclass(frozen=True, slots=True)
class Node:
    """One host: etcd, Patroni with PostgreSQL, PgBouncer, and Almoner's processes."""

    number: int
    home: Path

    @property
    def name(self) -> str:
        return f"node{self.number}"

    @property
    def host(self) -> str:
        return f"127.0.1.{self.number}"

    @property
    def group(self) -> int:
        return _FIRST_GROUP + self.number

    @property
    def folder(self) -> Path:
        return self.home / self.name

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"

    def port(self, of: str) -> int:
        return _FIRST_PORT + 10 * self.number + _PORTS.index(of)

    @property
    def ports(self) -> list[int]:
        """What other nodes may speak to."""
        return [self.port(of) for of in ("etcd", "peers", "patroni", "postgres")]

    @property
    def database_url(self) -> str:
        """As this host's web and worker processes are told: through the pooler."""
        return f"postgresql://almoner:{PASSWORD}@{self.host}:{self.port('pgbouncer')}/almoner"


_PORTS: Final = ("etcd", "peers", "patroni", "postgres", "pgbouncer", "web")


def nodes(home: Path) -> list[Node]:
    return [Node(number, home) for number in NODES]


def program(name: str) -> str:
    """Where a program stands. Raises ProgramMissing with the package that brings it."""
    debian = {"etcd": "etcd-server", "postgres": "postgresql"}
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    path = ":".join([*map(str, folders), "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"])
    found = shutil.which(name, path=path) or shutil.which(name)
    if found is None:
        raise ProgramMissing(f"{name} is missing: apt-get install {debian.get(name, name)}")
    return found


def _version(folder: Path) -> int:
    return int(re.sub(r"\D", "", folder.parent.name) or 0)


def lay_out(home: Path, *, synchronous: bool = True) -> None:
    """Write every file of configuration into the nodes' folders."""
    for node in nodes(home):
        node.folder.mkdir(parents=True, exist_ok=True)
        (node.folder / "patroni.yml").write_text(patroni(node, synchronous=synchronous))
        (node.folder / "pgbouncer.ini").write_text(pgbouncer(node))
        (node.folder / "userlist.txt").write_text(f'"almoner" "{PASSWORD}"\n')
    shutil.copy(TEMPLATES / "503.http", home / "503.http")
    (home / "haproxy.cfg").write_text(haproxy(home))


def patroni(node: Node, *, synchronous: bool = True) -> str:
    return _filled(
        "patroni.yml",
        name=node.name,
        host=node.host,
        patroni_port=node.port("patroni"),
        postgres_port=node.port("postgres"),
        etcd_hosts=", ".join(f"{each.host}:{each.port('etcd')}" for each in nodes(node.home)),
        bin_dir=Path(program("postgres")).parent,
        folder=node.folder,
        network="127.0.0.0/8",
        synchronous_mode="quorum" if synchronous else '"off"',
        strict="true" if synchronous else "false",
        maximum_lag=1_048_576 if synchronous else 1_073_741_824,
        superuser_password=SUPERUSER_PASSWORD,
        replication_password="drill-replicator",
        rewind_password="drill-rewinder",
    )


def pgbouncer(node: Node) -> str:
    return _filled(
        "pgbouncer.ini",
        host=node.host,
        pgbouncer_port=node.port("pgbouncer"),
        database_host="127.0.0.1",
        database_port=DATABASE_PORT,
        folder=node.folder,
        password=PASSWORD,
    )


def haproxy(home: Path) -> str:
    every = nodes(home)
    databases = [
        f"    server {node.name} {node.host}:{node.port('postgres')} check port {node.port('patroni')}"
        for node in every
    ]
    sites = [f"    server {node.name} {node.host}:{node.port('web')} check" for node in every]
    return _filled(
        "haproxy.cfg",
        host="127.0.0.1",
        database_port=DATABASE_PORT,
        site_port=SITE_PORT,
        scheme="http",
        folder=home,
        database_servers="\n".join(databases),
        site_servers="\n".join(sites),
    )


def etcd(node: Node) -> list[str]:
    """Its whole command."""
    own = f"http://{node.host}:{node.port('etcd')}"
    peer = f"http://{node.host}:{node.port('peers')}"
    cluster = ",".join(f"{each.name}=http://{each.host}:{each.port('peers')}" for each in nodes(node.home))
    return [
        program("etcd"),
        f"--name={node.name}",
        f"--data-dir={node.folder / 'etcd'}",
        f"--listen-client-urls={own}",
        f"--advertise-client-urls={own}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster={cluster}",
        # As etcd has them by itself. Every lease begins anew with an election, and that time longer.
        "--heartbeat-interval=100",
        "--election-timeout=1000",
        "--log-level=error",
    ]


def _filled(template: str, **values: object) -> str:
    return Template((TEMPLATES / template).read_text()).substitute(values)
