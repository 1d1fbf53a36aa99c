"""Getting in, and what somebody changes about the own account."""
