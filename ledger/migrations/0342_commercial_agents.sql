-- § 87c HGB: who is a Handelsvertreter is accounted to every three months, whatever the minimum.
ALTER TABLE tenants ADD COLUMN commercial_agents boolean NOT NULL DEFAULT true;
