"""A bank run over many payouts, as two people with a key each make it: drafted, approved, and its file written."""

import time
from typing import Any

import httpx
from pydantic import SecretStr

from bench.machine import resident_mib
from bench.rig import Rig, say
from bench.seeding import open_credit_notes
from ledger.access import api_keys
from ledger.bank import bank_accounts
from ledger.bank.bank_accounts import NewOwnAccount
from ledger.bank.bank_file import control_sum_cents
from ledger.bank.bank_runs import MOST_PAYMENTS
from ledger.types import Tenant

_OWN = NewOwnAccount(account_holder="Musterfirma GmbH", iban=SecretStr("DE89370400440532013000"))


async def measure(rig: Rig, tenant: Tenant) -> dict[str, Any]:
    """Over the payouts that a run has just made for this tenant, 10,000 at most. Seconds from request to last byte."""
    async with rig.superuser() as db:
        await open_credit_notes(db, rig.vault, tenant, at_most=MOST_PAYMENTS)
        await db.execute("ANALYZE")
    maker, second = [await _key(rig, tenant, name) for name in ("maker", "second")]
    await _own_account(rig, tenant)
    pid = rig.stack.api.process.pid
    before = resident_mib(pid)
    took: dict[str, float] = {}
    async with httpx.AsyncClient(base_url=f"{rig.stack.addresses.api_url}/api/v1", timeout=120, trust_env=False) as api:
        say("A bank run: draft, approval and file …")
        run = (await _timed(api, took, "draft", maker, "/bank-runs", {})).json()
        approval = {"content_hash": run["content_hash"]}
        await _timed(api, took, "approval", second, f"/bank-runs/{run['number']}/approve", approval)
        file = await _timed(api, took, "file", maker, f"/bank-runs/{run['number']}/file", {})
        await _timed(api, took, "file_again", maker, f"/bank-runs/{run['number']}/file", {})
    assert control_sum_cents(file.content) == (run["payments"], run["total_cents"])
    return {
        "payments": run["payments"],
        "seconds": took,
        "draft_to_file_seconds": round(took["draft"] + took["approval"] + took["file"], 2),
        "file_mib": round(len(file.content) / 2**20, 2),
        "api_before_mib": before,
        "api_after_mib": resident_mib(pid),
    }


async def _timed(
    api: httpx.AsyncClient, took: dict[str, float], what: str, key: str, path: str, body: dict[str, Any]
) -> httpx.Response:
    started = time.perf_counter()
    answer = await api.post(path, json=body, headers={"X-API-Key": key})
    took[what] = round(time.perf_counter() - started, 2)
    assert answer.is_success, f"{path} answered {answer.status_code}: {answer.text[:500]}"
    return answer


async def _key(rig: Rig, tenant: Tenant, name: str) -> str:
    async with rig.ledger.transaction(tenant) as tx:
        made = await api_keys.create_api_key(
            tx, rig.vault, api_keys.WantedKey(name=name, scopes=("bank",)), actor="bench"
        )
    return made.key.get_secret_value()


async def _own_account(rig: Rig, tenant: Tenant) -> None:
    async with rig.ledger.transaction(tenant, cause="bench") as tx:
        own = await bank_accounts.record(tx, rig.vault, _OWN, by="key:bench-maker")
        await bank_accounts.confirm(tx, own.id, by="key:bench-second")
