COMMENT ON TABLE audit_entries IS 'Who did what to which object; never changed.';
COMMENT ON TABLE audit_personal IS 'Personal data of an entry, beside the chain, so that it can be erased.';
COMMENT ON TABLE audit_chain IS 'The hash that seals each entry to the one before.';
COMMENT ON TABLE hands IS
    'Who had a hand in what a payout is: what was done to which object, and how the hand ended.';

-- What is hashed, each part with its length before it. ledger/audit/audit_chain.py builds the same bytes.
CREATE OR REPLACE FUNCTION audit_part(part text) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT convert_to(octet_length(COALESCE(part, '')) || ':' || COALESCE(part, ''), 'UTF8') $$;

CREATE OR REPLACE FUNCTION audit_link(entry audit_entries, number bigint, previous bytea) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    SELECT sha256(previous || audit_part(entry.tenant_id::text) || audit_part(number::text)
                  || audit_part(entry.seq::text) || audit_part((extract(epoch FROM entry.at) * 1000000)::bigint::text)
                  || audit_part(entry.actor) || audit_part(entry.action) || audit_part(entry.subject)
                  || audit_part(entry.subject_id) || audit_part(entry.detail::text) || audit_part(entry.origin)
                  || audit_part(encode(entry.commitment, 'hex')))
    $$;

CREATE OR REPLACE FUNCTION seal_audit_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    last audit_chain%ROWTYPE;
BEGIN
    -- Deferred to the end of the transaction: this lock is the last one that is taken, so no circle of waiting
    -- can close over it, and it is held for the commit alone.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit-chain:' || NEW.tenant_id, 0));
    SELECT * INTO last FROM audit_chain WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    INSERT INTO audit_chain (tenant_id, number, seq, hash)
    VALUES (NEW.tenant_id, COALESCE(last.number, 0) + 1, NEW.seq,
            audit_link(NEW, COALESCE(last.number, 0) + 1, COALESCE(last.hash, sha256(convert_to(NEW.tenant_id::text, 'UTF8')))));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION seal_audit_entry FROM PUBLIC;

CREATE CONSTRAINT TRIGGER seal_audit_entry AFTER INSERT ON audit_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();
COMMENT ON TRIGGER seal_audit_entry ON audit_entries IS
    'Writes the entry''s link of the chain when its transaction commits.'
    ' Relied on by ledger/audit/audit.py, ledger/audit/audit_chain.py.';

-- The duty to erase (GDPR, Art. 17): what lies beside the chain goes, the chain stays. Own tenant only.
CREATE OR REPLACE FUNCTION erase_audit_personal(seqs bigint[]) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (DELETE FROM audit_personal WHERE tenant_id = current_tenant() AND seq = ANY (seqs) RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION erase_audit_personal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_audit_personal TO partnerdesk_app;
