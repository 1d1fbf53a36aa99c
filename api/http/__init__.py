"""What every door stands on: the edge, errors, rows, files, the parts that are made once."""
