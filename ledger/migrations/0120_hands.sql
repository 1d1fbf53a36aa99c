-- Who had a hand in what a payout is (rules.md, Approval). One table for approval, queue and page, written with the trail.
CREATE TABLE hands (
    tenant_id   uuid NOT NULL REFERENCES tenants,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    seq         bigint GENERATED ALWAYS AS IDENTITY,  -- over all tenants: shown to nobody
    actor       text NOT NULL,
    act         text NOT NULL,  -- an action of the audit trail
    subject     text NOT NULL
        CHECK (subject IN ('partner', 'campaign', 'customer', 'transaction', 'document', 'introduction', 'foreign_payment',
                           'commission', 'payout')),
    subject_id  text NOT NULL,
    about       uuid,    -- the account, tax status or plan that was recorded; NULL: the subject itself
    fields      text[],  -- of a partner: what was changed
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at    timestamptz,
    ended_how   text CHECK (ended_how IN ('approved', 'confirmed', 'settled')),
    ended_by    text,
    ended_payout uuid,   -- the payout that ended it: where its approval becomes void, the hand is open again
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, ended_payout) REFERENCES payouts,
    CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
    CHECK (ended_how = 'settled' OR (ended_how IS NULL) = (ended_by IS NULL)),
    CONSTRAINT nobody_ends_the_own_hand CHECK (ended_how = 'settled' OR ended_by <> actor)
);
CREATE INDEX open_hands ON hands (tenant_id, subject, subject_id) WHERE ended_at IS NULL;
CREATE INDEX hands_ended_by_a_payout ON hands (tenant_id, ended_payout) WHERE ended_payout IS NOT NULL;
SELECT protect_tenant_table('hands', rights => 'SELECT, INSERT');
-- What was done stays as it was done; only its end is written, and a merged sale renamed.
GRANT UPDATE (subject_id, ended_at, ended_how, ended_by, ended_payout) ON hands TO partnerdesk_app;

-- What is told of the time before: whom the rule knew as makers until now, and whoever decided about a sale, a customer or
-- a default since the last approval. Somebody else's approval has ended the rest.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', t.id::text, true);
        INSERT INTO hands (tenant_id, actor, act, subject, subject_id, about, at)
        SELECT tenant_id, actor, act, subject, subject_id, about, at FROM (
            SELECT p.tenant_id, p.requested_by AS actor, 'payout.requested' AS act, 'payout' AS subject,
                   p.number AS subject_id, NULL::uuid AS about, p.created_at AS at
              FROM payouts p WHERE p.tenant_id = t.id AND p.state = 'awaiting_approval'
            UNION ALL
            SELECT b.tenant_id, b.recorded_by, 'partner.bank_details_saved', 'partner', b.partner_id::text, b.id, b.recorded_at
              FROM partner_bank_details b
             WHERE b.tenant_id = t.id AND b.state IN ('active', 'pending')
               AND (b.confirmed_at IS NULL OR b.confirmed_alone)
               AND NOT EXISTS (SELECT 1 FROM payouts p JOIN decisions d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id
                                WHERE p.tenant_id = b.tenant_id AND p.partner_id = b.partner_id AND d.kind = 'approve'
                                  AND d.decided_at > b.recorded_at AND d.decided_by <> b.recorded_by)
            UNION ALL
            SELECT s.tenant_id, s.recorded_by, 'partner.tax_status_recorded', 'partner', s.partner_id::text, s.id, s.recorded_at
              FROM partner_tax_statuses s
             WHERE s.tenant_id = t.id
               AND NOT EXISTS (SELECT 1 FROM payouts p JOIN decisions d ON d.tenant_id = p.tenant_id AND d.payout_id = p.id
                                WHERE p.tenant_id = s.tenant_id AND p.partner_id = s.partner_id AND d.kind = 'approve'
                                  AND d.decided_at > s.recorded_at AND d.decided_by <> s.recorded_by)
            UNION ALL
            SELECT v.tenant_id, v.recorded_by, 'plan.added', 'campaign', v.campaign_id::text, v.id, v.created_at
              FROM plans v
             WHERE v.tenant_id = t.id
               AND NOT EXISTS (SELECT 1 FROM decisions d
                                 JOIN payout_lines l ON l.tenant_id = d.tenant_id AND l.payout_id = d.payout_id
                                 JOIN commissions c ON c.tenant_id = l.tenant_id AND c.id = l.commission_id
                                WHERE d.tenant_id = v.tenant_id AND c.plan_id = v.id AND d.kind = 'approve'
                                  AND d.decided_by <> v.recorded_by)
            UNION ALL
            SELECT c.tenant_id, c.recorded_by, 'partner.correction_written', 'commission', c.id::text, NULL::uuid, c.created_at
              FROM commissions c
             WHERE c.tenant_id = t.id AND c.recorded_by IS NOT NULL AND c.state IN ('pending', 'approved', 'in_payout')
               AND NOT EXISTS (SELECT 1 FROM manual_lines m
                                WHERE m.tenant_id = c.tenant_id AND m.commission_id = c.id AND m.confirmed
                                  AND NOT m.confirmed_alone)
            UNION ALL
            SELECT e.tenant_id, e.actor, e.action, e.subject, e.subject_id, NULL::uuid, e.at
              FROM audit_entries e
             WHERE e.tenant_id = t.id AND e.at > now() - interval '90 days'
               AND e.action IN ('transaction.released', 'transaction.partner_assigned', 'transaction.partner_reassigned',
                                'customer.assigned', 'campaign.made_default', 'invoice.assign', 'invoice.assign_partner',
                                'invoice.book_new', 'invoice.book_without_partner')
               AND NOT EXISTS (SELECT 1 FROM decisions d
                                WHERE d.tenant_id = e.tenant_id AND d.kind = 'approve' AND d.decided_at > e.at
                                  AND d.decided_by <> e.actor)
        ) told
         WHERE actor IS NOT NULL AND NOT actor ~ '^(engine|event|ledger|schedule:|partner:)';
        INSERT INTO hands (tenant_id, actor, act, subject, subject_id, fields, at)
        SELECT e.tenant_id, e.actor, e.action, 'partner', e.subject_id,
               ARRAY(SELECT jsonb_object_keys(e.detail)
                      UNION SELECT jsonb_object_keys(p.data::jsonb) EXCEPT SELECT 'address'), e.at
          FROM audit_entries e
          LEFT JOIN audit_personal p ON p.tenant_id = e.tenant_id AND p.seq = e.seq
         WHERE e.tenant_id = t.id AND e.at > now() - interval '90 days'
           AND e.action IN ('partner.created', 'partner.changed', 'partner.agreement_accepted') AND e.subject = 'partner'
           AND NOT e.actor ~ '^(engine|event|ledger|schedule:|partner:)'
           AND NOT EXISTS (SELECT 1 FROM decisions d
                            WHERE d.tenant_id = e.tenant_id AND d.kind = 'approve' AND d.decided_at > e.at
                              AND d.decided_by <> e.actor);
    END LOOP;
    PERFORM set_config('app.tenant', '', true);
END $$;
