"""What every record can do: be found, written, reverted, retracted, merged and matched."""
