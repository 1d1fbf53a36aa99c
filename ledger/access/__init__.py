"""Who may: users, memberships, sessions, keys, four eyes."""
