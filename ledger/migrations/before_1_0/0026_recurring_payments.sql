-- The checkout of a subscription names no payment, its first payment names no checkout; both name the provider's invoice.
ALTER TABLE transactions ADD COLUMN provider_invoice text CHECK (length(provider_invoice) BETWEEN 1 AND 255);
CREATE INDEX sales_of_a_provider_invoice ON transactions (tenant_id, provider_invoice)
    WHERE provider_invoice IS NOT NULL;
