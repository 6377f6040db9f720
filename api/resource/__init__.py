"""Operations on every record: find, write, revert, retract, merge and match."""
