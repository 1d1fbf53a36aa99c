"""Everything that proves one payout, in one ZIP: for an auditor, who needs neither this product nor lexoffice for it.

Notifications as they arrived, documents as they were fetched, the calculation, the approvals, the credit note's PDF,
the transfer, and the part of the audit trail that is about it, with the head of the chain. `manifest.json` names the
SHA-256 of every file.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ledger.audit import audit_chain
from ledger.commissions.explanations import explained_by
from ledger.csv_writing import csv_lines
from ledger.database import TenantTransaction
from ledger.documents import papers
from ledger.documents.own import delivery, issuing, own_document_list
from ledger.payouts import decisions, payouts
from ledger.payouts.payouts import Payout
from ledger.reasons import InWords, Reason
from ledger.refusals import NotFound
from ledger.reports import statements
from ledger.tax import vat_checks
from ledger.types import BERLIN

SECONDS = 15.0
_BATCH = 200
_IN_MEMORY = 5_000_000
_README = """Nachweis zu einer Auszahlung

manifest.json        alle Dateien mit ihrer Prüfsumme (SHA-256), und der Kopf der Prüfpfad-Kette
auszahlung.json      die Auszahlung und ihre Beträge in Cent
berechnung.csv/.pdf  die Provisionen, aus denen sie besteht
monatsabschluss.json Staffeln und Höchstbeträge der Monate, deren Abschluss darin steht
vies.json            Abfragen der USt-IdNr. des Partners mit Konsultationsnummer und Antwort
freigaben.json       wer wann welchen Stand freigegeben, abgelehnt oder geklärt hat
gutschrift.pdf       der Beleg, wie die Buchhaltung ihn ausgestellt hat
eigene-belege/       eigene Belege (Gutschrift, Storno) als PDF und XML, mit Prüfbericht und Zustellung
belege/              Belege und Zahlungen, wie die Buchhaltung sie geliefert hat
meldungen/           Meldungen, wie sie eingegangen sind
ueberweisung.json    Zahlungslauf, Referenz und Prüfsumme der Bankdatei
pruefpfad.csv        Einträge des Prüfpfads zu dieser Auszahlung, mit Nummer und Hash in der Kette

Die Kette prüft `partnerdesk audit verify`; der Kopf in manifest.json dient dabei als Anker.
"""


class _Pack:
    """Writes files one after the other and remembers their hashes."""

    def __init__(self, file: IO[bytes], at: datetime) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._at = at.astimezone(BERLIN).timetuple()[:6]
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        self._zip.writestr(ZipInfo(name, self._at), content, ZIP_DEFLATED)

    def add_json(self, name: str, content: Any) -> None:
        self.add(name, json.dumps(content, ensure_ascii=False, indent=1, default=str).encode())

    def close(self) -> None:
        self._zip.close()


async def build(tx: TenantTransaction, number: str, *, in_words: InWords, sees_bank: bool = True) -> IO[bytes]:
    """A file at its beginning, to be read and closed; large ones lie on disk. Raises NotFound.

    `in_words` writes reasons as sentences, which stand beside their codes. Without `sees_bank` it tells no account.
    """
    payout = await payouts.get(tx, number)
    now = datetime.now(UTC)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (who asked closes it)
    try:
        pack = _Pack(file, now)
        pack.add("LIESMICH.txt", _README.encode())
        why = in_words(payout.why) if isinstance(payout.why, Reason) else payout.why
        pack.add_json("auszahlung.json", payout.model_dump(mode="json", exclude={"seq"}) | {"state_reason": why})
        statement = await statements.of_payout(tx, number, in_words=in_words)
        pack.add("berechnung.csv", statements.payout_csv(statement))
        from ledger.reports.statement_pdf import payout_pdf  # as in api/actions/report_files.py

        pack.add("berechnung.pdf", payout_pdf(statement))
        if closes := await _month_closes(tx, payout, in_words):
            pack.add_json("monatsabschluss.json", closes)
        if asked := await vat_checks.list_of_partner(tx, payout.partner_id):
            pack.add_json("vies.json", [one.model_dump(mode="json") for one in asked])
        made = await decisions.of_payout(tx, payout.id)
        pack.add_json("freigaben.json", [one.model_dump(mode="json") for one in made])
        try:
            pack.add("gutschrift.pdf", (await papers.get(tx, number)).content)
        except NotFound:
            pass  # it was not fetched yet, or there is no credit note: the manifest shows that there is none
        async for name, content in _own_documents(tx, payout, sees_bank=sees_bank):
            pack.add(name, content)
        pack.add_json("ueberweisung.json", await _transfers(tx, payout, sees_bank=sees_bank, in_words=in_words))
        async for name, content in _snapshots(tx, payout):
            pack.add(name, content)
        async for name, content in _notifications(tx, payout, in_words):
            pack.add(name, content)
        pack.add("pruefpfad.csv", await _trail(tx, payout))
        head = await audit_chain.head(tx)
        pack.add_json(
            "manifest.json",
            {
                "payout": payout.number,
                "made_at": now.isoformat(),
                "audit_head": {"number": head.number, "hash": head.hash},
                "sha256": dict(pack.hashes),
            },
        )
        pack.close()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


async def _own_documents(tx: TenantTransaction, payout: Payout, *, sees_bank: bool) -> AsyncIterator[tuple[str, bytes]]:
    """The files name the end of an IBAN: without `sees_bank` there is what is known of them, not they themselves."""
    for row in await own_document_list.list_of_payout(tx, payout.number):
        folder = f"eigene-belege/{issuing.file_name(row.number, 'x')[:-2]}"
        report = await issuing.find_report(tx, row.id)
        known = {
            "document": row.model_dump(mode="json", exclude={"seq", "is_undelivered"}),
            "deliveries": [one.model_dump(mode="json") for one in await delivery.list_deliveries(tx, row.id)],
            "report": report and report.model_dump(mode="json"),
        }
        yield f"{folder}.json", json.dumps(known, ensure_ascii=False, indent=1).encode()
        if sees_bank and not await issuing.is_erased(tx, row.id):
            yield f"{folder}.pdf", await issuing.get_pdf(tx, row.id)
            if row.has_xml:
                yield f"{folder}.xml", await issuing.get_xml(tx, row.id)


async def _month_closes(tx: TenantTransaction, payout: Payout, in_words: InWords) -> list[dict[str, Any]]:
    """How the lines without a sale came about; once where the limit of claw-backs cut one into parts."""
    rows = await tx.fetch(
        """
        SELECT k.slug AS campaign, s.month, s.part, s.due_cents, s.given_cents, s.settled_cents, s.difference_cents,
               s.detail, c.calculation, s.created_at
          FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
          JOIN month_settlements s ON s.tenant_id = c.tenant_id AND s.partner_id = c.partner_id
                                  AND s.campaign_id = c.campaign_id AND s.month = c.month AND s.part = c.month_part
          JOIN campaigns k ON k.tenant_id = c.tenant_id AND k.id = c.campaign_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 ORDER BY l.position
        """,
        tx.tenant.id,
        payout.id,
        timeout=SECONDS,
    )
    found = {(row["campaign"], row["month"], row["part"]): row for row in rows}
    return [
        {name: value for name, value in row.items() if name != "calculation"}
        | {"words": in_words(explained_by(row["calculation"]))}
        for row in found.values()
    ]


async def _transfers(
    tx: TenantTransaction, payout: Payout, *, sees_bank: bool, in_words: InWords
) -> list[dict[str, Any]]:
    rows = await tx.fetch(
        """
        SELECT r.number, r.state, r.execution_date, l.end_to_end_id, l.amount_cents, l.remittance, l.creditor,
               b.iban_last4, l.released_reason, l.released_code, l.released_params, r.created_by,
               r.approved_by, r.approved_at, r.exported_by, r.exported_at, r.confirmed_by,
               r.confirmed_at, r.cancel_reason, r.cancelled_by, r.cancelled_at,
               encode(r.file_sha256, 'hex') AS file_sha256
          FROM bank_run_lines l
          JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
          JOIN partner_bank_details b ON b.tenant_id = l.tenant_id AND b.id = l.bank_details_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 ORDER BY r.seq
        """,
        tx.tenant.id,
        payout.id,
    )
    hidden = () if sees_bank else ("iban_last4", "creditor")
    found = []
    for row in rows:
        reason = Reason.read(row["released_code"], row["released_params"])
        told = {name: value for name, value in row.items() if name not in hidden}
        found.append(told | {"released_reason": in_words(reason) if reason else row["released_reason"]})
    return found


_DOCUMENTS = """
    WITH sales AS (
        SELECT DISTINCT c.transaction_id FROM payout_lines l
          JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
         WHERE l.tenant_id = $1 AND l.payout_id = $2 AND c.transaction_id IS NOT NULL),
    documents AS (
        SELECT d.resource_id FROM external_documents d
         WHERE d.tenant_id = $1 AND (d.payout_id = $2 OR d.transaction_id IN (SELECT transaction_id FROM sales))
         UNION
        -- Credit notes of lexoffice that took a sale back: what a claw-back names.
        SELECT r.reference::uuid FROM refunds r
         WHERE r.tenant_id = $1 AND r.kind = 'credit_note' AND r.transaction_id IN (SELECT transaction_id FROM sales))
"""


async def _snapshots(tx: TenantTransaction, payout: Payout) -> AsyncIterator[tuple[str, bytes]]:
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        rows = await tx.fetch(
            _DOCUMENTS
            + """
            SELECT s.id::text, s.resource, s.resource_id, s.body, s.fetched_at FROM document_snapshots s
             WHERE s.tenant_id = $1 AND s.resource_id IN (SELECT resource_id FROM documents) AND s.id > $3::uuid
             ORDER BY s.id LIMIT $4
            """,
            tx.tenant.id,
            payout.id,
            after,
            _BATCH,
            timeout=SECONDS,
        )
        for row in rows:
            at = row["fetched_at"].astimezone(BERLIN).strftime("%Y%m%dT%H%M%S")
            yield f"belege/{row['resource']}-{row['resource_id']}-{at}-{row['id'][:8]}.json", row["body"].encode()
        if len(rows) < _BATCH:
            return
        after = rows[-1]["id"]


async def _notifications(tx: TenantTransaction, payout: Payout, in_words: InWords) -> AsyncIterator[tuple[str, bytes]]:
    listed: list[dict[str, Any]] = []
    after = 0
    while True:
        rows = await tx.fetch(
            _DOCUMENTS
            + """
            , named AS (
                SELECT resource_id::text AS id FROM documents
                -- Stripe's are named by their own id; the history of states tells what they changed.
                UNION SELECT substr(s.cause, 8) FROM state_changes s
                       WHERE s.tenant_id = $1 AND s.cause LIKE 'stripe:%'
                         AND s.subject_id IN (SELECT transaction_id FROM sales
                                              UNION ALL SELECT l.commission_id FROM payout_lines l
                                                         WHERE l.tenant_id = $1 AND l.payout_id = $2))
            SELECT e.id, e.provider, e.event_type, e.resource_id, e.event_date, e.received_at, e.signed, e.state,
                   e.reason_code, e.reason_params, e.body
              FROM events e
             WHERE e.tenant_id = $1 AND e.resource_id IN (SELECT id FROM named) AND e.id > $3
             ORDER BY e.id LIMIT $4
            """,
            tx.tenant.id,
            payout.id,
            after,
            _BATCH,
            timeout=SECONDS,
        )
        for row in rows:
            # The type comes from outside; a name in a ZIP must not lead anywhere else.
            kind = re.sub(r"[^A-Za-z0-9.-]", "_", row["event_type"])[:80]
            name = f"meldungen/{row['id']:09d}-{kind}.json"
            yield name, bytes(row["body"])
            reason = Reason.read(row["reason_code"], row["reason_params"])
            told = {key: row[key] for key in row.keys() if key != "body"}  # noqa: SIM118
            listed.append({"file": name, **told, "reason": reason and in_words(reason)})
        if len(rows) < _BATCH:
            break
        after = rows[-1]["id"]
    yield "meldungen/liste.json", json.dumps(listed, ensure_ascii=False, indent=1, default=str).encode()


async def _trail(tx: TenantTransaction, payout: Payout) -> bytes:
    rows = await tx.fetch(
        """
        SELECT c.number, e.at, e.actor, e.action, e.subject, e.subject_id, e.detail, encode(c.hash, 'hex') AS hash
          FROM audit_entries e JOIN audit_chain c ON c.tenant_id = e.tenant_id AND c.seq = e.seq
         WHERE e.tenant_id = $1
           AND (e.subject = 'payout' AND e.subject_id IN ($2, $3)
                -- Who wrote a bonus or a correction, and who confirmed it.
                OR e.subject = 'commission' AND e.subject_id IN (
                   SELECT commission_id::text FROM payout_lines WHERE tenant_id = $1 AND payout_id = $4)
                -- What came with others in a file was written, and confirmed, with all of that file.
                OR e.subject = 'import' AND e.subject_id IN (
                   SELECT i.import_id::text FROM payout_lines l
                     JOIN import_changes i ON i.tenant_id = l.tenant_id AND i.about = l.commission_id::text
                    WHERE l.tenant_id = $1 AND l.payout_id = $4)
                OR e.subject = 'bank_run' AND e.subject_id IN (
                   SELECT r.number FROM bank_run_lines l
                     JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                    WHERE l.tenant_id = $1 AND l.payout_id = $4))
         ORDER BY c.number
        """,
        tx.tenant.id,
        payout.number,
        str(payout.id),
        payout.id,
        timeout=SECONDS,
    )
    header = ("Nr.", "Zeitpunkt", "Wer", "Aktion", "Was", "Kennung", "Einzelheiten", "Hash")
    return csv_lines([header, *(tuple(row) for row in rows)], first=True)
