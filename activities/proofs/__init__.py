"""Asking registers outside for what proves a document: VIES."""
