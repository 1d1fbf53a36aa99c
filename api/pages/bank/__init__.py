"""Own accounts, bank runs, statements, and bookings that nobody has assigned."""
