"""lexoffice: how its documents are written, sent, searched for and read."""
