"""What is told: today, the month, overview, reports, search, the trail."""
