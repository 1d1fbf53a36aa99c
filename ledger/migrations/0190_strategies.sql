-- Room for documents of our own beside lexoffice's credit notes (rules.md, The document, strategy B): a strategy per tax case,
-- books or none, the stage of the document, vouchers in the books, and a version of the formula that an approval is given under.
-- Every widened CHECK holds for what the narrower one let in, so nothing is read again for it (NOT VALID).
ALTER TABLE tenants ADD COLUMN books text NOT NULL DEFAULT 'lexoffice' CHECK (books IN ('lexoffice', 'none'));

CREATE TABLE document_strategies (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    tax_case    text NOT NULL CHECK (tax_case IN ('regular', 'small_business', 'private', 'eu_business', 'third_country',
                                                  'small_business_eu')),
    strategy    text NOT NULL CHECK (strategy IN ('lexoffice_credit_note', 'own_document', 'blocked')),
    changed_by  text NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, tax_case),
    CONSTRAINT abroad_is_no_credit_note
        CHECK (strategy <> 'lexoffice_credit_note' OR tax_case IN ('regular', 'small_business', 'private'))
);
SELECT protect_tenant_table('document_strategies', rights => 'SELECT, INSERT, UPDATE');

ALTER TABLE partner_tax_statuses DROP CONSTRAINT partner_tax_statuses_status_check;
ALTER TABLE partner_tax_statuses ADD CONSTRAINT partner_tax_statuses_status_check
    CHECK (status IN ('regular', 'small_business', 'private', 'eu_business', 'third_country', 'small_business_eu')) NOT VALID;

ALTER TABLE commissions DROP CONSTRAINT commissions_tax_case_check;
ALTER TABLE commissions ADD CONSTRAINT commissions_tax_case_check
    CHECK (tax_case IN ('regular', 'small_business', 'private', 'eu_business', 'third_country', 'small_business_eu')) NOT VALID;

ALTER TABLE payouts DROP CONSTRAINT payouts_tax_case_check;
ALTER TABLE payouts ADD COLUMN strategy text NOT NULL DEFAULT 'lexoffice_credit_note';
ALTER TABLE payouts ADD COLUMN books text NOT NULL DEFAULT 'lexoffice';
ALTER TABLE payouts ADD COLUMN document_stage text;
ALTER TABLE payouts ADD COLUMN hash_version integer NOT NULL DEFAULT 1;
ALTER TABLE payouts
    ADD CONSTRAINT payouts_tax_case_check
        CHECK (tax_case IN ('regular', 'small_business', 'private', 'eu_business', 'third_country', 'small_business_eu')) NOT VALID,
    ADD CONSTRAINT payouts_strategy_check CHECK (strategy IN ('lexoffice_credit_note', 'own_document')) NOT VALID,
    ADD CONSTRAINT payouts_books_check CHECK (books IN ('lexoffice', 'none')) NOT VALID,
    ADD CONSTRAINT payouts_document_stage_check CHECK (document_stage IN ('issued', 'booked', 'delivered')) NOT VALID,
    ADD CONSTRAINT payouts_hash_version_check CHECK (hash_version > 0) NOT VALID,
    ADD CONSTRAINT a_credit_note_is_of_the_books CHECK (strategy = 'own_document'
        OR books = 'lexoffice' AND document_stage IS NULL AND tax_case IN ('regular', 'small_business', 'private')) NOT VALID,
    ADD CONSTRAINT what_is_booked_has_books CHECK (books <> 'none' OR document_stage <> 'booked') NOT VALID;

ALTER TABLE decisions ADD COLUMN hash_version integer NOT NULL DEFAULT 1;
ALTER TABLE decisions
    ADD CONSTRAINT decisions_hash_version_check CHECK (hash_version > 0) NOT VALID;

-- The CHECKs of these two tables have the names that PostgreSQL gave them; all are written anew, those of a sale as they were.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT conrelid::regclass AS of_table, conname FROM pg_constraint
         WHERE contype = 'c' AND conrelid IN ('creation_intents'::regclass, 'external_documents'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', old.of_table, old.conname);
    END LOOP;
END $$;

ALTER TABLE creation_intents ADD COLUMN own_document_id uuid;
ALTER TABLE creation_intents
    ADD CONSTRAINT creation_intents_own_document_fkey FOREIGN KEY (tenant_id, own_document_id) REFERENCES own_documents NOT VALID,
    ADD CONSTRAINT creation_intents_kind_check
        CHECK (kind IN ('credit-note', 'invoice', 'purchaseinvoice', 'purchasecreditnote')) NOT VALID,
    -- The voucher of a Storno or a correction is of its document, of no payout.
    ADD CONSTRAINT an_intent_has_its_payout
        CHECK ((kind IN ('credit-note', 'purchaseinvoice')) = (payout_id IS NOT NULL)) NOT VALID,
    ADD CONSTRAINT an_invoice_has_its_sale CHECK ((kind = 'invoice') = (transaction_id IS NOT NULL)) NOT VALID,
    ADD CONSTRAINT what_was_sent_has_a_deadline CHECK ((sent_at IS NULL) = (deadline IS NULL)) NOT VALID,
    ADD CONSTRAINT a_voucher_has_its_document
        CHECK ((kind IN ('purchaseinvoice', 'purchasecreditnote')) = (own_document_id IS NOT NULL)) NOT VALID;
CREATE INDEX intents_of_a_document ON creation_intents (tenant_id, own_document_id) WHERE own_document_id IS NOT NULL;
CREATE UNIQUE INDEX one_open_intent_per_document ON creation_intents (tenant_id, own_document_id)
    WHERE own_document_id IS NOT NULL AND closed_at IS NULL;

ALTER TABLE external_documents ADD COLUMN own_document_id uuid;
ALTER TABLE external_documents
    ADD CONSTRAINT external_documents_own_document_fkey FOREIGN KEY (tenant_id, own_document_id) REFERENCES own_documents NOT VALID,
    ADD CONSTRAINT external_documents_kind_check
        CHECK (kind IN ('invoice', 'credit-note', 'purchaseinvoice', 'purchasecreditnote')) NOT VALID,
    ADD CONSTRAINT only_these_are_of_a_payout
        CHECK (payout_id IS NULL OR kind IN ('credit-note', 'purchaseinvoice')) NOT VALID,
    ADD CONSTRAINT only_invoices_are_of_a_sale CHECK (transaction_id IS NULL OR kind = 'invoice') NOT VALID,
    ADD CONSTRAINT only_vouchers_are_of_a_document
        CHECK (own_document_id IS NULL OR kind IN ('purchaseinvoice', 'purchasecreditnote')) NOT VALID,
    ADD CONSTRAINT a_voucher_of_a_payout_has_its_document
        CHECK (kind <> 'purchaseinvoice' OR payout_id IS NULL OR own_document_id IS NOT NULL) NOT VALID;
CREATE UNIQUE INDEX one_voucher_per_document ON external_documents (tenant_id, own_document_id)
    WHERE own_document_id IS NOT NULL AND detached_at IS NULL;
