-- Two sources may tell of the same money that went back: each word says who told it. NULL: told before that was kept, and
-- counted for itself, as it was then. `is_apart`: a person said that it is money of its own.
ALTER TABLE refunds ADD COLUMN source text REFERENCES providers;
ALTER TABLE refunds ADD COLUMN is_apart boolean NOT NULL DEFAULT false;
