-- The log of the JSON API is cut into months (0432). What is there becomes the first part, as it lies: nothing is copied. Its
-- bound is noted here, proved in 0431 while others write on, and believed in 0432. It is the first day of the month after
-- next, so that neither a midnight nor an upgrade that stops between these three keeps a request from being written down.
-- beside: before_the_months, the release writes requests as they are answered: none is that late
DO $$
BEGIN
    EXECUTE format('ALTER TABLE api_requests ADD CONSTRAINT before_the_months CHECK (at < %L) NOT VALID',
                   date_trunc('month', now(), 'UTC') + interval '2 months');
END $$;
