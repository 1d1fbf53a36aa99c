"""What the ledger says of one tenant, at one moment: by SQL, read-only and as the application's role."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from chaos.firm import Firm


@dataclass(frozen=True)
class Books:
    """One tenant's ledger."""

    payouts: Mapping[str, asyncpg.Record]
    lines: Mapping[str, Sequence[asyncpg.Record]]
    sales: Mapping[str, asyncpg.Record]
    commissions: Mapping[str, Sequence[asyncpg.Record]]
    intents: Sequence[asyncpg.Record]
    events: Sequence[asyncpg.Record]
    tasks: Sequence[asyncpg.Record]
    decisions: Sequence[asyncpg.Record]
    own_documents: Sequence[asyncpg.Record]
    counters: Sequence[asyncpg.Record]


async def read_books(ledger: "asyncpg.Connection[asyncpg.Record]", firm: Firm) -> Books:
    async with ledger.transaction(readonly=True, isolation="repeatable_read"):
        await ledger.execute("SELECT set_config('app.tenant', $1, true)", str(firm.tenant.id))
        payouts = await ledger.fetch(
            """
            SELECT p.*, d.resource_id, d.voucher_number, d.open_cents,
                   EXISTS (SELECT 1 FROM tasks t WHERE t.tenant_id = p.tenant_id AND t.kind = 'returned'
                                                   AND t.subject_id = p.number) AS was_returned
              FROM payouts p LEFT JOIN external_documents d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id
             ORDER BY p.number
            """
        )
        lines = await ledger.fetch(
            """
            SELECT p.number, l.commission_id, l.net_cents, l.released_at, c.state AS commission_state
              FROM payout_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
              JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
            """
        )
        sales = await ledger.fetch(
            """
            SELECT t.*, d.resource_id FROM transactions t
              LEFT JOIN external_documents d ON d.tenant_id = t.tenant_id AND d.transaction_id = t.id
                                            AND d.detached_at IS NULL
            """
        )
        # By sale: the plans of chaos runs have neither tiers nor caps of a month, so every commission has one.
        commissions = await ledger.fetch(
            """
            SELECT t.payment_intent, c.kind, c.level, c.net_cents, c.state, p.code
              FROM commissions c JOIN transactions t ON t.tenant_id = c.tenant_id AND t.id = c.transaction_id
              JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
            """
        )
        return Books(
            payouts={row["number"]: row for row in payouts},
            lines=_grouped(lines, "number"),
            sales={row["payment_intent"] or str(row["id"]): row for row in sales},
            commissions=_grouped(commissions, "payment_intent"),
            intents=await ledger.fetch("SELECT marker, closed_at FROM creation_intents"),
            events=await ledger.fetch(
                """
                SELECT id, event_type, resource_id, state, reason, handled_at FROM events
                 WHERE provider IN ('lexoffice', 'easybill') ORDER BY received_at, tenant_id, id
                """
            ),
            tasks=await ledger.fetch("SELECT kind, subject, subject_id FROM tasks WHERE state = 'open'"),
            decisions=await ledger.fetch(
                """
                SELECT d.kind, d.delivered_at, p.number FROM decisions d
                  JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
                """
            ),
            own_documents=await ledger.fetch(
                """
                SELECT number, pattern, year, place, payout_id, gross_cents, closed_at, closed_reason, handed_out_at
                  FROM own_documents ORDER BY seq
                """
            ),
            counters=await ledger.fetch("SELECT pattern, year, last FROM own_document_counters"),
        )


def _grouped(rows: Sequence[asyncpg.Record], by: str) -> dict[str, list[asyncpg.Record]]:
    groups: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups
