"""What the engine shows of a tenant's payouts, for whoever compares it with the ledger."""

from collections.abc import AsyncIterator

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from activities.doctor.views import SeenWorkflow
from ledger.types import PayoutNumber, Tenant
from workflows import search_attributes
from workflows.messages import payout_workflow_id


class EngineView:
    """Lists lag a moment behind; one workflow by its id does not."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def running(self, tenant: Tenant) -> dict[PayoutNumber, SeenWorkflow]:
        """The payouts of the tenant whose workflow runs. Raises RPCError."""
        return {number: seen async for number, seen in self._listed(tenant, 'ExecutionStatus = "Running"')}

    async def all(self, tenant: Tenant) -> dict[PayoutNumber, SeenWorkflow]:
        """Ended ones too, as far as the retention reaches."""
        return {number: seen async for number, seen in self._listed(tenant, "")}

    async def look(self, tenant: Tenant, number: PayoutNumber) -> SeenWorkflow | None:
        """None: the engine knows no workflow of this payout, or not any more."""
        handle = self._client.get_workflow_handle(payout_workflow_id(tenant, number))
        try:
            described = await handle.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        # Counted from 1, and anew with each task that a worker completes.
        attempt = described.raw_description.pending_workflow_task.attempt
        return _seen(described).model_copy(update={"failed_tasks": max(0, attempt - 1)})

    async def _listed(self, tenant: Tenant, condition: str) -> AsyncIterator[tuple[PayoutNumber, SeenWorkflow]]:
        query = f'Tenant = "{tenant.slug}" AND WorkflowType = "PayoutWorkflow"'
        prefix = payout_workflow_id(tenant, "")
        async for listed in self._client.list_workflows(f"{query} AND {condition}" if condition else query):
            if listed.id.startswith(prefix):
                yield PayoutNumber(listed.id.removeprefix(prefix)), _seen(listed)


def _seen(execution: WorkflowExecution) -> SeenWorkflow:
    return SeenWorkflow(
        status=execution.status.name.lower() if execution.status else "unknown",
        payout_state=execution.typed_search_attributes.get(search_attributes.PAYOUT_STATUS),
    )
