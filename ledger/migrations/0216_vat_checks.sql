-- Questions to VIES about the VAT ids of partners, and the answers, which never change: they are the proof that a service was
-- rendered by a business of another member state (§ 13b UStG). A row is a question first; the engine follows.
CREATE TABLE vat_checks (
    tenant_id     uuid NOT NULL REFERENCES tenants,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    seq           bigint GENERATED ALWAYS AS IDENTITY,
    partner_id    uuid NOT NULL,
    vat_id        text NOT NULL,
    asked_by      text NOT NULL,
    asked_at      timestamptz NOT NULL DEFAULT now(),
    announced_at  timestamptz,
    tries         integer NOT NULL DEFAULT 0,
    failure       text CHECK (length(failure) BETWEEN 1 AND 60),
    failed_at     timestamptz,
    -- unanswered: given up; refused: VIES does not take the question
    answer        text CHECK (answer IN ('valid', 'invalid', 'refused', 'unanswered')),
    answered_at   timestamptz,
    requester     text,
    request_id    text CHECK (length(request_id) BETWEEN 1 AND 60),  -- the consultation number
    request_date  date,
    asked         jsonb,  -- name and address as they were sent
    told          jsonb,  -- name, address and matches as they were answered
    recorded_by   text,   -- who read the answer on the page of VIES, where nobody asked it from here
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners,
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((failure IS NULL) = (failed_at IS NULL)),
    CHECK (answer IS NOT NULL OR request_id IS NULL AND told IS NULL)
);
CREATE UNIQUE INDEX one_open_question_about_a_vat_id ON vat_checks (tenant_id, partner_id, vat_id) WHERE answer IS NULL;
CREATE INDEX ON vat_checks (tenant_id, partner_id, seq DESC);
CREATE INDEX vat_checks_to_announce ON vat_checks (asked_at) WHERE answer IS NULL AND announced_at IS NULL;
SELECT protect_tenant_table('vat_checks', rights => 'SELECT, INSERT, UPDATE');
-- The hand-over looks over all tenants.
CREATE POLICY lookup ON vat_checks FOR SELECT TO CURRENT_USER USING (true);

-- How old an answer may be when a payout is approved that it proves.
ALTER TABLE tenants ADD COLUMN vat_proof_days integer NOT NULL DEFAULT 30 CHECK (vat_proof_days BETWEEN 1 AND 90);
