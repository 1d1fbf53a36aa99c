"""Partners as their firm sees them, and the page of a partner."""
