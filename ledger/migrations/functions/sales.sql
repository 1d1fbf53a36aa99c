COMMENT ON TABLE transactions IS
    'A sale: its references, amounts, partner and customer, and what keeps its commissions.';
COMMENT ON TABLE customers IS 'Who bought, and the partner that later sales belong to.';
COMMENT ON TABLE refunds IS 'What was said about money that went back, the newest word of each source.';
COMMENT ON TABLE sale_holds IS 'What holds a sale: a code with parameters, since when, by whom, and until when it did.';

CREATE OR REPLACE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON transactions
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();
COMMENT ON TRIGGER follow_the_arrows ON transactions IS
    'Refuses a state that may not follow (PD001), and notes in state_changes each one that does.'
    ' Relied on by ledger/sales/transactions.py, ledger/booking/settlement.py.';

-- Two that hold or release the same one take turns at its row, and the second sees what the first has done.
CREATE OR REPLACE FUNCTION show_holds_of_sale() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM transactions WHERE tenant_id = NEW.tenant_id AND id = NEW.transaction_id FOR NO KEY UPDATE;
    UPDATE transactions t SET open_holds = h.codes
      FROM (SELECT array_agg(code ORDER BY since, code) AS codes FROM sale_holds
             WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.transaction_id AND released_at IS NULL) h
     WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.transaction_id AND t.open_holds IS DISTINCT FROM h.codes;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER show_holds AFTER INSERT OR UPDATE OF released_at ON sale_holds
    FOR EACH ROW EXECUTE FUNCTION show_holds_of_sale();
COMMENT ON TRIGGER show_holds ON sale_holds IS
    'Keeps the codes of the open holds on the sale, under its lock.'
    ' Relied on by ledger/sales/sale_holds.py, ledger/payouts/due.py.';

-- For servers of the release before, which may run beside this one for as long as a deploy takes: the columns that they
-- read say the same in German, and what they write into them becomes rows and codes. A later release takes these triggers
-- and functions away, those of payouts and of sentences as well, with transactions.held_reason and .blocked_reason,
-- payouts.held_reason, .held_by, .held_at and .blocked_reason, payouts_that_stand_still and sales_that_stand_still.
CREATE OR REPLACE FUNCTION tell_the_release_before_of_sale() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    SELECT string_agg(sentence_of_hold(code, params), '; ' ORDER BY since, code) FILTER (WHERE code <> 'invoice_voided'),
           min(sentence_of_hold(code, params)) FILTER (WHERE code = 'invoice_voided')
      INTO NEW.held_reason, NEW.blocked_reason
      FROM sale_holds
     WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.id AND released_at IS NULL;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER tell_the_release_before BEFORE UPDATE OF open_holds ON transactions
    FOR EACH ROW EXECUTE FUNCTION tell_the_release_before_of_sale();
COMMENT ON TRIGGER tell_the_release_before ON transactions IS
    'Says what holds it in the columns that the release before reads.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE FUNCTION hear_the_release_before_of_sale() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sale_holds SET released_at = now(), released_by = who_acts()
     WHERE tenant_id = NEW.tenant_id AND transaction_id = NEW.id AND released_at IS NULL
       AND code NOT IN (SELECT code FROM holds_of_sentences(NEW.held_reason, NEW.blocked_reason));
    INSERT INTO sale_holds (tenant_id, transaction_id, code, params)
    SELECT NEW.tenant_id, NEW.id, code, params FROM holds_of_sentences(NEW.held_reason, NEW.blocked_reason)
    ON CONFLICT (tenant_id, transaction_id, code) WHERE released_at IS NULL DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER hear_the_release_before AFTER UPDATE OF held_reason, blocked_reason ON transactions FOR EACH ROW
    WHEN ((NEW.held_reason, NEW.blocked_reason) IS DISTINCT FROM (OLD.held_reason, OLD.blocked_reason))
    EXECUTE FUNCTION hear_the_release_before_of_sale();
COMMENT ON TRIGGER hear_the_release_before ON transactions IS
    'Makes rows of holds of what the release before writes.'
    ' Relied on by the release before 1.0.';
