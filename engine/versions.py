"""Versions of our worker, where an engine routes workflows by them (docs/upgrades.md, Worker versions).

Off unless workers name a deployment and a build. A payout lives for weeks and is continued by whatever version is
current (AUTO_UPGRADE, which is the default here and wants patches); what is short stays with the version that began it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from temporalio.api.deployment.v1 import WorkerDeploymentVersion as WorkerDeploymentVersionMessage
from temporalio.api.enums.v1 import TaskQueueType, WorkerDeploymentVersionStatus
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentVersionRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.engine_away import AWAY
from engine.call_limit import call_limit
from workflows.messages import PAYOUTS
from workflows.pinning import PinnedWhereShort

_LOOK_EVERY_S = 30.0
_HEARD_WITHIN = timedelta(seconds=90)
"""A worker asks for work at least once a minute; the engine remembers for minutes that one did."""
_QUEUES_WITHIN_S = 20.0
_LACKS_QUEUES = "missing active task queues"
log = structlog.get_logger()

_STATUS: Mapping[int, str] = {
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE: "inactive",
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: "current",
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: "ramping",
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: "draining",
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: "drained",
}


class NotRouted(Exception):
    """The engine does not route to a version as asked; the text says why and what to do."""


@dataclass(frozen=True)
class Version:
    """One build of a deployment, as the engine knows it."""

    build_id: str
    status: str
    """current, ramping, draining (runs are pinned to it, and new ones go elsewhere), drained, inactive."""
    percent: float
    """Of new runs; 100 for the current one where none is ramping."""
    workers: int
    """How many have asked for its workflows within the last 90 s."""
    open_runs: int
    """How many workflows it has begun or taken over that have not ended."""

    def problem(self, deployment: str) -> str | None:
        """What is wrong and what to do; None for a version that can do what is asked of it."""
        if self.workers or self.status in ("inactive", "drained") or (self.status == "draining" and not self.open_runs):
            return None
        start = f"start one: partnerdesk worker --deployment-name {deployment} --build-id {self.build_id}"
        if self.status != "draining":
            return f"No worker of version {self.build_id} runs, and the engine sends workflows to it: {start}"
        of_it = f'TemporalWorkerDeploymentVersion="{deployment}:{self.build_id}" AND ExecutionStatus="Running"'
        return (
            f"{self.open_runs} workflows stay with version {self.build_id}, of which no worker runs. Either {start} - "
            f"or let them go on with the current version: temporal workflow update-options --query '{of_it}' "
            "--versioning-override-behavior auto_upgrade"
        )


def worker_options(deployment_name: str | None, build_id: str | None) -> dict[str, Any]:
    """Of each `Worker`, such that the engine knows its version; nothing without versions."""
    if deployment_name is None or build_id is None:
        return {}
    deployment = WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=deployment_name, build_id=build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
    return {
        "deployment_config": deployment,
        "workflow_runner": SandboxedWorkflowRunner(runner_class=PinnedWhereShort),
    }


async def list_versions(client: Client, deployment: str) -> list[Version]:
    """The newest first; empty where no worker has named the deployment yet. Raises one of AWAY."""
    try:
        told = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
        )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return []
        raise
    routing = told.worker_deployment_info.routing_config
    ramping = routing.ramping_deployment_version.build_id
    polling = await _polling(client, deployment)
    versions = []
    for summary in told.worker_deployment_info.version_summaries:
        build_id, status = summary.deployment_version.build_id, _STATUS.get(summary.status, "inactive")
        ramped = routing.ramping_version_percentage if ramping else 0.0
        percent = {"current": 100.0 - ramped, "ramping": ramped}.get(status, 0.0)
        running = f'TemporalWorkerDeploymentVersion="{deployment}:{build_id}" AND ExecutionStatus="Running"'
        open_runs = (await client.count_workflows(running)).count
        versions.append(Version(build_id, status, percent, polling.get(build_id, 0), open_runs))
    return versions


async def promote(client: Client, deployment: str, build_id: str) -> None:
    """New runs, and all that are not pinned, go to this version from now on. Raises NotRouted, one of AWAY."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=deployment, build_id=build_id, identity=client.identity
    )
    await _routed(
        client, deployment, build_id, lambda: client.workflow_service.set_worker_deployment_current_version(request)
    )


async def ramp(client: Client, deployment: str, build_id: str, percent: float) -> None:
    """So many of 100 runs go to this version, the others to the current one. Raises NotRouted, one of AWAY."""
    request = SetWorkerDeploymentRampingVersionRequest(
        namespace=client.namespace,
        deployment_name=deployment,
        build_id=build_id,
        percentage=percent,
        identity=client.identity,
    )
    await _routed(
        client, deployment, build_id, lambda: client.workflow_service.set_worker_deployment_ramping_version(request)
    )


async def _routed(client: Client, deployment: str, build_id: str, ask: Callable[[], Awaitable[object]]) -> None:
    """Asked again while the engine does not know all queues of a worker that has just started: it notes each with
    the first question for work, one after the other, and refuses a version that lacks one. Raises NotRouted."""
    deadline = time.monotonic() + _QUEUES_WITHIN_S
    while True:
        try:
            await ask()
        except RPCError as error:
            if error.status is not RPCStatusCode.FAILED_PRECONDITION or _LACKS_QUEUES not in error.message:
                raise _refused(error, deployment, build_id) from None
            if time.monotonic() > deadline:
                raise NotRouted(await _without_queues(client, deployment, build_id)) from None
            await asyncio.sleep(1)
        else:
            return


async def _without_queues(client: Client, deployment: str, build_id: str) -> str:
    told = await client.workflow_service.describe_worker_deployment(
        DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
    )
    current = told.worker_deployment_info.routing_config.current_deployment_version.build_id
    lacking = await _queues(client, deployment, current) - await _queues(client, deployment, build_id)
    return (
        f"No worker of version {build_id} takes from {', '.join(sorted(lacking)) or 'all queues'}, as those of the "
        f"current version {current} do, so the engine does not route to it. Start one that does: partnerdesk worker "
        f"--deployment-name {deployment} --build-id {build_id}, without --queues or with these"
    )


async def _queues(client: Client, deployment: str, build_id: str) -> set[str]:
    """From which workers of this version have ever taken; none where it is not known."""
    version = WorkerDeploymentVersionMessage(deployment_name=deployment, build_id=build_id)
    try:
        told = await client.workflow_service.describe_worker_deployment_version(
            DescribeWorkerDeploymentVersionRequest(namespace=client.namespace, deployment_version=version),
            timeout=call_limit(client),
        )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return set()
        raise
    return {queue.name for queue in told.version_task_queues}


class Introduction:
    """Of a worker to the engine, which notes a version and each of its queues with the first question for work, some
    moments after it: until then nothing can be sent to it."""

    def __init__(self, client: Client, deployment: str | None, build_id: str | None, queues: Collection[str]) -> None:
        """Nothing is missing where no version is named."""
        self._client = client
        self._deployment = deployment or ""
        self._build_id = build_id or ""
        self._unknown = set(queues) if deployment is not None and build_id is not None else set[str]()

    async def missing(self) -> str | None:
        """What the engine does not know yet; None once it does. Raises one of AWAY."""
        if self._unknown:
            self._unknown -= await _queues(self._client, self._deployment, self._build_id)
        if not self._unknown:
            return None
        queues = ", ".join(sorted(self._unknown))
        return f"The engine has not noted version {self._build_id} of {self._deployment} for {queues} yet; it will."


async def warn_while_unrouted(client: Client, deployment: str | None, build_id: str | None) -> None:
    """Until cancelled: a line in the log, twice a minute, while no version of the deployment is current."""
    while deployment is not None and build_id is not None:
        await asyncio.sleep(_LOOK_EVERY_S)
        with suppress(*AWAY):
            if said := unrouted(await list_versions(client, deployment), deployment, build_id):
                log.warning("nothing is routed to any version", what_to_do=said)


def unrouted(versions: list[Version], deployment: str, build_id: str) -> str | None:
    """What a worker of this build should say where nothing runs at all; None while something does."""
    if any(version.status == "current" for version in versions):
        return None
    return (
        f"No version of the deployment {deployment} is current, so no workflow runs, neither new nor old: "
        f"partnerdesk version promote {build_id} --deployment-name {deployment}"
    )


async def _polling(client: Client, deployment: str) -> dict[str, int]:
    """How many workers of each build take workflows now."""
    told = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=PAYOUTS),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    polling: dict[str, set[str]] = {}
    for poller in told.pollers:
        heard_at = poller.last_access_time.ToDatetime(tzinfo=UTC)
        if poller.deployment_options.deployment_name == deployment and heard_at > datetime.now(UTC) - _HEARD_WITHIN:
            polling.setdefault(poller.deployment_options.build_id, set()).add(poller.identity)
    return {build_id: len(identities) for build_id, identities in polling.items()}


def _refused(error: RPCError, deployment: str, build_id: str) -> Exception:
    if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.INVALID_ARGUMENT):
        return NotRouted(
            f"The engine does not route to version {build_id} of {deployment}: {error.message}. A version is known "
            f"once one of its workers runs: partnerdesk worker --deployment-name {deployment} --build-id {build_id}"
        )
    return error
