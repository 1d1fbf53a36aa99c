"""What became of a notification: fetched, compared with the ledger, concluded."""
