"""The commands of `partnerdesk`, one file an area; cli.py puts them together."""
