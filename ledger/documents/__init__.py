"""What exists in the books: intents, documents, evidence."""
