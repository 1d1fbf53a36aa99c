"""The `partnerdesk` command, run as a process, as an operator or a script runs it."""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import click
import httpx
import pytest
from cryptography.fernet import Fernet

from commands.ground import past
from ledger.migrations.needed import needed_schema
from sandbox.processes import free_port
from sandbox.temporal_server import TemporalAddresses
from settings import Settings
from tests.conftest import Database
from tests.fixtures.door import Door
from tests.fixtures.programs import ended, program
from tests.fixtures.unapproved_payouts import a_payout_that_awaits_approval
from tests.fixtures.unhurried import ANSWER_S

PARTNERDESK = str(Path(sys.executable).with_name("partnerdesk"))


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


async def partnerdesk(environment: Mapping[str, str], *arguments: str, stdin: str = "") -> Result:
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    answer = await ended(PARTNERDESK, *arguments, env=inherited | dict(environment), stdin=stdin.encode())
    return Result(answer.status, answer.out.decode(), answer.err.decode())


@pytest.fixture(scope="session")
def environment(database: Database, temporal: TemporalAddresses, product_settings: Settings) -> dict[str, str]:
    return {
        "PARTNERDESK_DATABASE_URL": database.app_url,
        "PARTNERDESK_OWNER_DATABASE_URL": database.owner_url,
        "PARTNERDESK_SECRET_KEY": product_settings.secret_key.get_secret_value(),
        "TEMPORAL_ADDRESS": temporal.address,
        "TEMPORAL_NAMESPACE": temporal.namespace,
    }


async def test_migrating_twice_changes_nothing_and_says_what_is_there(environment: dict[str, str]) -> None:
    for _ in range(2):
        result = await partnerdesk(environment, "migrate")
        assert result.status == 0, result.err
        assert "search attributes" in result.out.lower()


async def test_a_tenant_its_key_and_its_token_are_made_by_command(environment: dict[str, str], door: Door) -> None:
    slug = f"c-{secrets.token_hex(5)}"
    made = await partnerdesk(environment, "tenant", "create", slug, "--name", "Acme", "--city", "Bonn", "--json")
    assert (made.status, made.json()["tenant"]) == (0, slug)
    again = await partnerdesk(environment, "tenant", "create", slug, "--name", "Acme")
    assert (again.status, again.err) == (1, "Error: This tenant already exists.\n")
    assert {"tenant": slug, "id": made.json()["id"]} in (
        await partnerdesk(environment, "tenant", "list", "--json")
    ).json()["tenants"]

    key = await partnerdesk(
        environment,
        "api-key",
        "create",
        "--tenant",
        slug,
        "--name",
        "shop",
        "--scopes",
        "read,write",
        "--expires",
        "90d",
        "--json",
    )
    assert (key.status, key.json()["scopes"]) == (0, ["read", "write"])
    me = await door.http.get("/api/v1/me", headers={"X-API-Key": key.json()["key"]})
    assert me.json()["tenant"] == slug
    assert (await partnerdesk(environment, "api-key", "revoke", "--tenant", slug, key.json()["id"])).status == 0
    door.parts.api_keys.forget()
    assert (await door.http.get("/api/v1/me", headers={"X-API-Key": key.json()["key"]})).status_code == 401

    chosen = secrets.token_urlsafe(24)
    token = await partnerdesk(
        environment, "webhook-token", "create", "--tenant", slug, "--token", "-", "--json", stdin=chosen
    )
    assert token.json()["token"] == chosen
    answer = await door.http.post(
        f"/api/webhooks/{slug}/lexoffice", json=door.event(), headers={"X-Lexoffice-Token": chosen}
    )
    assert answer.json()["status"] == "skipped"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["tenant", "create", "Not A Slug", "--name", "x"], 1, "short name"),
        (["api-key", "create", "--tenant", "nobody", "--name", "x"], 1, "Tenant not found"),
        (["api-key", "create", "--tenant", "nobody", "--name", "x", "--expires", "soon"], 2, "write 2027-06-30"),
        (
            ["payout", "approve", "PO-2026-0001", "--tenant", "nobody", "--as", "x", "--reason", "y"],
            1,
            "not found",
        ),
        (["payout", "approve", "PO-2026-0001"], 2, "--tenant"),
        (["nothing"], 2, "No such command"),
    ],
)
async def test_what_goes_wrong_is_one_sentence_and_a_status(
    environment: dict[str, str], arguments: list[str], status: int, said: str
) -> None:
    result = await partnerdesk(environment, *arguments)
    assert result.status == status
    assert said in result.err
    assert "Traceback" not in result.err


async def test_a_missing_or_malformed_setting_is_named_without_its_value(environment: dict[str, str]) -> None:
    malformed = environment | {"PARTNERDESK_SECRET_KEY": "geheim", "PARTNERDESK_QUIET_SECONDS": "soon"}
    del malformed["PARTNERDESK_DATABASE_URL"]
    result = await partnerdesk(malformed, "tenant", "list")
    assert result.status == 2
    for name in ("PARTNERDESK_SECRET_KEY", "PARTNERDESK_QUIET_SECONDS", "PARTNERDESK_DATABASE_URL"):
        assert name in result.err
    assert "geheim" not in result.err


async def test_what_is_away_is_named(environment: dict[str, str]) -> None:
    nowhere = f"postgresql://x@127.0.0.1:{free_port()}/x"
    database = await partnerdesk(environment | {"PARTNERDESK_DATABASE_URL": nowhere}, "tenant", "list")
    assert (database.status, "PARTNERDESK_DATABASE_URL" in database.err) == (1, True)
    engine = await partnerdesk(environment | {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}, "migrate")
    assert (engine.status, "TEMPORAL_ADDRESS" in engine.err) == (1, True)
    assert "Traceback" not in database.err + engine.err


async def test_a_new_key_is_a_key() -> None:
    result = await partnerdesk({}, "secrets", "new-key")
    Fernet(result.out.strip())


async def test_each_command_teaches_with_an_example() -> None:
    from cli import commands

    def leaves(group: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
        found = []
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                found += leaves(command, (*path, name))
            else:
                found.append(((*path, name), command.help or ""))
        return found

    for path, text in leaves(commands):
        assert f"partnerdesk {' '.join(path)}" in text, path


async def test_an_operator_approves_in_somebodys_name_once(environment: dict[str, str], connected: Door) -> None:
    payout = await a_payout_that_awaits_approval(connected)
    command = [
        "payout",
        "approve",
        payout["number"],
        "--tenant",
        connected.tenant.slug,
        "--as",
        "chris",
        "--reason",
        "ok",
    ]
    stale = await partnerdesk(environment, *command, "--hash", "0" * 64)
    assert (stale.status, "has changed" in stale.err) == (1, True)
    unconfirmed = await partnerdesk(environment, *command)
    assert (unconfirmed.status, "transferred by hand" in unconfirmed.err) == (1, True)
    approved = await partnerdesk(environment, *command, "--by-hand", "--json")
    assert approved.status == 0, approved.err
    assert (approved.json()["state"], approved.json()["announced"]) == ("approved", True)
    (decision,) = (await connected.api("GET", f"payouts/{payout['number']}")).json()["decisions"]
    assert (decision["decided_by"], decision["reason"]) == ("user:chris", "ok")
    twice = await partnerdesk(environment, *command)
    assert (twice.status, "already been approved" in twice.err) == (1, True)


async def test_the_api_starts_serves_and_stops_on_sigterm_without_leaking_a_token(environment: dict[str, str]) -> None:
    port, own = free_port(), free_port()
    command = (PARTNERDESK, "api", "--port", str(port), "--health-port", str(own))
    async with program(*command, env=environment, stdout=PIPE, stderr=PIPE) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_S) as http:
            while True:
                try:
                    ready = await http.get("/readyz")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
            assert ready.json() == {"status": "ready"}
            # For operators there is another port.
            for path in ("/metrics", "/docs", "/docs/style.css", "/openapi.json"):
                assert (await http.get(path)).status_code == 404, path
                assert (await http.get(f"http://127.0.0.1:{own}{path}")).status_code == 200, path
            assert (await http.get(f"http://127.0.0.1:{own}/login")).status_code == 404
            await http.post("/api/webhooks/acme/lexoffice?token=sehr-geheimer-token", json={"eventType": "Kundenname"})
        process.terminate()
        out, err = await process.communicate()
    assert process.returncode == 0
    lines = [json.loads(line) for line in err.decode().splitlines()]
    (request,) = [line for line in lines if line["event"] == "request" and line["method"] == "POST"]
    assert (request["route"], request["status"]) == ("/api/webhooks/{tenant}/lexoffice", 401)
    assert request["request_id"]
    for secret in ("geheim", "Kundenname"):
        assert secret not in (out + err).decode()


async def test_an_api_that_is_told_to_stop_while_it_starts_does_not_live_on(environment: dict[str, str]) -> None:
    async def stopped_after(seconds: float) -> int | None:
        command = (PARTNERDESK, "api", "--port", str(free_port()))
        async with program(*command, env=environment, stdout=DEVNULL, stderr=DEVNULL) as process:
            await asyncio.sleep(seconds)
            process.terminate()
            async with asyncio.timeout(ANSWER_S):
                return await process.wait()

    # While Python loads it (the signal's own way to end a process), while modules load, while it serves.
    ends = [await stopped_after(0.1 * moment) for moment in (1, 4, 7, 10, 15, 25)]
    assert set(ends) <= {0, -signal.SIGTERM}


async def test_what_tells_who_somebody_was_is_erased_from_the_trail_on_demand(
    environment: dict[str, str], door: Door
) -> None:
    await door.api("POST", "partners", {"code": "ANNA", "name": "Anna Beispiel", "email": "anna@p.example"})
    about = (
        "audit",
        "erase",
        "--tenant",
        door.tenant.slug,
        "--about",
        "anna@p.example",
        "--reason",
        "Art. 17",
        "--json",
    )
    assert (await partnerdesk(environment, *about)).json() == {"entries": 1, "erased": 0}
    assert (await partnerdesk(environment, *about, "--yes")).json() == {"entries": 1, "erased": 1}
    assert (await partnerdesk(environment, *about, "--yes")).json() == {"entries": 0, "erased": 0}
    verified = await partnerdesk(environment, "audit", "verify", "--tenant", door.tenant.slug, "--json")
    assert (verified.json()["ok"], verified.json()["erased"]) == (True, 1)
    unknown = await partnerdesk(environment, "audit", "erase", "--tenant", "nobody", "--about", "x", "--reason", "y")
    assert unknown.status == 1


async def test_a_worker_whose_health_port_is_taken_says_so_and_ends(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = await partnerdesk(environment, "worker", "--health-port", str(taken.getsockname()[1]))
    assert (result.status, "--health-port" in result.err) == (1, True), result.err


async def test_code_of_the_version_before_works_on_with_a_newer_database(
    environment: dict[str, str], database: Database, door: Door
) -> None:
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute("INSERT INTO schema_history (kind, name) VALUES ('migration', '9999_of_the_next_release')")
        ready = await door.http.get("/readyz")
        result = await partnerdesk(environment, "migrate", "--without-engine")
    finally:
        await owner.execute("DELETE FROM schema_history WHERE name = '9999_of_the_next_release'")
        await owner.close()
    assert ready.status_code == 200, ready.text
    assert (result.status, result.out) == (0, "The database is at version 9999.\n"), result.err
    assert f"newer than this code, which knows {needed_schema().version}: nothing was changed" in result.err


async def test_a_schema_that_is_as_it_should_be_is_said_to_be(environment: dict[str, str]) -> None:
    result = await partnerdesk(environment, "migrate", "--check")
    assert (result.status, result.out) == (0, "The schema is what this code makes.\n"), result.err


async def test_what_stops_a_migration_is_one_sentence_and_a_status(environment: dict[str, str]) -> None:
    as_application = environment | {"PARTNERDESK_OWNER_DATABASE_URL": environment["PARTNERDESK_DATABASE_URL"]}
    result = await partnerdesk(as_application, "migrate", "--without-engine")
    assert (result.status, result.out) == (4, "")
    assert "Error: PARTNERDESK_OWNER_DATABASE_URL connects as partnerdesk_app" in result.err
    assert "Traceback" not in result.err


def test_a_sweep_since_a_span_looks_back() -> None:
    assert timedelta(days=6, hours=23) < datetime.now(UTC) - past("7d") < timedelta(days=7, hours=1)
    with pytest.raises(click.BadParameter, match="future"):
        past("2999-01-01")


async def test_an_api_that_is_not_ready_says_why_to_operators_only(environment: dict[str, str]) -> None:
    port, own = free_port(), free_port()
    away = environment | {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    command = (PARTNERDESK, "api", "--port", str(port), "--health-port", str(own))
    async with (
        program(*command, env=away, stdout=PIPE, stderr=PIPE),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_S) as http,
    ):
        while True:
            try:
                ready = await http.get("/readyz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
        assert (ready.status_code, ready.json()) == (503, {"status": "not ready"})
        told = await http.get(f"http://127.0.0.1:{own}/readyz")
        assert (told.status_code, "TEMPORAL_ADDRESS" in told.text) == (503, True)


async def test_an_api_whose_port_for_operators_is_taken_says_so(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = await partnerdesk(environment, "api", "--health-port", str(taken.getsockname()[1]))
    assert (result.status, "--health-port" in result.err) == (1, True), result.err
