"""Doors to the outside, each with an implementation that works on a desk."""
