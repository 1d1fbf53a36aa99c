"""What is told: today, overview, reports, search, the trail."""
