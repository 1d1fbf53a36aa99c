"""What is done: all I/O of the workflows, one file an outside system."""
