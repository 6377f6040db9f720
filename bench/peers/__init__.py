"""What a user would write or pick instead of Attest, on the same rows."""
