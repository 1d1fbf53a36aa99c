"""The documents that we issue ourselves (strategy B of rules.md): what stands on them, as XML and as PDF. Pure."""
