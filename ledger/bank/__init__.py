"""How it is paid: accounts, runs, the file."""
