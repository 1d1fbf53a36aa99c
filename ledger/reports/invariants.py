"""What must be true of a tenant's ledger, asked of the rows themselves. PostgreSQL's constraints keep most of it; a
restored backup, a hand-written UPDATE or a bug in a migration may not have."""

from datetime import datetime, timedelta
from typing import Any

from ledger.database import TenantTransaction
from ledger.reports.differences import Check, Difference, Row, by_hand, no_more
from ledger.reports.standstills import STANDSTILLS
from ledger.types import Frozen, PayoutNumber, PayoutState


class OpenPayout(Frozen):
    """A payout, as its workflow should know it."""

    number: PayoutNumber
    state: PayoutState
    announced: bool


_LOOK = "Look at {what} in the audit trail and in lexoffice before anything is paid. "


async def check(tx: TenantTransaction, *, stuck_after: timedelta) -> list[Difference]:
    """All that can be said without asking anybody. `stuck_after`: how long an intent may take at most."""
    found: list[Difference] = []
    for sql, says, more in _CHECKS:
        rows = await tx.fetch(sql, tx.tenant.id, *more(stuck_after))
        found += [says(dict(row) | {"tenant": tx.tenant}) for row in rows]
    return found


async def open_payouts(tx: TenantTransaction) -> list[OpenPayout]:
    """Payouts that a workflow should be looking after."""
    rows = await tx.fetch(
        """
        SELECT number, state, workflow_started_at IS NOT NULL AS announced FROM payouts
         WHERE tenant_id = $1 AND state IN ('awaiting_approval', 'approved', 'outcome_unknown', 'credit_note_open')
         ORDER BY seq
        """,
        tx.tenant.id,
    )
    return [OpenPayout.from_row(row) for row in rows]


async def states_of(tx: TenantTransaction, numbers: list[PayoutNumber]) -> dict[PayoutNumber, PayoutState]:
    """The states of these payouts; unknown numbers are left out."""
    rows = await tx.fetch(
        "SELECT number, state FROM payouts WHERE tenant_id = $1 AND number = ANY ($2)", tx.tenant.id, numbers
    )
    return {PayoutNumber(row["number"]): PayoutState(row["state"]) for row in rows}


class KnownCreditNote(Frozen):
    """A credit note that belongs to a payout, detached ones included."""

    resource_id: Any
    number: PayoutNumber
    payout_state: PayoutState
    gross_cents: int
    status: str | None
    created_at: datetime


async def credit_notes(tx: TenantTransaction) -> list[KnownCreditNote]:
    """Every credit note at lexoffice that belongs to a payout, with that payout's state."""
    rows = await tx.fetch(
        """
        SELECT d.resource_id, p.number, p.state AS payout_state, p.gross_cents, d.status, d.created_at
          FROM external_documents d JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
         WHERE d.tenant_id = $1 AND d.provider = 'lexoffice' AND d.kind = 'credit-note'
        """,
        tx.tenant.id,
    )
    return [KnownCreditNote.from_row(row) for row in rows]


def _codes(codes: list[str] | None) -> str:
    return ", ".join(codes or []) or "none"


_STATES_ON_THE_WAY = {"paid": ("in_payout", "paid")}


def _of_line(row: Row) -> str:
    """A commission goes along the arrows of its states only; its amount is what documents were written about."""
    if row["net_cents"] != row["line_net"]:
        return "Another amount cannot be put in its place: cancel the payout while nothing was paid, and ask again."
    ways = [
        f"UPDATE commissions SET state = '{state}' WHERE id = '{row['commission_id']}'"
        for state in _STATES_ON_THE_WAY.get(row["payout_state"], ("in_payout",))
        if state != row["state"]
    ]
    return "Where the payout is right: " + by_hand(row["tenant"].id, "; ".join(ways))


_CHECKS: tuple[Check, ...] = (
    *STANDSTILLS,
    (
        """
        SELECT p.number, p.net_cents, p.tax_cents, COALESCE(sum(l.net_cents), 0)::bigint AS lines_net,
               COALESCE(sum(l.tax_cents), 0)::bigint AS lines_tax
          FROM payouts p
          LEFT JOIN payout_lines l ON l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL
         WHERE p.tenant_id = $1 AND p.state NOT IN ('cancelled', 'rejected')
         GROUP BY p.id, p.number, p.net_cents, p.tax_cents
        HAVING COALESCE(sum(l.net_cents), 0) <> p.net_cents OR COALESCE(sum(l.tax_cents), 0) <> p.tax_cents
        """,
        lambda row: Difference(
            check="lines_do_not_add_up",
            subject="payout",
            subject_id=row["number"],
            says=f"{row['number']}: net {row['net_cents']} and tax {row['tax_cents']} cents, "
            f"but its lines come to {row['lines_net']} and {row['lines_tax']}.",
            mend=_LOOK.format(what="the payout")
            + "Where its lines are right: "
            + by_hand(
                row["tenant"].id,
                f"UPDATE payouts SET net_cents = {row['lines_net']}, tax_cents = {row['lines_tax']},"
                f" gross_cents = {row['lines_net'] + row['lines_tax']} WHERE number = '{row['number']}'",
            ),
        ),
        no_more,
    ),
    (
        """
        SELECT l.commission_id, string_agg(l.number, ', ' ORDER BY l.number) AS numbers
          FROM (SELECT l.commission_id, p.number
                  FROM payout_lines l JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
                 WHERE l.tenant_id = $1 AND l.released_at IS NULL
                 UNION ALL
                SELECT commission_id, 'a correcting document' FROM correction_lines
                 WHERE tenant_id = $1 AND released_at IS NULL) l
         GROUP BY l.commission_id HAVING count(*) > 1
        """,
        lambda row: Difference(
            check="commission_in_two_payouts",
            subject="commission",
            subject_id=str(row["commission_id"]),
            says=f"Commission {row['commission_id']} is in {row['numbers']}.",
            mend="Cancel the payout that has not been paid: without a credit note by a decision, else by voiding its "
            "credit note in lexoffice.",
        ),
        no_more,
    ),
    (
        """
        SELECT p.number, p.state AS payout_state, l.commission_id, c.state, c.net_cents, l.net_cents AS line_net
          FROM payout_lines l
          JOIN payouts p ON p.tenant_id = l.tenant_id AND p.id = l.payout_id
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.released_at IS NULL
           AND (c.net_cents <> l.net_cents OR (p.state = 'paid' AND c.state <> 'paid')
                OR (p.state IN ('awaiting_approval', 'approved', 'outcome_unknown', 'credit_note_open')
                    AND c.state <> 'in_payout'))
        """,
        lambda row: Difference(
            check="commission_does_not_fit_its_payout",
            subject="payout",
            subject_id=row["number"],
            says=f"{row['number']} is {row['payout_state']}, its commission {row['commission_id']} is {row['state']} "
            f"with {row['net_cents']} cents, the line has {row['line_net']}.",
            mend=_LOOK.format(what="the commission") + _of_line(row),
        ),
        no_more,
    ),
    (
        """
        SELECT c.id, c.tenant_id FROM commissions c
         WHERE c.tenant_id = $1 AND c.state = 'in_payout'
           AND NOT EXISTS (SELECT 1 FROM payout_lines l WHERE l.tenant_id = c.tenant_id AND l.commission_id = c.id
                                                          AND l.released_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM correction_lines l WHERE l.tenant_id = c.tenant_id AND l.commission_id = c.id
                                                              AND l.released_at IS NULL)
        """,
        lambda row: Difference(
            check="commission_in_no_payout",
            subject="commission",
            subject_id=str(row["id"]),
            says=f"Commission {row['id']} is in_payout, but no payout has a line with it: it would never be paid.",
            mend="Set its state to approved; the next payout takes it: "
            + by_hand(row["tenant_id"], f"UPDATE commissions SET state = 'approved' WHERE id = '{row['id']}'"),
        ),
        no_more,
    ),
    (
        """
        SELECT p.number, p.state FROM payouts p
         WHERE p.tenant_id = $1 AND p.provider = 'lexoffice' AND p.state IN ('credit_note_open', 'paid', 'returned')
           AND NOT EXISTS (SELECT 1 FROM external_documents d WHERE d.tenant_id = p.tenant_id AND d.payout_id = p.id)
        """,
        lambda row: Difference(
            check="payout_without_document",
            subject="payout",
            subject_id=row["number"],
            says=f"{row['number']} is {row['state']}, but the ledger knows no credit note of it.",
            mend="Find the credit note in lexoffice by the payout's number, and link it by its id: "
            + by_hand(
                row["tenant"].id,
                f"UPDATE external_documents SET payout_id = (SELECT id FROM payouts WHERE number = '{row['number']}'"
                " AND tenant_id = current_tenant()) WHERE resource_id = '<id>'",
            ),
            bars_creating=True,
        ),
        no_more,
    ),
    (
        # Which organisation was ever connected the trail tells: another one may be pinned once nothing is open.
        """
        SELECT d.resource_id, d.kind, d.voucher_number, d.transaction_id, p.number FROM external_documents d
          JOIN provider_connections c ON c.tenant_id = d.tenant_id AND c.provider = d.provider
          LEFT JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id
         WHERE d.tenant_id = $1 AND d.provider = 'lexoffice' AND d.organization_id <> c.organization_id
           AND d.detached_at IS NULL AND (d.transaction_id IS NOT NULL OR d.payout_id IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM audit_entries a
                            WHERE a.tenant_id = d.tenant_id AND a.subject = 'connection'
                              AND a.detail ->> 'organization' = d.organization_id::text)
        """,
        lambda row: Difference(
            check="document_of_other_organization",
            subject="document",
            subject_id=str(row["resource_id"]),
            says=f"The {row['kind']} {row['voucher_number'] or row['resource_id']} is booked for "
            f"{row['number'] or 'sale ' + str(row['transaction_id'])}, but belongs to an organisation that was never "
            "connected.",
            mend=_LOOK.format(what="the document")
            + "Once what it paid was put right, it is ours no more: "
            + by_hand(
                row["tenant"].id,
                f"UPDATE external_documents SET detached_at = now() WHERE resource_id = '{row['resource_id']}'",
            ),
        ),
        no_more,
    ),
    (
        """
        SELECT 'transactions' AS held, 'sale_holds' AS holds, 'transaction_id' AS of, $1 AS tenant_id,
               COALESCE(t.id, h.id) AS id, t.open_holds AS shown, h.codes AS open
          FROM (SELECT id, open_holds FROM transactions WHERE tenant_id = $1 AND open_holds IS NOT NULL) t
          FULL JOIN (SELECT transaction_id AS id, array_agg(code ORDER BY since, code) AS codes FROM sale_holds
                      WHERE tenant_id = $1 AND released_at IS NULL GROUP BY transaction_id) h ON h.id = t.id
         WHERE t.open_holds IS DISTINCT FROM h.codes
        UNION ALL
        SELECT 'payouts', 'payout_holds', 'payout_id', $1, COALESCE(p.id, h.id), p.open_holds, h.codes
          FROM (SELECT id, open_holds FROM payouts WHERE tenant_id = $1 AND open_holds IS NOT NULL) p
          FULL JOIN (SELECT payout_id AS id, array_agg(code ORDER BY since, code) AS codes FROM payout_holds
                      WHERE tenant_id = $1 AND released_at IS NULL GROUP BY payout_id) h ON h.id = p.id
         WHERE p.open_holds IS DISTINCT FROM h.codes
        """,
        lambda row: Difference(
            check="holds_not_shown",
            subject=row["held"].removesuffix("s"),
            subject_id=str(row["id"]),
            says=f"The open holds of {row['held']} {row['id']} are {_codes(row['open'])}, its row says "
            f"{_codes(row['shown'])}.",
            mend=by_hand(
                row["tenant_id"],
                f"UPDATE {row['held']} SET open_holds = (SELECT array_agg(code ORDER BY since, code)"
                f" FROM {row['holds']} WHERE {row['of']} = '{row['id']}' AND released_at IS NULL)"
                f" WHERE id = '{row['id']}'",
            ),
        ),
        no_more,
    ),
    (
        """
        SELECT m.year, m.highest, c.last, $1 AS tenant_id FROM (
            SELECT substr(number, 4, 4)::int AS year, max(substr(number, 9)::int) AS highest
              FROM payouts WHERE tenant_id = $1 GROUP BY 1) m
          LEFT JOIN payout_counters c ON c.tenant_id = $1 AND c.year = m.year
         WHERE COALESCE(c.last, 0) < m.highest
        """,
        lambda row: Difference(
            check="counter_behind",
            subject="counter",
            subject_id=str(row["year"]),
            says=f"The counter of {row['year']} stands at {row['last']}, but number {row['highest']} is taken.",
            mend=by_hand(
                row["tenant_id"],
                f"INSERT INTO payout_counters VALUES ('{row['tenant_id']}', {row['year']}, {row['highest']}) "
                "ON CONFLICT (tenant_id, year) DO UPDATE SET last = EXCLUDED.last",
            ),
            bars_creating=True,
        ),
        no_more,
    ),
)
