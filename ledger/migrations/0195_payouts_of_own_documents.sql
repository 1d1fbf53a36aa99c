-- The payout of a document of our own (rules.md, strategy B): an unclear voucher that turns out to be there leaves it approved,
-- and a cancelling that comes when the voucher may be in the books waits for it, so that it can be undone there.
INSERT INTO state_arrows (subject, from_state, to_state) VALUES ('payouts', 'outcome_unknown', 'approved')
    ON CONFLICT DO NOTHING;

ALTER TABLE payouts ADD COLUMN cancel_wanted_at timestamptz;
ALTER TABLE payouts ADD COLUMN cancel_wanted_by text;
ALTER TABLE payouts ADD COLUMN cancel_wanted_reason text;
ALTER TABLE payouts
    ADD CONSTRAINT a_wanted_cancelling_says_who_and_why
        CHECK ((cancel_wanted_at IS NULL) = (cancel_wanted_by IS NULL)
               AND (cancel_wanted_at IS NULL) = (cancel_wanted_reason IS NULL)
               AND (cancel_wanted_at IS NULL OR strategy = 'own_document')) NOT VALID;
