"""The demo tenant: its account in the sandbox lexoffice, its partners and plan, all made through public doors."""

import asyncio
import hashlib
import hmac
import json
import secrets
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from sandbox.demo_doors import ANSWER_S, DoorClosed, answer_of
from sandbox.kept_files import keep
from sandbox.stack import StackAddresses
from sandbox.waiting import PATIENCE

_ADDRESS = {"street": "Lindenweg 5", "zip": "10115", "city": "Berlin", "country_code": "DE"}
PARTNERS = (
    # Sponsors first: Clara brought Bernd, Bernd brought Anna.
    {"code": "CLARA", "name": "Clara Conrad", "email": "clara@partner.example"},
    {"code": "BERND", "name": "Bernd Brandt", "email": "bernd@partner.example", "sponsor_code": "CLARA"},
    {"code": "ANNA", "name": "Anna Albrecht", "email": "anna@partner.example", "sponsor_code": "BERND"},
)
_OF_OTHER_TAX_CASES: tuple[tuple[dict[str, str], dict[str, str | int]], ...] = (
    # One of each other tax case, without bank details: nothing is paid to them before somebody records some.
    ({"code": "SOFIE", "name": "Sofie Sommer", **_ADDRESS}, {"status": "small_business", "tax_number": "12/345/67890"}),
    ({"code": "PAUL", "name": "Paul Privat", **_ADDRESS}, {"status": "private", "declared_on": "2026-01-05"}),
    (
        {
            "code": "OEHL", "name": "Öhlinger & Söhne OG",
            "street": "Ring 1", "zip": "1010", "city": "Wien", "country_code": "AT",
        },
        {"status": "eu_business", "vat_id": "ATU13585627"},
    ),
    (
        {
            "code": "BAERG", "name": "Bärg AG",
            "street": "Gasse 7", "zip": "8001", "city": "Zürich", "country_code": "CH",
        },
        {"status": "third_country", "tax_number": "CHE-116.281.710 MWST"},
    ),
    (
        {
            "code": "KLEIN", "name": "Klein SARL",
            "street": "Rue 5", "zip": "75001", "city": "Paris", "country_code": "FR",
        },
        {"status": "small_business_eu", "tax_number": "FR12345678EX"},
    ),
)  # fmt: skip
_OWN_ACCOUNT = {"account_holder": "Demo GmbH", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
_AT_THE_BANK_CENTS = 100_000_00
_IBANS = {
    "CLARA": "DE02120300000000202051",
    "BERND": "DE54120300000000303062",
    "ANNA": "DE09120300000000404073",
}
LEVELS = (
    {"level": 1, "percent": "10", "fixed_cents": 0},
    {"level": 2, "percent": "5", "fixed_cents": 0},
    {"level": 3, "percent": "2", "fixed_cents": 100},
)


@dataclass(frozen=True)
class _Papers:
    """What the demo's people and machines must keep from one start to the next: it is shown only once."""

    keys: Mapping[str, str] = field(default_factory=dict)
    signing_secret: str = ""
    hook: str = ""
    organization: str = ""

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """None when there are none, or none of this kind."""
        try:
            return cls(**json.loads(file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, file: Path) -> None:
        keep(file, json.dumps(asdict(self), indent=2) + "\n")


class Office:
    """One demo tenant with everything it needs, and the people and machines that act for it."""

    def __init__(self, addresses: StackAddresses, dialect: str, *, writes_own: bool = False) -> None:
        self._addresses = addresses
        self.writes_own = writes_own
        self.dialect = dialect
        self.slug = "demo" if dialect == "lexoffice" else "demo-kapitel"
        self.company = "Demo GmbH" if dialect == "lexoffice" else "Demo Kapitel GmbH"
        self._papers_file = addresses.state / f"{self.slug}.json"
        self._papers = _Papers()
        self._http = httpx.AsyncClient(timeout=ANSWER_S, trust_env=False)
        self.organization = ""

    @property
    def keys(self) -> Mapping[str, str]:
        """Two keys, as two people would have: `write` works, `approve` decides."""
        return self._papers.keys

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def open(self) -> None:
        """Make what is not there yet; a demo that ran before continues with the same account and partners."""
        key = f"{self.slug}-lexoffice-api-key"
        await self._return_key(key)
        account = await self.lexoffice(
            "POST",
            "/sandbox/organizations",
            {
                "name": self.company,
                "apiKey": key,
                "dialect": self.dialect,
                "numberPatterns": {
                    "invoice": "RE-{year}-{number:04d}",
                    "credit-note": "GS-{year}-{number:04d}",
                },
            },
        )
        self.organization = account["organizationId"]
        if await self._has_papers():
            if (await self.api("GET", "/providers/lexoffice"))["state"] == "broken":
                await self._connect(account["apiKey"])
            await self._open_bank_account()
            return
        await self._make_tenant()
        scopes = {"write": "read,write,bank", "approve": "read,approve,bank", "statements": "statements"}
        made = await asyncio.gather(*(self._make_key(each) for each in scopes.values()))
        self._papers = _Papers(
            keys=dict(zip(scopes, made, strict=True)),
            signing_secret=f"whsec_{secrets.token_hex(16)}",
            hook=f"{self._addresses.api_url}/api/webhooks/{self.slug}/lexoffice",
            organization=self.organization,
        )
        if self.writes_own:
            await self.api("PATCH", "/document-settings", {"strategies": {"regular": "own_document"}})
        await asyncio.gather(self._connect(account["apiKey"]), self._make_partners(), self._open_bank_account())
        if self.writes_own:
            await self._choose_category()
        self._papers.write(self._papers_file)

    async def _return_key(self, key: str) -> None:
        """Somebody may have revoked it, as docs/operations.md says how to; by an unknown key the sandbox would open
        another account, and the product refuses that while documents of the first one are open."""
        if (kept := _Papers.read(self._papers_file)) is not None:
            # Refused where the key is there, and where the account is not: both are as they should be.
            keys = f"{self._addresses.lexoffice.app_url}/sandbox/organizations/{kept.organization}/api-keys"
            await self._http.post(keys, json={"apiKey": key})

    async def _has_papers(self) -> bool:
        """Whether an earlier start has set everything up, at the addresses of today and with keys that still work."""
        if (kept := _Papers.read(self._papers_file)) is None:
            return False
        self._papers = kept
        if kept.organization != self.organization or not kept.hook.startswith(f"{self._addresses.api_url}/"):
            return False
        answers = [await self._asked("GET", "/me", None, key) for key in kept.keys]
        return all(answer.is_success for answer in answers)

    async def api(self, method: str, path: str, body: Any = None, *, key: str = "write", ok: bool = True) -> Any:
        """Call the JSON API as the holder of a key. Raises DoorClosed on a refusal, unless `ok` is False."""
        answer = await self._asked(method, path, body, key)
        if ok and answer.status_code >= 400:
            raise DoorClosed(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    async def file(self, path: str) -> bytes:
        """What a door answers with that makes or gives a file. Raises DoorClosed."""
        answer = await self._asked("POST", path, None, "write")
        if answer.status_code >= 400:
            raise DoorClosed(f"POST {path}: {answer.status_code} {answer.text[:300]}")
        return answer.content

    async def _asked(self, method: str, path: str, body: Any, key: str) -> httpx.Response:
        headers = {"X-API-Key": self.keys[key]}
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_hex(8)  # what is asked again is done once
        return await answer_of(
            lambda: self._http.request(method, f"{self._addresses.api_url}/api/v1{path}", json=body, headers=headers)
        )

    async def lexoffice(self, method: str, path: str, body: Any = None) -> Any:
        """Do in lexoffice what a person does there. Raises DoorClosed."""
        answer = await self._http.request(method, f"{self._addresses.lexoffice.app_url}{path}", json=body)
        if answer.status_code >= 400:
            raise DoorClosed(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    async def stripe_says(self, event: Mapping[str, Any]) -> Any:
        """Deliver a Stripe event, signed as Stripe signs (docs.stripe.com, Verify webhook signatures)."""
        body = json.dumps(event)
        stamp = int(time.time())
        signature = hmac.new(
            self._papers.signing_secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256
        ).hexdigest()
        answer = await answer_of(
            lambda: self._http.post(
                f"{self._addresses.api_url}/api/webhooks/{self.slug}/stripe",
                content=body,
                headers={"Stripe-Signature": f"t={stamp},v1={signature}", "Content-Type": "application/json"},
            )
        )
        if answer.status_code != 200:
            raise DoorClosed(f"Stripe webhook: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    async def _make_tenant(self) -> None:
        status, output = await self.partnerdesk("tenant", "list", "--json")
        if status != 0:
            raise DoorClosed(f"partnerdesk tenant list: {output}")
        if self.slug in {known["tenant"] for known in json.loads(output)["tenants"]}:
            return
        status, output = await self.partnerdesk(
            "tenant", "create", self.slug, "--name", self.company, "--street", "Marktplatz 1", "--zip", "20095",
            "--city", "Hamburg", "--vat-id", "DE123456788", "--demo", "--json",
        )  # fmt: skip
        if status != 0:
            raise DoorClosed(f"partnerdesk tenant create: {output}")

    async def _make_key(self, scopes: str) -> str:
        status, output = await self.partnerdesk(
            "api-key", "create", "--tenant", self.slug, "--name", f"demo {scopes}", "--scopes", scopes, "--json"
        )
        if status != 0:
            raise DoorClosed(f"partnerdesk api-key create: {output}")
        key: str = json.loads(output)["key"]
        return key

    async def partnerdesk(self, *arguments: str) -> tuple[int, str]:
        """A command of an operator: its status, and what it printed."""
        command = Path(sys.executable).with_name("partnerdesk")
        process = await asyncio.create_subprocess_exec(
            str(command),
            *arguments,
            env=dict(self._addresses.environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            output, errors = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            raise
        return process.returncode or 0, (output or errors).decode()

    async def _connect(self, api_key: str) -> None:
        token = secrets.token_urlsafe(32)
        await self.api(
            "PUT",
            "/providers/lexoffice",
            {
                "api_key": api_key,
                "webhook_token": token,
                "effective_from": "2026-01-01",
                "confirm_credit_note_notice": True,
            },
        )
        await self.api("PUT", "/providers/stripe", {"signing_secret": self._papers.signing_secret})
        hook = self._papers.hook
        if self.dialect == "chapter":
            await self.lexoffice(
                "PUT",
                f"/sandbox/organizations/{self.organization}/webhook",
                {"url": hook, "token": token, "tokenVia": "bearer"},
            )
            return
        await self._subscribe()

    async def _subscribe(self) -> None:
        """lexoffice can send no header of ours: the product mints a token for each subscription, and waits its turn."""
        health = await self.api("POST", "/providers/lexoffice/subscriptions")
        deadline = time.monotonic() + PATIENCE.in_all_s
        while health["pending"] and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            health = await self.api("GET", "/providers/lexoffice/subscriptions")
        if health["state"] != "healthy":
            raise DoorClosed(f"event subscriptions: {health['state']} {health['reason'] or ''}")

    async def _choose_category(self) -> None:
        """What vouchers of regular partners are booked to, from lexoffice's own list."""
        listed = await self.api("POST", "/posting-categories/read")
        deadline = time.monotonic() + PATIENCE.in_all_s
        while not listed["categories"] and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            listed = await self.api("GET", "/posting-categories")
        chosen = next((one["id"] for one in listed["categories"] if "rovision" in one["name"]), None)
        if chosen is None:
            raise DoorClosed("posting categories: none for commissions")
        await self.api("PUT", "/posting-categories/regular", {"category_id": chosen})

    async def bank(self, method: str, path: str, *, content: bytes = b"", **members: Any) -> httpx.Response:
        """The sandbox bank, as a person with a terminal. Raises DoorClosed."""
        body: dict[str, Any] = {"content": content} if content else {"json": members} if members else {}
        answer = await answer_of(lambda: self._http.request(method, f"{self._addresses.bank_url}{path}", **body))
        if answer.is_error:
            raise DoorClosed(f"bank {method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer

    async def easybill(self, method: str, path: str, *, api_key: str = "", **members: Any) -> Any:
        """The sandbox easybill, as a person at its pages; with a key as a caller of its API. Raises DoorClosed."""
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        body: dict[str, Any] = {"json": members} if members or method == "POST" else {}
        url = f"{self._addresses.easybill_url}{path}"
        answer = await answer_of(lambda: self._http.request(method, url, headers=headers, **body))
        if answer.is_error:
            raise DoorClosed(f"easybill {method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    async def _open_bank_account(self) -> None:
        """At the bank and here, confirmed by a second pair of eyes."""
        await self.bank(
            "POST",
            "/sandbox/accounts",
            iban=_OWN_ACCOUNT["iban"],
            holder=_OWN_ACCOUNT["account_holder"],
            cents=_AT_THE_BANK_CENTS,
        )
        if not await self.api("GET", "/bank-accounts"):
            account = await self.api("POST", "/bank-accounts", _OWN_ACCOUNT)
            await self.api("POST", f"/bank-accounts/{account['id']}/confirm", key="approve")

    async def _make_partners(self) -> None:
        known = {row["code"] for row in (await self.api("GET", "/partners"))["items"]}
        if not known:
            await self.api("POST", "/campaigns", {"slug": "herbst", "name": "Herbstaktion"})
            await self.api("POST", "/campaigns/herbst/plans", {"levels": LEVELS})
            await self.api("POST", "/campaigns/herbst/default")
            # Else lexoffice may write no credit notes for services from 2027 on (§ 27 Abs. 38 UStG), and pages say so.
            year = datetime.now(UTC).year
            for of in (year - 1, year):
                await self.api("PUT", f"/document-settings/turnovers/{of}", {"above_limit": False})
        for partner in PARTNERS:
            if partner["code"] in known:
                continue
            await self._make_partner({**partner, **_ADDRESS}, {"status": "regular", "vat_id": "DE987654328"})
            account = await self.api(
                "PUT",
                f"/partners/{partner['code']}/bank-details",
                {"account_holder": partner["name"], "iban": _IBANS[partner["code"]]},
            )
            # The second pair of eyes: who recorded an account does not confirm it.
            await self.api(
                "POST", f"/partners/{partner['code']}/bank-details/confirm", {"account": account["id"]}, key="approve"
            )
        for partner, status in _OF_OTHER_TAX_CASES:
            if partner["code"] not in known:
                await self._make_partner(partner, status)

    async def _make_partner(self, partner: Mapping[str, str], status: Mapping[str, str | int]) -> None:
        """With tax status and agreement. A small business is confirmed for the year of today."""
        confirmed = {"confirmed_year": time.localtime().tm_year} if status["status"] == "small_business" else {}
        await self.api("POST", "/partners", partner)
        await self.api(
            "POST",
            f"/partners/{partner['code']}/tax-statuses",
            {"valid_from": "2020-01-01", **status, **confirmed},
        )
        await self.api(
            "POST",
            f"/partners/{partner['code']}/agreement",
            {"version": "2026-01", "accepted_at": "2026-01-02T09:00:00+01:00"},
        )
