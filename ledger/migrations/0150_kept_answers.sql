-- A kept answer is given again byte for byte: jsonb forgets the order of members, json keeps the text.
-- `body` stays filled for the release before; the next one drops it.
ALTER TABLE idempotency_keys ADD COLUMN content json;
