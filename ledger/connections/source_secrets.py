"""The secret that a source of sales signs its messages with, and how the tenant takes what it says.

Without a secret the source's address is switched off.
"""

import base64
import re
import secrets
from datetime import datetime
from typing import Literal

from pydantic import SecretStr

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable
from ledger.types import COPECART, CUSTOM, DIGISTORE24, STRIPE, Frozen
from ledger.vault import Vault

PROBE = "partnerdesk.test"
"""The kind of a test message that we send ourselves: it says nothing of whether the source has our secret."""
_SECRET = {
    STRIPE: re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,494}"),
    CUSTOM: re.compile(r"[\x21-\x7e]{16,500}"),
    DIGISTORE24: re.compile(r"[\x21-\x7e]{8,500}"),
    COPECART: re.compile(r"[\x21-\x7e]{8,500}"),
}


class SourceSettings(Frozen):
    """`awaits_invoice`: a sale waits for its invoice in the books. `takes_affiliate_sales`: what the source pays its
    own affiliates for earns commissions here too."""

    awaits_invoice: bool = False
    takes_affiliate_sales: bool = False


class SourceConnection(SourceSettings):
    """What people may see of it: never the secret, only its end."""

    provider: str
    state: Literal["unconnected", "connected", "broken"] = "unconnected"
    secret_last4: str | None = None
    secret_saved_at: datetime | None = None
    waits_for_first_event: bool = False
    """A secret is stored and nothing signed with it has come: it may be another address's."""


async def show(tx: TenantTransaction, provider: str) -> SourceConnection:
    """How it stands; also of a source that nobody has set up."""
    row = await tx.fetchrow(
        """
        SELECT provider, state, secret_last4, secret_saved_at, awaits_invoice, takes_affiliate_sales,
               secret_saved_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM events e
                                WHERE e.tenant_id = c.tenant_id AND e.provider = c.provider
                                  AND e.received_at >= c.secret_saved_at
                                  AND e.event_type <> $3) AS waits_for_first_event
          FROM provider_connections c WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        provider,
        PROBE,
    )
    return SourceConnection(provider=provider) if row is None else SourceConnection.from_row(row)


async def settings_of(tx: TenantTransaction, provider: str) -> SourceSettings:
    """How the tenant takes what this source says."""
    return await show(tx, provider)


def require_secret(provider: str, secret: str) -> None:
    """Nothing, for what the source may sign with. Raises NotAcceptable."""
    if not _SECRET[provider].fullmatch(secret):
        raise NotAcceptable("secret_not_acceptable" if provider == STRIPE else "source_secret_not_acceptable")


async def save(tx: TenantTransaction, vault: Vault, provider: str, *, secret: str, actor: str) -> None:
    """The secret that the source signs with; an empty one switches the address off. Raises NotAcceptable."""
    if secret:
        require_secret(provider, secret)
    await tx.execute(
        """
        INSERT INTO provider_connections AS c (tenant_id, provider, state, secret_encrypted, secret_last4,
                                               secret_saved_at)
        VALUES ($1, $2, CASE WHEN $3::bytea IS NULL THEN 'unconnected' ELSE 'connected' END, $3, $4,
                CASE WHEN $3::bytea IS NOT NULL THEN now() END)
        ON CONFLICT (tenant_id, provider) DO UPDATE
           SET state = EXCLUDED.state, secret_encrypted = EXCLUDED.secret_encrypted,
               secret_last4 = EXCLUDED.secret_last4, secret_saved_at = EXCLUDED.secret_saved_at
        """,
        tx.tenant.id,
        provider,
        vault.encrypt(secret) if secret else None,
        secret[-4:] if secret else None,
    )
    await audit.record(
        tx,
        actor=actor,
        action="connection.secret_saved" if secret else "connection.secret_removed",
        subject="connection",
        subject_id=provider,
    )


async def change(tx: TenantTransaction, provider: str, wanted: SourceSettings, *, actor: str) -> None:
    """How what it says is taken from now on; what was booked stays."""
    before = await settings_of(tx, provider)
    if (before.awaits_invoice, before.takes_affiliate_sales) == (wanted.awaits_invoice, wanted.takes_affiliate_sales):
        return
    await tx.execute(
        """
        INSERT INTO provider_connections (tenant_id, provider, awaits_invoice, takes_affiliate_sales)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, provider) DO UPDATE
           SET awaits_invoice = EXCLUDED.awaits_invoice, takes_affiliate_sales = EXCLUDED.takes_affiliate_sales
        """,
        tx.tenant.id,
        provider,
        wanted.awaits_invoice,
        wanted.takes_affiliate_sales,
    )
    await audit.record(
        tx,
        actor=actor,
        action="connection.source_changed",
        subject="connection",
        subject_id=provider,
        detail={
            "awaits_invoice": [before.awaits_invoice, wanted.awaits_invoice],
            "takes_affiliate_sales": [before.takes_affiliate_sales, wanted.takes_affiliate_sales],
        },
    )


async def read(tx: TenantTransaction, vault: Vault, provider: str) -> SecretStr | None:
    """None while there is none: the address is switched off."""
    stored = await tx.fetchval(
        "SELECT secret_encrypted FROM provider_connections WHERE tenant_id = $1 AND provider = $2",
        tx.tenant.id,
        provider,
    )
    return None if stored is None else SecretStr(vault.decrypt(stored))


def new_secret() -> SecretStr:
    """256 random bits, as Standard Webhooks write them."""
    return SecretStr("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
