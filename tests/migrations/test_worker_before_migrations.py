"""A worker takes no work that its database is not ready for."""

import asyncio
import signal

import pytest
from cryptography.fernet import Fernet

import worker
from ledger.migrations.needed import NotMigrated
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.conftest import Database


async def test_a_worker_does_not_start_before_the_database_is_migrated(
    empty: Database, temporal: TemporalAddresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    settings = Settings(database_url=empty.app_url, secret_key=Fernet.generate_key().decode())
    try:
        with pytest.raises(NotMigrated, match="Run `partnerdesk migrate`"):
            await worker.run(settings, health_host="127.0.0.1", health_port=0)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
