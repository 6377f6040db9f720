"""The kinds of values: how each is written, checked and described."""
