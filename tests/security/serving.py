"""The application behind a real socket, with patience: a busy machine is no finding."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from cryptography.fernet import Fernet
from fastapi import FastAPI

from api.app import create_app
from api.http.bounds import configured
from sandbox.lexoffice_server import LexofficeAddresses
from sandbox.processes import free_port
from settings import Settings
from tests.conftest import Database
from tests.fixtures.house import until
from tests.fixtures.unhurried import ANSWER_S


@dataclass(frozen=True)
class Served:
    app: FastAPI
    url: str
    http: httpx.AsyncClient

    @property
    def started(self) -> tuple[FastAPI, httpx.AsyncClient]:
        """As tests/fixtures/door.py takes it."""
        return self.app, self.http


def settings_of(database: Database, lexoffice: LexofficeAddresses, **more: Any) -> Settings:
    if "request_seconds" in more:  # a request lasts longer than what it waits for
        more.setdefault("engine_seconds", more["request_seconds"] / 2)
    return Settings(
        database_url=database.app_url,
        secret_key=Fernet.generate_key().decode(),
        lexoffice_base_url=lexoffice.base_url,
        lexoffice_app_url=lexoffice.app_url,
        lexoffice_public_key_url=lexoffice.public_key_url,
        requests_a_minute=100_000,
        log_level="error",
        **more,
    )


@asynccontextmanager
async def served(database: Database, lexoffice: LexofficeAddresses, **more: Any) -> AsyncIterator[Served]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    patient = {"request_seconds": 30, "acquire_seconds": 20, "statement_seconds": 20}
    settings = settings_of(database, lexoffice, public_url=url, **(patient | more))
    app = create_app(settings)
    server = uvicorn.Server(configured(app, settings, host="127.0.0.1", port=port))
    serving = asyncio.create_task(server._serve())
    try:
        await until(lambda: asyncio.sleep(0, server.started), bool, "the API's start")
        async with httpx.AsyncClient(base_url=url, timeout=ANSWER_S, trust_env=False) as http:
            yield Served(app, url, http)
    finally:
        server.should_exit = True
        await serving
