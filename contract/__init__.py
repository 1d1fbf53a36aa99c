"""What the real lexoffice answers, told by itself: for whoever has a key of a trial account (docs/lexoffice.md)."""
