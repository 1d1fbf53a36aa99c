-- What pages need: the language of a person, and what lists and sums are read from.

ALTER TABLE users ADD COLUMN language text CHECK (language IN ('de', 'en'));  -- NULL: not chosen
GRANT UPDATE (language) ON users TO partnerdesk_app;
