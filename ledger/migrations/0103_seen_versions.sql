-- Of two looks at a credit note the higher version is the newer one, whatever its dates say (rules.md, What a fetched
-- document means).
ALTER TABLE seen_credit_notes ADD COLUMN version integer;  -- NULL: seen before 1.0
