"""What follows from records: attestation, containment, and what depends on a document."""
