"""What that changes: invoices, attribution, refunds applied, answers to questions, the connection that works again."""
