"""The way to PostgreSQL: connections, migrations, and the embedded server."""
