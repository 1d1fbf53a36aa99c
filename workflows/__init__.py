"""What is decided: deterministic, without I/O, one file a workflow."""
