"""One tenant of the run: its account in the sandbox lexoffice, its keys, and doors that are tried until they open."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

import httpx
from schwifty import IBAN

from chaos.easybill_account import TAX_OPTIONS, EasybillAccount
from ledger.access import api_keys, tenants
from ledger.database import Ledger
from ledger.documents.own import posting
from ledger.documents.own.posting import Category, PostingCase
from ledger.tax import strategies
from ledger.types import DocumentStrategy, TaxCase, Tenant
from ledger.vault import Vault
from lexoffice.client import LexofficeClient
from sandbox.demo_office import LEVELS
from sandbox.lexoffice.categories import COMMISSIONS
from sandbox.stack import StackAddresses

if TYPE_CHECKING:
    from chaos.banking import Banker

_ADDRESS = {"street": "Lindenweg 5", "zip": "10115", "city": "Berlin", "country_code": "DE"}
_AGAIN_AFTER_S = 0.5


class Refused(Exception):
    """The product said no: a clear answer, which trying again would not change."""

    def __init__(self, request: str, status: int, code: str, detail: str) -> None:
        super().__init__(f"{request}: {status} {code} {detail}")
        self.status = status
        self.code = code


class Firm:
    """A tenant with the people and machines that act for it.

    Whoever calls the product here is patient and careful, as machines should be: no answer or a 5xx is tried again
    with the same Idempotency-Key, a refusal is taken as it is.
    """

    def __init__(self, addresses: StackAddresses, tenant: Tenant, http: httpx.AsyncClient) -> None:
        self._addresses = addresses
        self._http = http
        # Its own connections: while the product is away, those to it may all be taken by callers who wait.
        self._lexoffice = httpx.AsyncClient(trust_env=False, timeout=60)
        self.tenant = tenant
        self.organization = ""
        self.lexoffice_key = ""
        self.easybill: EasybillAccount | None = None
        """Where its books are, if not in lexoffice."""
        self.writes_own = False
        self.banker: Banker | None = None
        """Where the bank says what is paid: who makes its files."""
        self.keys: dict[str, str] = {}
        self._signing_secret = f"whsec_{secrets.token_hex(16)}"
        self.answers_to_returned: dict[str, str] = {}
        """By payout number: what a person will say when it has been returned."""
        self.server_errors: Counter[str] = Counter()
        """Answers 500 of the product, by route. 503 is its word for "not now"."""

    @classmethod
    async def open(
        cls,
        addresses: StackAddresses,
        ledger: Ledger,
        http: httpx.AsyncClient,
        slug: str,
        *,
        lexoffice_rate: float,
        writes_own: bool = False,
        in_easybill: bool = False,
    ) -> Self:
        """Tenant, account, connection, subscriptions, and the managers who bring the sellers.

        `writes_own`: its documents are of our own, and booked in lexoffice (strategy B). `in_easybill`: its books are
        there.
        """
        tenant = await tenants.create(
            ledger,
            slug,
            f"Firma {slug}",
            actor="chaos",
            address=tenants.TenantAddress(
                street="Marktplatz 1", zip="20095", city="Hamburg", country_code="DE", vat_id="DE123456788"
            ),
            is_demo=True,
        )
        firm = cls(addresses, tenant, http)
        vault = Vault.from_setting(addresses.environment["PARTNERDESK_SECRET_KEY"])
        async with ledger.transaction(tenant) as tx:
            for name, scopes in (
                ("write", ("read", "write", "bank")),
                ("approve", ("read", "approve", "bank")),
                ("statements", ("statements",)),
            ):
                made = await api_keys.create_api_key(
                    tx, vault, api_keys.WantedKey(name=name, scopes=scopes), actor="chaos"
                )
                firm.keys[name] = made.key.get_secret_value()
        firm.writes_own = writes_own
        if writes_own:
            async with ledger.transaction(tenant) as tx:
                await strategies.set_strategy(tx, TaxCase.REGULAR, DocumentStrategy.OWN_DOCUMENT, by="chaos")
        await firm.ask("PUT", "/providers/stripe", {"signing_secret": firm._signing_secret})
        if in_easybill:
            await firm._connect_easybill(limited=lexoffice_rate > 0)
        else:
            await firm._connect(lexoffice_rate)
        if writes_own:
            await firm._choose_category(ledger)
        await firm._open_campaign()
        return firm

    async def close(self) -> None:
        await self._lexoffice.aclose()
        if self.easybill is not None:
            await self.easybill.close()

    async def _connect(self, lexoffice_rate: float) -> None:
        account = await self.office(
            "POST",
            "/sandbox/organizations",
            {
                "name": f"Firma {self.tenant.slug}",
                "rate": 0,
                "numberPatterns": {"invoice": "RE-{year}-{number:04d}", "credit-note": "GS-{year}-{number:04d}"},
            },
        )
        self.organization, self.lexoffice_key = account["organizationId"], account["apiKey"]
        await self.ask(
            "PUT",
            "/providers/lexoffice",
            {
                "api_key": self.lexoffice_key,
                "effective_from": "2026-01-01",
                "confirm_credit_note_notice": True,
            },
        )
        health = await self.ask("POST", "/providers/lexoffice/subscriptions")
        while health["pending"]:
            await asyncio.sleep(0.2)
            health = await self.ask("GET", "/providers/lexoffice/subscriptions")
        assert health["state"] == "healthy", health
        await self.office("PATCH", f"/sandbox/organizations/{self.organization}", {"rate": lexoffice_rate})

    async def _connect_easybill(self, *, limited: bool) -> None:
        account = self.easybill = EasybillAccount(self._addresses.easybill_url)
        await account.open()
        await self.mend_connection(effective_from="2026-01-01")
        await account.let_notify((await self.ask("PUT", "/providers/easybill/webhook-address"))["address"])
        chosen = {"books": "easybill", "small_business": False, "tax_options": TAX_OPTIONS}
        await self.ask("PATCH", "/document-settings", chosen)
        if limited:
            await account.behave(requests_a_minute=60)

    async def mend_connection(self, **more: str) -> None:
        """Whoever is asked because the key was refused, stores it again."""
        if self.easybill is None:
            await self.ask("PUT", "/providers/lexoffice", {"api_key": self.lexoffice_key, **more})
        else:
            told = {"api_key": self.easybill.key, "plan": "BUSINESS", **more}
            await self.ask("PUT", "/providers/easybill", told)

    async def _choose_category(self, ledger: Ledger) -> None:
        """As an admin would, before the first document."""
        async with LexofficeClient(base_url=self._addresses.lexoffice.base_url, token=self.lexoffice_key) as client:
            found = await client.posting_categories()
        listed = [Category.model_validate(one.model_dump(include=set(Category.model_fields))) for one in found]
        chosen = next(one for one in listed if one.name == COMMISSIONS and one.type == "outgo")
        async with ledger.transaction(self.tenant) as tx:
            await posting.keep_list(tx, UUID(self.organization), listed)
            await posting.choose(tx, PostingCase.REGULAR, chosen.id, by="chaos")

    async def _open_campaign(self) -> None:
        await self.ask("POST", "/campaigns", {"slug": "herbst", "name": "Herbst"})
        await self.ask("POST", "/campaigns/herbst/plans", {"levels": LEVELS})
        await self.ask("POST", "/campaigns/herbst/default")

    # Doors of the product

    async def ask(self, method: str, path: str, body: Any = None, *, key: str = "write") -> Any:
        """Call the JSON API until it answers. Raises Refused."""
        headers = {"X-API-Key": self.keys[key], "Idempotency-Key": str(uuid4())}
        while True:
            answer = await self._try(method, f"/api/v1{path}", body, headers)
            if answer is not None:
                problem = answer.json() if answer.content else {}
                if answer.is_success:
                    return problem
                if problem.get("code") != "idempotency_key_in_use":
                    raise Refused(
                        f"{method} {path}", answer.status_code, problem.get("code", ""), problem.get("detail", "")
                    )
            await asyncio.sleep(_AGAIN_AFTER_S)

    async def file(self, path: str) -> bytes:
        """A file that a door makes, or gives once more. Raises Refused."""
        while True:
            answer = await self._try("POST", f"/api/v1{path}", None, {"X-API-Key": self.keys["write"]})
            if answer is not None and answer.is_success:
                return answer.content
            if answer is not None:
                problem = answer.json()
                raise Refused(f"POST {path}", answer.status_code, problem.get("code", ""), problem.get("detail", ""))
            await asyncio.sleep(_AGAIN_AFTER_S)

    async def stripe_says(self, event: Mapping[str, Any]) -> None:
        """Deliver a Stripe event, signed, until it is taken, as Stripe does."""
        body = json.dumps(event)
        while True:
            stamp = int(time.time())
            signature = hmac.new(self._signing_secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
            headers = {"Stripe-Signature": f"t={stamp},v1={signature}"}
            answer = await self._try("POST", f"/api/webhooks/{self.tenant.slug}/stripe", body, headers)
            if answer is not None and answer.status_code == 200:
                return
            if answer is not None:
                raise Refused("stripe", answer.status_code, "", answer.text[:200])
            await asyncio.sleep(_AGAIN_AFTER_S)

    async def _try(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response | None:
        """None when there is no answer, or one that says "not now"."""
        sent: dict[str, Any] = {"content": body} if isinstance(body, str) else {"json": body}
        try:
            answer = await self._http.request(
                method, f"{self._addresses.api_url}{path}", headers=headers, timeout=15, **sent
            )
        except httpx.HTTPError:
            return None
        if answer.status_code == 500:
            self.server_errors[f"{method} {path}"] += 1
        return None if answer.status_code >= 500 or answer.status_code == 429 else answer

    # lexoffice, as people use it

    async def office(self, method: str, path: str, body: Any = None) -> Any:
        """A person's click, or a hook of the sandbox. Raises what went wrong: the sandbox is never killed."""
        answer = await self._lexoffice.request(method, f"{self._addresses.lexoffice.app_url}{path}", json=body)
        if answer.is_error:
            raise Refused(f"{method} {path}", answer.status_code, "", answer.text[:300])
        return answer.json() if answer.content else None

    async def hook(self, method: str, path: str, body: Any = None) -> Any:
        return await self.office(method, f"/sandbox/organizations/{self.organization}/{path}", body)

    async def click(self, document: str, what: str, **members: Any) -> dict[str, Any]:
        """finalize, pay, mark-paid, unpay, void, reopen, delete, edit; in easybill what can be done there."""
        if self.easybill is not None:
            return dict(await self.easybill.click(document, what, **members))
        clicked: dict[str, Any] = await self.office("POST", f"/sandbox/documents/{document}/{what}", members)
        return clicked

    async def click_voucher(self, voucher: str, what: str, **members: Any) -> dict[str, Any]:
        """pay, unpay, void, delete, edit."""
        clicked: dict[str, Any] = await self.office("POST", f"/sandbox/vouchers/{voucher}/{what}", members)
        return clicked

    async def vouchers(self) -> list[dict[str, Any]]:
        """Every voucher of the account, those that were voided too."""
        held: list[dict[str, Any]] = (await self.hook("GET", "vouchers"))["content"]
        return held

    async def documents(self) -> list[dict[str, Any]]:
        """Every document of the account with full state."""
        if self.easybill is not None:
            return await self.easybill.documents()
        held: list[dict[str, Any]] = (await self.hook("GET", "documents"))["content"]
        return held

    async def notifications(self) -> list[dict[str, Any]]:
        if self.easybill is not None:
            return await self.easybill.notifications()
        sent: list[dict[str, Any]] = (await self.hook("GET", "notifications"))["content"]
        return sent

    # What several actors do

    async def make_partner(self, code: str, sponsor: str | None) -> None:
        """A partner who can be paid: tax status, agreement, bank details."""
        name = f"Partner {code}"
        # No mail leaves here; without an address each document would be a question how it is to be delivered.
        reached = {"email": f"{code.lower()}@partner.example"}
        await self.ask(
            "POST", "/partners", {"code": code, "name": name, "sponsor_code": sponsor, **reached, **_ADDRESS}
        )
        await self.ask(
            "POST",
            f"/partners/{code}/tax-statuses",
            {"status": "regular", "valid_from": "2020-01-01", "vat_id": "DE987654328"},
        )
        await self.ask(
            "POST",
            f"/partners/{code}/agreement",
            {"version": "2026-01", "accepted_at": "2026-01-02T09:00:00+01:00"},
        )
        details = {"account_holder": name, "iban": iban_of(code)}
        account = await self.ask("PUT", f"/partners/{code}/bank-details", details)
        await self.ask("POST", f"/partners/{code}/bank-details/confirm", {"account": account["id"]}, key="approve")


def iban_of(code: str) -> str:
    """The account of a partner."""
    number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:8], "big") % 10**10
    return str(IBAN.generate("DE", bank_code="12030000", account_code=f"{number:010}"))
