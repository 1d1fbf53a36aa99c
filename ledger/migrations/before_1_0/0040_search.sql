-- What the search looks through (ledger/reports/search.py). There is no pg_trgm everywhere, and under row-level security its
-- operators would be served by no index, because they are not leakproof. So a tenant's names are read through, which are
-- tens of thousands and short; numbers, of which there are hundreds of thousands, are found by both of their ends.

-- The same as ledger.reports.search.folded: without regard to case, umlauts and accents.
CREATE FUNCTION folded(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT replace(replace(replace(replace(
               translate(lower(translate(words, 'ÄÖÜÁÀÂÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÕØÚÙÛÝ', 'äöüáàâãåçéèêëíìîïñóòôõøúùûý')),
                         'áàâãåçéèêëíìîïñóòôõøúùûýÿ', 'aaaaaceeeeiiiinooooouuuyy'),
               'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')
    $$;

ALTER TABLE partners ADD COLUMN sought text COLLATE "C"
    GENERATED ALWAYS AS (folded(code || ' ' || name || ' ' || COALESCE(email, ''))) STORED;
ALTER TABLE customers DROP COLUMN email_sought, DROP COLUMN name_sought, ADD COLUMN sought text COLLATE "C"
    GENERATED ALWAYS AS (folded(COALESCE(name, '') || ' ' || COALESCE(email, '') || ' ' || COALESCE(external_id, '')))
    STORED;

-- PO-2026-00042 is PO202600042 here, and 240006202OP from its end.
ALTER TABLE payouts
    ADD COLUMN number_sought text COLLATE "C" GENERATED ALWAYS AS (translate(upper(number), '-_/. ', '')) STORED,
    ADD COLUMN number_backwards text COLLATE "C"
        GENERATED ALWAYS AS (reverse(translate(upper(number), '-_/. ', ''))) STORED;
ALTER TABLE external_documents
    ADD COLUMN number_sought text COLLATE "C" GENERATED ALWAYS AS (translate(upper(voucher_number), '-_/. ', '')) STORED,
    ADD COLUMN number_backwards text COLLATE "C"
        GENERATED ALWAYS AS (reverse(translate(upper(voucher_number), '-_/. ', ''))) STORED;
DROP INDEX payouts_by_number, documents_by_number;
CREATE INDEX payouts_by_number ON payouts (tenant_id, number_sought);
CREATE INDEX payouts_by_end_of_number ON payouts (tenant_id, number_backwards);
CREATE INDEX documents_by_number ON external_documents (tenant_id, number_sought);
CREATE INDEX documents_by_end_of_number ON external_documents (tenant_id, number_backwards);

-- "Changed since yesterday" of the page Heute: each change of a payout's state touches the payout.
CREATE INDEX payouts_by_change ON payouts (tenant_id, updated_at) INCLUDE (id, gross_cents);
