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
