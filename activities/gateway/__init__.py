"""The one way to lexoffice: whose token, within which budget, and what a failure means to the engine."""
