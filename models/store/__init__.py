"""How records are stored: rows, references, external ids, merges and retries."""
