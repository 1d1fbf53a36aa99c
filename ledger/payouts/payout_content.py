"""What an approval of a payout stands for, as a hash (rules.md, Approval).

The formula has a version, kept with payout and decision: what was approved under one is checked by it, and an approval
that is open while a release is replaced holds. Version 1 is that of lexoffice's credit notes. Version 2 is that of
documents of our own, which the release before does not make: strategy, books and organisation, agreement, seat, what
VIES refuted and the tenant's printed data are in it, the contact in the books is not (booking may make one). Version 3
is that of tenants who set claims off: what is set off is in it. Version 4 is that of credit notes in other books than
lexoffice: what a document free of VAT is called there is in it.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from ledger.database import TenantTransaction
from ledger.payouts.payouts import Payout
from ledger.refusals import NotFound
from ledger.types import PayoutId, PayoutState, Row

Shown = TypeVar("Shown", bound=Payout)
_DECIDED_BY_CONTENT = frozenset({PayoutState.AWAITING_APPROVAL, PayoutState.APPROVED})


async def content_hash(tx: TenantTransaction, payout: PayoutId) -> str:
    """SHA-256 over what an approval stands for, as it is now, by the payout's own formula.

    rules.md, Approval: an approval names the hash that the person saw; any change of what is hashed voids it.
    """
    found = await content_hashes(tx, [payout])
    if payout not in found:
        raise NotFound("payout_not_found")
    return found[payout]


async def content_hashes(tx: TenantTransaction, wanted: Sequence[PayoutId]) -> dict[PayoutId, str]:
    """The hash (hex) of each of these payouts as it is now. Unknown ids are left out."""
    rows = await tx.fetch(
        """
        SELECT p.id, p.hash_version,
               p.number, p.tax_case, p.currency, p.net_cents, p.tax_rate::text, p.tax_cents, p.gross_cents,
               q.code, q.name, q.supplement, q.street, q.zip, q.city, q.country_code, q.lexoffice_contact_id::text,
               encode(b.iban_hmac, 'hex') AS iban, b.account_holder,
               (SELECT json_agg(json_build_array(l.commission_id, l.net_cents) ORDER BY l.position)::text
                  FROM payout_lines l
                 WHERE l.tenant_id = p.tenant_id AND l.payout_id = p.id AND l.released_at IS NULL) AS lines,
               (SELECT json_agg(json_build_array(s.status, s.valid_from, s.vat_id, s.tax_number)
                                ORDER BY s.valid_from, s.id)::text
                  FROM partner_tax_statuses s
                 WHERE s.tenant_id = p.tenant_id AND s.partner_id = p.partner_id
                   AND s.valid_from <= p.period_to AND (s.valid_until IS NULL OR s.valid_until > p.period_from)) AS tax,
               CASE WHEN p.hash_version > 1 THEN json_build_object(
                    'strategy', p.strategy, 'books', p.books, 'mail', q.email,
                    'phone', CASE WHEN t.own_document_profile = 'xrechnung' THEN q.phone END,
                    'refuted', CASE WHEN p.tax_case = 'eu_business' THEN refuted_vat_ids(p.tenant_id, p.partner_id) END,
                    'seat', (SELECT d.rendered_from FROM seat_decisions d
                              WHERE d.tenant_id = p.tenant_id AND d.partner_id = p.partner_id
                              ORDER BY d.decided_at DESC LIMIT 1),
                    'organization', o.organization_id,
                    'agreement', json_build_array(q.agreement_version, t.agreement_version,
                                                  extract(epoch FROM q.agreement_accepted_at)::text),
                    'tenant', json_build_array(t.name, t.street, t.zip, t.city, t.country_code, t.vat_id, t.tax_number,
                                               t.own_document_profile, t.buyer_reference),
                    'said', (SELECT json_agg(json_build_array(s.exclusion, s.declared_on) ORDER BY s.valid_from, s.id)
                               FROM partner_tax_statuses s
                              WHERE s.tenant_id = p.tenant_id AND s.partner_id = p.partner_id
                                AND s.valid_from <= p.period_to
                                AND (s.valid_until IS NULL OR s.valid_until > p.period_from)))::text END AS more,
               (SELECT json_agg(json_build_array(s.claim_id, s.amount_cents) ORDER BY s.seq)::text FROM set_offs s
                 WHERE s.tenant_id = p.tenant_id AND s.payout_id = p.id AND s.released_at IS NULL) AS set_offs,
               CASE WHEN p.hash_version > 3 THEN
                    (SELECT option FROM tax_options x
                      WHERE x.tenant_id = p.tenant_id AND x.books = p.books AND x.tax_case = p.tax_case)
               END AS tax_option
          FROM payouts p
          JOIN tenants t ON t.id = p.tenant_id
          JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
          LEFT JOIN partner_bank_details b
                 ON b.tenant_id = p.tenant_id AND b.partner_id = p.partner_id AND b.state = 'active'
          LEFT JOIN provider_connections o ON o.tenant_id = p.tenant_id AND o.provider = p.books
         WHERE p.tenant_id = $1 AND p.id = ANY ($2)
        """,
        tx.tenant.id,
        wanted,
    )
    return {PayoutId(row["id"]): _hash_of(_content(row)) for row in rows}


async def with_present_hashes(tx: TenantTransaction, found: Sequence[Shown]) -> list[Shown]:
    """These payouts with the hash of the present content, while a decision may still name it.

    The row's hash is as old as the last look of whoever wrote it; who reads must not have to write. Later the row's
    stays: it is what was decided about.
    """
    fresh = await content_hashes(tx, [one.id for one in found if one.state in _DECIDED_BY_CONTENT])
    return [one.model_copy(update={"content_hash": fresh.get(one.id, one.content_hash)}) for one in found]


_NOT_IN = {
    1: frozenset({"id", "hash_version", "more", "set_offs", "tax_option"}),
    2: frozenset({"id", "lexoffice_contact_id", "set_offs", "tax_option"}),
    3: frozenset({"id", "lexoffice_contact_id", "tax_option"}),
    4: frozenset({"id", "lexoffice_contact_id"}),
}


def _content(row: Row) -> dict[str, Any]:
    left_out = _NOT_IN[row["hash_version"]]
    return {name: row[name] for name in row.keys() if name not in left_out}  # noqa: SIM118 - a record is no dict


def _hash_of(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


async def renew_content_hash(tx: TenantTransaction, payout: PayoutId, *, held: str | None = None) -> str:
    """Recompute the hash and keep it on the row, for the next person who looks. The payout must be locked.

    `held`: the row's hash where the caller has just read it; the same again is not written.
    """
    fresh = await content_hash(tx, payout)
    if fresh == held:
        return fresh
    await tx.execute(
        """
        UPDATE payouts SET content_hash = $3, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND content_hash <> $3
        """,
        tx.tenant.id,
        payout,
        fresh,
    )
    return fresh


async def renew_content_hashes(tx: TenantTransaction, wanted: Sequence[PayoutId]) -> None:
    """The same of several together."""
    fresh = await content_hashes(tx, wanted)
    await tx.execute(
        """
        UPDATE payouts p SET content_hash = h.fresh, updated_at = now()
          FROM unnest($2::uuid[], $3::text[]) AS h (id, fresh)
         WHERE p.tenant_id = $1 AND p.id = h.id AND p.content_hash <> h.fresh
        """,
        tx.tenant.id,
        list(fresh),
        list(fresh.values()),
    )
