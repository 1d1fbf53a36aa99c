"""Erasing what is known of a partner (GDPR, Art. 17), as far as no law keeps it.

Rows stay, so that sums, trees and documents stay whole; what tells who it was goes. What vouchers need (name, address,
tax number, the account that was paid) goes by itself after the last day of the duty (retention.py).
"""

from datetime import date
from uuid import UUID

from ledger.database import TenantTransaction
from ledger.privacy import erasures
from ledger.privacy.erasures import GONE, SECONDS, VOUCHER_YEARS, VOUCHERS, Erasure, Kept, counted, end_of_duty
from ledger.programme import partners
from ledger.programme.partners import Partner
from ledger.refusals import NotAllowedNow, require_reason
from ledger.types import PartnerId


async def erase(tx: TenantTransaction, partner_id: PartnerId, *, by: str, reason: str, today: date) -> Erasure:
    """Locks the partner. Raises NotFound, NotAcceptable (no reason), NotAllowedNow while money is still to be settled.

    `reason` stands in the trail and must not name the person. Again later: what is left by then goes, too.
    """
    require_reason(reason.strip())
    await tx.execute("SELECT 1 FROM partners WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tx.tenant.id, partner_id)
    partner = await partners.get(tx, partner_id)
    await _require_settled(tx, partner)
    kept = await _kept(tx, partner_id, today)
    mails = await _changed(
        tx,
        "UPDATE mails SET address = NULL WHERE tenant_id = $1 AND partner_id = $2 AND address IS NOT NULL",
        partner_id,
    )
    await tx.execute(
        """
        UPDATE partners SET email = NULL, phone = NULL, status = 'inactive', erased_at = COALESCE(erased_at, now()),
                            last_edited_by = $3, payouts_stopped_reason = NULL, payouts_stopped_by = NULL,
                            payouts_stopped_at = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        partner_id,
        by,
    )
    tax_numbers = 0 if kept else await _erase_identity(tx, partner)
    # After the mail address went: a trigger keeps the one that was given up.
    gone = await tx.fetchval(
        "SELECT erase_partner_rows($1, $2)", partner_id, partner.lexoffice_contact_id, timeout=SECONDS
    )
    answers = await _changed(
        tx,
        """
        UPDATE tasks SET detail = '{}' WHERE tenant_id = $1 AND subject = 'partner' AND state = 'resolved'
           AND subject_id IN ($2::uuid::text, (SELECT code FROM partners WHERE tenant_id = $1 AND id = $2))
           AND detail <> '{}'
        """,
        partner_id,
    )
    trail = await erasures.forget_beside_trail(tx, "partner", partner_id, [partner.email, partner.name])
    done = Erasure(
        subject="partner",
        subject_id=partner_id,
        erased=counted(
            {
                "erased_mail_address": int(partner.email is not None) + gone["addresses"],
                "erased_links": gone["links"],
                "erased_unused_accounts": gone["accounts"],
                "erased_contact_copies": gone["snapshots"],
                "erased_mails": mails,
                "erased_answers": answers,
                "erased_trail": trail,
                "erased_identity": int(not kept and partner.name != GONE),
                "erased_tax_numbers": tax_numbers,
            }
        ),
        kept=kept,
        is_finished=not kept,
    )
    await erasures.note(tx, done, by=by, reason=reason.strip())
    if not kept:
        await erasures.finish(tx, "partner", partner_id)
    return done


async def _require_settled(tx: TenantTransaction, partner: Partner) -> None:
    row = await tx.fetchrow(
        """
        SELECT (SELECT count(*) FROM payouts WHERE tenant_id = $1 AND partner_id = $2
                   AND state IN ('awaiting_approval', 'approved', 'outcome_unknown', 'credit_note_open', 'returned'))
               AS payouts,
               (SELECT count(*) FROM commissions WHERE tenant_id = $1 AND partner_id = $2
                   AND state IN ('pending', 'approved', 'in_payout') AND net_cents <> 0) AS commissions,
               (SELECT count(*) FROM claims WHERE tenant_id = $1 AND partner_id = $2 AND state = 'open') AS claims
        """,
        tx.tenant.id,
        partner.id,
    )
    assert row is not None
    if row["payouts"] or row["commissions"]:
        raise NotAllowedNow("partner_not_settled", payouts=row["payouts"], commissions=row["commissions"])
    if row["claims"]:
        raise NotAllowedNow("partner_owes_claims", claims=row["claims"])


async def _kept(tx: TenantTransaction, partner_id: PartnerId, today: date) -> tuple[Kept, ...]:
    """What vouchers keep: every payout that had a document or was paid is one of them."""
    row = await tx.fetchrow(
        """
        SELECT count(*) AS documents, count(DISTINCT v.bank_details_id) AS accounts, max(v.last) AS last
          FROM (SELECT p.bank_details_id,
                       COALESCE(p.paid_on, (p.created_at AT TIME ZONE 'Europe/Berlin')::date) AS last
                  FROM payouts p
                 WHERE p.tenant_id = $1 AND p.partner_id = $2
                   AND (p.state IN ('paid', 'returned', 'settled_manually')
                        OR EXISTS (SELECT FROM external_documents d WHERE d.tenant_id = $1 AND d.payout_id = p.id))
                 UNION ALL
                -- One that was closed, too: its number is part of a circle without gaps.
                SELECT NULL, o.issued_on FROM own_documents o
                 WHERE o.tenant_id = $1 AND o.partner_id = $2 AND o.erased_at IS NULL) v
        """,
        tx.tenant.id,
        partner_id,
    )
    assert row is not None
    if not row["documents"]:
        return ()
    until = end_of_duty(row["last"], VOUCHER_YEARS)
    if until < today:
        return ()
    statuses = await tx.fetchval(
        "SELECT count(*) FROM partner_tax_statuses WHERE tenant_id = $1 AND partner_id = $2", tx.tenant.id, partner_id
    )
    counts = {
        "kept_documents": row["documents"],
        "kept_identity": 1,
        "kept_tax_statuses": statuses,
        "kept_accounts": row["accounts"],
    }
    return tuple(
        Kept(what=what, count=count, paragraphs=VOUCHERS, until=until) for what, count in counts.items() if count
    )


async def _erase_identity(tx: TenantTransaction, partner: Partner) -> int:
    """Name, address, code, vouchers, accounts, and tax numbers. Returns how many tax statuses named one."""
    await tx.execute(
        """
        UPDATE partners SET name = $3, code = $4, supplement = NULL, street = NULL, zip = NULL, city = NULL,
                            lexoffice_contact_id = NULL
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        partner.id,
        GONE,
        code_after(partner.id),
    )
    await tx.execute(
        """
        UPDATE coupons SET code = 'ERASED-' || id, ended_at = COALESCE(ended_at, now()),
                           ended_by = COALESCE(ended_by, 'engine')
         WHERE tenant_id = $1 AND partner_id = $2
        """,
        tx.tenant.id,
        partner.id,
    )
    await tx.execute("DELETE FROM partner_contacts WHERE tenant_id = $1 AND partner_id = $2", tx.tenant.id, partner.id)
    # What is still to be asked is not asked any more.
    await tx.execute(
        "UPDATE vat_checks SET answer = 'unanswered', answered_at = now()"
        " WHERE tenant_id = $1 AND partner_id = $2 AND answer IS NULL",
        tx.tenant.id,
        partner.id,
    )
    await tx.execute(
        "UPDATE vat_checks SET vat_id = 'ERASED', asked = NULL, told = NULL WHERE tenant_id = $1 AND partner_id = $2",
        tx.tenant.id,
        partner.id,
    )
    # Before the accounts go: they tell which bookings are this partner's.
    await tx.execute(
        """
        UPDATE bank_entry_details
           SET other_name = NULL, other_iban_hmac = NULL, other_iban_last4 = NULL, text = NULL, return_text = NULL
         WHERE tenant_id = $1 AND other_iban_hmac IN (
               SELECT iban_hmac FROM partner_bank_details WHERE tenant_id = $1 AND partner_id = $2)
        """,
        tx.tenant.id,
        partner.id,
        timeout=SECONDS,
    )
    await tx.execute("SELECT erase_partner_vouchers($1, $2)", partner.id, GONE, timeout=SECONDS)
    await tx.execute(
        "UPDATE seat_decisions SET vat_id = $3, reason = $3 WHERE tenant_id = $1 AND partner_id = $2",
        tx.tenant.id,
        partner.id,
        GONE,
    )
    return await _changed(
        tx,
        """
        UPDATE partner_tax_statuses SET vat_id = NULL, tax_number = NULL, business_id = NULL
         WHERE tenant_id = $1 AND partner_id = $2 AND COALESCE(vat_id, tax_number, business_id) IS NOT NULL
        """,
        partner.id,
    )


def code_after(partner: UUID) -> str:
    """What stands in place of a code that may be a name."""
    return f"ERASED-{partner.hex[:16].upper()}"


async def _changed(tx: TenantTransaction, statement: str, partner_id: PartnerId) -> int:
    return int((await tx.execute(statement, tx.tenant.id, partner_id, timeout=SECONDS)).split()[-1])
