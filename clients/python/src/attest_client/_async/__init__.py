"""The client with async and await; generate.py makes `_sync` of it."""
