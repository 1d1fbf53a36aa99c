"""One machine: a local lexoffice, PostgreSQL and Temporal, and a firm to try the product with."""
