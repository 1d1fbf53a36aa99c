"""Whom we talk to: accounts in the books, tokens, subscriptions, the budget."""
