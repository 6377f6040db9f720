"""Matching: candidates for a description of an actor, a place or an event."""
