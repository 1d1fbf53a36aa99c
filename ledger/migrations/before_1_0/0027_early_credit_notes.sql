-- Credit notes that named an invoice before it was a sale's (ledger/booking/credited_invoices.py): looked up once for each
-- invoice that becomes one. Few events have the member.
CREATE INDEX events_that_name_invoices ON events USING gin ((changes -> 'names_invoices'))
    WHERE state = 'ignored' AND changes ? 'names_invoices';
