-- The W-IdNr. (§ 139c AO) of partners and tenants. It stands beside the tax numbers, and on no document in their place.
ALTER TABLE partner_tax_statuses ADD COLUMN business_id text CHECK (business_id ~ '^DE[0-9]{9}-[0-9]{5}$');
ALTER TABLE tenants ADD COLUMN business_id text CHECK (business_id ~ '^DE[0-9]{9}-[0-9]{5}$');
