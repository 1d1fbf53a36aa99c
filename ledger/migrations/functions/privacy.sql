COMMENT ON TABLE erasures IS 'Whose data were erased on request: what went, what the law keeps, and until when.';
COMMENT ON TABLE retention_days IS 'How many days a tenant keeps a kind of record, where it is not the default.';

-- Of a partner of this tenant: what no duty keeps, in tables from which the application deletes nothing by itself.
-- Accounts that a payout or a bank file names stay.
CREATE OR REPLACE FUNCTION erase_partner_rows(of_partner uuid, contact uuid) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    addresses integer;
    links     integer;
    accounts  integer;
    snapshots integer;
BEGIN
    DELETE FROM partner_addresses_before WHERE tenant_id = current_tenant() AND partner_id = of_partner;
    GET DIAGNOSTICS addresses = ROW_COUNT;
    DELETE FROM partner_links WHERE tenant_id = current_tenant() AND partner_id = of_partner;
    GET DIAGNOSTICS links = ROW_COUNT;
    DELETE FROM partner_bank_details b
     WHERE b.tenant_id = current_tenant() AND b.partner_id = of_partner
       AND NOT EXISTS (SELECT FROM payouts p WHERE p.tenant_id = b.tenant_id AND p.bank_details_id = b.id)
       AND NOT EXISTS (SELECT FROM bank_run_lines l WHERE l.tenant_id = b.tenant_id AND l.bank_details_id = b.id)
       AND NOT EXISTS (SELECT FROM payment_attempts a WHERE a.tenant_id = b.tenant_id AND a.bank_details_id = b.id);
    GET DIAGNOSTICS accounts = ROW_COUNT;
    DELETE FROM document_snapshots
     WHERE tenant_id = current_tenant() AND resource = 'contact' AND resource_id = contact;
    GET DIAGNOSTICS snapshots = ROW_COUNT;
    -- What a mail server answered may name the address.
    UPDATE own_document_deliveries v SET bounce = NULL
      FROM own_documents d
     WHERE v.tenant_id = current_tenant() AND d.tenant_id = v.tenant_id AND d.id = v.document_id
       AND d.partner_id = of_partner AND v.bounce IS NOT NULL;
    RETURN jsonb_build_object('addresses', addresses, 'links', links, 'accounts', accounts, 'snapshots', snapshots);
END $$;
REVOKE ALL ON FUNCTION erase_partner_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_partner_rows TO partnerdesk_app;

-- Of a partner of this tenant whose vouchers no duty keeps any more: papers, copies and accounts that were paid to.
-- Payouts, lines and bank runs stay with their amounts. `gone` stands where a name must stand.
CREATE OR REPLACE FUNCTION erase_partner_vouchers(of_partner uuid, gone text) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    theirs uuid[] := ARRAY(SELECT id FROM payouts WHERE tenant_id = current_tenant() AND partner_id = of_partner);
BEGIN
    DELETE FROM credit_note_papers WHERE tenant_id = current_tenant() AND payout_id = ANY (theirs);
    DELETE FROM document_snapshots
     WHERE tenant_id = current_tenant() AND resource = 'credit-note'
       AND resource_id IN (SELECT d.resource_id FROM external_documents d
                            WHERE d.tenant_id = current_tenant() AND d.payout_id = ANY (theirs));
    UPDATE creation_intents SET content = '{}'
     WHERE tenant_id = current_tenant()
       AND (payout_id = ANY (theirs)
            OR own_document_id IN (SELECT id FROM own_documents
                                    WHERE tenant_id = current_tenant() AND partner_id = of_partner));
    UPDATE own_document_deliveries v SET note = NULL
      FROM own_documents d
     WHERE v.tenant_id = current_tenant() AND d.tenant_id = v.tenant_id AND d.id = v.document_id
       AND d.partner_id = of_partner;
    UPDATE own_documents
       SET content = '{}', xml = NULL, pdf = NULL, report = NULL, erased_at = now()
     WHERE tenant_id = current_tenant() AND partner_id = of_partner AND erased_at IS NULL;
    UPDATE bank_run_lines SET creditor = gone WHERE tenant_id = current_tenant() AND payout_id = ANY (theirs);
    DELETE FROM payee_checks c USING partner_bank_details b
     WHERE c.tenant_id = current_tenant() AND b.tenant_id = c.tenant_id AND b.id = c.bank_details_id
       AND b.partner_id = of_partner;
    UPDATE partner_bank_details
       SET account_holder = gone, iban_encrypted = '', iban_hmac = sha256(uuid_send(gen_random_uuid())),
           iban_last4 = 'XXXX', bic = NULL, state = 'superseded'
     WHERE tenant_id = current_tenant() AND partner_id = of_partner;
    RETURN cardinality(theirs);
END $$;
REVOKE ALL ON FUNCTION erase_partner_vouchers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_partner_vouchers TO partnerdesk_app;

-- What the books said about a contact of this tenant: kept for nobody's duty.
CREATE OR REPLACE FUNCTION erase_contact_snapshots(contact uuid) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM document_snapshots
         WHERE tenant_id = current_tenant() AND resource = 'contact' AND resource_id = contact RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION erase_contact_snapshots FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_contact_snapshots TO partnerdesk_app;

-- What retention.py says is too old, in tables from which the application deletes nothing. Of this tenant, in batches.
CREATE OR REPLACE FUNCTION forget_unused_accounts(older_than interval, at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM partner_bank_details d
         WHERE d.tenant_id = current_tenant() AND d.id = ANY (ARRAY(
               SELECT b.id FROM partner_bank_details b
                WHERE b.tenant_id = current_tenant() AND b.state IN ('refused', 'superseded')
                  AND b.recorded_at < now() - older_than
                  AND NOT EXISTS (SELECT FROM payouts p WHERE p.tenant_id = b.tenant_id AND p.bank_details_id = b.id)
                  AND NOT EXISTS (SELECT FROM bank_run_lines l
                                   WHERE l.tenant_id = b.tenant_id AND l.bank_details_id = b.id)
                  AND NOT EXISTS (SELECT FROM payment_attempts a
                                   WHERE a.tenant_id = b.tenant_id AND a.bank_details_id = b.id)
                LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION forget_unused_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_unused_accounts TO partnerdesk_app;

CREATE OR REPLACE FUNCTION forget_document_copies(older_than interval, at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH gone AS (
        DELETE FROM document_snapshots d
         WHERE d.tenant_id = current_tenant() AND d.id = ANY (ARRAY(
               SELECT s.id FROM document_snapshots s
                WHERE s.tenant_id = current_tenant() AND s.fetched_at < now() - older_than LIMIT at_most))
        RETURNING 1)
    SELECT count(*)::integer FROM gone
    $$;
REVOKE ALL ON FUNCTION forget_document_copies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_document_copies TO partnerdesk_app;
