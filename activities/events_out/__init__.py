"""Telling others of what happened: Standard Webhooks to the tenants' endpoints."""
