"""What happens at a shop's desk: commissions are earned, payouts asked for and decided, tasks answered."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import httpx

from tests.house import House, Shop, until
from workflows.messages import PAYOUTS


async def earned(
    shop: Shop,
    *cents: int,
    partner: str = "ANNA",
    on: date = date(2026, 11, 20),
    level: int = 1,
    campaign: str | None = None,
) -> None:
    """Approved commissions, one sale each, as paid invoices leave them."""
    for amount in cents:
        await shop.rows(
            """
            WITH sale AS (
                INSERT INTO transactions (tenant_id, source, base_cents, gross_cents, provisional, sold_at, campaign_id)
                VALUES ($1, 'api', abs($3::bigint) * 10, abs($3::bigint) * 12, false, $4::date,
                        (SELECT id FROM campaigns WHERE tenant_id = $1 AND slug = $6))
                RETURNING id)
            INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, base_cents, net_cents, state,
                                     provisional, service_date)
            SELECT $1, CASE WHEN $3 < 0 THEN 'correction' ELSE 'sale' END, sale.id, p.id, $5, abs($3) * 10, $3,
                   'approved', false, $4::date
              FROM sale, partners p WHERE p.tenant_id = $1 AND p.code = $2
            """,
            shop.tenant.id,
            partner,
            amount,
            on,
            level,
            campaign,
        )


async def requested(shop: Shop, *cents: int, partner: str = "ANNA") -> dict[str, Any]:
    """A payout over these commissions that awaits approval."""
    await earned(shop, *(cents or (10_000,)), partner=partner)
    payout: dict[str, Any] = await shop.api("POST", "/payouts", {"partner": partner})
    return payout


async def approved(shop: Shop, *cents: int) -> dict[str, Any]:
    """The same, approved."""
    payout = await requested(shop, *cents)
    await shop.approve(payout)
    return payout


async def with_open_credit_note(shop: Shop, *cents: int) -> dict[str, Any]:
    payout = await approved(shop, *cents)
    return await shop.payout_when(payout["number"], "credit_note_open")


async def decide(shop: Shop, payout: Mapping[str, Any], kind: str, **body: Any) -> httpx.Response:
    """The answer to a decision, asked for again while the API is busy (503, as Retry-After invites to)."""
    body = {"content_hash": payout["content_hash"]} | ({} if kind == "approve" else {"reason": "Darum."}) | body

    async def ask() -> httpx.Response:
        return await shop.call("POST", f"/payouts/{payout['number']}/{kind}", body, key="approve")

    return await until(ask, lambda answer: answer.status_code != 503, f"an answer to {kind}")


async def task(shop: Shop, kind: str) -> dict[str, Any]:
    """The open task of this kind, once it is there."""
    found: list[dict[str, Any]] = await until(lambda: shop.tasks(kind), bool, f"a task {kind}")
    return found[0]


async def answer(shop: Shop, asked: Mapping[str, Any], action: str, **body: Any) -> httpx.Response:
    wanted = {"action": action, "reason": "Geprüft."} | body
    return await shop.call("POST", f"/tasks/{asked['id']}/resolve", wanted, key="approve")


async def fault(shop: Shop, kind: str, *, method: str = "POST", path: str = "/v1/credit-notes", **members: Any) -> None:
    await shop.hook("POST", "faults", {"kind": kind, "method": method, "path": path, **members})


async def mended(shop: Shop) -> None:
    await shop.hook("DELETE", "faults")


async def credit_notes(shop: Shop) -> list[dict[str, Any]]:
    """Every credit note that there is in lexoffice, whatever the ledger believes."""
    documents = (await shop.hook("GET", "documents"))["content"]
    return [document for document in documents if document["kind"] == "credit-note"]


async def posts(shop: Shop) -> int:
    """How often a credit note was sent to lexoffice, whatever came of it."""
    return (await shop.calls()).get("POST /v1/credit-notes", 0)


async def handed_over(house: House) -> int:
    """One pass of the hand-over, as its schedule makes it. How much was announced."""
    announced: int = await house.engine.execute_workflow(
        "HandoverWorkflow", id=f"handover-{uuid4()}", task_queue=PAYOUTS
    )
    return announced


async def save_key(shop: Shop) -> None:
    """The API key of lexoffice is entered again; it works once more."""
    await shop.api("PUT", "/providers/lexoffice", {"api_key": shop.api_key})
