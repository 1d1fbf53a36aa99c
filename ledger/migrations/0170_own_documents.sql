-- Documents that we issue ourselves (rules.md, strategy B): a number circle of the tenant's own without gaps, and rows
-- that never change: what stands on the document, its files, and what the gate found.
CREATE TABLE own_document_circles (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants,
    -- {year} and {number}, the latter with a width: GU-{year}-{number:05}. Without {year} it counts on for ever.
    pattern     text NOT NULL CHECK (length(pattern) BETWEEN 8 AND 60),
    changed_by  text NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
SELECT protect_tenant_table('own_document_circles', rights => 'SELECT, INSERT, UPDATE');

CREATE TABLE own_document_counters (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    pattern     text NOT NULL,
    year        integer NOT NULL,  -- 0 where the pattern has none
    last        integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (tenant_id, pattern, year)
);
SELECT protect_tenant_table('own_document_counters', rights => 'SELECT, INSERT, UPDATE');

CREATE TABLE own_documents (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    seq             bigint GENERATED ALWAYS AS IDENTITY,
    number          text NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    pattern         text NOT NULL,
    year            integer NOT NULL,
    place           integer NOT NULL CHECK (place > 0),  -- in its circle and year
    kind            text NOT NULL CHECK (kind IN ('self_billed', 'commission_statement', 'reversal', 'correction')),
    payout_id       uuid,  -- NULL: a correcting document over a negative balance
    original_id     uuid,
    issued_on       date NOT NULL,
    net_cents       bigint NOT NULL CHECK (net_cents <> 0),
    tax_cents       bigint NOT NULL,
    gross_cents     bigint NOT NULL,
    transfer_cents  bigint NOT NULL,
    content         jsonb NOT NULL,
    xml             bytea CHECK (octet_length(xml) BETWEEN 1 AND 5242880),
    pdf             bytea NOT NULL CHECK (substring(pdf FROM 1 FOR 5) = '%PDF-' AND octet_length(pdf) <= 5242880),
    pdf_sha256      text NOT NULL CHECK (pdf_sha256 = encode(sha256(pdf), 'hex')),
    report          jsonb,  -- of the gate; NULL where there is no XML
    issued_by       text NOT NULL,
    issued_at       timestamptz NOT NULL DEFAULT now(),
    -- What may come later, once each.
    closed_at       timestamptz,  -- „nicht ausgegeben": the number stays, the document was never handed out
    closed_by       text,
    closed_reason   text CHECK (length(closed_reason) BETWEEN 1 AND 500),
    handed_out_at   timestamptz,
    delivered_at    timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    UNIQUE (tenant_id, pattern, year, place),
    FOREIGN KEY (tenant_id, payout_id) REFERENCES payouts,
    FOREIGN KEY (tenant_id, original_id) REFERENCES own_documents,
    CHECK (gross_cents = net_cents + tax_cents),
    CHECK ((kind IN ('reversal', 'correction')) = (net_cents < 0)),
    CHECK (kind <> 'reversal' OR original_id IS NOT NULL),
    CHECK ((xml IS NULL) = (report IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (closed_reason IS NULL)),
    CHECK (closed_at IS NULL OR handed_out_at IS NULL),
    CHECK (delivered_at IS NULL OR handed_out_at IS NOT NULL)
);
CREATE INDEX ON own_documents (tenant_id, payout_id);
CREATE UNIQUE INDEX one_reversal_of_a_document ON own_documents (tenant_id, original_id)
    WHERE kind = 'reversal' AND closed_at IS NULL;
CREATE UNIQUE INDEX one_document_of_a_payout ON own_documents (tenant_id, payout_id)
    WHERE kind IN ('self_billed', 'commission_statement') AND closed_at IS NULL;
SELECT protect_tenant_table('own_documents', rights => 'SELECT, INSERT, UPDATE');
