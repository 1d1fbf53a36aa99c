"""Sales, commissions, customers."""
