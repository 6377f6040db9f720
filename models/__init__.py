"""PostgreSQL and nothing else: every line of SQL of the service."""
