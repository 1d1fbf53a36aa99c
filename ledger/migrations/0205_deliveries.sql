-- How an own document reaches its partner: by mail, on the partner's page, or by a person's hand; and whose it is.
-- Refused, bounced and given up are told as well: nothing undelivered is paid (rules.md, Effective from delivery).
ALTER TABLE own_documents
    ADD COLUMN partner_id uuid,  -- NULL: of nobody whom this tenant knows
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN erased_at timestamptz,  -- after the duty to keep: number and amounts stay, content and files go
    ADD FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    ALTER COLUMN pdf DROP NOT NULL,
    ADD CONSTRAINT an_issued_document_has_its_pdf CHECK ((pdf IS NULL) = (erased_at IS NOT NULL));
ALTER TABLE own_documents ALTER COLUMN changed_at SET DEFAULT clock_timestamp();
CREATE INDEX own_documents_changed ON own_documents (tenant_id, changed_at);
CREATE INDEX own_documents_of_partner ON own_documents (tenant_id, partner_id, seq);

CREATE TABLE own_document_deliveries (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    document_id uuid NOT NULL,
    how         text NOT NULL CHECK (how IN ('mail', 'page', 'hand')),
    mail_id     uuid,  -- of the outbox, which forgets after 60 days; half of the Message-ID
    outcome     text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'no_address', 'given_up', 'opened', 'handed_over')),
    at          timestamptz NOT NULL DEFAULT now(),
    told_by     text NOT NULL,
    note        text CHECK (length(note) BETWEEN 1 AND 500),
    bounced_at  timestamptz,
    bounced_by  text,
    bounce      text CHECK (length(bounce) BETWEEN 1 AND 500),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, document_id) REFERENCES own_documents,
    CHECK ((how = 'mail') = (outcome IN ('accepted', 'refused', 'no_address', 'given_up'))),
    CHECK ((how = 'page') = (outcome = 'opened')),
    CHECK (mail_id IS NULL OR how = 'mail'),
    CHECK (bounced_at IS NULL OR outcome = 'accepted'),
    CHECK ((bounced_at IS NULL) = (bounced_by IS NULL))
);
CREATE INDEX own_document_deliveries_of_document ON own_document_deliveries (tenant_id, document_id);
CREATE UNIQUE INDEX a_mail_ends_once ON own_document_deliveries (tenant_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE UNIQUE INDEX opened_once ON own_document_deliveries (tenant_id, document_id) WHERE how = 'page';
SELECT protect_tenant_table('own_document_deliveries', rights => 'SELECT, INSERT, UPDATE');

ALTER TABLE mails DROP CONSTRAINT mails_kind_check;
ALTER TABLE mails ADD CONSTRAINT mails_kind_check CHECK (kind IN (
    'approval_waits', 'task_created', 'partner_document', 'own_document', 'bank_details_changed', 'connection_broken',
    'password_changed', 'second_factor_added', 'second_factor_removed', 'reset_link', 'invitation', 'daily')) NOT VALID;
ALTER TABLE mails VALIDATE CONSTRAINT mails_kind_check;
