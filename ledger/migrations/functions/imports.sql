COMMENT ON TABLE imports IS
    'A file that a programme, or a part of it, is taken over from: how it is read, and what came of it.';
COMMENT ON TABLE import_changes IS 'What taking a file over did, act by act; its entry in the trail is one.';
COMMENT ON TABLE import_mappings IS 'How files with these headings were read last.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON imports FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON imports IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

-- The commissions of such a sale were settled where it comes from: here they would be paid twice.
CREATE OR REPLACE FUNCTION nothing_is_earned_twice() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM transactions
                WHERE tenant_id = NEW.tenant_id AND id = NEW.transaction_id AND import_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the sale was taken over' USING ERRCODE = 'PD060';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER nothing_is_earned_twice BEFORE INSERT ON commissions FOR EACH ROW
    WHEN (NEW.kind = 'sale') EXECUTE FUNCTION nothing_is_earned_twice();
COMMENT ON TRIGGER nothing_is_earned_twice ON commissions IS
    'Refuses a commission of a sale that was taken over (PD060). Relied on by ledger/imports/past_sales.py.';
