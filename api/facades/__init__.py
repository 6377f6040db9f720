"""Other ways to ask for the same, beside the API under /v1."""
