"""What lexoffice, or a relay of it, says of a document, and what became of that."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.house import Shop, until

ENDED = ("processed", "unchanged", "failed", "ignored", "skipped", "waiting")


async def tell(shop: Shop, event_type: str, resource: str, **members: str) -> dict[str, Any]:
    """One notification in the chapter's form. Returns its event once it has been handled."""
    return await ended(shop, await accepted(shop, {"eventType": event_type, "resourceId": resource} | members))


async def tell_as_lexoffice(shop: Shop, event_type: str, resource: str) -> dict[str, Any]:
    """One notification with lexoffice's four members, of this instant. Returns its event once it has been handled."""
    return await ended(shop, await accepted(shop, four_members(shop, event_type, resource)))


def four_members(shop: Shop, event_type: str, resource: str, *, later: float = 0.0) -> dict[str, str]:
    date = datetime.now(UTC) + timedelta(seconds=later)
    return {
        "organizationId": shop.organization,
        "eventType": event_type,
        "resourceId": resource,
        "eventDate": date.isoformat(timespec="milliseconds"),
    }


async def accepted(shop: Shop, event: dict[str, str]) -> int:
    answer = await shop.notify(event)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted"), answer.text
    number: int = answer.json()["event"]
    return number


async def ended(shop: Shop, event: int) -> dict[str, Any]:
    seen: dict[str, Any] = await until(
        lambda: shop.api("GET", f"/events/{event}"), lambda row: row["state"] in ENDED, f"the end of event {event}"
    )
    return seen


async def replay(shop: Shop, event: int) -> dict[str, Any]:
    await shop.api("POST", f"/events/{event}/replay")
    return await ended(shop, event)


async def sale_of(shop: Shop, invoice: str) -> dict[str, Any] | None:
    """The transaction that has this invoice, with its commissions."""
    rows = (await shop.api("GET", "/transactions?limit=100"))["items"]
    found = next((row for row in rows if row["invoice_id"] == invoice), None)
    return None if found is None else await shop.api("GET", f"/transactions/{found['id']}")


async def the_sale_of(shop: Shop, invoice: str, state: str = "approved") -> dict[str, Any]:
    seen = await until(
        lambda: sale_of(shop, invoice),
        lambda sale: sale is not None and sale["state"] == state,
        f"a sale with invoice {invoice} that is {state}",
    )
    assert seen is not None
    return seen


async def one_sale(shop: Shop) -> dict[str, Any]:
    (row,) = (await shop.api("GET", "/transactions?limit=100"))["items"]
    found: dict[str, Any] = await shop.api("GET", f"/transactions/{row['id']}")
    return found


async def no_sale(shop: Shop) -> bool:
    return not (await shop.api("GET", "/transactions?limit=100"))["items"]


def states(sale: dict[str, Any]) -> set[str]:
    return {commission["state"] for commission in sale["commissions"]}


def earned(sale: dict[str, Any]) -> dict[str, int]:
    """What each partner earns, in cents."""
    return {row["partner_code"]: row["net_cents"] for row in sale["commissions"] if row["kind"] == "sale"}


async def paid_sale(shop: Shop, *, partner: str = "ANNA", net: str = "1000.00") -> tuple[dict[str, Any], str]:
    """A paid invoice that names its partner, told by one notification: the sale and the invoice's id."""
    invoice = await shop.write_invoice(net=net, remark=f"Partner: {partner}")
    await shop.click(invoice["id"], "pay")
    await tell(shop, "invoice.status.paid", invoice["id"])
    return await the_sale_of(shop, invoice["id"]), invoice["id"]


async def open_payout(shop: Shop, partner: str = "ANNA") -> dict[str, Any]:
    """A payout whose credit note is open in lexoffice; of a sale that earned ANNA 100,00 €."""
    await paid_sale(shop)
    return await _opened(shop, partner)


async def open_payouts(shop: Shop) -> list[dict[str, Any]]:
    """Three of them, of one sale, to the partners of its three levels."""
    await paid_sale(shop)
    return await all_at_once(*(_opened(shop, partner) for partner in ("ANNA", "BERND", "CLARA")))


async def _opened(shop: Shop, partner: str) -> dict[str, Any]:
    payout = await shop.api("POST", "/payouts", {"partner": partner})
    await shop.approve(payout)
    return await shop.payout_when(payout["number"], "credit_note_open")


async def all_at_once(*events: Any) -> list[Any]:
    return list(await asyncio.gather(*events))
