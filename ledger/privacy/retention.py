"""How long each kind of record is kept, and forgetting what is older, once a day.

Each rule has a lawful default and bounds; a tenant chooses within them. What ends by itself elsewhere (mails, links,
sessions, kept answers) and what is kept by a duty stands in docs/data-protection.md.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from ledger.audit import audit
from ledger.database import TenantTransaction
from ledger.privacy import customer_erasure, erasures, partner_erasure
from ledger.privacy.erasures import SECONDS
from ledger.refusals import NotAcceptable
from ledger.types import CustomerId, Frozen, PartnerId

AT_ONCE = 1_000
_ACTOR = "engine:retention"
_YEAR = 365
_DRAFTS = timedelta(days=30)
"""So long a file that shall be taken over waits for it."""


class Rule(Frozen):
    """Days that a kind of record is kept, unless a tenant says otherwise, and the bounds of what it may say."""

    default: int
    least: int
    most: int


RULES: Mapping[str, Rule] = {
    "ignored_events": Rule(default=30, least=1, most=_YEAR),
    "event_bodies": Rule(default=2 * _YEAR, least=30, most=10 * _YEAR),
    "customers": Rule(default=3 * _YEAR, least=30, most=10 * _YEAR),
    "unused_accounts": Rule(default=3 * _YEAR, least=30, most=10 * _YEAR),
    "webhooks": Rule(default=90, least=1, most=_YEAR),
    "api_requests": Rule(default=30, least=1, most=_YEAR),
    "trail": Rule(default=10 * _YEAR, least=_YEAR, most=10 * _YEAR),
    # Eight years from the end of the year of the document: up to nine from the day it was fetched.
    "document_copies": Rule(default=9 * _YEAR + 3, least=9 * _YEAR + 3, most=11 * _YEAR + 3),
}


class Retention(Frozen):
    """A rule as it holds for a tenant."""

    kind: str
    days: int
    default: int
    least: int
    most: int


async def in_force(tx: TenantTransaction) -> list[Retention]:
    """All rules, in the order of RULES."""
    rows = await tx.fetch("SELECT kind, days FROM retention_days WHERE tenant_id = $1", tx.tenant.id)
    chosen = {row["kind"]: row["days"] for row in rows}
    return [
        Retention(kind=kind, days=chosen.get(kind, rule.default), **rule.model_dump()) for kind, rule in RULES.items()
    ]


async def choose(tx: TenantTransaction, wanted: Mapping[str, int], *, by: str) -> list[Retention]:
    """From now on so many days. Raises NotAcceptable for an unknown kind and for days outside the bounds."""
    before = {one.kind: one.days for one in await in_force(tx)}
    for kind, days in wanted.items():
        rule = RULES.get(kind)
        if rule is None:
            raise NotAcceptable("retention_unknown", kind=kind)
        if not rule.least <= days <= rule.most:
            raise NotAcceptable("retention_not_acceptable", kind=kind, least=rule.least, most=rule.most)
        await tx.execute(
            """
            INSERT INTO retention_days (tenant_id, kind, days, changed_by) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id, kind) DO UPDATE SET days = EXCLUDED.days, changed_by = EXCLUDED.changed_by,
                   changed_at = now() WHERE retention_days.days <> EXCLUDED.days
            """,
            tx.tenant.id,
            kind,
            days,
            by,
        )
    changed = {kind: [before[kind], days] for kind, days in wanted.items() if before[kind] != days}
    if changed:
        await audit.record(
            tx, actor=by, action="retention.changed", subject="tenant", subject_id=tx.tenant.slug, detail=changed
        )
    return await in_force(tx)


async def forget(tx: TenantTransaction, *, today: date) -> int:
    """One batch of each kind that is too old, and what the end of a duty lets go. Returns how many; 0: nothing left."""
    days = {one.kind: timedelta(days=one.days) for one in await in_force(tx)}
    forgotten = await _forget_bodies(tx, days["ignored_events"], ["ignored", "skipped"])
    forgotten += await _forget_bodies(tx, days["event_bodies"], ["processed", "unchanged", "failed"])
    forgotten += await _forget_trail(tx, days["trail"])
    for function, kind in (
        ("forget_unused_accounts", "unused_accounts"),
        ("forget_document_copies", "document_copies"),
        ("forget_events_out", "webhooks"),
        ("forget_api_requests", "api_requests"),
    ):
        forgotten += await tx.fetchval(f"SELECT {function}($1, $2)", days[kind], AT_ONCE, timeout=SECONDS)
    for subject, id in await erasures.list_due(tx, today):
        if subject == "partner":
            await partner_erasure.erase(tx, PartnerId(id), by=_ACTOR, reason="§ 147 AO", today=today)
        else:
            await customer_erasure.erase(tx, CustomerId(id), by=_ACTOR, reason="§ 147 AO", today=today)
        forgotten += 1
    forgotten += await _forget_customers(tx, days["customers"], today)
    forgotten += await _forget_statements(tx, days["document_copies"])
    forgotten += await _forget_imports(tx)
    return forgotten + await _forget_bank_files(tx, days["document_copies"])


async def _forget_bodies(tx: TenantTransaction, older_than: timedelta, states: list[str]) -> int:
    done = await tx.execute(
        """
        UPDATE events SET body = '{}', body_erased_at = now()
         WHERE tenant_id = $1 AND id = ANY (ARRAY(
               SELECT e.id FROM events e
                WHERE e.tenant_id = $1 AND e.body_erased_at IS NULL AND e.received_at < now() - $2::interval
                  AND e.state = ANY ($3) ORDER BY e.received_at LIMIT $4))
        """,
        tx.tenant.id,
        older_than,
        states,
        AT_ONCE,
        timeout=SECONDS,
    )
    return int(done.split()[-1])


async def _forget_bank_files(tx: TenantTransaction, older_than: timedelta) -> int:
    """Their content; the run stays with its sums and the hash of the file."""
    done = await tx.execute(
        """
        UPDATE bank_runs SET file_encrypted = ''
         WHERE tenant_id = $1 AND file_made_at < now() - $2::interval AND length(file_encrypted) > 0
        """,
        tx.tenant.id,
        older_than,
        timeout=SECONDS,
    )
    return int(done.split()[-1])


async def _forget_statements(tx: TenantTransaction, older_than: timedelta) -> int:
    """The files' content, and who was paid by which words; bookings stay with amount, day and references."""
    files = await tx.execute(
        """
        UPDATE statement_files SET content_encrypted = ''
         WHERE tenant_id = $1 AND brought_at < now() - $2::interval AND length(content_encrypted) > 0
        """,
        tx.tenant.id,
        older_than,
        timeout=SECONDS,
    )
    details = await tx.execute(
        """
        UPDATE bank_entry_details
           SET other_name = NULL, other_iban_hmac = NULL, other_iban_last4 = NULL, text = NULL, return_text = NULL
         WHERE tenant_id = $1 AND id = ANY (ARRAY(
               SELECT d.id FROM bank_entry_details d
                 JOIN bank_entries e ON e.tenant_id = d.tenant_id AND e.id = d.entry_id
                 JOIN bank_statements s ON s.tenant_id = e.tenant_id AND s.id = e.statement_id
                 JOIN statement_files f ON f.tenant_id = s.tenant_id AND f.id = s.file_id
                WHERE d.tenant_id = $1 AND f.brought_at < now() - $2::interval
                  AND (d.other_name, d.other_iban_hmac, d.text, d.return_text) IS DISTINCT FROM (NULL, NULL, NULL, NULL)
                LIMIT $3))
        """,
        tx.tenant.id,
        older_than,
        AT_ONCE,
        timeout=SECONDS,
    )
    return int(files.split()[-1]) + int(details.split()[-1])


async def _forget_imports(tx: TenantTransaction) -> int:
    """Files that were looked at and never taken over: they hold names and accounts, and nobody waits for them."""
    done = await tx.execute(
        """
        UPDATE imports SET state = 'discarded', ended_by = $3, ended_at = now(), content_encrypted = ''
         WHERE tenant_id = $1 AND state = 'draft' AND brought_at < now() - $2::interval
        """,
        tx.tenant.id,
        _DRAFTS,
        _ACTOR,
        timeout=SECONDS,
    )
    return int(done.split()[-1])


async def _forget_trail(tx: TenantTransaction, older_than: timedelta) -> int:
    forgotten: int = await tx.fetchval(
        """
        SELECT erase_audit_personal(ARRAY(
               SELECT p.seq FROM audit_personal p JOIN audit_entries e ON e.tenant_id = p.tenant_id AND e.seq = p.seq
                WHERE p.tenant_id = $1 AND e.at < now() - $2::interval ORDER BY p.seq LIMIT $3))
        """,
        tx.tenant.id,
        older_than,
        AT_ONCE,
        timeout=SECONDS,
    )
    return forgotten


async def _forget_customers(tx: TenantTransaction, older_than: timedelta, today: date) -> int:
    """Who has bought nothing for so long, and of whom no sale waits."""
    rows = await tx.fetch(
        """
        SELECT c.id FROM customers c
         WHERE c.tenant_id = $1 AND c.erased_at IS NULL AND c.created_at < now() - $2::interval
           AND NOT EXISTS (SELECT FROM transactions t WHERE t.tenant_id = $1
                              AND (t.customer_id = c.id OR t.customer_email = c.email)
                              AND (t.state = 'pending' OR t.sold_at > now() - $2::interval))
         ORDER BY c.seq LIMIT 50
        """,
        tx.tenant.id,
        older_than,
        timeout=SECONDS,
    )
    for row in rows:
        await customer_erasure.erase(tx, CustomerId(row["id"]), by=_ACTOR, reason="retention", today=today)
    return len(rows)
