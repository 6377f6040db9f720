"""The contract of the service: bodies, query strings and answers."""
