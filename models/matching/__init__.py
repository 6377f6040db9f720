"""Who or what may be meant: candidates for a name, a place or an event."""
