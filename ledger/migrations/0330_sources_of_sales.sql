-- Providers are rows, so that one more needs no change of the schema (house.md). Sources of sales beside Stripe: the custom
-- webhook, Digistore24, CopeCart, the JSON API. A source tells whether its sale counts as paid at once.
CREATE TABLE providers (
    name      text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{1,31}$'),
    is_books  boolean NOT NULL,
    is_source boolean NOT NULL
);
INSERT INTO providers (name, is_books, is_source) VALUES
    ('lexoffice', true, true), ('easybill', true, true), ('stripe', false, true), ('custom', false, true),
    ('digistore24', false, true), ('copecart', false, true), ('api', false, true);
GRANT SELECT ON providers TO partnerdesk_app;

ALTER TABLE provider_connections DROP CONSTRAINT provider_connections_provider_check;
ALTER TABLE provider_connections ADD CONSTRAINT provider_connections_provider_fkey
    FOREIGN KEY (provider) REFERENCES providers NOT VALID;
ALTER TABLE provider_connections VALIDATE CONSTRAINT provider_connections_provider_fkey;
ALTER TABLE events DROP CONSTRAINT events_provider_check;
ALTER TABLE events ADD CONSTRAINT events_provider_fkey FOREIGN KEY (provider) REFERENCES providers NOT VALID;
ALTER TABLE events VALIDATE CONSTRAINT events_provider_fkey;
ALTER TABLE transactions DROP CONSTRAINT transactions_source_check;
ALTER TABLE transactions ADD CONSTRAINT transactions_source_fkey FOREIGN KEY (source) REFERENCES providers NOT VALID;
ALTER TABLE transactions VALIDATE CONSTRAINT transactions_source_fkey;

-- Whether a sale of this source waits for its invoice in the books, as Stripe's do; else what the source says is final.
ALTER TABLE provider_connections ADD COLUMN awaits_invoice boolean NOT NULL DEFAULT false;
UPDATE provider_connections SET awaits_invoice = true WHERE provider = 'stripe';
-- Sales that the source's own affiliates have brought, and are paid for there.
ALTER TABLE provider_connections ADD COLUMN takes_affiliate_sales boolean NOT NULL DEFAULT false;
