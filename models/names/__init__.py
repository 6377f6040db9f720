"""Comparison of names: letters, sounds, likeness, and search by name."""
