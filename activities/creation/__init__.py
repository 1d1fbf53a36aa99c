"""Writing a document: its content, one POST, the search for one whose answer was lost, the GET after it, its PDF."""
