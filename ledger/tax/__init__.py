"""Which document a partner gets."""
