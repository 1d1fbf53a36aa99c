"""Tenants: who uses this service, and as whom they appear on each Gutschrift."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from ledger import plain_text, tax_numbers
from ledger.audit import audit
from ledger.database import Ledger, TenantTransaction
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound
from ledger.types import CampaignId, Frozen, PaidBy, Tenant, TenantId, WithoutBankDetails

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class TenantAddress(Frozen):
    """The recipient of the service on each Gutschrift (§ 14 Abs. 4 UStG)."""

    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country_code: str = "DE"
    vat_id: str | None = None
    tax_number: str | None = None
    business_id: str | None = None
    """W-IdNr. (§ 139c AO): kept, and on no document in the place of a tax number."""


class TenantProfile(TenantAddress):
    """All that a tenant has decided about itself. Cents are EUR."""

    id: TenantId
    slug: str
    name: str
    is_demo: bool
    default_campaign_id: CampaignId | None
    replacement_window: timedelta
    minimum_payout_cents: int
    hold_days: int
    """Stornofrist: days from the customer's payment until a commission is paid out; a campaign may have its own."""
    clawback_limit_percent: int
    """How much of what a payout would hold is netted with claw-backs, at most; and in cents, where that is set."""
    clawback_limit_cents: int | None
    without_bank_details: WithoutBankDetails
    commercial_agents: bool
    """Whether partners are Handelsvertreter: what was due for three months is paid below the minimum (§ 87c HGB)."""
    paid_by: PaidBy
    """Who says that a payout is paid: lexoffice, the bank's statements, or both."""
    agreement_version: str | None
    """What partners must have accepted (§ 14 Abs. 2 Satz 5 UStG); None: whichever version they have."""
    four_eyes_limit_cents: int
    """Gross, per partner and 30 days: above it the makers of a payout do not approve it."""
    single_approver: bool
    """One person approves alone: four eyes are switched off, which each payout shows."""
    bank_quarantine: timedelta
    vat_proof_days: int
    """How old an answer of VIES may be when a payout is approved that it proves."""
    payout_run_day: int | None
    """Day of the month on which payouts of the month before are made; None: by hand only."""
    payout_run_hour: int
    """Hour of that day, Europe/Berlin."""
    """How long a changed account of a partner waits after it was recorded."""


async def create(
    ledger: Ledger,
    slug: str,
    name: str,
    *,
    actor: str,
    address: TenantAddress | None = None,
    is_demo: bool = False,
) -> Tenant:
    """A tenant with its connections (unconnected) and budget. Raises AlreadyExists, NotAcceptable."""
    if not _SLUG.fullmatch(slug):
        raise NotAcceptable("slug_not_acceptable")
    tenant = Tenant(id=TenantId(uuid4()), slug=slug)
    of = _printed((address or TenantAddress()).model_dump())
    of |= _numbers(of, of["country_code"])
    named = _printed({"name": name})["name"]
    # Row-level security lets a transaction write its own tenant only, so the id is chosen before it begins.
    async with ledger.transaction(tenant) as tx:
        try:
            await tx.execute(
                """
                INSERT INTO tenants (id, slug, name, street, zip, city, country_code, vat_id, tax_number, business_id,
                                     is_demo, replacement_window, bank_quarantine)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                        CASE WHEN $11 THEN interval '0' ELSE interval '3 days' END,
                        CASE WHEN $11 THEN interval '0' ELSE interval '7 days' END)
                """,
                tenant.id,
                slug,
                named,
                *(of[member] for member in TenantAddress.model_fields),
                is_demo,
            )
        except asyncpg.UniqueViolationError:
            raise AlreadyExists("tenant_exists") from None
        except asyncpg.CheckViolationError:
            raise NotAcceptable("tenant_name_not_acceptable") from None
        await tx.execute(
            """
            INSERT INTO provider_connections (tenant_id, provider, awaits_invoice)
            VALUES ($1, 'lexoffice', false), ($1, 'stripe', true)
            """,
            tenant.id,
        )
        await tx.execute("INSERT INTO api_budgets (tenant_id, provider) VALUES ($1, 'lexoffice')", tenant.id)
        await audit.record(
            tx, actor=actor, action="tenant.created", subject="tenant", subject_id=slug, detail={"demo": is_demo}
        )
    return tenant


async def get(ledger: Ledger, slug: str) -> Tenant:
    """The tenant of a slug. Raises NotFound."""
    async with ledger.without_tenant() as db:
        found: UUID | None = await db.fetchval("SELECT find_tenant($1)", slug)
    if found is None:
        raise NotFound("tenant_not_found")
    return Tenant(id=TenantId(found), slug=slug)


async def list_all(ledger: Ledger) -> list[Tenant]:
    """Every tenant of the installation, read outside of any tenant."""
    async with ledger.without_tenant() as db:
        rows = await db.fetch("SELECT id, slug FROM list_tenants()")
    return [Tenant(id=row["id"], slug=row["slug"]) for row in rows]


async def get_profile(tx: TenantTransaction) -> TenantProfile:
    """Name, address, tax numbers and rules of the tenant; limits in cents. Raises NotFound."""
    row = await tx.fetchrow(
        """
        SELECT id, slug, name, street, zip, city, country_code, vat_id, tax_number, business_id, is_demo,
               default_campaign_id, replacement_window, minimum_payout_cents, hold_days, clawback_limit_percent,
               clawback_limit_cents, without_bank_details, commercial_agents, paid_by, agreement_version,
               four_eyes_limit_cents, single_approver, bank_quarantine, vat_proof_days, payout_run_day, payout_run_hour
          FROM tenants WHERE id = $1
        """,
        tx.tenant.id,
    )
    if row is None:
        raise NotFound("tenant_not_found")
    return TenantProfile.from_row(row)


async def lock(tx: TenantTransaction) -> None:
    """Hold the tenant's row until the transaction ends: nobody else changes it."""
    await tx.execute("SELECT 1 FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tx.tenant.id)


async def created_at(tx: TenantTransaction) -> datetime:
    """When the tenant was created."""
    found: datetime = await tx.fetchval("SELECT created_at FROM tenants WHERE id = $1", tx.tenant.id)
    return found


_CHANGEABLE = frozenset(
    {
        "name",
        "street",
        "zip",
        "city",
        "country_code",
        "vat_id",
        "tax_number",
        "business_id",
        "default_campaign_id",
        "replacement_window",
        "minimum_payout_cents",
        "hold_days",
        "clawback_limit_percent",
        "clawback_limit_cents",
        "without_bank_details",
        "commercial_agents",
        "paid_by",
        "agreement_version",
        "four_eyes_limit_cents",
        "single_approver",
        "bank_quarantine",
        "vat_proof_days",
        "payout_run_day",
        "payout_run_hour",
    }
)


async def change(tx: TenantTransaction, changes: dict[str, Any], *, actor: str) -> TenantProfile:
    """Change what is named, leave the rest. Raises NotAcceptable for a value that the schema refuses."""
    unknown = changes.keys() - _CHANGEABLE
    if unknown:
        raise ValueError(f"no such setting of a tenant: {sorted(unknown)}")
    if changes:
        changes = _printed(changes)
        standing = await get_profile(tx)
        changes |= _numbers(changes, changes.get("country_code") or standing.country_code)
        before = standing.model_dump(mode="json", include=set(changes))
        columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=2))
        try:
            # The names are those of _CHANGEABLE, the values are parameters.
            await tx.execute(f"UPDATE tenants SET {columns} WHERE id = $1", tx.tenant.id, *changes.values())
        except (asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError, asyncpg.NotNullViolationError):
            raise NotAcceptable("tenant_not_acceptable") from None
        await audit.record(
            tx,
            actor=actor,
            action="tenant.changed",
            subject="tenant",
            subject_id=tx.tenant.slug,
            detail={
                "before": before,
                "after": (await get_profile(tx)).model_dump(mode="json", include=set(changes)),
            },
        )
    return await get_profile(tx)


def _printed(fields: dict[str, Any]) -> dict[str, Any]:
    """What stands on documents, as it may stand there. Raises NotAcceptable."""
    lines = {
        member: plain_text.optional_line(text)
        for member, text in fields.items()
        if member in ("street", "zip", "city") and isinstance(text, str)
    }
    return fields | lines | ({"name": plain_text.name(fields["name"])} if isinstance(fields.get("name"), str) else {})


def _numbers(fields: dict[str, Any], country: str) -> dict[str, Any]:
    """The tax numbers among the fields as they are kept, for a seat in that country. Raises NotAcceptable."""
    vat_id, tax_number = tax_numbers.of_tenant(fields.get("vat_id"), fields.get("tax_number"), country)
    business_id = fields.get("business_id")
    kept = {
        "vat_id": vat_id,
        "tax_number": tax_number,
        "business_id": tax_numbers.business_id(business_id) if business_id else None,
    }
    return {name: number for name, number in kept.items() if name in fields}
