-- What the bank wrote about the payments of bench/books.sql: a booking for each, 200 of them to a statement, four in a
-- thousand assigned by nobody, half of these proposed; and as many bookings again that are about no payout.
CREATE TEMP TABLE told ON COMMIT DROP AS
SELECT l.id AS line, l.payout_id, l.amount_cents, l.end_to_end_id, l.bank_details_id, l.creditor, r.execution_date AS day,
       gen_random_uuid() AS entry, row_number() OVER (ORDER BY r.execution_date, l.end_to_end_id) AS n
  FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id WHERE l.tenant_id = :tenant;
CREATE TEMP TABLE sheet ON COMMIT DROP AS
SELECT n / 200 AS number, gen_random_uuid() AS file, gen_random_uuid() AS statement, max(day) AS day, count(*) AS entries,
       sum(amount_cents)::bigint AS cents
  FROM told GROUP BY n / 200;
INSERT INTO statement_files (tenant_id, id, sha256, name, format, size_bytes, content_encrypted, brought_by, brought_how,
                             brought_at, matched_at)
SELECT :tenant, file, sha256(convert_to(file::text, 'UTF8')), 'C53-' || number || '.xml', 'camt.053.001.08', 120000, '',
       :person, 'page', day, day FROM sheet ORDER BY number;
INSERT INTO bank_statements (tenant_id, id, file_id, account_id, kind, told_by, statement_ref, number, year,
                             opening_cents, closing_cents, closes_on, entries, new_entries)
SELECT :tenant, statement, file, :organization, 'statement', 'camt', 'S' || number, number + 1,
       extract(year FROM day)::integer, 0, -cents, day, 2 * entries, 2 * entries FROM sheet ORDER BY number;
INSERT INTO bank_entries (tenant_id, id, account_id, statement_id, booked_by, known_by, booked_on, valued_on,
                          amount_cents, currency, direction, reversal, bank_references, refers_to, text, concerns_us,
                          state, outcome_code, outcome_params, decided_by, decided_at)
SELECT :tenant, t.entry, :organization, s.statement, s.statement, sha256(convert_to(t.entry::text, 'UTF8')), t.day, t.day,
       t.amount_cents, 'EUR', 'debit', false, '{}', 'one:', 'Provision ' || t.end_to_end_id, true,
       CASE WHEN n % 250 = 0 THEN 'unresolved' ELSE 'matched' END,
       CASE WHEN n % 500 = 0 THEN 'looks_like_a_transfer' WHEN n % 250 = 0 THEN 'paid_to_another_account' END,
       CASE WHEN n % 250 = 0 THEN jsonb_build_object('payout', t.end_to_end_id) END, 'engine', t.day
  FROM told t JOIN sheet s ON s.number = t.n / 200 ORDER BY t.n;
INSERT INTO bank_entries (tenant_id, account_id, statement_id, booked_by, known_by, booked_on, amount_cents, currency,
                          direction, reversal, bank_references, refers_to, concerns_us, state, decided_by, decided_at)
SELECT :tenant, :organization, s.statement, s.statement, sha256(convert_to('-' || t.entry, 'UTF8')), t.day,
       t.amount_cents, 'EUR', 'credit', false, '{}', 'one:', false, 'unrelated', 'engine', t.day
  FROM told t JOIN sheet s ON s.number = t.n / 200 ORDER BY t.n;
INSERT INTO bank_entry_details (tenant_id, entry_id, position, end_to_end_id, amount_cents, currency, direction,
                                other_name, other_iban_last4, text)
SELECT :tenant, entry, 0, end_to_end_id, amount_cents, 'EUR', 'debit', creditor, '0051', 'Provision' FROM told;
INSERT INTO payment_evidence (tenant_id, payout_id, entry_id, run_line_id, kind, end_to_end_id, amount_cents, booked_on)
SELECT :tenant, payout_id, entry, line, 'debit', end_to_end_id, amount_cents, day FROM told WHERE n % 250 <> 0 ORDER BY n;

-- Files that the programme was taken over from.
INSERT INTO imports (tenant_id, kind, name, sha256, content_encrypted, encoding, header, row_count, mapping, state, brought_by,
                     ended_by, ended_at)
SELECT :tenant, 'partners', 'partner-' || g || '.csv', sha256(g::text::bytea), '', 'UTF-8', '{Partnercode,Name}', 500,
       '{"columns": ["code", "name"]}', 'taken', 'user:maker', 'user:maker', now()
  FROM generate_series(1, 200) g;
