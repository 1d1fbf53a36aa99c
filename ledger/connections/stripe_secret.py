"""The secret that Stripe signs its webhooks with."""

import re

from pydantic import SecretStr

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.refusals import NotAcceptable
from ledger.types import STRIPE
from ledger.vault import Vault

_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,494}")


async def save_stripe_secret(tx: TenantTransaction, vault: Vault, *, signing_secret: str, actor: str) -> None:
    """The secret that Stripe signs its webhooks with; an empty one switches the address off. Raises NotAcceptable."""
    if signing_secret and not _SECRET.fullmatch(signing_secret):
        raise NotAcceptable("secret_not_acceptable")
    await tx.execute(
        """
        UPDATE provider_connections
           SET state = CASE WHEN $3::bytea IS NULL THEN 'unconnected' ELSE 'connected' END,
               secret_encrypted = $3, secret_last4 = $4,
               secret_saved_at = CASE WHEN $3::bytea IS NOT NULL THEN now() END
         WHERE tenant_id = $1 AND provider = $2
        """,
        tx.tenant.id,
        STRIPE,
        vault.encrypt(signing_secret) if signing_secret else None,
        signing_secret[-4:] if signing_secret else None,
    )
    await audit.record(
        tx,
        actor=actor,
        action="connection.secret_saved" if signing_secret else "connection.secret_removed",
        subject="connection",
        subject_id=STRIPE,
    )


async def stripe_secret(tx: TenantTransaction, vault: Vault) -> SecretStr | None:
    """None while there is none: the address is switched off."""
    stored = await tx.fetchval(
        "SELECT secret_encrypted FROM provider_connections WHERE tenant_id = $1 AND provider = $2", tx.tenant.id, STRIPE
    )
    return None if stored is None else SecretStr(vault.decrypt(stored))


async def awaits_first_event(tx: TenantTransaction) -> bool:
    """Whether a secret is stored and nothing signed with it has come: it may be another endpoint's."""
    return bool(
        await tx.fetchval(
            """
            SELECT secret_saved_at IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM events e
                                    WHERE e.tenant_id = c.tenant_id AND e.provider = c.provider
                                      AND e.received_at >= c.secret_saved_at)
              FROM provider_connections c WHERE tenant_id = $1 AND provider = $2
            """,
            tx.tenant.id,
            STRIPE,
        )
    )
