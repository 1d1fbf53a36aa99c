"""The doors: what people, callers and providers reach by HTTP."""
