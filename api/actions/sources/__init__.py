"""Sources of sales: what each of them says, in the words of the ledger, and what follows when it is told."""
