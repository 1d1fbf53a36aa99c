"""What was sold: transactions, customers, refunds."""
