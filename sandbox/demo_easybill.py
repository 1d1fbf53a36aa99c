"""The demo's loop with easybill as books: the invoice and the credit note stand there, and not a click in lexoffice."""

from collections.abc import Callable
from typing import Any

from sandbox.demo import Emit, Loop, payout_shown
from sandbox.demo_office import Office

_COURSE = {"description": "Kurs", "single_price_net": 100_000, "vat_percent": 19}
_WEBHOOK = {
    "description": "PartnerDesk",
    "events": [f"document.{what}" for what in ("completed", "update", "deleted", "payment_add", "payment_delete")],
    "content_type": "json",
    "secret": "a secret that easybill wants",
    "is_active": True,
}
_TAX_OPTIONS = {"regular": "taxed", "small_business": "smallBusiness", "private": "nStb"}


class LoopInEasybill(Loop):
    """Steps 2, 3 and 7 of the loop, by a tenant that keeps its books in easybill."""

    def __init__(self, office: Office, emit: Emit, say: Callable[[str], None]) -> None:
        super().__init__(office, emit, say)
        self._account = 0

    async def run(self) -> None:
        """As the loop, after an account at easybill was connected and chosen for documents to come."""
        account = await self._office.easybill("POST", "/sandbox/accounts")
        self._account = account["account"]
        plan = {"api_key": account["api_key"], "plan": "BUSINESS"}
        await self._office.api("PUT", "/providers/easybill", plan)
        address = (await self._office.api("PUT", "/providers/easybill/webhook-address"))["address"]
        await self._office.easybill("POST", "/rest/v1/webhooks", api_key=account["api_key"], url=address, **_WEBHOOK)
        books = {"books": "easybill", "small_business": False, "tax_options": _TAX_OPTIONS}
        await self._office.api("PATCH", "/document-settings", books)
        await super().run()

    async def _invoice(self, payment_intent: str) -> dict[str, Any]:
        """2. The tenant writes an invoice in easybill; its order number names the payment."""
        customer = await self._does("customers", company_name="Kunde AG", last_name="Kunde")
        told = {"type": "INVOICE", "customer_id": customer["id"], "items": [_COURSE], "order_number": payment_intent}
        invoice: dict[str, Any] = await self._does("documents", **told)
        self._reached("invoice written", not invoice["is_draft"], invoice_number=invoice["number"])
        return invoice

    async def _customer_pays(self, invoice: dict[str, Any]) -> None:
        """3. The customer pays; the payment is recorded in easybill."""
        payment = await self._does(f"documents/{invoice['id']}/mark-paid")
        self._reached("customer pays", payment["amount"] == invoice["amount"], invoice_number=invoice["number"])

    async def _marked_paid(self, number: str) -> None:
        """7. The tenant records the payment of the credit note in easybill."""
        payout = await self._office.api("GET", f"/payouts/{number}")
        rows = await self._office.easybill("GET", f"/sandbox/accounts/{self._account}/documents")
        [note] = [row for row in rows if (row.get("external_id") or "").startswith(f"[{number}/")]
        payment = await self._does(f"documents/{note['id']}/mark-paid", reference=number)
        self._reached("credit note marked paid", payment["amount"] == note["amount"], **payout_shown(payout))

    async def _does(self, what: str, **told: Any) -> Any:
        """What a person does in easybill."""
        return await self._office.easybill("POST", f"/sandbox/accounts/{self._account}/{what}", **told)
