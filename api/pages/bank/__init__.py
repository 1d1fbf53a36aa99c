"""Own accounts, and bank runs."""
