"""The bookings of one statement as rows: recognised, inserted, told once more (rules.md, Bank)."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from bankstatements.models import Detail, Direction, Entry, Statement
from ledger.bank.bank_ids import iban_of_german_account
from ledger.bank.known_bookings import Booking, Known, Recogniser, Teller, batch_reference, booking_of
from ledger.database import TenantTransaction
from ledger.types import Frozen
from ledger.vault import Vault

SECONDS = 30.0
"""Of one statement to PostgreSQL: it may hold 10,000 entries."""
_AROUND = timedelta(days=7)
"""Days between a preview and its booking, at most, where the bank gives no reference."""
_OURS = re.compile(r"(?<![A-Z0-9])(?:PO|ZL)-\d{4}-\d{4,}", re.ASCII | re.IGNORECASE)


class Told(Frozen):
    """A statement as a row, and whether it books."""

    statement: UUID
    account: UUID
    books: bool
    teller: Teller


class Entries:
    """What a statement tells, compared with what its account holds. The account must be locked."""

    def __init__(
        self, vault: Vault, one: Statement, teller: Teller, partners: frozenset[bytes], known: list[Known]
    ) -> None:
        recogniser = Recogniser(known, teller)
        bookings = [booking_of(entry) for entry in one.entries]
        told = [
            (entry, booking, recogniser.find(booking)) for entry, booking in zip(one.entries, bookings, strict=True)
        ]
        own = one.iban or iban_of_german_account(one.other_account or "")
        self.fresh = [
            _Row(entry, booking, recogniser.key(booking), _details(vault, entry, partners, own))
            for entry, booking, found in told
            if found is None
        ]
        self._again = [
            (found, _Again(entry, booking, _details(vault, entry, partners, own)))
            for entry, booking, found in told
            if found is not None
        ]

    @property
    def for_us(self) -> int:
        """How many new ones may be about payouts."""
        return sum(row.concerns_us for row in self.fresh)

    async def save(self, tx: TenantTransaction, told: Told) -> None:
        """New bookings as rows, and what is told again of known ones."""
        await _insert_entries(tx, told, self.fresh)
        for known, again in self._again:
            await _tell_again(tx, known, again, told)


async def compare(tx: TenantTransaction, vault: Vault, account: UUID, one: Statement, teller: Teller) -> Entries:
    """What of this statement is new. The account must be locked."""
    known = await _known(tx, account, [booking_of(entry) for entry in one.entries])
    partners = await _partners_accounts(tx)
    # A second of computing for 10,000 entries: beside the event loop.
    return await asyncio.to_thread(Entries, vault, one, teller, partners, known)


async def _known(tx: TenantTransaction, account: UUID, bookings: Sequence[Booking]) -> list[Known]:
    days = [booking.booked_on for booking in bookings if booking.booked_on is not None]
    rows = await tx.fetch(
        """
        SELECT e.id, e.amount_cents, e.direction, e.reversal, e.booked_on, e.bank_references, e.refers_to,
               e.booked_by IS NOT NULL AS is_booked, e.concerns_us, e.batch_reference IS NOT NULL AS has_batch,
               (SELECT count(*) FROM bank_entry_details d WHERE d.tenant_id = e.tenant_id AND d.entry_id = e.id)
                 AS details
          FROM bank_entries e
         WHERE e.tenant_id = $1 AND e.account_id = $2
           AND (e.booked_on BETWEEN $3 AND $4 OR e.booked_on IS NULL
                OR jsonb_path_query_array(e.bank_references, '$.*') ?| $5)
         ORDER BY e.seq
        """,
        tx.tenant.id,
        account,
        _shifted(min(days, default=date.max), -1),
        _shifted(max(days, default=date.min), 1),
        sorted({booking.bank_reference for booking in bookings if booking.bank_reference}),
        timeout=SECONDS,
    )
    return [Known.from_row(row) for row in rows]


def _shifted(day: date, sign: int) -> date:
    try:
        return day + sign * _AROUND
    except OverflowError:
        return day


async def _partners_accounts(tx: TenantTransaction) -> frozenset[bytes]:
    rows = await tx.fetch(
        "SELECT DISTINCT iban_hmac FROM partner_bank_details WHERE tenant_id = $1", tx.tenant.id, timeout=SECONDS
    )
    return frozenset(row["iban_hmac"] for row in rows)


class _DetailRow:
    """A detail with what is kept of the other side; `own` is the IBAN of the statement, which is never that."""

    def __init__(self, vault: Vault, entry: Entry, detail: Detail, partners: frozenset[bytes], own: str | None) -> None:
        self.detail = detail
        outgoing = (detail.direction or entry.direction) is not Direction.CREDIT
        # A return tells payer and payee as they were in the transfer that comes back, or turned round.
        pairs = [
            (detail.creditor_iban, detail.creditor_name),
            (detail.debtor_iban, detail.debtor_name),
        ]
        told = [pair for pair in (pairs if outgoing else pairs[::-1]) if pair[0] is None or pair[0] != own]
        known = [(iban, name, vault.recognise_under_all_keys(iban)) for iban, name in told if iban]
        theirs = next((one for one in known if partners.intersection(one[2])), known[0] if known else None)
        self.name = theirs[1] if theirs else next((name for _, name in told if name), None)
        self.iban_last4 = theirs[0][-4:] if theirs else None
        # Under which key a partner's account was recorded is not known here: the HMAC that is one of theirs, else ours.
        self.iban_hmac = next(iter(partners.intersection(theirs[2])), theirs[2][0]) if theirs else None
        self.is_a_partners = self.iban_hmac in partners


class _Again:
    """An entry that tells once more of a known booking."""

    def __init__(self, entry: Entry, booking: Booking, details: list[_DetailRow]) -> None:
        self.entry = entry
        self.booking = booking
        self.details = details
        self.concerns_us = _concerns_us(entry, details)


class _Row(_Again):
    """A new entry."""

    def __init__(self, entry: Entry, booking: Booking, key: bytes, details: list[_DetailRow]) -> None:
        super().__init__(entry, booking, details)
        self.id = uuid4()
        self.key = key


def _details(vault: Vault, entry: Entry, partners: frozenset[bytes], own: str | None) -> list[_DetailRow]:
    return [_DetailRow(vault, entry, detail, partners, own) for detail in entry.details]


def _concerns_us(entry: Entry, details: Sequence[_DetailRow]) -> bool:
    """Whether it may be about payouts: it names one or a run, or a partner's account. Of the rest no text is kept."""
    texts = [entry.text, batch_reference(entry)]
    for row in details:
        texts += [row.detail.end_to_end_id, row.detail.payment_information_id, row.detail.remittance]
    return any(row.is_a_partners for row in details) or any(_OURS.search(text) for text in texts if text)


async def _insert_entries(tx: TenantTransaction, told: Told, rows: Sequence[_Row]) -> None:
    if not rows:
        return
    columns = zip(
        *(
            (
                row.id,
                told.statement if told.books and row.booking.is_booked else None,
                row.key,
                {told.teller: row.entry.bank_reference},
                row.entry.booked_on,
                row.entry.valued_on,
                row.entry.amount_cents,
                row.entry.currency,
                row.entry.direction,
                row.entry.reversal,
                row.booking.refers_to,
                row.entry.code,
                row.entry.business_code,
                batch_reference(row.entry) if row.concerns_us else None,
                row.entry.batch.number if row.entry.batch else None,
                row.entry.text if row.concerns_us else None,
                row.concerns_us,
                "waiting" if row.concerns_us else "unrelated",
            )
            for row in rows
        ),
        strict=True,
    )
    # All in one statement: a statement of a bank may hold 10,000 entries.
    await tx.execute(
        """
        INSERT INTO bank_entries (tenant_id, account_id, statement_id, id, booked_by, known_by, bank_references,
                                  booked_on, valued_on, amount_cents, currency, direction, reversal, refers_to, code,
                                  business_code, batch_reference, batch_number, text, concerns_us, state)
        SELECT $1, $2, $3, * FROM unnest($4::uuid[], $5::uuid[], $6::bytea[], $7::jsonb[], $8::date[], $9::date[],
                                         $10::bigint[], $11::text[], $12::text[], $13::boolean[], $14::text[],
                                         $15::text[], $16::text[], $17::text[], $18::integer[], $19::text[],
                                         $20::boolean[], $21::text[])
        """,
        tx.tenant.id,
        told.account,
        told.statement,
        *columns,
        timeout=SECONDS,
    )
    await _insert_details(tx, {row.id: row.details for row in rows if row.concerns_us})


async def _insert_details(tx: TenantTransaction, details: Mapping[UUID, Sequence[_DetailRow]]) -> None:
    """Only of what may be about payouts: what a firm pays and gets besides is nobody's business here."""
    values = [
        _detail_values(entry, position, row) for entry, rows in details.items() for position, row in enumerate(rows)
    ]
    if not values:
        return
    await tx.execute(
        """
        INSERT INTO bank_entry_details (tenant_id, entry_id, position, end_to_end_id, payment_reference, bank_reference,
                                        amount_cents, charges_cents, currency, direction, other_name, other_iban_hmac,
                                        other_iban_last4, code, business_code, return_code, return_text, text)
        SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                                 $8::bigint[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::text[],
                                 $14::text[], $15::text[], $16::text[], $17::text[], $18::text[])
        """,
        tx.tenant.id,
        *zip(*values, strict=True),
        timeout=SECONDS,
    )


def _detail_values(entry: UUID, position: int, row: _DetailRow) -> tuple[Any, ...]:
    detail = row.detail
    return (
        entry,
        position,
        detail.end_to_end_id,
        detail.payment_information_id,
        detail.bank_reference,
        detail.transfer_cents,
        detail.charges_cents,
        detail.currency,
        detail.direction,
        row.name,
        row.iban_hmac,
        row.iban_last4,
        detail.code,
        detail.business_code,
        detail.return_code,
        detail.return_text,
        detail.remittance,
    )


async def _tell_again(tx: TenantTransaction, known: Known, again: _Again, told: Told) -> None:
    """A known booking told once more: a preview becomes booked; details, its batch, and that it is about payouts come
    to what had none. What was told stays."""
    booking, batch = again.booking, batch_reference(again.entry)
    now_booked = told.books and booking.is_booked and not known.is_booked
    for_us = known.concerns_us or again.concerns_us
    new_details = bool(again.details) and not known.details and for_us
    new_batch = batch is not None and again.concerns_us and not known.has_batch
    new_concern = again.concerns_us and not known.concerns_us
    new_reference = booking.bank_reference is not None and known.bank_references.get(told.teller) is None
    new_reference |= told.teller not in known.bank_references
    if not (now_booked or new_details or new_batch or new_concern or new_reference):
        return
    await tx.execute(
        """
        UPDATE bank_entries
           SET booked_by = COALESCE(booked_by, $3),
               bank_references = bank_references || $4::jsonb || jsonb_strip_nulls(bank_references),
               booked_on = CASE WHEN $5 THEN COALESCE($6, booked_on) ELSE COALESCE(booked_on, $6) END,
               batch_reference = CASE WHEN concerns_us OR $7 THEN COALESCE(batch_reference, $9) END,
               batch_number = COALESCE(batch_number, $10),
               text = CASE WHEN concerns_us OR $7 THEN COALESCE(text, $11) END,
               concerns_us = concerns_us OR $7,
               -- What a person decided stays.
               state = CASE WHEN (concerns_us OR $7) AND ($5 OR $8) AND state <> 'set_aside'
                                 AND (state <> 'matched' OR decided_by = 'engine') THEN 'waiting'
                            WHEN $12 AND state IN ('unrelated', 'unresolved') THEN 'waiting'
                            ELSE state END
         WHERE tenant_id = $1 AND id = $2
        """,
        tx.tenant.id,
        known.id,
        told.statement if now_booked else None,
        {told.teller: booking.bank_reference},
        now_booked,
        booking.booked_on,
        again.concerns_us,
        new_details,
        batch,
        again.entry.batch.number if again.entry.batch else None,
        again.entry.text,
        new_batch or new_concern,
    )
    if new_details:
        await _insert_details(tx, {known.id: again.details})
