"""How records are kept: rows, references, external ids, merges and retries."""
