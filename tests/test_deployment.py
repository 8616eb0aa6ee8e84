"""The chart and the compose files as the tools that will read them do: the chart is rendered by Helm's own engine."""

import configparser
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from almoner.config.cli import parser
from tests.support.templates import ROOT

pytestmark = pytest.mark.once

DEPLOY = ROOT / "deploy"
Manifest = dict[str, Any]
_PACKAGES_MISSING = 3


def deployment(*arguments: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [ROOT / "script/deployment", "--json", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode == _PACKAGES_MISSING:
        pytest.skip(done.stderr)
    return done


@pytest.fixture(scope="module")
def shapes() -> dict[str, list[Manifest]]:
    done = deployment()
    assert done.returncode == 0, done.stderr
    told: dict[str, list[Manifest]] = json.loads(done.stdout)
    assert set(told) == {"least", "most"}
    return told


def of_kind(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    found = of_kind(manifests, "Deployment") | of_kind(manifests, "Job")
    return {name: each["spec"]["template"]["spec"] for name, each in found.items()}


def environment(container: Manifest) -> dict[str, Manifest]:
    return {each["name"]: each for each in container["env"]}


@pytest.mark.parametrize("shape", ["least", "most"])
def test_every_container_is_nobodys_root_and_writes_only_where_it_may(
    shapes: dict[str, list[Manifest]], shape: str
) -> None:
    found = pods(shapes[shape])
    pooler = {"giving-pgbouncer"} if shape == "most" else set()
    assert set(found) == {"giving-web", "giving-worker", "giving-upgrade"} | pooler
    for name, pod in found.items():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
            assert "memory" in container["resources"]["limits"]
            if container["command"][0] == "almoner":
                parser().parse_known_args(container["command"][1:])
                assert {"/tmp", "/var/lib/almoner"} <= {
                    each["mountPath"] for each in container["volumeMounts"]
                }


@pytest.mark.parametrize("shape", ["least", "most"])
def test_secrets_are_named_and_never_written(shapes: dict[str, list[Manifest]], shape: str) -> None:
    assert of_kind(shapes[shape], "Secret") == {}
    reference = (ROOT / "docs/reference/settings.md").read_text()
    for name, pod in pods(shapes[shape]).items():
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            if container["name"] == "pgbouncer":
                continue
            assert container["envFrom"] == [{"secretRef": {"name": "almoner-settings"}}], name
            told = environment(container)
            password = {"secretKeyRef": {"name": "almoner-settings", "key": "DATABASE_PASSWORD"}}
            assert told["DATABASE_PASSWORD"]["valueFrom"] == password
            assert "$(DATABASE_PASSWORD)" in told["ALMONER_DATABASE_URL"]["value"]
            assert not {"ALMONER_SECRET_KEY", "ALMONER_RECEIPT_KEYS", "ALMONER_MAIL_URL"} & set(told)
            for setting in told:
                assert not setting.startswith("ALMONER_") or f"`{setting}`" in reference, setting


def test_the_upgrade_is_done_before_the_new_version_serves_and_past_the_pooler(
    shapes: dict[str, list[Manifest]],
) -> None:
    for shape, at in (("least", "postgresql-primary:5432"), ("most", "giving-pgbouncer:6432")):
        job = of_kind(shapes[shape], "Job")["giving-upgrade"]
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
        (upgrade,) = job["spec"]["template"]["spec"]["containers"]
        assert upgrade["command"] == ["almoner", "upgrade"]
        assert "@postgresql-primary:5432/" in environment(upgrade)["ALMONER_DATABASE_URL"]["value"]
        assert "ALMONER_DATABASE_PGBOUNCER" not in environment(upgrade)
        for name in ("giving-web", "giving-worker"):
            (container,) = pods(shapes[shape])[name]["containers"]
            told = environment(container)
            assert f"@{at}/" in told["ALMONER_DATABASE_URL"]["value"]
            assert told.get("ALMONER_DATABASE_PGBOUNCER", {}).get("value") == (
                "yes" if shape == "most" else None
            )


def test_a_pod_is_ready_before_it_is_asked_and_drains_before_it_goes(
    shapes: dict[str, list[Manifest]],
) -> None:
    deployments = of_kind(shapes["most"], "Deployment")
    budgets = of_kind(shapes["most"], "PodDisruptionBudget")
    assert set(budgets) == set(deployments)
    for name, each in deployments.items():
        assert each["spec"]["replicas"] >= 2
        labels = each["spec"]["template"]["metadata"]["labels"].items()
        assert budgets[name]["spec"]["maxUnavailable"] == 1
        for selector in (each["spec"]["selector"], budgets[name]["spec"]["selector"]):
            assert selector["matchLabels"].items() <= labels, name
    web = deployments["giving-web"]["spec"]
    assert web["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    pod = web["template"]["spec"]
    (container,) = pod["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live", "no restart mends a database"
    drains = int(environment(container)["ALMONER_DRAIN_SECONDS"]["value"])
    # Once drained, the server gives what is in hand 35 seconds.
    assert pod["terminationGracePeriodSeconds"] > drains + 35
    # Two failed looks of readiness, and whoever balances has heard it.
    probe = container["readinessProbe"]
    assert drains > probe["periodSeconds"] * probe["failureThreshold"]


def test_who_may_ask_whom(shapes: dict[str, list[Manifest]]) -> None:
    policies = of_kind(shapes["most"], "NetworkPolicy")
    assert set(policies) == {"giving", "giving-pgbouncer"}
    own = policies["giving"]["spec"]
    assert own["policyTypes"] == ["Ingress", "Egress"]
    assert [each["ports"] for each in own["ingress"]] == [[{"port": "http"}]]
    outside = own["egress"][-1]
    assert "169.254.0.0/16" in outside["to"][0]["ipBlock"]["except"]
    assert [each["port"] for each in outside["ports"]] == [443, 465, 587]
    (monitor,) = of_kind(shapes["most"], "ServiceMonitor").values()
    assert monitor["spec"]["endpoints"][0]["path"] == "/metrics"
    assert of_kind(shapes["least"], "ServiceMonitor") == {}


@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        ("templates/web.yaml", "livenessProbe:", "livenesProbe:", "livenesProbe"),
        (
            "templates/worker.yaml",
            "{{ .Values.worker.replicas }}",
            "{{ .Values.workers.replicas }}",
            "workers",
        ),
        ("templates/web.yaml", "kind: PodDisruptionBudget", "kind: PodDisruption", "PodDisruption"),
        ("values.yaml", "poolSize: 20", "poolsize: 20", "poolsize"),
    ],
)
def test_what_is_wrong_with_a_chart_is_said(
    tmp_path: Path, file: str, right: str, wrong: str, says: str
) -> None:
    chart = tmp_path / "almoner"
    shutil.copytree(DEPLOY / "chart", chart)
    text = (chart / file).read_text()
    assert right in text
    (chart / file).write_text(text.replace(right, wrong))
    done = deployment("--chart", str(chart))
    assert done.returncode == 1 and says in done.stderr


def test_what_is_wrong_with_a_compose_file_is_said(tmp_path: Path) -> None:
    text = (DEPLOY / "compose.cluster.yaml").read_text()
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(text.replace("stop_grace_period", "stop_grace"))
    done = deployment("--compose", str(wrong))
    assert done.returncode == 1 and "stop_grace" in done.stderr


def test_compose_of_the_cluster_upgrades_first_and_is_hardened() -> None:
    told = yaml.safe_load((DEPLOY / "compose.cluster.yaml").read_text())
    services = told["services"]
    assert set(services) == {"upgrade", "web", "worker", "pgbouncer", "haproxy", "caddy"}
    for name, service in services.items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in told["volumes"] or (DEPLOY / source).exists(), f"{name}: {source}"
        if "build" in service:
            context = DEPLOY / service["build"]["context"]
            assert (context / service["build"]["dockerfile"]).exists()
        if service.get("command", [""])[0] == "almoner":
            parser().parse_args(service["command"][1:])
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
        assert services[name]["deploy"]["replicas"] == 2
        assert "@pgbouncer:6432/" in services[name]["environment"]["ALMONER_DATABASE_URL"]
    assert "@haproxy:5432/" in services["upgrade"]["environment"]["ALMONER_DATABASE_URL"]
    used = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.cluster.yaml").read_text()))
    how_to = (ROOT / "docs/how-to/cluster.md").read_text()
    assert [name for name in used if f"{name}=" not in how_to] == []


def test_haproxy_takes_the_file_of_compose(tmp_path: Path) -> None:
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if haproxy is None:
        pytest.skip("haproxy is not on this machine")
    file = tmp_path / "haproxy.cfg"
    text = (DEPLOY / "cluster/compose.haproxy.cfg").read_text()
    file.write_text(text.replace("/usr/local/etc/haproxy", str(DEPLOY / "cluster")))
    nodes = {f"ALMONER_NODE{number}": f"127.0.0.{number}" for number in (1, 2, 3)}
    done = subprocess.run(
        [haproxy, "-c", "-f", str(file)], env=os.environ | nodes, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_poolers_are_those_of_the_drill(shapes: dict[str, list[Manifest]]) -> None:
    """Only where they listen and whom they know differs from the file that script/cluster runs with."""

    def settings(text: str) -> dict[str, str]:
        read = configparser.ConfigParser(interpolation=None)
        read.read_string(text)
        own = {"listen_addr", "listen_port", "auth_file"}
        return {name: value for name, value in read["pgbouncer"].items() if name not in own}

    (chart,) = of_kind(shapes["most"], "ConfigMap").values()
    drilled = settings((DEPLOY / "cluster/pgbouncer.ini").read_text())
    assert settings((DEPLOY / "cluster/compose.pgbouncer.ini").read_text()) == drilled
    assert settings(chart["data"]["pgbouncer.ini"]) == drilled
