-- Two years of one tenant's books. bench/seeding.py puts in :tenant and :payouts, and runs this as the superuser with
-- session_replication_role = replica: triggers and foreign keys would make hours of it. What they keep is kept here by
-- hand, and looked at afterwards by ledger/reports/invariants.py: lines add up, numbers run, every state has its history.
--
-- Partners stand in a tree and sell unevenly (the best one a hundred times as much as the last). P00002 has recruited four
-- of five, and so holds a third of all commissions. Every 62 days all that is due is paid out; the newest payouts, of
-- these two days, are in all states.

SELECT setseed(0.25);

CREATE TEMP TABLE size ON COMMIT DROP AS
    SELECT p.n AS payouts, greatest(20, p.n / 10) AS partners, p.n * 44 / 10 AS sales, greatest(50, p.n / 2) AS customers
      FROM (SELECT :payouts::integer AS n) p;

INSERT INTO campaigns (tenant_id, slug, name, hold_days)
SELECT :tenant, 'kampagne-' || n, 'Kampagne ' || n, CASE n WHEN 6 THEN 14 END FROM generate_series(1, 6) n;
UPDATE tenants SET default_campaign_id = (SELECT id FROM campaigns WHERE tenant_id = :tenant AND slug = 'kampagne-1')
 WHERE id = :tenant;
INSERT INTO plans (tenant_id, campaign_id, valid_from, version, recorded_by)
SELECT :tenant, k.id, CASE v WHEN 1 THEN '-infinity' ELSE now() - interval '300 days' END, v, 'key:books'
  FROM campaigns k, generate_series(1, 2) v WHERE k.tenant_id = :tenant;
INSERT INTO plan_levels (tenant_id, plan_id, level, percent)
SELECT :tenant, p.id, l, (ARRAY[10, 5, 2])[l] FROM plans p, generate_series(1, 3) l WHERE p.tenant_id = :tenant;

-- People who sell.

CREATE TEMP TABLE seller ON COMMIT DROP AS
    SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS account,
           CASE WHEN n = 2 THEN 1 WHEN n > 3 AND n % 5 = 0 THEN n / 4 WHEN n > 3 THEN 2 END AS sponsor,
           CASE WHEN n % 10 < 6 THEN 'regular' WHEN n % 10 < 8 THEN 'private' ELSE 'small_business' END AS tax_case
      FROM size, generate_series(1, size.partners) n;
CREATE UNIQUE INDEX ON seller (n);
ANALYZE seller;

INSERT INTO partners (tenant_id, id, code, name, email, status, sponsor_id, street, zip, city, country_code,
                      agreement_accepted_at, agreement_version, created_at)
SELECT :tenant, s.id, 'P' || lpad(s.n::text, 5, '0'),
       (ARRAY['Anna', 'Bernd', 'Carla', 'David', 'Elif', 'Frank', 'Greta', 'Hasan', 'Ida', 'Jonas', 'Kira'])[1 + s.n % 11]
       || ' ' || (ARRAY['Albrecht', 'Becker', 'Conrad', 'Demir', 'Engel', 'Fuchs', 'Graf', 'Haas', 'Jung', 'Kaya', 'Lang',
                        'Maier', 'Nowak'])[1 + s.n % 13] || ' ' || s.n,
       'partner' || s.n || '@example.com', CASE WHEN s.n % 31 = 0 THEN 'inactive' ELSE 'active' END, o.id,
       'Lindenweg ' || s.n % 200, '10115', 'Berlin', 'DE', CASE WHEN s.n % 50 <> 0 THEN now() - interval '800 days' END,
       CASE WHEN s.n % 50 <> 0 THEN '2024-01' END, now() - interval '800 days'
  FROM seller s LEFT JOIN seller o ON o.n = s.sponsor ORDER BY s.n;
INSERT INTO partner_history (tenant_id, partner_id, sponsor_id, status, campaign_id)
SELECT tenant_id, id, sponsor_id, status, campaign_id FROM partners WHERE tenant_id = :tenant;
INSERT INTO partner_tax_statuses (tenant_id, partner_id, status, valid_from, valid_until, vat_id, tax_number,
                                  confirmed_year, recorded_by)
SELECT :tenant, s.id, s.tax_case, make_date(y, 1, 1), make_date(y + 1, 1, 1),
       CASE s.tax_case WHEN 'regular' THEN 'DE987654328' END, CASE WHEN s.tax_case <> 'regular' THEN '12/345/67890' END,
       CASE s.tax_case WHEN 'small_business' THEN y END, 'key:books'
  FROM seller s, generate_series(2024, 2027) y;
INSERT INTO partner_bank_details (tenant_id, id, partner_id, account_holder, iban_encrypted, iban_hmac, iban_last4, state,
                                  recorded_by, recorded_at, confirmed_by, confirmed_at, usable_from)
SELECT :tenant, s.account, s.id, 'Kontoinhaber ' || s.n, :iban, sha256(convert_to(:tenant::text || s.n, 'UTF8')), '3000',
       'active', 'key:books', now() - interval '800 days', 'key:second', now() - interval '800 days',
       now() - interval '800 days'
  FROM seller s;
INSERT INTO partner_bank_details (tenant_id, partner_id, account_holder, iban_encrypted, iban_hmac, iban_last4, state,
                                  recorded_by)
SELECT :tenant, s.id, 'Kontoinhaber ' || s.n, :iban, sha256(convert_to('neu' || s.n, 'UTF8')), '3000', 'pending',
       'key:books'
  FROM seller s WHERE s.n % 200 = 0;
UPDATE partners SET payouts_stopped_reason = 'Wir klären eine Reklamation.', payouts_stopped_by = 'key:books',
       payouts_stopped_at = now() - interval '9 days'
 WHERE tenant_id = :tenant AND (tenant_id, id) IN (SELECT :tenant, id FROM seller WHERE n % 300 = 7);

-- People who buy, and what.

CREATE TEMP TABLE buyer ON COMMIT DROP AS
    SELECT n, gen_random_uuid() AS id FROM size, generate_series(1, size.customers) n;
CREATE UNIQUE INDEX ON buyer (n);
ANALYZE buyer;
INSERT INTO customers (tenant_id, id, external_id, email, name, assigned_partner_id)
SELECT :tenant, b.id, 'cus_' || b.n, 'kunde' || b.n || '@example.org',
       CASE b.n % 4 WHEN 0 THEN 'Bäckerei Grünwald ' || b.n WHEN 1 THEN 'Sabine Schröder ' || b.n
                    ELSE 'Firma ' || b.n || ' GmbH' END, s.id
  FROM size, buyer b LEFT JOIN seller s ON b.n % 3 = 0 AND s.n = 1 + b.n % (SELECT partners FROM size) ORDER BY b.n;

-- Evenly over 730 days; a few of the newest are not paid yet, one in seventy was given back.
CREATE TEMP TABLE sale ON COMMIT DROP AS
    SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS invoice, now() - interval '730 days' * (1 - n::float8 / sales)
           AS sold_at, CASE WHEN n % 20 <> 0 THEN 1 + floor(partners * random() ^ 2)::integer END AS seller,
           1 + floor(customers * random())::integer AS buyer, 1 + n % 6 AS campaign,
           5000 + 100 * floor(900 * random())::bigint AS base_cents, false AS is_paid, false AS is_refunded,
           random() AS luck
      FROM size, generate_series(1, size.sales) n;
UPDATE sale SET is_refunded = luck < 0.014 AND sold_at < now() - interval '5 days',
       is_paid = luck >= 0.014 AND sold_at < now() - interval '8 days' * luck AND NOT luck BETWEEN 0.5 AND 0.501;
CREATE UNIQUE INDEX ON sale (n);
ANALYZE sale;

CREATE TEMP TABLE terms ON COMMIT DROP AS
    SELECT right(k.slug, 1)::integer AS campaign, k.id AS campaign_id, p.id AS plan_id, p.valid_from,
           COALESCE(lead(p.valid_from) OVER (PARTITION BY k.id ORDER BY p.version), 'infinity') AS valid_until
      FROM campaigns k JOIN plans p ON p.tenant_id = k.tenant_id AND p.campaign_id = k.id WHERE k.tenant_id = :tenant;

INSERT INTO transactions (tenant_id, id, source, state, payment_intent, order_reference, customer_id, partner_id,
                          campaign_id, plan_id, base_cents, tax_cents, gross_cents, provisional, paid_cents,
                          refunded_cents, sold_at, paid_at, created_at, open_holds, invoice_state)
SELECT :tenant, v.id, CASE WHEN v.n % 5 < 3 THEN 'stripe' WHEN v.n % 5 = 3 THEN 'lexoffice' ELSE 'api' END,
       CASE WHEN is_refunded THEN 'refunded' WHEN is_paid THEN 'approved' ELSE 'pending' END,
       CASE WHEN v.n % 5 < 3 THEN 'pi_' || v.n END, 'B-' || v.n, b.id, s.id, t.campaign_id, t.plan_id, base_cents,
       base_cents * 19 / 100, base_cents * 119 / 100, NOT (is_paid OR is_refunded),
       CASE WHEN is_paid OR is_refunded THEN base_cents * 119 / 100 ELSE 0 END,
       CASE WHEN is_refunded THEN base_cents * 119 / 100 ELSE 0 END, sold_at,
       CASE WHEN is_paid OR is_refunded THEN least(now(), sold_at + interval '3 days' * luck) END, sold_at,
       CASE WHEN NOT is_paid AND v.n % 40 = 1 THEN '{own_purchase}'::text[]
            WHEN NOT is_paid AND v.n % 40 = 3 THEN '{invoice_voided}' END,
       CASE WHEN is_refunded THEN 'refunded' WHEN is_paid THEN 'approved' ELSE 'pending' END
  FROM sale v JOIN buyer b ON b.n = v.buyer
  JOIN terms t ON t.campaign = v.campaign AND v.sold_at >= t.valid_from AND v.sold_at < t.valid_until
  LEFT JOIN seller s ON s.n = v.seller ORDER BY v.n;
INSERT INTO sale_holds (tenant_id, transaction_id, code, since)
SELECT :tenant, id, CASE n % 40 WHEN 1 THEN 'own_purchase' ELSE 'invoice_voided' END, sold_at
  FROM sale WHERE NOT is_paid AND n % 40 IN (1, 3);
INSERT INTO refunds (tenant_id, transaction_id, kind, reference, cents, of_cents, counts, as_of)
SELECT :tenant, id, 'charge', 'pi_' || n, base_cents * 119 / 100, base_cents * 119 / 100, true, sold_at + interval '4 days'
  FROM sale WHERE is_refunded;

-- What the sellers and those above them earn; and which payout takes it. `round` 0 is the newest one.
CREATE TEMP TABLE part ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY v.sold_at, l.level)::integer AS n, gen_random_uuid() AS id, v.n AS sale, l.level,
           CASE l.level WHEN 1 THEN s1.n WHEN 2 THEN s1.sponsor ELSE s2.sponsor END AS seller,
           round(v.base_cents * (ARRAY[10, 5, 2])[l.level] / 100.0)::bigint AS net_cents,
           (v.sold_at AT TIME ZONE 'Europe/Berlin')::date AS day,
           CASE WHEN v.is_paid AND v.sold_at < now() - interval '10 days'
                THEN floor(extract(epoch FROM now() - v.sold_at) / 86400 / 62)::integer END AS round
      FROM sale v JOIN seller s1 ON s1.n = v.seller LEFT JOIN seller s2 ON s2.n = s1.sponsor
      CROSS JOIN LATERAL (VALUES (1), (2), (3)) l (level)
     WHERE CASE l.level WHEN 1 THEN true WHEN 2 THEN s1.sponsor IS NOT NULL
                        ELSE s2.sponsor IS NOT NULL AND v.n % 2 = 0 END;
CREATE INDEX ON part (seller, round);
ANALYZE part;

CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT p.*, gen_random_uuid() AS id, s.id AS partner_id, s.account, s.tax_case,
           CASE s.tax_case WHEN 'regular' THEN 19 ELSE 0 END AS tax_rate,
           CASE s.tax_case WHEN 'regular' THEN round(p.net_cents * 19 / 100.0)::bigint ELSE 0 END AS tax_cents,
           now() - interval '62 days' * p.round - interval '2 days' * random() AS created_at, random() AS luck,
           'awaiting_approval' AS state, NULL::text AS number
      FROM (SELECT seller, round, sum(net_cents)::bigint AS net_cents, min(day) AS first_day, max(day) AS last_day
              FROM part WHERE round IS NOT NULL GROUP BY seller, round) p JOIN seller s ON s.n = p.seller;
UPDATE made SET state = CASE
    WHEN round = 0 THEN CASE WHEN luck < 0.003 OR seller = 4 THEN 'outcome_unknown' WHEN luck < 0.45 THEN 'awaiting_approval'
                             WHEN luck < 0.5 THEN 'approved' WHEN luck < 0.93 THEN 'credit_note_open' ELSE 'paid' END
    WHEN luck < 0.001 THEN 'returned' WHEN luck < 0.003 THEN 'settled_manually'
    WHEN luck < 0.02 AND round = 1 THEN 'credit_note_open' ELSE 'paid' END;
-- One in thirty was refused or called off before, and made anew on the next day.
CREATE TEMP TABLE called_off ON COMMIT DROP AS
    SELECT m.*, m.id AS instead, CASE WHEN m.luck < 0.7 THEN 'rejected' ELSE 'cancelled' END AS ended
      FROM made m WHERE m.luck BETWEEN 0.68 AND 0.72;
UPDATE called_off SET id = gen_random_uuid(), state = ended, created_at = created_at - interval '1 day';
INSERT INTO made SELECT seller, round, net_cents, first_day, last_day, id, partner_id, account, tax_case, tax_rate,
                        tax_cents, created_at, luck, state, number FROM called_off;
UPDATE made m SET number = 'PO-' || n.year || '-' || lpad(n.n::text, greatest(4, length(n.n::text)), '0')
  FROM (SELECT id, extract(year FROM created_at)::integer AS year,
               row_number() OVER (PARTITION BY extract(year FROM created_at) ORDER BY created_at) AS n FROM made) n
 WHERE n.id = m.id;
CREATE UNIQUE INDEX ON made (id);
CREATE INDEX ON made (seller, round);
ANALYZE made;
INSERT INTO payout_counters (tenant_id, year, last)
SELECT :tenant, extract(year FROM created_at), count(*) FROM made GROUP BY extract(year FROM created_at);

CREATE TEMP TABLE run ON COMMIT DROP AS
    SELECT round, gen_random_uuid() AS id, gen_random_uuid() AS bank_run, max(created_at) AS ended_at FROM made GROUP BY round;
INSERT INTO payout_runs (tenant_id, id, period, rehearsal, cut_off, state, requested_by, created_at, ended_at)
SELECT :tenant, id, to_char(ended_at - interval '2 days', 'YYYY-MM-DD'), false, ended_at - interval '2 days', 'done',
       'schedule:payout-run', ended_at - interval '2 days', ended_at FROM run ORDER BY ended_at;

INSERT INTO payouts (tenant_id, id, number, partner_id, state, tax_case, net_cents, tax_rate, tax_cents, gross_cents,
                     period_from, period_to, bank_details_id, content_hash, requested_by, blocked_code, blocked_params,
                     open_holds, payment_reference, paid_on, waited_seconds, workflow_started_at, created_at, updated_at,
                     run_id, state_reason)
SELECT :tenant, m.id, number, partner_id, state, tax_case, net_cents, tax_rate, tax_cents, net_cents + tax_cents,
       first_day, last_day, account, md5(m.id::text), 'schedule:payout-run',
       CASE WHEN state = 'approved' AND luck < 0.48 THEN 'address_missing' END,
       CASE WHEN state = 'approved' AND luck < 0.48 THEN '{}'::jsonb END,
       CASE WHEN state = 'awaiting_approval' AND luck < 0.02 THEN '{account_pending}'::text[]
            WHEN state = 'awaiting_approval' AND luck < 0.03 THEN '{put_back}' END,
       CASE WHEN state IN ('paid', 'settled_manually') THEN number END,
       CASE WHEN state = 'paid' THEN least(now(), m.created_at + interval '3 days')::date END,
       CASE WHEN state = 'paid' THEN 86400 * (10 + 60 * luck) END, m.created_at, m.created_at,
       least(now(), m.created_at + interval '3 days'),
       CASE WHEN m.id IN (SELECT id FROM called_off) THEN NULL ELSE r.id END,
       CASE WHEN state IN ('cancelled', 'rejected') THEN 'Falscher Zeitraum.' END
  FROM made m JOIN run r USING (round) ORDER BY m.created_at;
INSERT INTO payout_holds (tenant_id, payout_id, code, params, since)
SELECT :tenant, id, CASE WHEN luck < 0.02 THEN 'account_pending' ELSE 'put_back' END,
       CASE WHEN luck < 0.02 THEN '{}'::jsonb ELSE '{"reason": "Zurückgestellt."}' END, created_at
  FROM made WHERE state = 'awaiting_approval' AND luck < 0.03;

INSERT INTO commissions (tenant_id, id, transaction_id, partner_id, level, plan_id, percent, base_cents, net_cents,
                         earned_cents, state, provisional, service_date, created_at)
SELECT :tenant, p.id, v.id, s.id, p.level, t.plan_id, (ARRAY[10, 5, 2])[p.level], v.base_cents, p.net_cents, p.net_cents,
       CASE WHEN v.is_refunded THEN 'reversed' WHEN NOT v.is_paid THEN 'pending' WHEN p.round IS NULL THEN 'approved'
            WHEN m.state IN ('paid', 'settled_manually') THEN 'paid' ELSE 'in_payout' END,
       NOT (v.is_paid OR v.is_refunded), p.day, v.sold_at
  FROM part p JOIN sale v ON v.n = p.sale JOIN seller s ON s.n = p.seller
  JOIN terms t ON t.campaign = v.campaign AND v.sold_at >= t.valid_from AND v.sold_at < t.valid_until
  LEFT JOIN made m ON m.seller = p.seller AND m.round = p.round AND m.state NOT IN ('cancelled', 'rejected')
 ORDER BY p.n;

INSERT INTO payout_lines (tenant_id, payout_id, position, commission_id, net_cents, tax_rate, tax_cents, gross_cents,
                          released_at)
SELECT :tenant, id, position, commission_id, net_cents, tax_rate, tax_cents, net_cents + tax_cents,
       CASE WHEN state IN ('cancelled', 'rejected') THEN created_at + interval '1 hour' END
  FROM (SELECT m.id, m.state, m.created_at, m.tax_rate, p.id AS commission_id, p.net_cents,
               row_number() OVER line AS position,
               -- A line's share of the tax: what it adds to the tax of all lines up to it.
               (round(m.tax_rate * sum(p.net_cents) OVER line / 100.0)
                - round(m.tax_rate * (sum(p.net_cents) OVER line - p.net_cents) / 100.0))::bigint AS tax_cents
          FROM made m JOIN part p ON p.seller = m.seller AND p.round = m.round
        WINDOW line AS (PARTITION BY m.id ORDER BY p.n ROWS UNBOUNDED PRECEDING)) l;

-- A few commissions that were paid are taken back in part.
INSERT INTO commissions (tenant_id, kind, transaction_id, partner_id, level, plan_id, percent, base_cents, net_cents,
                         earned_cents, state, provisional, service_date, origin_id, cause)
SELECT tenant_id, 'clawback', transaction_id, partner_id, level, plan_id, percent, base_cents, -(net_cents / 2) - 1,
       -(net_cents / 2) - 1, 'approved', false, service_date, id, 'refund'
  FROM commissions WHERE tenant_id = :tenant AND state = 'paid' AND net_cents > 10 AND seq % 700 = 0;

INSERT INTO payout_run_rows (tenant_id, run_id, partner_id, payout_id, tax_case, lines, net_cents, tax_cents, gross_cents)
SELECT :tenant, r.id, m.partner_id, m.id, m.tax_case, c.lines, m.net_cents, m.tax_cents, m.net_cents + m.tax_cents
  FROM made m JOIN run r USING (round)
  JOIN (SELECT seller, round, count(*) AS lines FROM part GROUP BY seller, round) c USING (seller, round)
 WHERE m.state NOT IN ('cancelled', 'rejected') ORDER BY m.created_at;
INSERT INTO payout_run_rows (tenant_id, run_id, partner_id, reason, code, params, sentence, lines, net_cents, gross_cents)
SELECT :tenant, r.id, s.id, 'no_document', 'agreement_missing', '{}', 'Der Partner hat die Vereinbarung nicht angenommen.', 3,
       1700, 1700
  FROM run r, seller s WHERE s.n % 50 = 0;

-- What people decided, and what lexoffice then had.

INSERT INTO decisions (tenant_id, payout_id, kind, decided_by, decided_at, content_hash, reason, delivered_at)
SELECT :tenant, id, CASE state WHEN 'rejected' THEN 'reject' WHEN 'cancelled' THEN 'cancel' ELSE 'approve' END,
       CASE WHEN luck < 0.9 THEN :person ELSE 'key:approver00' END, least(now(), created_at + interval '1 hour'),
       md5(id::text), CASE WHEN state IN ('rejected', 'cancelled') THEN 'Falscher Zeitraum.' END, created_at
  FROM made WHERE state <> 'awaiting_approval';

CREATE TEMP TABLE paper ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, gen_random_uuid() AS snapshot, 'credit-note' AS kind, m.id AS payout_id,
           NULL::uuid AS transaction_id, 'GS-' || substr(m.number, 4) AS number, m.net_cents, m.tax_cents,
           CASE WHEN m.state = 'credit_note_open' THEN 'open' ELSE 'paidoff' END AS status,
           least(now(), m.created_at + interval '2 hours') AS at
      FROM made m WHERE m.state IN ('credit_note_open', 'paid', 'returned', 'settled_manually')
    UNION ALL
    SELECT v.invoice, gen_random_uuid(), 'invoice', NULL, v.id, 'RE-' || to_char(v.sold_at, 'YYYY') || '-' || v.n,
           v.base_cents, v.base_cents * 19 / 100,
           CASE WHEN v.is_refunded THEN 'voided' WHEN v.is_paid THEN 'paid' ELSE 'open' END, v.sold_at
      FROM sale v WHERE v.n % 50 <> 49;
INSERT INTO external_documents (tenant_id, organization_id, kind, resource_id, voucher_number, payout_id, transaction_id,
                                status, version, document_updated_at, net_cents, tax_cents, gross_cents, open_cents,
                                created_totals, last_snapshot_id, fetched_at, created_at)
SELECT :tenant, :organization, kind, id, number, payout_id, transaction_id, status, 2, at, net_cents, tax_cents,
       net_cents + tax_cents, CASE status WHEN 'open' THEN net_cents + tax_cents ELSE 0 END,
       CASE kind WHEN 'credit-note' THEN jsonb_build_object('net_cents', net_cents, 'tax_cents', tax_cents, 'gross_cents',
                                                            net_cents + tax_cents) END,
       snapshot, at, at
  FROM paper;
-- Of those that have events, below.
INSERT INTO document_snapshots (tenant_id, id, resource, resource_id, body, sha256, fetched_at)
SELECT :tenant, snapshot, kind, id, body, sha256(convert_to(body, 'UTF8')), at
  FROM (SELECT *, '{"id":"' || id || '","voucherNumber":"' || number || '","voucherStatus":"' || status
                  || '","totalPrice":{"currency":"EUR","totalNetAmount":' || net_cents / 100.0 || ',"totalTaxAmount":'
                  || tax_cents / 100.0 || '},"taxConditions":{"taxType":"net"},"remark":"' || repeat('Vielen Dank. ', 20)
                  || '"}' AS body
          FROM paper WHERE kind = 'credit-note' OR random() < 0.25) b;
INSERT INTO creation_intents (tenant_id, kind, payout_id, marker, organization_id, content, content_hash, net_cents,
                              gross_cents, attempt, sent_at, deadline, unclear_at, resource_id, closed_at, created_at)
SELECT :tenant, 'credit-note', m.id, m.number, :organization, jsonb_build_object('voucherDate', m.created_at::date),
       md5(m.id::text), m.net_cents, m.net_cents + m.tax_cents, 1, m.created_at + interval '61 minutes',
       m.created_at + interval '62 minutes', CASE m.state WHEN 'outcome_unknown' THEN m.created_at + interval '1 hour' END,
       d.id, CASE WHEN m.state <> 'outcome_unknown' THEN m.created_at + interval '2 hours' END,
       m.created_at + interval '1 hour'
  FROM made m LEFT JOIN paper d ON d.payout_id = m.id
 WHERE m.state IN ('outcome_unknown', 'credit_note_open', 'paid', 'returned', 'settled_manually');
INSERT INTO credit_note_papers (tenant_id, resource_id, payout_id, content, sha256)
SELECT :tenant, d.id, d.payout_id, '\x255044462d312e37', sha256('\x255044462d312e37')
  FROM paper d JOIN made m ON m.id = d.payout_id AND m.luck > 0.98;

-- Bank runs: one for each round of payouts.
INSERT INTO tenant_bank_accounts (tenant_id, id, account_holder, iban_encrypted, iban_hmac, iban_last4, bic, state,
                                  recorded_by, confirmed_by, confirmed_at)
VALUES (:tenant, :organization, 'Musterfirma GmbH', :iban, sha256(convert_to(:tenant::text, 'UTF8')), '3000', 'COBADEFFXXX',
        'active', 'key:books', 'key:second', now() - interval '800 days');
INSERT INTO bank_runs (tenant_id, id, number, state, account_id, execution_date, batch_booking, payments, total_cents,
                       content_hash, created_by, created_at, approved_by, approved_at, approved_hash, file_encrypted,
                       file_sha256, file_made_at, downloads, exported_by, exported_at, confirmed_by, confirmed_at)
SELECT :tenant, r.bank_run, 'ZL-' || to_char(min(r.ended_at), 'YYYY') || '-'
       || lpad((row_number() OVER (PARTITION BY to_char(min(r.ended_at), 'YYYY') ORDER BY min(r.ended_at)))::text, 4, '0'),
       CASE WHEN round = 0 THEN 'exported' ELSE 'confirmed' END, :organization, min(r.ended_at)::date, true, count(*),
       sum(m.net_cents + m.tax_cents), md5(r.id::text), 'key:books', min(r.ended_at), 'key:second', min(r.ended_at),
       md5(r.id::text), :iban, sha256(:iban), min(r.ended_at), 1, 'key:books', min(r.ended_at),
       CASE WHEN round > 0 THEN 'key:books' END, CASE WHEN round > 0 THEN min(r.ended_at) END
  FROM run r JOIN made m USING (round) WHERE m.state = 'paid' GROUP BY r.id, r.bank_run, round ORDER BY min(r.ended_at);
INSERT INTO bank_run_counters (tenant_id, year, last)
SELECT :tenant, substr(number, 4, 4)::integer, count(*) FROM bank_runs WHERE tenant_id = :tenant GROUP BY 2;
INSERT INTO bank_run_lines (tenant_id, run_id, position, payout_id, bank_details_id, creditor, amount_cents,
                            end_to_end_id, remittance)
SELECT :tenant, r.bank_run, row_number() OVER (PARTITION BY r.id ORDER BY m.number), m.id, m.account,
       'Kontoinhaber ' || m.seller, m.net_cents + m.tax_cents, m.number, 'GS Provision ' || m.number
  FROM run r JOIN made m USING (round) WHERE m.state = 'paid';

-- The inbox: of the newest documents two each, and what came from others.
INSERT INTO events (tenant_id, provider, organization_id, event_type, resource_id, event_date, body, signed, state, reason,
                    changes, snapshot_id, received_at, handed_over_at, handled_at)
SELECT :tenant, CASE WHEN kind = 'stripe' THEN 'stripe' ELSE 'lexoffice' END, :organization, event_type, resource_id, at,
       convert_to('{"organizationId":"' || :organization || '","eventType":"' || event_type || '","resourceId":"'
                  || resource_id || '"}', 'UTF8'),
       true, state, CASE WHEN state IN ('failed', 'skipped', 'ignored', 'waiting')
                         THEN (ARRAY['Der Beleg ist nicht lesbar.', 'Es ist kein API-Schlüssel hinterlegt.',
                                     'Dieses Ereignis betrifft uns nicht.'])[1 + (n % 3)::integer] END,
       CASE WHEN state = 'processed' THEN jsonb_build_object('state', jsonb_build_array('pending', 'approved')) END,
       CASE WHEN state IN ('processed', 'unchanged') THEN snapshot END, at, at,
       CASE WHEN state NOT IN ('received', 'waiting') THEN at + interval '3 seconds' END
  FROM (SELECT e.*, CASE WHEN n % 400 = 0 OR kind = 'payment' AND n % 20 = 0 THEN 'failed' WHEN n % 500 = 1 THEN 'waiting' WHEN n % 250 = 2 THEN 'skipped'
                         WHEN n % 12 = 3 THEN 'ignored' WHEN n % 4 = 0 THEN 'unchanged'
                         WHEN at > now() - interval '1 minute' THEN 'received' ELSE 'processed' END AS state
          FROM (SELECT row_number() OVER (ORDER BY at) AS n, d.* FROM (
                    SELECT kind, kind || '.' || what AS event_type, id::text AS resource_id, snapshot,
                           at + CASE what WHEN 'created' THEN interval '0' ELSE interval '7 seconds' END AS at
                      FROM (SELECT * FROM paper ORDER BY (kind = 'credit-note') DESC, at DESC
                             LIMIT (SELECT payouts FROM size) * 9 / 10) p,
                           (VALUES ('created'), ('status.changed')) w (what)
                    UNION ALL
                    SELECT CASE WHEN n % 2 = 0 THEN 'stripe' ELSE 'payment' END,
                           CASE WHEN n % 2 = 0 THEN 'checkout.session.completed' ELSE 'payment.changed' END,
                           gen_random_uuid()::text, NULL, now() - interval '730 days' * random()
                      FROM size, generate_series(1, size.payouts / 4) n) d) e) s
 ORDER BY n;

-- What waited for a person, and what still does.
INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, reason_code, reason_params, actions, state, created_at, resolved_at, resolved_by)
SELECT :tenant, (ARRAY['payout_blocked', 'returned', 'document_deviates', 'unexpected_document'])[1 + (n % 4)::integer],
       'payout', number, 'Beleg weicht von der Freigabe ab.', 'document_deviates', '{}', '{done}',
       CASE WHEN n <= payouts / 200 THEN 'open' ELSE 'resolved' END, created_at,
       CASE WHEN n > payouts / 200 THEN created_at + interval '1 day' END,
       CASE WHEN n > payouts / 200 THEN :person END
  FROM (SELECT row_number() OVER (ORDER BY created_at DESC) AS n, made.* FROM made WHERE luck < 0.2) m, size
 ORDER BY created_at;
INSERT INTO tasks (tenant_id, kind, subject, subject_id, reason, reason_code, reason_params, actions, created_at)
SELECT :tenant, 'outcome_unknown', 'payout', number, 'Das Ergebnis ist unklar.', 'credit_note_outcome_unclear', '{}', '{adopt,create_again,cancel}', created_at
  FROM made WHERE state = 'outcome_unknown';
INSERT INTO payout_notes (tenant_id, payout_id, written_by, written_at, note)
SELECT :tenant, id, :person, created_at, 'Mit dem Partner besprochen.' FROM made WHERE luck > 0.95;

-- The way of each through its states, in the order of time.
INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, changed_at, cause)
SELECT :tenant, subject, id, before, after, at, 'books' FROM (
    SELECT 'payouts' AS subject, m.id, w.before, w.after, least(now(), m.created_at + w.later) AS at
      FROM made m JOIN LATERAL (
           SELECT '' AS before, 'awaiting_approval' AS after, interval '0' AS later
           UNION ALL SELECT 'awaiting_approval', m.state, interval '1 hour' WHERE m.state IN ('rejected', 'cancelled')
           UNION ALL SELECT 'awaiting_approval', 'approved', interval '1 hour'
                      WHERE m.state NOT IN ('awaiting_approval', 'rejected', 'cancelled')
           UNION ALL SELECT 'approved', 'outcome_unknown', interval '61 minutes' WHERE m.state = 'outcome_unknown'
           UNION ALL SELECT 'approved', 'credit_note_open', interval '2 hours'
                      WHERE m.state IN ('credit_note_open', 'paid', 'returned', 'settled_manually')
           UNION ALL SELECT 'credit_note_open', 'paid', interval '3 days' WHERE m.state = 'paid'
           UNION ALL SELECT 'credit_note_open', 'returned', interval '3 days'
                      WHERE m.state IN ('returned', 'settled_manually')
           UNION ALL SELECT 'returned', 'settled_manually', interval '4 days' WHERE m.state = 'settled_manually') w ON true
    UNION ALL
    SELECT 'transactions', v.id, w.before, w.after, least(now(), v.sold_at + w.later)
      FROM sale v JOIN LATERAL (
           SELECT '' AS before, 'pending' AS after, interval '0' AS later
           UNION ALL SELECT 'pending', 'approved', interval '3 days' * v.luck WHERE v.is_paid
           UNION ALL SELECT 'pending', 'refunded', interval '4 days' WHERE v.is_refunded) w ON true
    UNION ALL
    SELECT 'commissions', p.id, w.before, w.after, w.at
      FROM part p JOIN sale v ON v.n = p.sale
      LEFT JOIN made m ON m.seller = p.seller AND m.round = p.round AND m.state NOT IN ('cancelled', 'rejected')
      JOIN LATERAL (
           SELECT '' AS before, 'pending' AS after, v.sold_at AS at
           UNION ALL SELECT 'pending', 'approved', least(now(), v.sold_at + interval '3 days' * v.luck) WHERE v.is_paid
           UNION ALL SELECT 'pending', 'reversed', v.sold_at + interval '4 days' WHERE v.is_refunded
           UNION ALL SELECT 'approved', 'in_payout', m.created_at WHERE m.id IS NOT NULL
           UNION ALL SELECT 'in_payout', 'paid', least(now(), m.created_at + interval '3 days')
                      WHERE m.state IN ('paid', 'settled_manually')) w ON true) h
 ORDER BY at;
INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, cause)
SELECT tenant_id, 'commissions', id, '', 'approved', 'books' FROM commissions
 WHERE tenant_id = :tenant AND kind = 'clawback';
INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, changed_at, cause)
SELECT tenant_id, 'payout_runs', id, w.before, w.after, CASE w.before WHEN '' THEN created_at ELSE ended_at END, 'books'
  FROM payout_runs, (VALUES ('', 'running'), ('running', 'done')) w (before, after) WHERE tenant_id = :tenant;
INSERT INTO state_changes (tenant_id, subject, subject_id, from_state, to_state, changed_at, cause)
SELECT tenant_id, 'bank_runs', id, w.before, w.after, created_at, 'books'
  FROM bank_runs, (VALUES ('', 'draft'), ('draft', 'approved'), ('approved', 'exported'), ('exported', 'confirmed'))
       w (before, after)
 WHERE tenant_id = :tenant AND (w.after <> 'confirmed' OR state = 'confirmed');

INSERT INTO api_usage (tenant_id, provider, hour, requests)
SELECT :tenant, 'lexoffice', date_trunc('hour', now()) - make_interval(hours => n), 300 + 7 * n
  FROM generate_series(0, 400) n;

-- The trail, with its chain: as seal_audit_entry() writes it.
INSERT INTO audit_entries (tenant_id, at, actor, action, subject, subject_id, detail)
SELECT :tenant, least(now(), at), actor, action, subject, subject_id, detail FROM (
    SELECT created_at AS at, 'schedule:payout-run' AS actor, 'payout.requested' AS action, 'payout' AS subject,
           number AS subject_id, jsonb_build_object('net_cents', net_cents) AS detail FROM made
    UNION ALL
    SELECT created_at + interval '1 hour', :person,
           CASE state WHEN 'rejected' THEN 'payout.reject' WHEN 'cancelled' THEN 'payout.cancel' ELSE 'payout.approve' END,
           'payout', number, '{}' FROM made WHERE state <> 'awaiting_approval'
    UNION ALL
    SELECT now() - interval '800 days', 'key:books', 'partner.created', 'partner', id::text, '{}' FROM seller) a
 ORDER BY at;
DO $$
DECLARE
    entry audit_entries%ROWTYPE;
    last  audit_chain%ROWTYPE;
    n     bigint;
    hash  bytea;
BEGIN
    SELECT * INTO last FROM audit_chain WHERE tenant_id = :tenant ORDER BY number DESC LIMIT 1;
    n := COALESCE(last.number, 0);
    hash := COALESCE(last.hash, sha256(convert_to(:tenant::text, 'UTF8')));
    FOR entry IN SELECT * FROM audit_entries WHERE tenant_id = :tenant AND seq > COALESCE(last.seq, 0) ORDER BY seq LOOP
        n := n + 1;
        hash := audit_link(entry, n, hash);
        INSERT INTO audit_chain (tenant_id, number, seq, hash) VALUES (:tenant, n, entry.seq, hash);
    END LOOP;
END $$;
