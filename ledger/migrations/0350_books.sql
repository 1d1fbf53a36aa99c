-- easybill as books beside lexoffice. Which books a document may be in is a row of `providers`, „by hand" among them; what a
-- document free of VAT is called there is confirmed for each tax case.
-- beside: tenants_books_fkey, the release before writes lexoffice and none, and both are rows
-- beside: payouts_books_fkey, as above
INSERT INTO providers (name, is_books, is_source) VALUES ('none', true, false);

ALTER TABLE tenants DROP CONSTRAINT tenants_books_check;
ALTER TABLE tenants ADD CONSTRAINT tenants_books_fkey FOREIGN KEY (books) REFERENCES providers NOT VALID;
ALTER TABLE tenants VALIDATE CONSTRAINT tenants_books_fkey;
ALTER TABLE payouts DROP CONSTRAINT payouts_books_check;
ALTER TABLE payouts ADD CONSTRAINT payouts_books_fkey FOREIGN KEY (books) REFERENCES providers NOT VALID;
ALTER TABLE payouts VALIDATE CONSTRAINT payouts_books_fkey;
ALTER TABLE payouts DROP CONSTRAINT a_credit_note_is_of_the_books;
-- Holds for what the narrower one let in.
ALTER TABLE payouts ADD CONSTRAINT a_credit_note_is_of_the_books CHECK (strategy = 'own_document'
    OR books <> 'none' AND document_stage IS NULL AND tax_case IN ('regular', 'small_business', 'private')) NOT VALID;

CREATE TABLE tax_options (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    books           text NOT NULL REFERENCES providers,
    tax_case        text NOT NULL CHECK (tax_case IN ('regular', 'small_business', 'private')),
    option          text NOT NULL CHECK (option ~ '^[A-Za-z0-9]{1,40}$'),
    confirmed_by    text NOT NULL,
    confirmed_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, books, tax_case)
);
SELECT protect_tenant_table('tax_options', rights => 'SELECT, INSERT, UPDATE, DELETE');

-- What a partner's contact was last told to be: one that differs by now is told anew before a document names it.
ALTER TABLE partner_contacts ADD COLUMN details_hash text;
