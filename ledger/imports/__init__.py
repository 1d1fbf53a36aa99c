"""Taking a programme over from files, and the files that hold it."""
