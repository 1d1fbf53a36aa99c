"""What we promise: campaigns, plans, partners, the tree."""
