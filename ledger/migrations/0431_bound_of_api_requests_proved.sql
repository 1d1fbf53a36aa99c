-- Reads the whole log, beside those who write it.
ALTER TABLE api_requests VALIDATE CONSTRAINT before_the_months;
