"""An office with invented people and invented work, sent through the one door."""
