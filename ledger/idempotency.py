"""Answers that are given again: a POST that is repeated with its Idempotency-Key happens once.

The answer is kept in the transaction that makes it true, so there is none without the other, whatever dies when.
"""

import hashlib
import json

from ledger.database import Ledger, TenantTransaction
from ledger.refusals import NotAcceptable, NotAllowedNow
from ledger.types import Frozen

KEPT_DAYS = 7
"""forget_old_answers() says the same."""


class UnderWay(NotAllowedNow):
    """Another request with this key has not ended yet."""

    def __init__(self) -> None:
        super().__init__("idempotency_key_in_use")


class KeyReused(NotAcceptable):
    """This Idempotency-Key was used for another request."""

    def __init__(self) -> None:
        super().__init__("idempotency_key_reused")


class KeptAnswer(Frozen):
    """HTTP status and content (JSON, as it was sent) of the first answer."""

    status: int
    content: bytes


async def recall(tx: TenantTransaction, *, caller: str, key: str, request_sha256: bytes) -> KeptAnswer | None:
    """The answer that was given; None when this is the first request, which then holds the key until its end.

    Raises UnderWay, KeyReused.
    """
    # A lock of the transaction instead of a row: when the process dies nothing is left behind.
    name = hashlib.sha256(f"{tx.tenant.id}\0{caller}\0{key}".encode()).digest()[:8]
    if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", int.from_bytes(name, "big", signed=True)):
        raise UnderWay
    row = await tx.fetchrow(
        """
        SELECT request_sha256, status, body,
               -- The release before, beside this one, renews an expired row's body alone.
               CASE WHEN content::jsonb = body THEN content END AS content FROM idempotency_keys
         WHERE tenant_id = $1 AND caller = $2 AND key = $3 AND created_at > now() - make_interval(days => $4)
        """,
        tx.tenant.id,
        caller,
        key,
        KEPT_DAYS,
    )
    if row is None:
        return None
    if row["request_sha256"] != request_sha256:
        raise KeyReused
    content: str = row["content"] or json.dumps(row["body"], ensure_ascii=False, separators=(",", ":"))
    return KeptAnswer(status=row["status"], content=content.encode())


async def keep(tx: TenantTransaction, *, caller: str, key: str, request_sha256: bytes, answer: KeptAnswer) -> None:
    """Stores the answer under the caller's key, in place of an expired one, for `recall`."""
    await tx.execute(
        """
        INSERT INTO idempotency_keys (tenant_id, caller, key, request_sha256, status, content, body)
        VALUES ($1, $2, $3, $4, $5, $6::text::json, $6::text::jsonb)
        ON CONFLICT (tenant_id, caller, key)
        DO UPDATE SET request_sha256 = EXCLUDED.request_sha256, status = EXCLUDED.status, body = EXCLUDED.body,
                      content = EXCLUDED.content, created_at = now()
        """,
        tx.tenant.id,
        caller,
        key,
        request_sha256,
        answer.status,
        answer.content.decode(),
    )


async def forget_old(ledger: Ledger, *, at_most: int) -> int:
    """What is older than KEPT_DAYS, in all tenants, so many at once. Returns how many went."""
    async with ledger.without_tenant() as db:
        gone: int = await db.fetchval("SELECT forget_old_answers($1)", at_most)
    return gone
