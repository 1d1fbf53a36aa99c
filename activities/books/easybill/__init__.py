"""easybill: the way to it, what a document there says, and what follows."""
