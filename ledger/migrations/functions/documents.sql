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
    WHEN (NEW.payout_id IS NOT NULL AND NEW.kind = 'credit-note' AND NEW.created_totals IS NOT NULL
          AND NEW.status IN ('open', 'paid', 'paidoff'))
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

COMMENT ON TABLE posting_category_lists IS 'The posting categories of lexoffice as they were last read, to choose from.';
COMMENT ON TABLE posting_category_mapping IS 'What vouchers of each case are booked to; an admin has chosen it.';
COMMENT ON TABLE thirteen_b_confirmations IS 'That an admin has seen what the Voranmeldung shows of a § 13b voucher.';
COMMENT ON TABLE partner_contacts IS 'The contact that stands for a partner in an account of the books.';
COMMENT ON TABLE own_document_circles IS 'How a tenant numbers the documents that we issue ourselves.';
COMMENT ON TABLE own_document_counters IS 'The last number of a circle in a year.';
COMMENT ON TABLE own_documents IS 'A document that we issued ourselves, with its files, as it was handed out.';

CREATE OR REPLACE FUNCTION own_document_stays() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['closed_at', 'closed_by', 'closed_reason', 'handed_out_at', 'delivered_at', 'changed_at', 'xml', 'pdf'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued document stays' USING ERRCODE = 'PD040';
    END IF;
    IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND current_user <> 'partnerdesk_app' THEN
        RETURN NEW;  -- the duty to keep it has ended: erase_partner_vouchers
    END IF;
    IF (to_jsonb(NEW) - may_change) <> (to_jsonb(OLD) - may_change)
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

-- The partner of the payout, of the original, or the one whom the document names as its seller.
CREATE OR REPLACE FUNCTION own_document_is_of_its_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.partner_id := COALESCE(
        (SELECT partner_id FROM payouts WHERE tenant_id = NEW.tenant_id AND id = NEW.payout_id),
        (SELECT partner_id FROM own_documents WHERE tenant_id = NEW.tenant_id AND id = NEW.original_id),
        (SELECT id FROM partners WHERE tenant_id = NEW.tenant_id AND code = NEW.content #>> '{seller,code}'));
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER own_document_is_of_its_partner BEFORE INSERT ON own_documents FOR EACH ROW
    EXECUTE FUNCTION own_document_is_of_its_partner();
COMMENT ON TRIGGER own_document_is_of_its_partner ON own_documents IS
    'Writes whose document it is, once.'
    ' Relied on by ledger/documents/own/delivery.py, ledger/reports/partner_portal.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON own_documents FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON own_documents IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

COMMENT ON TABLE own_document_deliveries IS
    'How a document of our own reached its partner, or did not: mails as they ended, the first opening, what a person says.';

CREATE OR REPLACE FUNCTION note_delivery() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE own_documents SET changed_at = clock_timestamp() WHERE tenant_id = NEW.tenant_id AND id = NEW.document_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER note_delivery AFTER INSERT OR UPDATE ON own_document_deliveries FOR EACH ROW
    EXECUTE FUNCTION note_delivery();
COMMENT ON TRIGGER note_delivery ON own_document_deliveries IS
    'A document has changed where its delivery has, for updated_since.'
    ' Relied on by ledger/documents/own/delivery.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON own_document_deliveries FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'document_id', 'how', 'mail_id', 'outcome', 'at', 'told_by', 'note');
COMMENT ON TRIGGER stay_as_written ON own_document_deliveries IS
    'Refuses the application to change what was told of a delivery (PD050); a bounce comes to it.'
    ' Relied on by ledger/documents/own/delivery.py.';

-- From when on a document counts (rules.md, Effective from delivery): opened, handed over, or accepted by the partner's mail
-- server and not bounced within 24 hours, which nobody knows before they are over. NULL: not yet.
CREATE OR REPLACE FUNCTION own_document_effective_at(of_tenant uuid, of_document uuid) RETURNS timestamptz
    LANGUAGE sql STABLE
    AS $$
    SELECT min(at) FROM own_document_deliveries
     WHERE tenant_id = of_tenant AND document_id = of_document
       AND (outcome IN ('opened', 'handed_over')
            OR outcome = 'accepted' AND at <= now() - interval '24 hours'
               AND (bounced_at IS NULL OR bounced_at > at + interval '24 hours'))
    $$;
