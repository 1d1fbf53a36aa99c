"""What a payout may do next, its document, and runs of many."""
