-- As 0045 set it for the functions of its day: pg_temp named, and last, so that no temporary table stands in for ours.
ALTER FUNCTION find_tenants_awaiting_papers() SET search_path = public, pg_temp;
