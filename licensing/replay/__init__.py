"""A log of real events, sent through the one door in simulated time."""
