-- Before a strategy is switched on that an older release does not know, no process of that release may take work.
-- Workers are of the product, not of a tenant; written by functions only.
CREATE TABLE running_workers (
    name       text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    reads      smallint NOT NULL CHECK (reads > 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON running_workers TO partnerdesk_app;
