"""What a hostile world may try."""
