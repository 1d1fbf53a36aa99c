-- What becomes of what is due to a partner without bank details in force: it waits (the default, also for tenants that exist),
-- or a payout is made that somebody transfers by hand.
ALTER TABLE tenants ADD COLUMN without_bank_details text NOT NULL DEFAULT 'hold'
    CHECK (without_bank_details IN ('hold', 'by_hand'));
