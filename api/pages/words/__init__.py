"""What codes and states are called on pages."""
