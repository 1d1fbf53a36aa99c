"""What is done at each accounting service in its own way: a folder a provider."""
