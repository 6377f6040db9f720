"""The processes: the command line, the server, its workers and its settings."""
