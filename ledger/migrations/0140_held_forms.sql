-- What somebody was about to do when the second factor was asked for again. It ends with its session, is used once, and
-- counts for minutes only (ledger/access/held_forms.py).
ALTER TABLE sessions
    ADD COLUMN held_form_encrypted bytea,
    ADD COLUMN held_form_hmac bytea CHECK (length(held_form_hmac) = 32),
    ADD COLUMN held_form_until timestamptz,
    ADD CONSTRAINT a_form_is_held_whole
        CHECK (num_nulls(held_form_encrypted, held_form_hmac, held_form_until) IN (0, 3));
