"""Partners as lists show them, and who stands above and below one of them."""

from datetime import date, datetime

from ledger import clock
from ledger.database import TenantTransaction
from ledger.keyset import Conditions, Order, Place, changed_since
from ledger.programme.calculation import DEEPEST_LEVEL
from ledger.programme.partners import BESIDE, COLUMNS, Partner, PartnerStatus
from ledger.search_terms import named
from ledger.types import Frozen, PartnerId, PayoutNumber, PayoutState, TaxStatus

MOST_BELOW = 200
"""So many partners below one are shown at most."""
_LEVELS_BELOW = 3


class PartnerRow(Partner):
    """`approved_cents` is what could be paid now, net; negative where more was taken back than earned."""

    payouts_stopped: bool
    tax_status: TaxStatus | None
    """Of today."""
    has_account: bool
    """Whether one is in force."""
    approved_cents: int


class Relative(Frozen):
    """A partner above (negative depth) or below (positive) another."""

    id: PartnerId
    code: str
    name: str
    status: PartnerStatus
    sponsor_id: PartnerId | None
    depth: int


class Stop(Frozen):
    """Why and since when nothing is paid to a partner."""

    reason: str
    stopped_by: str
    stopped_at: datetime


class PayoutOfPartner(Frozen):
    """A payout as the page of its partner shows it. Gross cents."""

    number: PayoutNumber
    state: PayoutState
    gross_cents: int
    created_at: datetime
    paid_on: date | None
    credit_note_number: str | None
    objection_reason: str | None


class PartnerFilter(Frozen):
    """Which partners are wanted; None: all. The words of `name` stand in code, name or mail address."""

    status: PartnerStatus | None = None
    sponsor_id: PartnerId | None = None
    stopped: bool = False
    name: str | None = None
    updated_since: datetime | None = None


_ALL = PartnerFilter()
BY_CODE = Order(("code",), descending=False)


async def list_partners(
    tx: TenantTransaction,
    wanted: PartnerFilter = _ALL,
    *,
    order: Order = BY_CODE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[PartnerRow], Place | None]:
    """A page of them, and where the next one begins."""
    where = Conditions(tx.tenant.id, limit + 1, clock.today())
    if wanted.status:
        where.require("p.status = {}", wanted.status)
    if wanted.sponsor_id:
        where.require("p.sponsor_id = {}", wanted.sponsor_id)
    if wanted.stopped:
        where.require("p.payouts_stopped_reason IS NOT NULL")
    if wanted.name:
        named(where, "p.sought", wanted.name)
    changed_since(where, "p", wanted.updated_since)
    order.begin(where, "p", after)
    rows = await tx.fetch(
        f"""
        SELECT {COLUMNS}, p.payouts_stopped_reason IS NOT NULL AS payouts_stopped,
               (SELECT x.status FROM tax_status_on(p.tenant_id, p.id, $3) x) AS tax_status,
               EXISTS (SELECT 1 FROM partner_bank_details b
                        WHERE b.tenant_id = p.tenant_id AND b.partner_id = p.id AND b.state = 'active') AS has_account,
               COALESCE((SELECT sum(c.net_cents) FROM commissions c
                          WHERE c.tenant_id = p.tenant_id AND c.partner_id = p.id AND c.state = 'approved'
                        ), 0)::bigint AS approved_cents
          FROM (SELECT * FROM partners p WHERE p.tenant_id = $1 {where} ORDER BY {order.by("p")} LIMIT $2) p
          {BESIDE}
         ORDER BY {order.by("p")}
        """,
        *where.parameters,
    )
    return order.cut([PartnerRow.from_row(row) for row in rows], limit)


async def above(tx: TenantTransaction, partner_id: PartnerId) -> list[Relative]:
    """The sponsors as they stand now, the nearest first; as many as can earn."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE chain AS (
            SELECT p.id, p.code, p.name, p.status, p.sponsor_id, 0 AS depth
              FROM partners p WHERE p.tenant_id = $1 AND p.id = $2
            UNION ALL
            SELECT p.id, p.code, p.name, p.status, p.sponsor_id, c.depth - 1
              FROM chain c JOIN partners p ON p.tenant_id = $1 AND p.id = c.sponsor_id
             WHERE c.depth > -$3::integer)
        SELECT * FROM chain WHERE depth < 0 ORDER BY depth DESC
        """,
        tx.tenant.id,
        partner_id,
        DEEPEST_LEVEL - 1,
    )
    return [Relative.from_row(row) for row in rows]


async def below(tx: TenantTransaction, partner_id: PartnerId) -> tuple[list[Relative], bool]:
    """Whom the partner and those below it sponsor, three levels down, each below its sponsor.

    The second value says whether there are more than MOST_BELOW.
    """
    found: list[Relative] = []
    layer, more = [partner_id], False
    for depth in range(1, _LEVELS_BELOW + 1):
        rows = await tx.fetch(
            """
            SELECT p.id, p.code, p.name, p.status, p.sponsor_id, $3::integer AS depth
              FROM partners p WHERE p.tenant_id = $1 AND p.sponsor_id = ANY ($2) LIMIT $4
            """,
            tx.tenant.id,
            layer,
            depth,
            MOST_BELOW - len(found) + 1,
        )
        more = more or len(found) + len(rows) > MOST_BELOW
        layer_rows = [Relative.from_row(row) for row in rows[: MOST_BELOW - len(found)]]
        found += layer_rows
        layer = [row.id for row in layer_rows]
        if not layer:
            break
    return _as_tree(found, partner_id), more


def _as_tree(relatives: list[Relative], root: PartnerId) -> list[Relative]:
    children: dict[PartnerId | None, list[Relative]] = {}
    for one in sorted(relatives, key=lambda one: one.code):
        children.setdefault(one.sponsor_id, []).append(one)

    def ordered(parent: PartnerId) -> list[Relative]:
        return [entry for child in children.get(parent, []) for entry in (child, *ordered(child.id))]

    return ordered(root)


async def payouts_of(tx: TenantTransaction, partner_id: PartnerId, *, limit: int = 20) -> list[PayoutOfPartner]:
    """The newest ones."""
    rows = await tx.fetch(
        """
        SELECT o.number, o.state, o.gross_cents, o.created_at, o.paid_on, o.objection_reason,
               d.voucher_number AS credit_note_number
          FROM payouts o
          LEFT JOIN external_documents d ON d.tenant_id = o.tenant_id AND d.payout_id = o.id AND d.detached_at IS NULL
         WHERE o.tenant_id = $1 AND o.partner_id = $2 ORDER BY o.seq DESC LIMIT $3
        """,
        tx.tenant.id,
        partner_id,
        limit,
    )
    return [PayoutOfPartner.from_row(row) for row in rows]


async def stop_of(tx: TenantTransaction, partner_id: PartnerId) -> Stop | None:
    """Why, by whom and since when payouts to this partner are stopped; None where they are not."""
    row = await tx.fetchrow(
        """
        SELECT payouts_stopped_reason AS reason, payouts_stopped_by AS stopped_by, payouts_stopped_at AS stopped_at
          FROM partners WHERE tenant_id = $1 AND id = $2 AND payouts_stopped_reason IS NOT NULL
        """,
        tx.tenant.id,
        partner_id,
    )
    return None if row is None else Stop.from_row(row)
