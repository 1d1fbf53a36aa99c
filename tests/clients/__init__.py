"""What is made from the OpenAPI document for callers, and what a caller may count on from one release to the next."""
