"""How names are compared: letters, sounds, likeness, and lists found by name."""
