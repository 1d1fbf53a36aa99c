"""The Helm chart: valid for every Kubernetes that is still used, no secret in it, and nobody is left without hands.

Where neither helm nor the schemas can be had the tests are left out and say what was not checked.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import workflows.messages
from cli import commands
from settings import OwnerSettings, Settings
from tests.deploy import helm as chart
from tests.deploy.helm import CHART, EXAMPLES, Refused

pytestmark = pytest.mark.long
_EXAMPLES = ("small", "fleet")
_VERSIONS = tuple(f"1.{minor}" for minor in range(29, 38))
_FOREIGN = ("ScaledObject", "ServiceMonitor")
"""Kinds of operators (KEDA, Prometheus): Kubernetes has no schema of them."""


@pytest.fixture(scope="module")
async def helm() -> Path:
    try:
        return await chart.find_helm()
    except chart.HelmMissing as missing:
        pytest.skip(f"NOT CHECKED, the Helm chart: {missing}")


def pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in manifests:
        if one["kind"] in ("Deployment", "Job"):
            yield one["metadata"]["name"], one["spec"]["template"]["spec"]


@pytest.mark.parametrize("example", _EXAMPLES)
def test_helm_finds_nothing_to_say(helm: Path, example: str) -> None:
    assert "ERROR" not in chart.lint(helm, EXAMPLES / f"{example}.yaml")


@pytest.fixture(scope="module")
async def schemas() -> Path:
    try:
        return await chart.find_schemas()
    except chart.HelmMissing as missing:
        pytest.skip(f"NOT CHECKED, manifests by Kubernetes' schemas: {missing}")


@pytest.mark.parametrize("example", _EXAMPLES)
def test_every_manifest_is_one_of_each_kubernetes(
    helm: Path, schemas: Path, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(schemas)])
    import kubernetes_validate  # type: ignore[import-not-found]

    with pytest.raises(kubernetes_validate.ValidationError):  # it judges at all
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}},
            "1.33",
            strict=True,
        )
    for version in _VERSIONS:
        manifests = chart.rendered(helm, values=EXAMPLES / f"{example}.yaml", version=f"{version}.0")
        judged = [one for one in manifests if one["kind"] not in _FOREIGN]
        assert len(judged) > 10
        for one in judged:
            kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize(
    ("without", "says"),
    [
        ("secrets.product", "secrets.product is missing"),
        ("secrets.owner", "secrets.owner is missing"),
        ("temporal.address", "temporal.address is missing"),
        ("publicUrl", "publicUrl is missing"),
    ],
)
def test_what_is_missing_is_said_by_name(helm: Path, without: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        chart.rendered(helm, values=EXAMPLES / "small.yaml", more=(f"{without}=",))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("temporal.address=https://temporal", "temporal"),
        ("image.digest=sha256:abc", "digest"),
        ("environment.PATH=/tmp", "PATH"),
        ("codecServer.enabled=true", "temporalUiUrl is missing"),
        ("temporal.tls.mutual=true", "secrets.temporal is missing"),
        ("workers[0].autoscaling.enabled=true,secrets.temporal=key", "autoscaling.authentication of the workers all"),
    ],
)
def test_what_cannot_be_is_refused(helm: Path, wrong: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        chart.rendered(helm, values=EXAMPLES / "small.yaml", more=(wrong,))


@pytest.mark.parametrize("example", _EXAMPLES)
def test_no_pod_may_more_than_it_needs(helm: Path, example: str) -> None:
    found = dict(pods(chart.rendered(helm, values=EXAMPLES / f"{example}.yaml")))
    assert "pd-migrate" in found
    for name, pod in found.items():
        assert pod["automountServiceAccountToken"] is False, name
        assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["seccompProfile"]) == (
            True,
            {"type": "RuntimeDefault"},
        ), name
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert container["resources"]["limits"]["memory"], name


def test_only_the_migration_sees_the_owners_secret(helm: Path) -> None:
    for name, pod in pods(chart.rendered(helm, values=EXAMPLES / "small.yaml")):
        named = [source["secretRef"]["name"] for source in pod["containers"][0]["envFrom"] if "secretRef" in source]
        assert named == (["partnerdesk-owner"] if name == "pd-migrate" else ["partnerdesk"]), name


def test_no_secret_stands_in_a_manifest(helm: Path) -> None:
    for example in _EXAMPLES:
        assert not [one for one in chart.rendered(helm, values=EXAMPLES / f"{example}.yaml") if one["kind"] == "Secret"]


def test_every_queue_of_the_product_has_a_worker() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    served = [queue for worker in values["workers"] for queue in worker["queues"]]
    queues = {
        getattr(workflows.messages, name) for name in ("PAYOUTS", "LEXOFFICE", "EASYBILL", "MAIL", "EVENTS_OUT", "VIES")
    }
    assert sorted(served) == sorted(queues)


def test_a_release_that_drains_runs_beside_the_new_one_under_its_own_build(helm: Path) -> None:
    builds = {}
    for name, pod in pods(chart.rendered(helm, values=EXAMPLES / "fleet.yaml")):
        told = {one["name"]: one.get("value") for one in pod["containers"][0]["env"]}
        if "PARTNERDESK_BUILD_ID" in told:
            builds[name] = (
                told["PARTNERDESK_BUILD_ID"],
                told["PARTNERDESK_QUEUES"],
                pod["containers"][0]["image"][-6:],
            )
    # The digest tells: a tag may be given once more, and another code under the same build would break what is pinned.
    assert builds["pd-worker-payouts"] == ("1.1.0-00000000", "payouts", "000000")
    assert builds["pd-worker-payouts-1-0-0"] == ("1.0.0", "payouts", ":1.0.0")


def test_the_chart_sets_only_what_the_product_reads(helm: Path) -> None:
    known = {f"PARTNERDESK_{name.upper()}" for name in [*Settings.model_fields, *OwnerSettings.model_fields]}
    known |= {str(field.validation_alias) for field in Settings.model_fields.values() if field.validation_alias}
    for one in chart.rendered(helm, values=EXAMPLES / "fleet.yaml", more=("recovery=2026-11-30",)):
        if one["kind"] == "ConfigMap":
            assert set(one["data"]) <= known
            assert one["data"]["PARTNERDESK_RECOVERY"] == "2026-11-30"


def test_an_api_that_was_ready_once_goes_on_while_the_engine_is_away(helm: Path) -> None:
    api = dict(pods(chart.rendered(helm, values=EXAMPLES / "small.yaml")))["pd-api"]["containers"][0]
    assert [api[f"{when}Probe"]["httpGet"]["path"] for when in ("startup", "readiness", "liveness")] == [
        "/readyz",
        "/healthz",
        "/healthz",
    ]


def test_the_migration_knows_the_variables_that_all_know(helm: Path) -> None:
    """How often the hand-over runs is set by it alone."""
    [migrate] = dict(pods(chart.rendered(helm, values=EXAMPLES / "fleet.yaml")))["pd-migrate"]["containers"]
    assert {"name": "PARTNERDESK_HANDOVER_EVERY_SECONDS", "value": "20"} in migrate["env"]


def test_what_is_shown_after_the_installation_are_commands_of_ours() -> None:
    notes = (CHART / "templates" / "NOTES.txt").read_text()
    named = re.findall(r"\{\{ \$in \}\} ([a-z]+) ([a-z]+)", notes)
    assert len(named) == 2
    for group, command in named:
        found = commands.commands[group]
        assert isinstance(found, click.Group)
        assert command in found.commands, f"{group} {command}"
