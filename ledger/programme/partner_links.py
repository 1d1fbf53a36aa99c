"""A partner's personal link: it works once and becomes a cookie for 30 days. The ledger keeps hashes of both.

Whoever has the cookie sees this partner's balance, payouts and documents, and may object; nothing else.
"""

import secrets
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr

from ledger.audit import audit
from ledger.database import Ledger, TenantTransaction
from ledger.programme import partners
from ledger.refusals import NotAllowedNow, NotFound
from ledger.types import Frozen, PartnerId, Tenant
from ledger.vault import Vault

_BYTES = 32


class PartnerLink(Frozen):
    """A link as admins see it: the token itself is shown once and stored as a hash."""

    id: UUID
    created_by: str
    created_at: datetime
    expires_at: datetime
    """Until when it may be opened for the first time."""
    used_at: datetime | None
    cookie_expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """new, in_use, over or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        if self.cookie_expires_at is not None:
            return "in_use" if self.cookie_expires_at > now else "over"
        return "new" if self.expires_at > now else "over"


class Guest(Frozen):
    """The partner behind a link or cookie."""

    tenant: Tenant
    link_id: UUID
    partner_id: PartnerId


async def make(tx: TenantTransaction, vault: Vault, partner_id: PartnerId, *, by: str) -> SecretStr:
    """A new link's token, to be shown once. Raises NotFound."""
    await partners.get(tx, partner_id)
    token = secrets.token_urlsafe(_BYTES)
    link = await tx.fetchval(
        """
        INSERT INTO partner_links (tenant_id, partner_id, token_hmac, created_by) VALUES ($1, $2, $3, $4) RETURNING id
        """,
        tx.tenant.id,
        partner_id,
        vault.recognise(_link(token)),
        by,
    )
    await _audited(tx, partner_id, by, "partner.link_made", link)
    return SecretStr(token)


async def revoke(tx: TenantTransaction, partner_id: PartnerId, link: UUID, *, by: str) -> None:
    """Link and cookie end at once. Raises NotAllowedNow where there is nothing (any more) to end."""
    done = await tx.fetchval(
        """
        UPDATE partner_links SET revoked_at = now(), revoked_by = $4
         WHERE tenant_id = $1 AND partner_id = $2 AND id = $3 AND revoked_at IS NULL RETURNING true
        """,
        tx.tenant.id,
        partner_id,
        link,
        by,
    )
    if not done:
        raise NotAllowedNow("link_over")
    await _audited(tx, partner_id, by, "partner.link_revoked", link)


async def list_links(tx: TenantTransaction, partner_id: PartnerId, *, limit: int = 10) -> list[PartnerLink]:
    """The newest ones."""
    rows = await tx.fetch(
        """
        SELECT id, created_by, created_at, expires_at, used_at, cookie_expires_at, revoked_at FROM partner_links
         WHERE tenant_id = $1 AND partner_id = $2 ORDER BY created_at DESC LIMIT $3
        """,
        tx.tenant.id,
        partner_id,
        limit,
    )
    return [PartnerLink.from_row(row) for row in rows]


async def is_open(ledger: Ledger, vault: Vault, token: str) -> bool:
    """Whether this link could be opened now. Looking uses nothing up: mail scanners look at links, too."""
    return await _find(ledger, "find_partner_link", vault.recognise_under_all_keys(_link(token))) is not None


async def open_link(ledger: Ledger, vault: Vault, token: str) -> SecretStr:
    """Exchange the link for a cookie, once. Raises NotFound for one that is unknown, used, over or revoked."""
    guest = await _find(ledger, "find_partner_link", vault.recognise_under_all_keys(_link(token)))
    if guest is None:
        raise NotFound("link_not_found")
    cookie = secrets.token_urlsafe(_BYTES)
    async with ledger.transaction(guest.tenant) as tx:
        # In WHERE: two browsers may open it at the same moment, and one gets in.
        done = await tx.fetchval(
            """
            UPDATE partner_links SET used_at = now(), cookie_hmac = $3, cookie_expires_at = now() + interval '30 days'
             WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL AND revoked_at IS NULL RETURNING true
            """,
            guest.tenant.id,
            guest.link_id,
            vault.recognise(_cookie(cookie)),
        )
        if not done:
            raise NotFound("link_not_found")
        by = f"partner:{guest.partner_id}"
        await _audited(tx, guest.partner_id, by, "partner.link_opened", guest.link_id)
    return SecretStr(cookie)


async def leave(ledger: Ledger, guest: Guest) -> None:
    """The cookie ends, wherever it was copied to; what this link was good for is over."""
    async with ledger.transaction(guest.tenant) as tx:
        done = await tx.fetchval(
            """
            UPDATE partner_links SET cookie_expires_at = now()
             WHERE tenant_id = $1 AND id = $2 AND cookie_expires_at > now() RETURNING true
            """,
            guest.tenant.id,
            guest.link_id,
        )
        if done:
            await _audited(tx, guest.partner_id, f"partner:{guest.partner_id}", "partner.link_left", guest.link_id)


async def recognise(ledger: Ledger, vault: Vault, cookie: str) -> Guest | None:
    """Whose cookie this is; None where it is nobody's (any more)."""
    return await _find(ledger, "find_partner_cookie", vault.recognise_under_all_keys(_cookie(cookie)))


async def _find(ledger: Ledger, function: str, hmacs: list[bytes]) -> Guest | None:
    async with ledger.without_tenant() as db:
        row = await db.fetchrow(f"SELECT * FROM {function}($1)", hmacs)
    if row is None:
        return None
    return Guest(
        tenant=Tenant.from_row(row),
        link_id=row["link_id"],
        partner_id=PartnerId(row["partner_id"]),
    )


def _link(token: str) -> str:
    return f"partner-link:{token}"


def _cookie(token: str) -> str:
    return f"partner-cookie:{token}"


async def _audited(tx: TenantTransaction, partner_id: PartnerId, by: str, action: str, link: UUID) -> None:
    await audit.record(
        tx,
        actor=by,
        action=action,
        subject="partner",
        subject_id=str(partner_id),
        detail={"link": str(link)},
    )
