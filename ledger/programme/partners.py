"""Partners: who they are, where they stand in the sponsor tree now, and where they stood at the instant of a sale."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from ledger.audit import audit, hands
from ledger.countries import Country
from ledger.database import TenantTransaction
from ledger.mail_addresses import MailAddress
from ledger.plain_text import Phone, PrintedLine, PrintedName, WrittenCode, code_of
from ledger.programme import campaigns, successors
from ledger.programme.calculation import DEEPEST_LEVEL, Earner
from ledger.refusals import AlreadyExists, NotAcceptable, NotFound
from ledger.types import CampaignId, Cents, Frozen, PartnerId, Submitted

CODE_PATTERN = r"^[A-Z0-9_-]{1,32}$"
PartnerStatus = Literal["active", "inactive"]


class Partner(Frozen):
    """A partner as it is now. `seq` orders lists; codes are upper case."""

    id: PartnerId
    seq: int
    code: str
    name: str
    email: str | None
    phone: str | None
    status: PartnerStatus
    sponsor_id: PartnerId | None
    sponsor_code: str | None
    campaign_id: CampaignId | None
    campaign_slug: str | None
    lexoffice_contact_id: UUID | None
    supplement: str | None
    street: str | None
    zip: str | None
    city: str | None
    country_code: str | None
    agreement_accepted_at: datetime | None
    agreement_version: str | None
    minimum_payout_cents: int | None
    predecessor_code: str | None
    """Whom this legal person follows."""
    successor_code: str | None
    last_edited_by: str | None
    created_at: datetime


class PartnerChange(Submitted):
    """What is set is changed, None included; what is not set stays."""

    name: PrintedName = Field(default="", min_length=1, max_length=200)
    email: MailAddress | None = Field(default=None, max_length=320)
    phone: Phone | None = Field(default=None, max_length=50)
    status: PartnerStatus = "active"
    sponsor_code: str | None = None
    campaign_slug: str | None = None
    lexoffice_contact_id: UUID | None = None
    supplement: PrintedLine | None = Field(default=None, max_length=200)
    street: PrintedLine | None = Field(default=None, max_length=200)
    zip: PrintedLine | None = Field(default=None, max_length=20)
    city: PrintedLine | None = Field(default=None, max_length=100)
    country_code: Country | None = None
    minimum_payout_cents: Cents | None = Field(default=None, ge=0)
    predecessor_code: str | None = Field(
        default=None, max_length=32, description="Wem diese neue Rechtsperson nachfolgt; es geht nichts auf sie über"
    )


class NewPartner(PartnerChange):
    """A partner as somebody enters it: only code and name are required."""

    code: WrittenCode = Field(pattern=CODE_PATTERN)
    name: PrintedName = Field(min_length=1, max_length=200)


COLUMNS = """p.id, p.seq, p.code, p.name, p.email, p.phone, p.status, p.sponsor_id, s.code AS sponsor_code,
           p.campaign_id, c.slug AS campaign_slug, p.lexoffice_contact_id, p.supplement, p.street, p.zip, p.city,
           p.country_code, p.agreement_accepted_at, p.agreement_version, p.minimum_payout_cents,
           f.code AS predecessor_code, n.code AS successor_code, p.last_edited_by, p.created_at"""
BESIDE = """
      LEFT JOIN partners s ON s.tenant_id = p.tenant_id AND s.id = p.sponsor_id
      LEFT JOIN campaigns c ON c.tenant_id = p.tenant_id AND c.id = p.campaign_id
      LEFT JOIN partners f ON f.tenant_id = p.tenant_id AND f.id = p.predecessor_id
      LEFT JOIN partners n ON n.tenant_id = p.tenant_id AND n.predecessor_id = p.id
"""
"""Of a query over `partners p`."""
_PARTNER = f"SELECT {COLUMNS} FROM partners p {BESIDE} WHERE p.tenant_id = $1"

_AUDITED_FIELDS = tuple(PartnerChange.model_fields)


async def create(tx: TenantTransaction, new: NewPartner, *, by: str) -> Partner:
    """A new partner.

    Raises AlreadyExists (code, contact, predecessor followed by another) and NotAcceptable (unknown sponsor, campaign
    or predecessor).
    """
    partner_id = await tx.fetchval(
        """
        INSERT INTO partners (tenant_id, code, name, email, status, sponsor_id, campaign_id, lexoffice_contact_id,
                              supplement, street, zip, city, country_code, minimum_payout_cents, last_edited_by, phone,
                              predecessor_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        tx.tenant.id,
        new.code,
        new.name,
        new.email,
        new.status,
        await _sponsor(tx, new.sponsor_code),
        await _campaign(tx, new.campaign_slug),
        new.lexoffice_contact_id,
        new.supplement,
        new.street,
        new.zip,
        new.city,
        new.country_code,
        new.minimum_payout_cents,
        by,
        new.phone,
        await successors.predecessor_of(tx, new.predecessor_code, follower=None),
    )
    if partner_id is None:
        raise _taken(code=await find_by_code(tx, new.code) is not None)
    await _audited(tx, by, "partner.created", partner_id, new.model_dump(mode="json", exclude_unset=True))
    return await get(tx, partner_id)


async def change(tx: TenantTransaction, partner_id: PartnerId, wanted: PartnerChange, *, by: str) -> Partner:
    """The partner as it is after the change.

    Raises NotFound, AlreadyExists (contact, predecessor followed by another), NotAcceptable (unknown sponsor, campaign
    or predecessor, a circle of sponsors or successors).
    """
    await lock(tx, partner_id)
    before = await get(tx, partner_id)
    fields = wanted.model_dump(exclude_unset=True)
    after = before.model_copy(update=fields)
    if after.lexoffice_contact_id is not None:
        owner = await tx.fetchval(
            "SELECT id FROM partners WHERE tenant_id = $1 AND lexoffice_contact_id = $2",
            tx.tenant.id,
            after.lexoffice_contact_id,
        )
        if owner not in (None, partner_id):
            raise _taken(code=False)
    await tx.execute(
        """
        UPDATE partners SET name = $3, email = $4, status = $5, sponsor_id = $6, campaign_id = $7,
               lexoffice_contact_id = $8, supplement = $9, street = $10, zip = $11, city = $12, country_code = $13,
               minimum_payout_cents = $14, last_edited_by = $15, phone = $16,
               predecessor_id = CASE WHEN $17 THEN $18::uuid ELSE predecessor_id END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        partner_id,
        after.name,
        after.email,
        after.status,
        await _sponsor(tx, after.sponsor_code) if "sponsor_code" in fields else before.sponsor_id,
        await _campaign(tx, after.campaign_slug) if "campaign_slug" in fields else before.campaign_id,
        after.lexoffice_contact_id,
        after.supplement,
        after.street,
        after.zip,
        after.city,
        after.country_code,
        after.minimum_payout_cents,
        by,
        after.phone,
        "predecessor_code" in fields,
        await successors.predecessor_of(tx, fields.get("predecessor_code"), follower=partner_id),
    )
    if fields.keys() & {"sponsor_code", "campaign_slug"}:
        await hands.hold_tenant(tx)  # what those above earn is decided by it, too
    await hands.hold_partner(tx, partner_id)
    now = await get(tx, partner_id)
    changed = {
        field: [getattr(before, field), getattr(now, field)]
        for field in _AUDITED_FIELDS
        if getattr(before, field) != getattr(now, field)
    }
    if changed:
        await _audited(tx, by, "partner.changed", partner_id, changed)
    return now


async def lock(tx: TenantTransaction, partner_id: PartnerId) -> None:
    """Hold the partner's row until the transaction ends: nobody else changes it."""
    await tx.execute(
        "SELECT 1 FROM partners WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tx.tenant.id, partner_id
    )


async def accept_agreement(
    tx: TenantTransaction, partner_id: PartnerId, *, version: str, accepted_at: datetime, by: str
) -> Partner:
    """The agreement on self-billing (§ 14 Abs. 2 Satz 5 UStG). Raises NotFound."""
    await tx.execute(
        """
        UPDATE partners SET agreement_version = $3, agreement_accepted_at = $4, last_edited_by = $5
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        partner_id,
        version,
        accepted_at,
        by,
    )
    await hands.hold_partner(tx, partner_id)
    partner = await get(tx, partner_id)
    await _audited(tx, by, "partner.agreement_accepted", partner_id, {"version": version, "accepted_at": accepted_at})
    return partner


async def get(tx: TenantTransaction, partner_id: PartnerId) -> Partner:
    """A partner. Raises NotFound."""
    row = await tx.fetchrow(_PARTNER + " AND p.id = $2", tx.tenant.id, partner_id)
    if row is None:
        raise NotFound("partner_not_found")
    return Partner.from_row(row)


async def code_named(tx: TenantTransaction, named: str) -> str:
    """Code of the partner that a question names by id; the release before 1.0 asked one by code."""
    found = await tx.fetchval("SELECT code FROM partners WHERE tenant_id = $1 AND id::text = $2", tx.tenant.id, named)
    return str(found or named)


async def find_by_code(tx: TenantTransaction, code: str) -> Partner | None:
    """Codes are upper case; what is asked for may be written small, and with what nobody sees."""
    row = await tx.fetchrow(_PARTNER + " AND p.code = $2", tx.tenant.id, code_of(code))
    return None if row is None else Partner.from_row(row)


class Standing(Frozen):
    """What a partner was at an instant."""

    partner_id: PartnerId
    sponsor_id: PartnerId | None
    status: PartnerStatus
    campaign_id: CampaignId | None

    @property
    def earner(self) -> Earner:
        """Who earns here, for `commissions_of`: only an active partner earns."""
        return Earner(partner_id=self.partner_id, active=self.status == "active")


async def chain_at(tx: TenantTransaction, partner_id: PartnerId, instant: datetime) -> list[Standing]:
    """The partner and the sponsors above it as they stood then, at most ten, the partner first.

    A partner is what its history says last before the instant; one that was recorded only afterwards counts as it
    was first recorded (a sale may be older than the import of its partner).
    """
    rows = await tx.fetch(
        """
        WITH RECURSIVE chain (level, partner_id, sponsor_id, status, campaign_id) AS (
            (SELECT 1, partner_id, sponsor_id, status, campaign_id
               FROM partner_history WHERE tenant_id = $1 AND partner_id = $2
              ORDER BY valid_from <= $3 DESC, abs(extract(epoch FROM valid_from - $3)), seq DESC LIMIT 1)
            UNION ALL
            SELECT c.level + 1, h.partner_id, h.sponsor_id, h.status, h.campaign_id
              FROM chain c
             CROSS JOIN LATERAL
                   (SELECT partner_id, sponsor_id, status, campaign_id
                      FROM partner_history WHERE tenant_id = $1 AND partner_id = c.sponsor_id
                     ORDER BY valid_from <= $3 DESC, abs(extract(epoch FROM valid_from - $3)), seq DESC LIMIT 1) h
             WHERE c.level < $4
        )
        SELECT partner_id, sponsor_id, status, campaign_id FROM chain ORDER BY level
        """,
        tx.tenant.id,
        partner_id,
        instant,
        DEEPEST_LEVEL,
    )
    return [Standing.from_row(row) for row in rows]


async def _sponsor(tx: TenantTransaction, code: str | None) -> PartnerId | None:
    if code is None:
        return None
    sponsor = await find_by_code(tx, code)
    if sponsor is None:
        raise NotAcceptable("unknown_sponsor")
    return sponsor.id


async def _campaign(tx: TenantTransaction, slug: str | None) -> CampaignId | None:
    if slug is None:
        return None
    campaign = await campaigns.find_by_slug(tx, slug)
    if campaign is None:
        raise NotAcceptable("unknown_campaign")
    return campaign.id


def _taken(*, code: bool) -> AlreadyExists:
    if code:
        return AlreadyExists("partner_code_taken")
    return AlreadyExists("a_contact_is_one_partner")


async def _audited(tx: TenantTransaction, by: str, action: str, partner_id: PartnerId, detail: dict[str, Any]) -> None:
    await audit.record(
        tx, actor=by, action=action, subject="partner", subject_id=str(partner_id), detail=audit.apart(detail)
    )
