"""Campaigns and their plans."""
