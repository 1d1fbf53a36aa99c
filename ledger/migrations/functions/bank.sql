COMMENT ON TABLE tenant_bank_accounts IS 'An account that the tenant pays from.';
COMMENT ON TABLE partner_bank_details IS
    'An account that a partner is paid to: waiting, in force, superseded or refused.';
COMMENT ON TABLE bank_runs IS 'A file for the bank: which account, which day, which payments, and that very file.';
COMMENT ON TABLE bank_run_lines IS 'One payment of a bank run; released when it drops out.';
COMMENT ON TABLE voucher_assignments IS
    'Who assigns a voucher in the books that is known as paid and still open there, as a person said.';
COMMENT ON TABLE bank_run_counters IS 'The last number of a bank run in a year.';

CREATE OR REPLACE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON bank_runs
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();
COMMENT ON TRIGGER follow_the_arrows ON bank_runs IS
    'Refuses a state that may not follow (PD001), and notes in state_changes each one that does.'
    ' Relied on by ledger/bank/bank_runs.py.';

-- Confirmed, and the quarantine is over: to be put into force by the hand-over. Ids only.
CREATE OR REPLACE FUNCTION find_accounts_to_activate(at_most integer) RETURNS TABLE (tenant_id uuid, slug text, partner_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT b.tenant_id, t.slug, b.partner_id
      FROM partner_bank_details b JOIN tenants t ON t.id = b.tenant_id
     WHERE b.state = 'pending' AND b.confirmed_at IS NOT NULL AND b.usable_from <= now()
     ORDER BY b.usable_from LIMIT at_most
    $$;
REVOKE ALL ON FUNCTION find_accounts_to_activate FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_accounts_to_activate TO partnerdesk_app;

-- Whether the file that counts holds this payment: it was not dropped before the file was made. What was sent came back
-- and is sent once more by another file stood in it all the same.
CREATE OR REPLACE FUNCTION stood_in_file(line bank_run_lines) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT line.released_at IS NULL OR line.released_code IN ('transferred_again', 'rejected_by_the_bank') $$;

-- What the payee's bank said of name and account, as far as it counts: the newest. After "no match" that nobody has
-- confirmed, a file of the bank lifts nothing (rules.md: it bars until a person decides). No row where none was told.
CREATE OR REPLACE FUNCTION payee_check_that_counts(tenant uuid, account uuid) RETURNS SETOF payee_checks
    LANGUAGE sql STABLE AS $$
    SELECT k.* FROM payee_checks k
     WHERE k.tenant_id = tenant AND k.bank_details_id = account
       AND (NOT k.reported OR k.result = 'none' OR NOT EXISTS (
            SELECT FROM payee_checks b
             WHERE b.tenant_id = tenant AND b.bank_details_id = account AND b.seq < k.seq AND b.result = 'none'
               AND b.confirmed_at IS NULL
               AND NOT EXISTS (SELECT FROM payee_checks m
                                WHERE m.tenant_id = tenant AND m.bank_details_id = account AND m.seq > b.seq
                                  AND m.seq < k.seq AND (NOT m.reported OR m.confirmed_at IS NOT NULL))))
     ORDER BY k.seq DESC LIMIT 1
    $$;

-- Number and sum of a run are those of its payments, and what two persons saw is what the file holds.
CREATE OR REPLACE FUNCTION bank_run_adds_up() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    run   bank_runs%ROWTYPE;
    lines record;
BEGIN
    SELECT * INTO run FROM bank_runs WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    IF run.state = 'cancelled' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) AS payments, COALESCE(sum(amount_cents), 0) AS total INTO lines
      FROM bank_run_lines l WHERE l.tenant_id = NEW.tenant_id AND l.run_id = NEW.id AND stood_in_file(l);
    IF (lines.payments, lines.total) IS DISTINCT FROM (run.payments::bigint, run.total_cents::numeric) THEN
        RAISE EXCEPTION 'the payments of run % do not add up', run.number USING ERRCODE = 'PD005';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER bank_run_adds_up AFTER INSERT OR UPDATE OF state, payments, total_cents ON bank_runs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank_run_adds_up();
COMMENT ON TRIGGER bank_run_adds_up ON bank_runs IS
    'Refuses a run whose payments do not add up to it (PD005), at the end of the transaction.'
    ' Relied on by ledger/bank/bank_runs.py.';

CREATE OR REPLACE FUNCTION bank_run_lines_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    -- The name goes with the partner's data, once no duty keeps it (erase_partner_vouchers).
    IF TG_OP = 'UPDATE' AND NEW.creditor IS DISTINCT FROM OLD.creditor
       AND to_jsonb(NEW) - 'creditor' = to_jsonb(OLD) - 'creditor'
       AND EXISTS (SELECT 1 FROM payouts p JOIN partners q ON q.tenant_id = p.tenant_id AND q.id = p.partner_id
                    WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.payout_id AND q.erased_at IS NOT NULL
                      AND q.name = NEW.creditor) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.run_id, NEW.payout_id, NEW.bank_details_id, NEW.creditor, NEW.amount_cents,
                             NEW.end_to_end_id, NEW.remittance)
                            IS DISTINCT FROM
                            (OLD.run_id, OLD.payout_id, OLD.bank_details_id, OLD.creditor, OLD.amount_cents,
                             OLD.end_to_end_id, OLD.remittance) THEN
        RAISE EXCEPTION 'a payment of a bank run does not change' USING ERRCODE = 'PD020';
    END IF;
    -- Two persons have it transferred again, by another file.
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_code = 'transferred_again'
       AND EXISTS (SELECT FROM payment_attempts
                    WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.payout_id AND confirmed_at IS NOT NULL
                      AND ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    -- The bank rejected it, and a second person has confirmed that.
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_code = 'rejected_by_the_bank'
       AND EXISTS (SELECT FROM bank_rejections
                    WHERE tenant_id = NEW.tenant_id AND run_line_id = NEW.id AND confirmed_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- Lines come and go while the run is a draft; all of them are released with a run that is cancelled.
    IF NOT EXISTS (SELECT 1 FROM bank_runs
                    WHERE tenant_id = NEW.tenant_id AND id = NEW.run_id
                      AND (state = 'draft' OR state = 'cancelled' AND TG_OP = 'UPDATE')) THEN
        RAISE EXCEPTION 'the payments of an approved bank run do not change' USING ERRCODE = 'PD020';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER bank_run_lines_stay AFTER INSERT OR UPDATE ON bank_run_lines
    FOR EACH ROW EXECUTE FUNCTION bank_run_lines_stay();
COMMENT ON TRIGGER bank_run_lines_stay ON bank_run_lines IS
    'Refuses to change a payment, and any change after the run was approved (PD020).'
    ' Relied on by ledger/bank/bank_runs.py, ledger/bank/bank_run_cancelling.py, ledger/bank/further_attempts.py.';

-- The file is made once; what can be stored anew is its encryption alone.
CREATE OR REPLACE FUNCTION bank_file_stays() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the file of bank run % was made', OLD.number USING ERRCODE = 'PD020';
END $$;

CREATE OR REPLACE TRIGGER bank_file_stays BEFORE UPDATE ON bank_runs FOR EACH ROW
    WHEN (OLD.file_sha256 IS NOT NULL
          AND (OLD.file_sha256, OLD.content_hash, OLD.payments, OLD.total_cents, OLD.account_id, OLD.execution_date,
               OLD.batch_booking, OLD.instant, OLD.approved_hash)
              IS DISTINCT FROM
              (NEW.file_sha256, NEW.content_hash, NEW.payments, NEW.total_cents, NEW.account_id, NEW.execution_date,
               NEW.batch_booking, NEW.instant, NEW.approved_hash))
    EXECUTE FUNCTION bank_file_stays();
COMMENT ON TRIGGER bank_file_stays ON bank_runs IS
    'Refuses to change what a file that was made says (PD020).'
    ' Relied on by ledger/bank/bank_export.py.';

-- An exported payout never changes what is paid (its state goes on).
CREATE OR REPLACE FUNCTION exported_payouts_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM bank_run_lines l JOIN bank_runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
                WHERE l.tenant_id = NEW.tenant_id AND l.payout_id = NEW.id AND l.released_at IS NULL
                  AND r.state IN ('exported', 'confirmed')) THEN
        RAISE EXCEPTION 'payout % is in a bank file', NEW.number USING ERRCODE = 'PD020';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER exported_payouts_stay AFTER UPDATE ON payouts FOR EACH ROW
    WHEN ((OLD.net_cents, OLD.tax_cents, OLD.gross_cents, OLD.partner_id, OLD.bank_details_id, OLD.number)
          IS DISTINCT FROM
          (NEW.net_cents, NEW.tax_cents, NEW.gross_cents, NEW.partner_id, NEW.bank_details_id, NEW.number))
    EXECUTE FUNCTION exported_payouts_stay();
COMMENT ON TRIGGER exported_payouts_stay ON payouts IS
    'Refuses to change what is paid of a payout in a bank file (PD020).'
    ' Relied on by ledger/bank/bank_export.py, ledger/payouts/payout_lines.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON bank_runs FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON bank_runs IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON partner_bank_details FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'partner_id', 'account_holder', 'iban_hmac', 'iban_last4', 'bic', 'recorded_by',
                                     'recorded_at');
COMMENT ON TRIGGER stay_as_written ON partner_bank_details IS
    'Refuses the application another account in the same row (PD050); its cipher may be renewed (0028).'
    ' Relied on by ledger/bank/partner_accounts.py, ledger/bank/bank_export.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON tenant_bank_accounts FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'account_holder', 'iban_hmac', 'iban_last4', 'bic', 'recorded_by', 'recorded_at');
COMMENT ON TRIGGER stay_as_written ON tenant_bank_accounts IS
    'Refuses the application another account in the same row (PD050).'
    ' Relied on by ledger/bank/bank_accounts.py.';

COMMENT ON TABLE statement_files IS 'A file of the bank, kept whole: who brought it, and whether it is compared with the payouts.';
COMMENT ON TABLE bank_statements IS 'What a bank tells of an own account: a statement, a preview of one, or details.';
COMMENT ON TABLE bank_entries IS 'A booking, known once whoever tells it; without text where it is about no payout.';
COMMENT ON TABLE bank_entry_details IS 'One transfer within a booking that may be about payouts.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON statement_files FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON statement_files IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON bank_entries FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON bank_entries IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON statement_files FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'sha256', 'format', 'size_bytes', 'brought_by', 'brought_how', 'brought_at');
COMMENT ON TRIGGER stay_as_written ON statement_files IS
    'Refuses the application another file in the same row (PD050); its cipher may be renewed (0028).'
    ' Relied on by ledger/bank/statement_intake.py.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON bank_entries FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'account_id', 'statement_id', 'known_by', 'amount_cents', 'currency', 'direction',
                                     'reversal', 'refers_to');
COMMENT ON TRIGGER stay_as_written ON bank_entries IS
    'Refuses the application another booking in the same row (PD050). Relied on by ledger/bank/statement_intake.py.';

COMMENT ON TABLE payment_evidence IS 'What a booking proves of a payout: a debit, a return or a reversal.';

COMMENT ON TABLE payment_attempts IS
    'That two persons have what came back transferred once more: who, to which account, and how it ended.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON payment_attempts FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'payout_id', 'attempt', 'bank_details_id', 'reason', 'requested_by',
                                     'requested_at');
COMMENT ON TRIGGER stay_as_written ON payment_attempts IS
    'Refuses the application another attempt in the same row (PD050). Relied on by ledger/bank/further_attempts.py.';

-- Whoever answers what becomes of it (the bank, the books, a person, a Storno) has ended the attempt.
CREATE OR REPLACE FUNCTION attempts_end_with_their_payout() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payment_attempts
       SET ended_by = 'ledger', ended_at = now(), ended_how = CASE NEW.state WHEN 'paid' THEN 'paid' ELSE 'cancelled' END
     WHERE tenant_id = NEW.tenant_id AND payout_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER attempts_end_with_their_payout AFTER UPDATE OF state ON payouts FOR EACH ROW
    WHEN (OLD.state = 'returned' AND NEW.state <> 'returned')
    EXECUTE FUNCTION attempts_end_with_their_payout();
COMMENT ON TRIGGER attempts_end_with_their_payout ON payouts IS
    'Ends the further attempt of a payout that is returned no more. Relied on by ledger/bank/further_attempts.py.';

COMMENT ON TABLE payee_checks IS 'What the payee''s bank said of name and account (Verification of Payee).';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON payee_checks FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('id', 'bank_details_id', 'result', 'holder_at_bank', 'checked_on', 'reported',
                                     'recorded_by', 'recorded_at');
COMMENT ON TRIGGER stay_as_written ON payee_checks IS
    'Refuses the application another result in the same row (PD050). Relied on by ledger/bank/payee_checks.py.';

COMMENT ON TABLE bank_rejections IS 'What the bank rejected of a file of ours, by payment, and who confirmed it.';

CREATE OR REPLACE TRIGGER stay_as_written BEFORE UPDATE ON bank_rejections FOR EACH ROW
    WHEN (current_user = 'partnerdesk_app')
    EXECUTE FUNCTION stay_as_written('run_line_id', 'reason_code', 'told_by', 'told_at');
COMMENT ON TRIGGER stay_as_written ON bank_rejections IS
    'Refuses the application another rejection in the same row (PD050). Relied on by ledger/bank/bank_rejections.py.';
