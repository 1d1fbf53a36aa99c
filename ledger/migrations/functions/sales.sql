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
COMMENT ON TABLE sale_references IS
    'What provider, shop, invoice and we call a sale; any of them finds it. With what was paid, as its own report tells it.';

-- Also for what servers of the release before write, which know the columns alone.
CREATE OR REPLACE FUNCTION keep_references() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sale_references (tenant_id, kind, reference, transaction_id)
    SELECT NEW.tenant_id, r.kind, r.reference, NEW.id
      FROM (VALUES ('payment_intent', NEW.payment_intent), ('checkout_session', NEW.checkout_session),
                   ('provider_invoice', NEW.provider_invoice), ('order', NEW.order_reference)) AS r (kind, reference)
     WHERE r.reference <> ''
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_references
    AFTER INSERT OR UPDATE OF payment_intent, checkout_session, provider_invoice, order_reference ON transactions
    FOR EACH ROW EXECUTE FUNCTION keep_references();
COMMENT ON TRIGGER keep_references ON transactions IS
    'Makes a row of each reference that stands in the sale itself.'
    ' Relied on by ledger/sales/references.py.';

-- Two sales turned out to be one payment, and of the second nothing was ever in a payout: it is gone afterwards, and its
-- references, documents, refunds and holds are those of the first. The application deletes no sale in any other way.
CREATE OR REPLACE FUNCTION absorb_sale(kept uuid, gone uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was transactions;
BEGIN
    SELECT * INTO STRICT was FROM transactions WHERE tenant_id = current_tenant() AND id = gone FOR UPDATE;
    IF kept = gone OR EXISTS (
        SELECT 1 FROM commissions c WHERE c.tenant_id = current_tenant() AND c.transaction_id = gone
           AND (c.kind <> 'sale' OR c.state IN ('in_payout', 'paid')
                OR EXISTS (SELECT 1 FROM payout_lines l WHERE l.tenant_id = c.tenant_id AND l.commission_id = c.id)))
    THEN
        RAISE EXCEPTION 'commissions of this sale are settled' USING ERRCODE = 'PD004';
    END IF;
    UPDATE sale_references SET transaction_id = kept WHERE tenant_id = current_tenant() AND transaction_id = gone;
    INSERT INTO sale_references (tenant_id, kind, reference, transaction_id)
    VALUES (current_tenant(), 'sale', gone::text, kept)
    ON CONFLICT (tenant_id, kind, reference) DO NOTHING;  -- who told of money back may have named it by its id
    UPDATE refunds SET transaction_id = kept WHERE tenant_id = current_tenant() AND transaction_id = gone;
    UPDATE external_documents d
       SET transaction_id = kept,
           detached_at = CASE WHEN EXISTS (SELECT 1 FROM external_documents k
                                            WHERE k.tenant_id = d.tenant_id AND k.transaction_id = kept
                                              AND k.detached_at IS NULL) THEN COALESCE(d.detached_at, now())
                              ELSE d.detached_at END
     WHERE d.tenant_id = current_tenant() AND d.transaction_id = gone;
    UPDATE creation_intents SET transaction_id = kept WHERE tenant_id = current_tenant() AND transaction_id = gone;
    UPDATE hands SET subject_id = kept::text
     WHERE tenant_id = current_tenant() AND subject = 'transaction' AND subject_id = gone::text;
    UPDATE sale_holds h SET transaction_id = kept
     WHERE h.tenant_id = current_tenant() AND h.transaction_id = gone AND h.code <> 'invoice_voided'
       AND (h.released_at IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM sale_holds k WHERE k.tenant_id = h.tenant_id AND k.transaction_id = kept
                              AND k.code = h.code AND k.released_at IS NULL));
    DELETE FROM sale_holds WHERE tenant_id = current_tenant() AND transaction_id = gone;
    DELETE FROM commission_amounts_before b USING commissions c
     WHERE c.tenant_id = current_tenant() AND c.transaction_id = gone
       AND b.tenant_id = c.tenant_id AND b.commission_id = c.id;
    DELETE FROM commissions WHERE tenant_id = current_tenant() AND transaction_id = gone;
    DELETE FROM transactions WHERE tenant_id = current_tenant() AND id = gone;
    -- Its references are unique among the sales that are there.
    UPDATE transactions t
       SET payment_intent = COALESCE(t.payment_intent, was.payment_intent),
           checkout_session = COALESCE(t.checkout_session, was.checkout_session),
           provider_invoice = COALESCE(t.provider_invoice, was.provider_invoice),
           order_reference = COALESCE(t.order_reference, was.order_reference),
           subscription = COALESCE(t.subscription, was.subscription),
           customer_id = COALESCE(t.customer_id, was.customer_id),
           customer_contact_id = COALESCE(t.customer_contact_id, was.customer_contact_id),
           customer_email = COALESCE(t.customer_email, was.customer_email),
           sold_at = CASE WHEN t.partner_id IS NULL AND t.provisional THEN least(t.sold_at, was.sold_at)
                          ELSE t.sold_at END,
           open_holds = (SELECT array_agg(code ORDER BY since, code) FROM sale_holds h
                          WHERE h.tenant_id = t.tenant_id AND h.transaction_id = kept AND h.released_at IS NULL)
     WHERE t.tenant_id = current_tenant() AND t.id = kept;
END $$;
REVOKE ALL ON FUNCTION absorb_sale FROM PUBLIC;
GRANT EXECUTE ON FUNCTION absorb_sale TO partnerdesk_app;
COMMENT ON TABLE sale_lines IS 'What a sale consists of, under the reference whose own report says so.';
COMMENT ON TABLE introductions IS
    'Whom a checkout named that cost nothing: whose the later payments of its subscription or customer are.';
COMMENT ON TABLE foreign_payments IS
    'What was paid in another currency than the euro, and the rate that a person gave for it.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON customers FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON customers IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON transactions FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON transactions IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';
