"""What a fetched document says, and whether it is the one that was approved."""
