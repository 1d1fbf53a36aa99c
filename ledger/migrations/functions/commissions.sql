COMMENT ON TABLE commissions IS
    'What a partner earns or gives back: one line per sale and level, clawback, correction or month.';
COMMENT ON TABLE commission_amounts_before IS 'Amounts that a commission had before it was computed again.';
COMMENT ON TABLE manual_lines IS 'A bonus or correction that a person wrote, and who confirmed it.';
COMMENT ON TABLE month_settlements IS
    'What a month was worth beyond its sales: one part per settlement of partner, campaign and month.';
COMMENT ON TABLE month_closes IS 'A month that was closed, first and last.';

CREATE OR REPLACE TRIGGER follow_the_arrows AFTER INSERT OR UPDATE OF state ON commissions
    FOR EACH ROW EXECUTE FUNCTION follow_the_arrows();
COMMENT ON TRIGGER follow_the_arrows ON commissions IS
    'Refuses a state that may not follow (PD001), and notes in state_changes each one that does.'
    ' Relied on by ledger/commissions/commissions.py, ledger/payouts/payout_lines.py.';

-- Amounts of a commission that a payout holds, or has paid, are history.
CREATE OR REPLACE FUNCTION settled_commissions_keep_their_amount() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the amount of a commission in a payout may not change' USING ERRCODE = 'PD004';
END $$;

CREATE OR REPLACE TRIGGER settled_commissions_keep_their_amount BEFORE UPDATE ON commissions
    FOR EACH ROW
    WHEN (OLD.state IN ('in_payout', 'paid')
          AND (OLD.net_cents, OLD.partner_id, OLD.transaction_id) IS DISTINCT FROM
              (NEW.net_cents, NEW.partner_id, NEW.transaction_id))
    EXECUTE FUNCTION settled_commissions_keep_their_amount();
COMMENT ON TRIGGER settled_commissions_keep_their_amount ON commissions IS
    'Refuses another amount, partner or sale of a commission that a payout holds or has paid (PD004).'
    ' Relied on by ledger/commissions/earnings.py, ledger/payouts/payout_lines.py.';

CREATE OR REPLACE FUNCTION clawbacks_stay_within_their_commission() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(c.net_cents) FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND (c.id = NEW.origin_id OR c.origin_id = NEW.origin_id)
           AND c.state <> 'reversed'
           AND NOT EXISTS (SELECT 1 FROM commissions r WHERE r.tenant_id = c.tenant_id AND r.reissued_of = c.id)) < 0
    THEN
        RAISE EXCEPTION 'more would be clawed back than was earned' USING ERRCODE = 'PD008';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER clawbacks_stay_within_their_commission AFTER INSERT OR UPDATE ON commissions
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'clawback') EXECUTE FUNCTION clawbacks_stay_within_their_commission();
COMMENT ON TRIGGER clawbacks_stay_within_their_commission ON commissions IS
    'Refuses to take back more than was given (PD008), at the end of the transaction.'
    ' Relied on by ledger/payouts/clawbacks.py.';

CREATE OR REPLACE FUNCTION a_manual_line_was_confirmed() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM manual_lines
                WHERE tenant_id = NEW.tenant_id AND commission_id = NEW.id AND confirmed IS NOT TRUE) THEN
        RAISE EXCEPTION 'the line has not been confirmed' USING ERRCODE = 'PD001';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_manual_line_was_confirmed AFTER UPDATE OF state ON commissions
    FOR EACH ROW WHEN (NEW.kind = 'correction' AND NEW.state IN ('approved', 'in_payout', 'paid'))
    EXECUTE FUNCTION a_manual_line_was_confirmed();
COMMENT ON TRIGGER a_manual_line_was_confirmed ON commissions IS
    'Refuses to let a line written by hand be worth something before a second person confirmed it (PD001).'
    ' Relied on by ledger/commissions/manual_lines.py.';

-- A limit may cut what is taken back into parts; together they are what was written.
CREATE OR REPLACE FUNCTION parts_are_their_line() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.split_of AND c.split_of IS NULL
           AND (c.kind, c.partner_id, c.service_date, c.recorded_by, c.transaction_id, c.month) IS NOT DISTINCT FROM
               (NEW.kind, NEW.partner_id, NEW.service_date, NEW.recorded_by, NEW.transaction_id, NEW.month)
           AND c.earned_cents = c.net_cents + (SELECT sum(r.net_cents) FROM commissions r
                                                WHERE r.tenant_id = c.tenant_id AND r.split_of = c.id)) THEN
        RAISE EXCEPTION 'the parts of a line are not what was written' USING ERRCODE = 'PD031';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER parts_are_their_line AFTER INSERT OR UPDATE OF net_cents, partner_id, split_of ON commissions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.split_of IS NOT NULL)
    EXECUTE FUNCTION parts_are_their_line();
COMMENT ON TRIGGER parts_are_their_line ON commissions IS
    'Refuses the rest of a line that does not add up to it with its other parts (PD031), at the end of the transaction.'
    ' Relied on by ledger/commissions/debts.py.';

-- The line of a settlement is its difference, and what was written stays (rules.md: never by changing what was paid).
CREATE OR REPLACE FUNCTION line_is_its_settlement() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM month_settlements s
                    WHERE s.tenant_id = NEW.tenant_id AND s.partner_id = NEW.partner_id
                      AND s.campaign_id = NEW.campaign_id AND s.month = NEW.month AND s.part = NEW.month_part
                      AND s.difference_cents = (
                          SELECT sum(c.net_cents) FROM commissions c
                           WHERE c.tenant_id = s.tenant_id AND c.partner_id = s.partner_id
                             AND c.campaign_id = s.campaign_id AND c.month = s.month AND c.month_part = s.part
                             AND c.kind = 'month_close')) THEN
        RAISE EXCEPTION 'the line of a month is not what was settled' USING ERRCODE = 'PD030';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER line_is_its_settlement AFTER INSERT OR UPDATE OF net_cents, partner_id ON commissions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'month_close')
    EXECUTE FUNCTION line_is_its_settlement();
COMMENT ON TRIGGER line_is_its_settlement ON commissions IS
    'Refuses the line of a month that is not its settlement (PD030), at the end of the transaction.'
    ' Relied on by ledger/commissions/month_close.py.';

CREATE OR REPLACE FUNCTION a_commission_begins_whole() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.earned_cents := COALESCE(NEW.earned_cents, NEW.net_cents);
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER a_commission_begins_whole BEFORE INSERT ON commissions
    FOR EACH ROW WHEN (NEW.earned_cents IS NULL) EXECUTE FUNCTION a_commission_begins_whole();
COMMENT ON TRIGGER a_commission_begins_whole ON commissions IS
    'Sets what was earned to the line''s amount where nobody says more.'
    ' Relied on by ledger/commissions/commissions.py.';

CREATE OR REPLACE FUNCTION keep_amount_before() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO commission_amounts_before (tenant_id, commission_id, net_cents)
    VALUES (OLD.tenant_id, OLD.id, OLD.net_cents);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_amount_before AFTER UPDATE OF net_cents ON commissions
    FOR EACH ROW WHEN (OLD.net_cents IS DISTINCT FROM NEW.net_cents) EXECUTE FUNCTION keep_amount_before();
COMMENT ON TRIGGER keep_amount_before ON commissions IS
    'Keeps the amount that a commission had.'
    ' Relied on by ledger/reports/reports.py.';

CREATE OR REPLACE FUNCTION leave_words_to_the_release_before() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.calculation := NEW.calculation || '{"words": "…"}';
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER leave_words_to_the_release_before BEFORE INSERT OR UPDATE OF calculation ON commissions
    FOR EACH ROW WHEN (NEW.calculation IS NOT NULL AND NOT NEW.calculation ? 'words')
    EXECUTE FUNCTION leave_words_to_the_release_before();
COMMENT ON TRIGGER leave_words_to_the_release_before ON commissions IS
    'Gives a calculation the member that the release before cannot do without.'
    ' Relied on by the release before 1.0.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON commissions FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON commissions IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

-- A line that somebody wrote counts once a second person confirmed it; what stands for another line is of its partner and
-- sale. The line of a month is its settlement (line_is_its_settlement).
CREATE OR REPLACE FUNCTION line_has_its_cause() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    stands_for uuid := COALESCE(NEW.split_of, NEW.reissued_of, NEW.origin_id);
BEGIN
    IF stands_for IS NULL THEN
        IF NEW.state <> 'pending' AND (TG_OP = 'INSERT' OR NOT EXISTS (
               SELECT 1 FROM manual_lines
                WHERE tenant_id = NEW.tenant_id AND commission_id = NEW.id AND confirmed)) THEN
            RAISE EXCEPTION 'a line that somebody wrote waits for a second person' USING ERRCODE = 'PD053';
        END IF;
    ELSIF NOT EXISTS (
        SELECT 1 FROM commissions c
         WHERE c.tenant_id = NEW.tenant_id AND c.id = stands_for AND c.id <> NEW.id AND c.partner_id = NEW.partner_id
           AND c.transaction_id IS NOT DISTINCT FROM NEW.transaction_id AND c.month IS NOT DISTINCT FROM NEW.month)
    THEN
        RAISE EXCEPTION 'the line stands for none of this partner and sale' USING ERRCODE = 'PD053';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER new_line_has_its_cause AFTER INSERT ON commissions FOR EACH ROW
    WHEN (NEW.kind IN ('correction', 'reissue', 'clawback') AND current_user = 'partnerdesk_app')
    EXECUTE FUNCTION line_has_its_cause();
COMMENT ON TRIGGER new_line_has_its_cause ON commissions IS
    'Refuses the application a line written by hand that does not wait, and one that stands for no other (PD053).'
    ' Relied on by ledger/commissions/manual_lines.py, ledger/payouts/clawbacks.py, ledger/payouts/payout_lines.py.';

CREATE OR REPLACE TRIGGER written_line_is_confirmed AFTER UPDATE OF state ON commissions FOR EACH ROW
    WHEN (NEW.kind = 'correction' AND OLD.state = 'pending' AND NEW.state = 'approved' AND current_user = 'partnerdesk_app')
    EXECUTE FUNCTION line_has_its_cause();
COMMENT ON TRIGGER written_line_is_confirmed ON commissions IS
    'Refuses the application a line written by hand that nobody has confirmed (PD053).'
    ' Relied on by ledger/commissions/manual_lines.py.';
