"""Events, and tasks that wait for a person."""
