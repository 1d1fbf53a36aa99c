"""Recording real histories of every workflow: `python -m tests.record_histories SET [SCENE …]`."""
