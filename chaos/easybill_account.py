"""An account in the sandbox easybill, and what a person does there: told in the words that stories and oracle know.

They were made for lexoffice's documents: `voucherStatus`, `totalPrice`, the marker in a text. What easybill shows is
said in these here, and from its amounts and what cancels what alone.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from ledger.provider_ids import Thing, number_of, numbered_id
from ledger.types import EASYBILL

TAX_OPTIONS = {"regular": "taxed", "small_business": "smallBusiness", "private": "nStb"}
_EVENTS = [f"document.{what}" for what in ("completed", "update", "deleted", "payment_add", "payment_delete")]
_KINDS = {"INVOICE": ("invoice", "paid"), "CREDIT": ("credit-note", "paidoff")}
"""How lexoffice calls them, and what it says when they are wholly paid."""
_CANCELLING = ("STORNO", "STORNO_CREDIT")
_CLICKS = {"pay": "mark-paid", "void": "cancel"}
"""Buttons that are called otherwise there."""


class EasybillAccount:
    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60)
        self._account = 0
        self._customer = 0
        self.key = ""

    async def close(self) -> None:
        await self._http.aclose()

    async def open(self) -> None:
        """Without a limit of requests, with one customer."""
        made = await self._ask("POST", "/sandbox/accounts", {"requests_a_minute": 0})
        self._account, self.key = made["account"], made["api_key"]
        customer = await self.hook("POST", "customers", {"company_name": "Kunde AG", "last_name": "Kunde"})
        self._customer = customer["id"]

    async def let_notify(self, address: str) -> None:
        """Have this address told of what happens."""
        webhook = {
            "url": address,
            "description": "PartnerDesk",
            "secret": "a secret that nobody uses",
            "events": _EVENTS,
            "content_type": "json",
            "is_active": True,
        }
        await self._ask("POST", "/rest/v1/webhooks", webhook, key=self.key)

    async def behave(self, **settings: Any) -> None:
        """Change how the account behaves: its limit, and the way of its webhooks."""
        await self._ask("PATCH", f"/sandbox/accounts/{self._account}", settings)

    async def hook(self, method: str, path: str, body: Any = None) -> Any:
        return await self._ask(method, f"/sandbox/accounts/{self._account}/{path}", body)

    async def write_invoice(self, net_cents: int, order: str) -> str:
        """Returns its id, as the product names it."""
        line = {"description": "Kurs", "single_price_net": net_cents, "vat_percent": 19}
        told = {"type": "INVOICE", "customer_id": self._customer, "items": [line], "order_number": order}
        written = await self.hook("POST", "documents", told)
        return str(numbered_id(EASYBILL, Thing.DOCUMENT, written["id"]))

    async def click(self, document: str, what: str, **members: Any) -> Any:
        """pay, mark-paid, unpay, void. `amount`: euros, of a part."""
        number = number_of(UUID(document))
        if "amount" in members:
            [held] = [row for row in await self.hook("GET", "documents") if row["id"] == number]
            cents = int(Decimal(members["amount"]) * 100)
            members["amount"] = cents if held["amount"] > 0 else -cents
        if what in ("pay", "mark-paid"):
            members.setdefault("reference", f"Überweisung {number}")
        return await self.hook("POST", f"documents/{number}/{_CLICKS.get(what, what)}", members)

    async def documents(self) -> list[dict[str, Any]]:
        """Invoices and credits, as lexoffice would show them."""
        rows = await self.hook("GET", "documents")
        cancelled = {row["ref_id"] for row in rows if row["type"] in _CANCELLING and not row["is_draft"]}
        return [_as_in_lexoffice(row, row["id"] in cancelled) for row in rows if row["type"] in _KINDS]

    async def notifications(self) -> list[dict[str, Any]]:
        """What was told, and what became of it."""
        return [
            {
                "url": f"easybill/{self._account}",
                "body": f"{row['event']} {row['document']}",
                "status": row["status"],
                "attempts": row["attempts"],
                "eventType": row["event"],
                "resourceId": str(numbered_id(EASYBILL, Thing.DOCUMENT, row["document"])),
            }
            for row in await self.hook("GET", "deliveries?most=100000")
        ]

    async def _ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = await self._http.request(method, path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def _as_in_lexoffice(row: Mapping[str, Any], is_cancelled: bool) -> dict[str, Any]:
    kind, settled = _KINDS[row["type"]]
    is_paid = row["amount"] and abs(row["paid_amount"]) >= abs(row["amount"])
    status = "draft" if row["is_draft"] else "voided" if is_cancelled else settled if is_paid else "open"
    net, gross = abs(row["amount_net"]), abs(row["amount"])
    return {
        "id": str(numbered_id(EASYBILL, Thing.DOCUMENT, row["id"])),
        "kind": kind,
        "voucherNumber": row["number"],
        "voucherStatus": status,
        "introduction": row["external_id"] or "",
        "totalPrice": {
            "totalNetAmount": Decimal(net) / 100,
            "totalTaxAmount": Decimal(gross - net) / 100,
            "totalGrossAmount": Decimal(gross) / 100,
        },
    }
