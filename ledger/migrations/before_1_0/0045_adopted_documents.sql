-- An intent whose document was found, or named by a person, after the answer was lost: it must prove to be the one that
-- was sent when it is read back (rules.md, The marker). What lexoffice's own answer named needs no proof.
ALTER TABLE creation_intents ADD COLUMN adopted boolean NOT NULL DEFAULT false;

-- pg_temp stands before everything else where a search path does not name it: whoever may create a temporary table could
-- put one in the place of ours under a function that works as the owner.
DO $$
DECLARE
    worker regprocedure;
BEGIN
    FOR worker IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', worker);
    END LOOP;
END $$;
