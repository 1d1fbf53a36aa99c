-- Of what was transferred too much: how much of it is still out, as the bank tells. A claim that was set off by more is worth
-- that again, and no more, once the set-off is released. NULL: of a correcting document, which stays as it is.
ALTER TABLE claims ADD COLUMN out_cents bigint CHECK (out_cents >= 0);
