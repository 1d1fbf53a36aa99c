"""From a row of the outbox to a mail server: what a letter says, and who sends it."""
