"""The real application over the real parts, with tenants that have something to lose."""

from collections.abc import AsyncIterator

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI

from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.conftest import Database
from tests.fixtures.door import running
from tests.fixtures.premises import Premises, premises
from tests.fixtures.trail import superuser

__all__ = ["guarded", "ours", "superuser", "theirs"]

Started = tuple[FastAPI, httpx.AsyncClient]


@pytest.fixture(scope="session")
async def guarded(
    database: Database, temporal: TemporalAddresses, lexoffice_sandbox: LexofficeAddresses
) -> AsyncIterator[Started]:
    """The application without a worker: nothing changes but what its doors change."""
    settings = Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        operators_doors=True,
        figures_seconds=0,
        public_url="http://127.0.0.1",
        lexoffice_base_url=lexoffice_sandbox.base_url,
        lexoffice_app_url=lexoffice_sandbox.app_url,
        lexoffice_public_key_url=lexoffice_sandbox.public_key_url,
        requests_a_minute=100_000,
        log_level="error",
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("TEMPORAL_ADDRESS", temporal.address)
    patch.setenv("TEMPORAL_NAMESPACE", temporal.namespace)
    async with running(settings) as started:
        yield started
    patch.undo()


@pytest.fixture(scope="session")
async def ours(guarded: Started) -> Premises:
    """The tenant that others try to reach. No test changes it but the one that shows what would happen."""
    return await premises(guarded)


@pytest.fixture(scope="session")
async def theirs(guarded: Started) -> Premises:
    """Another tenant, whose people and keys are as good as ours, elsewhere."""
    return await premises(guarded)
