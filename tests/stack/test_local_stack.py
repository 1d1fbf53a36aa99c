"""The parts that other tests stand on are what they claim to be."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client

from sandbox.postgres import PostgresAddresses, PostgresServer
from sandbox.processes import free_port
from sandbox.temporal_server import SEARCH_ATTRIBUTES, TemporalAddresses
from tests.conftest import Database


async def test_the_application_role_cannot_pass_row_level_security(postgres: PostgresAddresses) -> None:
    connection = await asyncpg.connect(postgres.app_url)
    try:
        role = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = current_user"
        )
        assert dict(role or {}) == {"rolsuper": False, "rolbypassrls": False, "rolinherit": False}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE mine ()")
    finally:
        await connection.close()


async def test_the_application_owns_nothing_in_the_migrated_database(database: Database) -> None:
    connection = await asyncpg.connect(database.app_url)
    try:
        owned = await connection.fetch("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
        tables = await connection.fetchval(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        )
    finally:
        await connection.close()
    assert owned == []
    assert tables > 0


@pytest.fixture
async def own_server(stack_state: Path) -> AsyncIterator[PostgresServer]:
    server = PostgresServer(stack_state / "own", free_port(), durable=False)
    await server.start()
    yield server
    await server.stop()


async def test_a_killed_database_serves_again_with_what_was_committed(own_server: PostgresServer) -> None:
    before = await asyncpg.connect(own_server.addresses.owner_url)
    await before.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    await own_server.kill()
    before.terminate()
    await own_server.restart()
    after = await asyncpg.connect(own_server.addresses.owner_url)
    try:
        assert await after.fetchval("SELECT answer FROM kept") == 42
    finally:
        await after.close()


async def test_the_engine_knows_the_search_attributes_and_keeps_histories_for_90_days(
    temporal: TemporalAddresses,
) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    attributes = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=temporal.namespace)
    )
    assert set(SEARCH_ATTRIBUTES) <= set(attributes.custom_attributes)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=temporal.namespace))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta().days == 90


async def test_the_queue_of_lexoffice_has_a_rate_per_tenant(temporal: TemporalAddresses) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=temporal.namespace,
            task_queue=TaskQueue(name="lexoffice"),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            report_config=True,
        )
    )
    assert described.config.fairness_keys_rate_limit_default.rate_limit.requests_per_second == pytest.approx(1.9)
