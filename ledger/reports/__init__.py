"""What is told: reports, statements, search, evidence, the partner's page."""
