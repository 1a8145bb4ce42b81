"""The doors: one function per wish, one transaction per call."""
