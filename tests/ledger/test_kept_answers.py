"""Answers kept for an Idempotency-Key end by themselves."""

import asyncpg

from ledger import idempotency
from ledger.database import Ledger
from ledger.idempotency import KEPT_DAYS, KeptAnswer
from ledger.types import Tenant
from tests.fixtures.trail import superuser

__all__ = ["superuser"]


async def test_kept_answers_are_forgotten_after_their_days_so_many_at_once(
    ledger: Ledger, tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    answer = KeptAnswer(status=200, content=b'{"name":"Anna"}')
    async with ledger.transaction(tenant) as tx:
        for key in ("old-1", "old-2", "old-3", "young"):
            await idempotency.keep(tx, caller="key:a", key=key, request_sha256=b"x" * 32, answer=answer)
    await superuser.execute(
        """
        UPDATE idempotency_keys
           SET created_at = now() - make_interval(days => $2)
                            + CASE key WHEN 'young' THEN interval '1 hour' ELSE interval '-1 hour' END
         WHERE tenant_id = $1
        """,
        tenant.id,
        KEPT_DAYS,
    )
    assert await idempotency.forget_old(ledger, at_most=2) == 2
    while await idempotency.forget_old(ledger, at_most=2):
        pass
    async with ledger.transaction(tenant) as tx:
        assert [row["key"] for row in await tx.fetch("SELECT key FROM idempotency_keys")] == ["young"]
