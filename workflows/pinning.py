"""Which workflows stay with the version of the worker that began them, where workers have versions.

Not said by `workflow.defn`: the engine refuses a behaviour of a worker that has none, and compose runs without.
"""

from dataclasses import replace

from temporalio.common import VersioningBehavior
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

PINNED = frozenset({"DocumentWorkflow", "SweepWorkflow"})
"""Short ones, which are over before the next version comes. What may wait goes on with the current version."""


class PinnedWhereShort(UnsandboxedWorkflowRunner):
    """Inside of the sandbox, which makes it anew for each run."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        if det.defn.name in PINNED:
            det = replace(det, defn=replace(det.defn, versioning_behavior=VersioningBehavior.PINNED))
        return super().create_instance(det)
