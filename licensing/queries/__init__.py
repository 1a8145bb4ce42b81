"""Frozen answers for screens: a fixed, small number of statements each."""
