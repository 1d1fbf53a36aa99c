"""A copy of all that is known of a person (GDPR, Art. 15 and 20), for a machine to read.

Members are named as the columns they come from. Of accounts there are the last four characters, as everywhere.
"""

from datetime import UTC, datetime
from typing import Any

from ledger.database import TenantTransaction
from ledger.privacy.erasures import SECONDS, UNREACHED
from ledger.programme import partners
from ledger.sales import customers
from ledger.types import CustomerId, Frozen, PartnerId

_OF_PARTNER = {
    "master_data": "SELECT to_jsonb(t) FROM partners t WHERE tenant_id = $1 AND id = $2",
    "earlier_mail_addresses": "SELECT to_jsonb(t) FROM partner_addresses_before t WHERE tenant_id = $1"
    " AND partner_id = $2",
    "history": "SELECT to_jsonb(t) FROM partner_history t WHERE tenant_id = $1 AND partner_id = $2",
    "tax_statuses": "SELECT to_jsonb(t) FROM partner_tax_statuses t WHERE tenant_id = $1 AND partner_id = $2"
    " ORDER BY recorded_at",
    "vat_checks": "SELECT to_jsonb(t) FROM vat_checks t WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "seat_decisions": "SELECT to_jsonb(t) FROM seat_decisions t WHERE tenant_id = $1 AND partner_id = $2"
    " ORDER BY decided_at",
    "accounts": "SELECT to_jsonb(t) - '{iban_encrypted,iban_hmac}'::text[] FROM partner_bank_details t"
    " WHERE tenant_id = $1 AND partner_id = $2 ORDER BY recorded_at",
    "payee_checks": "SELECT to_jsonb(t) FROM payee_checks t WHERE tenant_id = $1 AND bank_details_id IN"
    " (SELECT id FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2) ORDER BY seq",
    "further_attempts": "SELECT to_jsonb(t) FROM payment_attempts t WHERE tenant_id = $1 AND payout_id IN"
    " (SELECT id FROM payouts WHERE tenant_id = $1 AND partner_id = $2) ORDER BY seq",
    "bank_bookings": "SELECT to_jsonb(t) - '{other_iban_hmac}'::text[] || jsonb_build_object('booked_on', e.booked_on)"
    " FROM bank_entry_details t JOIN bank_entries e ON e.tenant_id = t.tenant_id AND e.id = t.entry_id"
    " WHERE t.tenant_id = $1 AND t.other_iban_hmac IN (SELECT iban_hmac FROM partner_bank_details"
    " WHERE tenant_id = $1 AND partner_id = $2) ORDER BY e.seq, t.position",
    "coupons": "SELECT to_jsonb(t) FROM coupons t WHERE tenant_id = $1 AND partner_id = $2 ORDER BY recorded_at",
    "personal_links": "SELECT to_jsonb(t) - '{token_hmac,cookie_hmac}'::text[] FROM partner_links t"
    " WHERE tenant_id = $1 AND partner_id = $2 ORDER BY created_at",
    "sales": "SELECT jsonb_build_object('id', id, 'state', state, 'sold_at', sold_at, 'base_cents', base_cents,"
    " 'gross_cents', gross_cents, 'order_reference', order_reference) FROM transactions"
    " WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "commissions": "SELECT to_jsonb(t) FROM commissions t WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "payouts": "SELECT to_jsonb(t) - '{number_sought,number_backwards}'::text[] FROM payouts t"
    " WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "documents": "SELECT jsonb_build_object('payout', p.number, 'number', d.voucher_number, 'status', d.status,"
    " 'net_cents', d.net_cents, 'gross_cents', d.gross_cents, 'fetched_at', d.fetched_at)"
    " FROM external_documents d JOIN payouts p ON p.tenant_id = d.tenant_id AND p.id = d.payout_id"
    " WHERE d.tenant_id = $1 AND p.partner_id = $2 ORDER BY p.seq",
    "claims": "SELECT to_jsonb(t) || jsonb_build_object('parts', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.seq)"
    " FROM claim_parts p WHERE p.tenant_id = t.tenant_id AND p.claim_id = t.id), 'write_offs',"
    " (SELECT jsonb_agg(to_jsonb(w) ORDER BY w.requested_at) FROM claim_write_offs w"
    " WHERE w.tenant_id = t.tenant_id AND w.claim_id = t.id), 'set_offs', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.seq)"
    " FROM set_offs s WHERE s.tenant_id = t.tenant_id AND s.claim_id = t.id)) FROM claims t"
    " WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "reversals": "SELECT to_jsonb(t) FROM own_reversals t WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "own_documents": "SELECT to_jsonb(t) - '{xml,pdf,report}'::text[] FROM own_documents t WHERE tenant_id = $1"
    " AND partner_id = $2 ORDER BY seq",
    "own_document_deliveries": "SELECT to_jsonb(v) || jsonb_build_object('number', d.number)"
    " FROM own_document_deliveries v JOIN own_documents d ON d.tenant_id = v.tenant_id AND d.id = v.document_id"
    " WHERE v.tenant_id = $1 AND d.partner_id = $2 ORDER BY v.seq",
    "contacts_in_the_books": "SELECT to_jsonb(t) FROM partner_contacts t WHERE tenant_id = $1 AND partner_id = $2"
    " ORDER BY organization_id",
    "objection_endings": "SELECT to_jsonb(e) FROM objection_endings e JOIN payouts p ON p.tenant_id = e.tenant_id"
    " AND p.id = e.payout_id WHERE e.tenant_id = $1 AND p.partner_id = $2 ORDER BY e.ended_at",
    "customers_assigned": "SELECT jsonb_build_object('id', id, 'since', assigned_at) FROM customers"
    " WHERE tenant_id = $1 AND assigned_partner_id = $2 ORDER BY seq",
    "mails": "SELECT jsonb_build_object('kind', kind, 'address', address, 'created_at', created_at, 'outcome', outcome)"
    " FROM mails WHERE tenant_id = $1 AND partner_id = $2 ORDER BY seq",
    "trail": "SELECT to_jsonb(e) - 'commitment' || jsonb_build_object('personal', p.data::jsonb) FROM audit_entries e"
    " LEFT JOIN audit_personal p ON p.tenant_id = e.tenant_id AND p.seq = e.seq"
    " WHERE e.tenant_id = $1 AND e.subject = 'partner' AND e.subject_id = $2::uuid::text ORDER BY e.seq",
    "tasks": "SELECT to_jsonb(t) FROM tasks t WHERE tenant_id = $1 AND subject = 'partner' AND subject_id IN"
    " ($2::uuid::text, (SELECT code FROM partners WHERE tenant_id = $1 AND id = $2)) ORDER BY seq",
}
_OF_CUSTOMER = {
    "master_data": "SELECT to_jsonb(t) - 'sought' FROM customers t WHERE tenant_id = $1 AND id = $2",
    "sales": "SELECT jsonb_build_object('id', id, 'state', state, 'sold_at', sold_at, 'gross_cents', gross_cents,"
    " 'order_reference', order_reference, 'customer_email', customer_email, 'address', address,"
    " 'line_items', line_items, 'subscription', subscription) FROM transactions"
    " WHERE tenant_id = $1 AND customer_id = $2 ORDER BY seq",
    "references": "SELECT jsonb_build_object('kind', r.kind, 'reference', r.reference) FROM sale_references r"
    " JOIN transactions t ON t.tenant_id = r.tenant_id AND t.id = r.transaction_id"
    " WHERE r.tenant_id = $1 AND t.customer_id = $2 ORDER BY r.recorded_at",
    "invoices": "SELECT jsonb_build_object('number', d.voucher_number, 'status', d.status, 'gross_cents',"
    " d.gross_cents, 'content', (SELECT s.body::jsonb FROM document_snapshots s WHERE s.tenant_id = d.tenant_id"
    " AND s.id = d.last_snapshot_id)) FROM external_documents d"
    " JOIN transactions t ON t.tenant_id = d.tenant_id AND t.id = d.transaction_id"
    " WHERE d.tenant_id = $1 AND t.customer_id = $2 ORDER BY t.seq",
    "notifications": "SELECT jsonb_build_object('id', e.id, 'type', e.event_type, 'received_at', e.received_at,"
    " 'content', convert_from(e.body, 'UTF8')) FROM events e WHERE e.tenant_id = $1"
    " AND e.resource_id IN (SELECT r.reference FROM sale_references r JOIN transactions t"
    " ON t.tenant_id = r.tenant_id AND t.id = r.transaction_id WHERE r.tenant_id = $1 AND t.customer_id = $2)"
    " ORDER BY e.id",
    "trail": "SELECT to_jsonb(e) - 'commitment' || jsonb_build_object('personal', p.data::jsonb) FROM audit_entries e"
    " LEFT JOIN audit_personal p ON p.tenant_id = e.tenant_id AND p.seq = e.seq"
    " WHERE e.tenant_id = $1 AND e.subject = 'customer' AND e.subject_id = $2::uuid::text ORDER BY e.seq",
}


class PersonalData(Frozen):
    """`records` by kind; `elsewhere` are codes of words/ for places that hold copies and are not asked here."""

    subject: str
    subject_id: str
    made_at: datetime
    records: dict[str, list[dict[str, Any]]]
    elsewhere: tuple[str, ...] = UNREACHED


async def of_partner(tx: TenantTransaction, partner_id: PartnerId) -> PersonalData:
    """All that is known of a partner. Raises NotFound."""
    await partners.get(tx, partner_id)
    return await _gathered(tx, "partner", partner_id, _OF_PARTNER)


async def of_customer(tx: TenantTransaction, customer_id: CustomerId) -> PersonalData:
    """All that is known of a customer. Raises NotFound."""
    await customers.get(tx, customer_id)
    return await _gathered(tx, "customer", customer_id, _OF_CUSTOMER)


async def _gathered(
    tx: TenantTransaction, subject: str, subject_id: PartnerId | CustomerId, statements: dict[str, str]
) -> PersonalData:
    records = {
        kind: [row[0] for row in await tx.fetch(statement, tx.tenant.id, subject_id, timeout=SECONDS)]
        for kind, statement in statements.items()
    }
    return PersonalData(subject=subject, subject_id=str(subject_id), made_at=datetime.now(UTC), records=records)
