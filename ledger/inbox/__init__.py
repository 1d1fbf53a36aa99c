"""What was heard: events, and what sweeps found."""
