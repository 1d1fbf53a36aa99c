COMMENT ON TABLE creation_intents IS
    'A document that is to be created outside: what is sent, whether it was, and what came of it.';
COMMENT ON TABLE external_documents IS
    'An invoice or credit note of the books, as it was last fetched, and what it belongs to.';
COMMENT ON TABLE document_snapshots IS 'What the books said, byte for byte.';
COMMENT ON TABLE credit_note_papers IS 'The PDF of a credit note, fetched once.';
COMMENT ON TABLE papers_wanted IS 'A PDF that is still to be fetched.';
COMMENT ON TABLE seen_credit_notes IS
    'Credit notes that pay nobody, as they were last fetched, so that a list need not fetch them again.';

CREATE OR REPLACE FUNCTION want_paper() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    -- Only what is final has a file: of a draft there is none.
    INSERT INTO papers_wanted (tenant_id, resource_id, payout_id)
    SELECT NEW.tenant_id, NEW.resource_id, NEW.payout_id
     WHERE NOT EXISTS (SELECT 1 FROM credit_note_papers
                        WHERE tenant_id = NEW.tenant_id AND resource_id = NEW.resource_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER want_paper AFTER INSERT OR UPDATE OF status, payout_id, created_totals ON external_documents
    FOR EACH ROW
    WHEN (NEW.payout_id IS NOT NULL AND NEW.created_totals IS NOT NULL AND NEW.status IN ('open', 'paid', 'paidoff'))
    EXECUTE FUNCTION want_paper();
COMMENT ON TRIGGER want_paper ON external_documents IS
    'Notes that the PDF of a final credit note is to be fetched.'
    ' Relied on by ledger/documents/papers.py.';

-- Of all tenants, for the hand-over; ids only.
CREATE OR REPLACE FUNCTION find_papers_to_fetch(older_than interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, resource_id uuid, tries integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT w.tenant_id, t.slug, w.resource_id, w.tries
      FROM papers_wanted w JOIN tenants t ON t.id = w.tenant_id
     WHERE w.announced_at IS NULL AND w.next_try_at < now() - older_than
        -- Its workflow gives up after six hours and says so: without a word it was lost with its engine.
        OR w.announced_at < now() - interval '12 hours'
     ORDER BY w.next_try_at LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_papers_to_fetch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_papers_to_fetch TO partnerdesk_app;

CREATE OR REPLACE FUNCTION find_tenants_awaiting_papers() RETURNS TABLE (tenant_id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT t.id, t.slug FROM tenants t
     WHERE EXISTS (SELECT FROM papers_wanted w WHERE w.tenant_id = t.id AND w.next_try_at <= now())
    $$;
REVOKE ALL ON FUNCTION find_tenants_awaiting_papers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_tenants_awaiting_papers TO partnerdesk_app;

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON external_documents FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON external_documents IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

COMMENT ON TABLE own_document_circles IS 'How a tenant numbers the documents that we issue ourselves.';
COMMENT ON TABLE own_document_counters IS 'The last number of a circle in a year.';
COMMENT ON TABLE own_documents IS 'A document that we issued ourselves, with its files, as it was handed out.';

CREATE OR REPLACE FUNCTION own_document_stays() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued document stays' USING ERRCODE = 'PD040';
    END IF;
    IF (to_jsonb(NEW) - ARRAY['closed_at', 'closed_by', 'closed_reason', 'handed_out_at', 'delivered_at', 'xml', 'pdf'])
       <> (to_jsonb(OLD) - ARRAY['closed_at', 'closed_by', 'closed_reason', 'handed_out_at', 'delivered_at', 'xml', 'pdf'])
       OR NEW.xml IS DISTINCT FROM OLD.xml OR NEW.pdf IS DISTINCT FROM OLD.pdf
       OR OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.closed_by, NEW.closed_reason)
                                        IS DISTINCT FROM (OLD.closed_at, OLD.closed_by, OLD.closed_reason)
       OR OLD.handed_out_at IS NOT NULL AND NEW.handed_out_at IS DISTINCT FROM OLD.handed_out_at
       OR OLD.delivered_at IS NOT NULL AND NEW.delivered_at IS DISTINCT FROM OLD.delivered_at THEN
        RAISE EXCEPTION 'an issued document stays' USING ERRCODE = 'PD040';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER own_document_stays BEFORE UPDATE OR DELETE ON own_documents FOR EACH ROW
    EXECUTE FUNCTION own_document_stays();
COMMENT ON TRIGGER own_document_stays ON own_documents IS
    'An issued document never changes (§ 14 UStG, GoBD); closing, handing out and delivering are noted once each.'
    ' Relied on by ledger/documents/own/issuing.py.';
