-- Taking a programme over from files: the files, what each did, how their columns are read, and what came of them.
CREATE TABLE imports (
    tenant_id         uuid NOT NULL REFERENCES tenants,
    id                uuid NOT NULL DEFAULT gen_random_uuid(),
    seq               bigint GENERATED ALWAYS AS IDENTITY,
    kind              text NOT NULL CHECK (kind IN ('partners', 'opening_balances', 'customers', 'past_sales', 'sales')),
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    sha256            bytea NOT NULL CHECK (length(sha256) = 32),
    content_encrypted bytea NOT NULL,  -- compressed first; empty once it is taken over, set aside or forgotten
    encoding          text NOT NULL,
    header            text[] NOT NULL,
    row_count         integer NOT NULL CHECK (row_count > 0),
    mapping           jsonb NOT NULL,
    state             text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'taken', 'discarded')),
    brought_by        text NOT NULL,
    brought_at        timestamptz NOT NULL DEFAULT now(),
    ended_by          text,
    ended_at          timestamptz,
    created           integer NOT NULL DEFAULT 0 CHECK (created >= 0),
    changed           integer NOT NULL DEFAULT 0 CHECK (changed >= 0),
    unchanged         integer NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    left_out          integer NOT NULL DEFAULT 0 CHECK (left_out >= 0),
    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT who_ended_an_import_is_known CHECK ((state = 'draft') = (ended_by IS NULL) AND (ended_by IS NULL) = (ended_at IS NULL))
);
SELECT protect_tenant_table('imports');
CREATE INDEX imports_newest ON imports (tenant_id, seq DESC);

CREATE TABLE import_changes (
    tenant_id  uuid NOT NULL REFERENCES tenants,
    import_id  uuid NOT NULL,
    position   integer NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    subject_id text NOT NULL,
    about      text,  -- what the act recorded: an account, a tax status, a line
    fields     text[] NOT NULL,
    PRIMARY KEY (tenant_id, import_id, position),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports
);
SELECT protect_tenant_table('import_changes', rights => 'SELECT, INSERT');

CREATE TABLE import_mappings (
    tenant_id       uuid NOT NULL REFERENCES tenants,
    kind            text NOT NULL,
    headings_sha256 bytea NOT NULL CHECK (length(headings_sha256) = 32),
    mapping         jsonb NOT NULL,
    chosen_by       text NOT NULL,
    chosen_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, kind, headings_sha256)
);
SELECT protect_tenant_table('import_mappings');

-- A sale whose commissions were settled elsewhere, and the file that told of it: it earns nothing here.
ALTER TABLE transactions ADD COLUMN import_id uuid;
ALTER TABLE transactions ADD CONSTRAINT transactions_import_id_fkey
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) NOT VALID;
ALTER TABLE transactions VALIDATE CONSTRAINT transactions_import_id_fkey;

-- What a partner was owed, or owed, when the programme was taken over.
ALTER TABLE manual_lines DROP CONSTRAINT manual_lines_kind_check;
ALTER TABLE manual_lines ADD CONSTRAINT manual_lines_kind_check
    CHECK (kind IN ('bonus', 'correction', 'opening_balance')) NOT VALID;
ALTER TABLE manual_lines VALIDATE CONSTRAINT manual_lines_kind_check;
