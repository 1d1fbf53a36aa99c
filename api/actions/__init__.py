"""What both doors do, whoever asks: the JSON API and the pages call these functions."""
