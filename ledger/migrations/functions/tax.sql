COMMENT ON TABLE tax_options IS
    'What a document of a tax case is called in books that ask for a word, as an admin confirmed it.';
COMMENT ON TABLE document_strategies IS 'Who writes the document of a tax case: lexoffice, we, or nobody.';
COMMENT ON TABLE seat_decisions IS 'From where a partner renders its services, where seat and VAT number disagree and a person said so.';
COMMENT ON TABLE turnover_answers IS 'Whether the tenant''s turnover of a year was above the limit of § 27 Abs. 38 UStG.';
COMMENT ON TABLE credit_note_confirmations IS 'Why a regular partner may still get a credit note of lexoffice from 2028 on.';
COMMENT ON TABLE partner_tax_statuses IS 'What a partner is for VAT from a day on, and what proves it.';

-- What a partner is for VAT on a day, at most one row. Of statuses with the same first day the one recorded last holds,
-- also where it ends earlier than the one that it replaced; of the others the one that began last.
-- Plain SQL without options, so that the planner puts it in place and row security is that of the caller.
CREATE OR REPLACE FUNCTION tax_status_on(tenant uuid, partner uuid, day date) RETURNS SETOF partner_tax_statuses
    LANGUAGE sql STABLE
    AS $$
    SELECT s.* FROM partner_tax_statuses s
     WHERE s.tenant_id = tenant AND s.partner_id = partner
       AND s.valid_from <= day AND (s.valid_until IS NULL OR s.valid_until > day)
       AND NOT EXISTS (SELECT 1 FROM partner_tax_statuses n
                        WHERE n.tenant_id = s.tenant_id AND n.partner_id = s.partner_id
                          AND n.valid_from = s.valid_from AND n.recorded_at > s.recorded_at)
     ORDER BY s.valid_from DESC, s.recorded_at DESC LIMIT 1
    $$;
REVOKE ALL ON FUNCTION tax_status_on FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tax_status_on TO partnerdesk_app;

COMMENT ON TABLE vat_checks IS 'Questions to VIES about a partner''s VAT id, and the answers: the proof of § 13b UStG.';

CREATE OR REPLACE FUNCTION vat_check_stays() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    personal text[] := ARRAY['vat_id', 'asked', 'told'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an answer stays' USING ERRCODE = 'PD050';
    END IF;
    -- Erasure leaves that there was an answer, and nothing of whom.
    IF NEW.vat_id = 'ERASED' AND NEW.asked IS NULL AND NEW.told IS NULL
       AND (to_jsonb(NEW) - personal) = (to_jsonb(OLD) - personal) THEN
        RETURN NEW;
    END IF;
    IF OLD.answer IS NOT NULL AND NEW IS DISTINCT FROM OLD
       OR (NEW.partner_id, NEW.vat_id, NEW.asked_by, NEW.asked_at) IS DISTINCT FROM (OLD.partner_id, OLD.vat_id, OLD.asked_by, OLD.asked_at)
    THEN
        RAISE EXCEPTION 'an answer stays' USING ERRCODE = 'PD050';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER vat_check_stays BEFORE UPDATE OR DELETE ON vat_checks FOR EACH ROW
    EXECUTE FUNCTION vat_check_stays();
COMMENT ON TRIGGER vat_check_stays ON vat_checks IS
    'Refuses changes of an answer, and of what was asked (PD050); erasure takes whom it was about.'
    ' Relied on by ledger/tax/vat_checks.py.';

-- What of the proof an approval stands for (version 2 of the hash): the VAT ids that the register says are none. A new yes
-- beside an older one, or after an approval with a reason, changes nothing.
CREATE OR REPLACE FUNCTION refuted_vat_ids(tenant uuid, partner uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT string_agg(vat_id, ',' ORDER BY vat_id)
      FROM (SELECT DISTINCT ON (vat_id) vat_id, answer FROM vat_checks
             WHERE tenant_id = tenant AND partner_id = partner AND answer IN ('valid', 'invalid')
             ORDER BY vat_id, answered_at DESC, seq DESC) newest
     WHERE answer = 'invalid'
    $$;
REVOKE ALL ON FUNCTION refuted_vat_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuted_vat_ids TO partnerdesk_app;

-- For the hand-over, over all tenants; ids only.
CREATE OR REPLACE FUNCTION find_vat_checks_to_announce(older_than interval, at_most integer)
    RETURNS TABLE (tenant_id uuid, slug text, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT c.tenant_id, t.slug, c.id FROM vat_checks c JOIN tenants t ON t.id = c.tenant_id
     WHERE c.answer IS NULL AND c.announced_at IS NULL AND c.asked_at < now() - older_than
     ORDER BY c.asked_at LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_vat_checks_to_announce FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_vat_checks_to_announce TO partnerdesk_app;
