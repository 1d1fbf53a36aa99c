"""What people may ask of their data: a copy of it, its erasure, and how long each kind of record is kept."""
