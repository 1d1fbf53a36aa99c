-- Of all tenants, for the hand-over; ids only. One workflow fetches all that a tenant waits for.
--
-- papers_wanted.announced_at and find_papers_to_fetch stay for workers of the version before, while they are replaced.

-- The file of a new document may lag for a moment.
ALTER TABLE papers_wanted ALTER COLUMN next_try_at SET DEFAULT now() + interval '10 seconds';
CREATE INDEX papers_due ON papers_wanted (tenant_id, next_try_at);

CREATE FUNCTION find_tenants_awaiting_papers() RETURNS TABLE (tenant_id uuid, slug text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT t.id, t.slug FROM tenants t
     WHERE EXISTS (SELECT FROM papers_wanted w WHERE w.tenant_id = t.id AND w.next_try_at <= now())
    $$;
REVOKE ALL ON FUNCTION find_tenants_awaiting_papers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_tenants_awaiting_papers TO partnerdesk_app;
