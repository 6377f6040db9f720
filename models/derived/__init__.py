"""Derived from records: attestation, containment, and dependents of a document."""
