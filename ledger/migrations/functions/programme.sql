COMMENT ON TABLE campaigns IS 'What partners take part in; its plan says what it pays.';
COMMENT ON TABLE plans IS 'A campaign''s rates from a date on: a version, never changed after it was saved.';
COMMENT ON TABLE plan_levels IS 'What a plan pays on one level.';
COMMENT ON TABLE plan_tiers IS 'What a level pays instead from a monthly revenue on.';
COMMENT ON TABLE partners IS 'Who brings sales: code, address, sponsor, agreement on self-billing.';
COMMENT ON TABLE partner_history IS 'Sponsor, status and campaign of a partner as they were, from when.';
COMMENT ON TABLE partner_addresses_before IS 'Mail addresses that a partner had in the last 60 days.';
COMMENT ON TABLE plan_product_rates IS 'What a level pays for a product or a category in place of its own rate.';
COMMENT ON TABLE coupons IS 'Whose a coupon is: a sale made with it was brought by that partner.';
COMMENT ON TABLE partner_links IS 'A partner''s way to the own page: a link that works once, then a cookie.';

-- "Levels that together exceed the base are refused" (rules.md, Money): each level counts with its highest tier.
CREATE OR REPLACE FUNCTION plan_fits_its_base() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(greatest(l.percent, (SELECT max(t.percent) FROM plan_tiers t
                                         WHERE t.tenant_id = l.tenant_id AND t.plan_id = l.plan_id
                                           AND t.level = l.level)))
          FROM plan_levels l WHERE l.tenant_id = NEW.tenant_id AND l.plan_id = NEW.plan_id) > 100 THEN
        RAISE EXCEPTION 'the levels of a plan together exceed the base' USING ERRCODE = 'PD002';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER plan_fits_its_base AFTER INSERT OR UPDATE ON plan_levels
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION plan_fits_its_base();
COMMENT ON TRIGGER plan_fits_its_base ON plan_levels IS
    'Refuses levels that together exceed the base (PD002), at the end of the transaction.'
    ' Relied on by ledger/programme/plans.py.';

CREATE CONSTRAINT TRIGGER plan_fits_its_base AFTER INSERT OR UPDATE ON plan_tiers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION plan_fits_its_base();
COMMENT ON TRIGGER plan_fits_its_base ON plan_tiers IS
    'The same, each level with its highest tier.'
    ' Relied on by ledger/programme/plans.py.';

-- Two edits at once could close a circle that neither sees, hence the lock on the tenant's tree.
CREATE OR REPLACE FUNCTION no_sponsor_cycle() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sponsor_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('sponsor-tree:' || NEW.tenant_id, 0));
    IF EXISTS (
        WITH RECURSIVE upline AS (
            SELECT id, sponsor_id FROM partners WHERE tenant_id = NEW.tenant_id AND id = NEW.sponsor_id
            UNION
            SELECT p.id, p.sponsor_id FROM partners p JOIN upline u ON p.id = u.sponsor_id
             WHERE p.tenant_id = NEW.tenant_id
        ) SELECT 1 FROM upline WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a partner cannot be below itself in the sponsor tree' USING ERRCODE = 'PD003';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER no_sponsor_cycle BEFORE INSERT OR UPDATE OF sponsor_id ON partners
    FOR EACH ROW EXECUTE FUNCTION no_sponsor_cycle();
COMMENT ON TRIGGER no_sponsor_cycle ON partners IS
    'Refuses a partner below itself (PD003), under the lock of the tenant''s tree.'
    ' Relied on by ledger/programme/partners.py.';

CREATE OR REPLACE FUNCTION remember_partner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.sponsor_id, OLD.status, OLD.campaign_id)
                           IS DISTINCT FROM (NEW.sponsor_id, NEW.status, NEW.campaign_id) THEN
        INSERT INTO partner_history (tenant_id, partner_id, sponsor_id, status, campaign_id)
        VALUES (NEW.tenant_id, NEW.id, NEW.sponsor_id, NEW.status, NEW.campaign_id);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER remember_partner AFTER INSERT OR UPDATE ON partners
    FOR EACH ROW EXECUTE FUNCTION remember_partner();
COMMENT ON TRIGGER remember_partner ON partners IS
    'Notes sponsor, status and campaign in partner_history when one changes.'
    ' Relied on by ledger/programme/partners.py, ledger/commissions/earnings.py.';

-- Look-ups before the tenant is known. They run as the owner and return ids only.
CREATE OR REPLACE FUNCTION find_partner_link(hmacs bytea[]) RETURNS TABLE (tenant_id uuid, slug text, link_id uuid, partner_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT l.tenant_id, t.slug, l.id, l.partner_id FROM partner_links l JOIN tenants t ON t.id = l.tenant_id
     WHERE l.token_hmac = ANY (hmacs) AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()
    $$;
REVOKE ALL ON FUNCTION find_partner_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_partner_link TO partnerdesk_app;

CREATE OR REPLACE FUNCTION find_partner_cookie(hmacs bytea[]) RETURNS TABLE (tenant_id uuid, slug text, link_id uuid, partner_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT l.tenant_id, t.slug, l.id, l.partner_id FROM partner_links l JOIN tenants t ON t.id = l.tenant_id
     WHERE l.cookie_hmac = ANY (hmacs) AND l.revoked_at IS NULL AND l.cookie_expires_at > now()
    $$;
REVOKE ALL ON FUNCTION find_partner_cookie FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_partner_cookie TO partnerdesk_app;

-- Whoever adds a plan holds its campaign, so that versions run 1, 2, 3 …
CREATE OR REPLACE FUNCTION number_the_plan() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version IS NULL THEN
        PERFORM 1 FROM campaigns WHERE tenant_id = NEW.tenant_id AND id = NEW.campaign_id FOR UPDATE;
        NEW.version := 1 + COALESCE((SELECT max(version) FROM plans
                                      WHERE tenant_id = NEW.tenant_id AND campaign_id = NEW.campaign_id), 0);
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER number_the_plan BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION number_the_plan();
COMMENT ON TRIGGER number_the_plan ON plans IS
    'Numbers the versions of a campaign''s plans 1, 2, 3, under the campaign''s lock.'
    ' Relied on by ledger/programme/plans.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON partners FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON partners IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';

CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE ON campaigns FOR EACH ROW
    EXECUTE FUNCTION note_change();
COMMENT ON TRIGGER note_change ON campaigns IS
    'Keeps when the row was last changed, for updated_since. Relied on by ledger/keyset.py.';
