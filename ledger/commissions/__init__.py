"""What is earned: by a sale, by a month, by hand, and what is owed back."""
